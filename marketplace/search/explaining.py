"""Why a product scores what it scores: each typed word with the tokens it matched, in points that add up.

Points come from the text engine itself, asked for one token at a time: they are its scores, not a copy of its
formula.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.search import queries, ranking
from marketplace.search.language import ENGLISH, INITIALS, NUMBER, PINYIN, Language
from marketplace.search.moment import Moment
from marketplace.search.port import Clause
from marketplace.search.relaxation import Match
from marketplace.search.typed import Understood, Word
from marketplace.search.types import Multiplier, MultiplierKind, QueryWord, Reading, TokenShare, WordShare
from marketplace.search.vocabulary import Vocabulary

_KINDS = {
    PINYIN: Reading.PINYIN,
    INITIALS: Reading.PINYIN,
    ENGLISH: Reading.ENGLISH,
    NUMBER: Reading.NUMBER,
}


@dataclass(frozen=True, slots=True)
class Carried:
    """What a product carries of the tokens asked for: its slot, and the tokens' levels."""

    slot: int
    levels: Mapping[str, int]


def words_of(understood: Understood, language: Language) -> tuple[QueryWord, ...]:
    """Return how each typed word is read; by its sound where some characters looked wrong."""
    return tuple(
        QueryWord(word.typed, word.corrected or language.synonyms.get(word.typed, word.typed), _kind(word))
        for word in understood.heard or understood.words
    )


def carried(session: Session, slot: int, understood: Understood) -> Carried:
    """Read which tokens that the words may match a product carries."""
    tokens = {
        token
        for word in (*understood.words, *understood.heard, *understood.alike)
        for clauses in _readings(word)
        for clause in clauses
        for token, _ in clause.tokens
    }
    return Carried(slot, queries.levels_of(session, slot, tokens))


def shares(
    understood: Understood, match: Match, vocabulary: Vocabulary, product: Carried, documents: int
) -> tuple[WordShare, ...]:
    """Return what each word gives a product: by the strictest reading that matches it, else nothing."""
    read = [
        [_share(word, match, vocabulary, product, documents) for word in words]
        for words in (understood.words, understood.heard, understood.alike)
        if words
    ]
    return tuple(max(read, key=lambda words: sum(one.score for one in words), default=[]))


def multipliers(here: Moment, slot: int) -> tuple[Multiplier, ...]:
    """Return what a product's points are multiplied by at a moment."""
    tables = here.tables
    sold = float(ranking.popularity(tables.sold[slot : slot + 1])[0])
    is_certified = here.certified.values[here.certified.codes[slot]] != 0
    return (
        Multiplier(kind=MultiplierKind.SALES, factor=sold),
        Multiplier(kind=MultiplierKind.SEASON, factor=ranking.IN_SEASON if here.in_season[slot] else 1.0),
        Multiplier(kind=MultiplierKind.VALIDITY, factor=ranking.CERTIFIED if is_certified else 1.0),
        Multiplier(kind=MultiplierKind.STOCK, factor=1.0 if tables.in_stock[slot] else ranking.SOLD_OUT),
    )


def _share(word: Word, match: Match, vocabulary: Vocabulary, product: Carried, documents: int) -> WordShare:
    for clauses in _readings(word):
        found = [
            sorted(
                _tokens(clause, match, vocabulary, product, documents),
                key=lambda one: (-one.score, one.token),
            )
            for clause in clauses
        ]
        if all(found):
            tokens = tuple(one for tokens in found for one in tokens)
            return WordShare(word=word.typed, tokens=tokens, score=sum(best[0].score for best in found))
    return WordShare(word=word.typed, tokens=(), score=0.0)


def _readings(word: Word) -> Iterable[Sequence[Clause]]:
    """Return what a word must match and what it matches at least, the stricter first."""
    return (clauses for clauses in (word.clauses, word.loosely) if clauses)


def _tokens(
    clause: Clause, match: Match, vocabulary: Vocabulary, product: Carried, documents: int
) -> Iterator[TokenShare]:
    for token, factor in clause.tokens:
        if token not in product.levels:
            continue
        matches = match((Clause(((token, factor),)),))
        for score in matches.scores[matches.slots == product.slot]:
            yield TokenShare(
                token=token,
                weight=product.levels[token] * ranking.UNIT,
                rarity=ranking.rarity(documents, vocabulary.count(token)),
                factor=factor,
                score=float(score),
            )


def _kind(word: Word) -> Reading:
    if word.clause is None or word.also:
        return Reading.NOTHING if not word.loosely else Reading.PARTS
    if word.corrected is not None:
        return Reading.GUESS
    token = word.clause.tokens[0][0]
    by_prefix = next((kind for prefix, kind in _KINDS.items() if token.startswith(prefix)), None)
    return by_prefix or Reading.WORD
