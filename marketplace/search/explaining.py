"""Why a product scores what it scores: each typed word with the tokens it matched, in points that add up.

Shares come from the text engine itself, asked for one token at a time: they are its scores, not a copy of
its formula.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.search.language import ENGLISH, NUMBER, PINYIN, Language
from marketplace.search.port import Clause, IndexedProduct, TextEngine
from marketplace.search.types import QueryWord, Reading, TokenShare, WordShare
from marketplace.search.understanding import Understood, Vocabulary, understand

_KINDS = {PINYIN: Reading.PINYIN, ENGLISH: Reading.ENGLISH, NUMBER: Reading.NUMBER}


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A typed word, and its readings from the strictest to the loosest, each some clauses."""

    word: QueryWord
    readings: tuple[tuple[Clause, ...], ...]


def read_words(query: str, language: Language, vocabulary: Vocabulary) -> list[ReadWord]:
    """Read each typed part as the search does."""
    typed = language.parts(query)
    return [
        ReadWord(QueryWord(part, one.part, _kind(one)), one.readings)
        for part, one in zip(typed, understand(query, language, vocabulary), strict=True)
    ]


def shares(
    words: Sequence[ReadWord], text: TextEngine, product: IndexedProduct, products: int
) -> tuple[WordShare, ...]:
    """Return what each word gives a product: by the strictest reading that matches it, else nothing."""
    return tuple(_share(one, text, product, products) for one in words)


def _share(read: ReadWord, text: TextEngine, product: IndexedProduct, products: int) -> WordShare:
    for clauses in read.readings:
        matched = [_tokens(clause, text, product, products) for clause in clauses]
        if all(matched):
            tokens = sorted((one for many in matched for one in many), key=lambda one: -one.score)
            score = sum(max(one.score for one in many) for many in matched)
            return WordShare(word=read.word.typed, tokens=tuple(tokens), score=score)
    return WordShare(word=read.word.typed, tokens=(), score=0.0)


def _tokens(clause: Clause, text: TextEngine, product: IndexedProduct, products: int) -> list[TokenShare]:
    found = []
    for token, factor in clause.tokens:
        if token not in product.tokens:
            continue
        matches = text.match((Clause(((token, factor),)),))
        here = matches.scores[matches.product_ids == product.product_id]
        if len(here):
            found.append(
                TokenShare(
                    token=token,
                    weight=product.tokens[token],
                    rarity=math.log1p(products / (1 + len(matches.product_ids))),
                    factor=factor,
                    score=float(here[0]),
                )
            )
    return found


def _kind(understood: Understood) -> Reading:
    if not understood.readings:
        return Reading.NOTHING
    if understood.corrections[0] is not None:
        return Reading.GUESS
    token = understood.readings[0][0].tokens[0][0]
    by_prefix = next((kind for prefix, kind in _KINDS.items() if token.startswith(prefix)), None)
    if by_prefix is not None:
        return by_prefix
    is_whole = any(one == understood.part for clause in understood.readings[0] for one, _ in clause.tokens)
    return Reading.WORD if is_whole else Reading.PARTS
