"""Reading letters: English, pinyin in full or by initials, parted or not, with a slip of the finger."""

from collections.abc import Iterable, Sequence
from itertools import chain, pairwise

from marketplace.search.english import SMALL_WORDS, singular
from marketplace.search.language import ENGLISH, INITIALS, PINYIN, Language
from marketplace.search.pinyin import blurred, fold, is_spelled
from marketplace.search.port import Clause
from marketplace.search.reading_han import other_names, said
from marketplace.search.reading_numbers import is_numeric, read_number
from marketplace.search.typed import BEGINNING, GUESSED, WITHIN, WORD, Word
from marketplace.search.vocabulary import Vocabulary

_LONGEST_JOINED = 8
_LONGEST_TOGETHER = 40
_SHORTEST_BEGINNING = 4
_SHORTEST_GUESSED = 4
_LONGEST_GUESSED = 24
_MOST_GUESSED = 3  # unknown words of a query that are worth a guess
_SHORTEST_PIECE = 2
_MOST_GUESSES = 8

Tokens = dict[str, float]


def read_letters(parts: Sequence[str], language: Language, vocabulary: Vocabulary) -> list[Word]:
    """Return the words of parts typed one after another: phrases and parted pinyin are one word each."""
    words: list[Word] = []
    guesses = 0
    place = 0
    while place < len(parts):
        part = parts[place]
        length, phrase = _phrase(parts, place, language, vocabulary)
        if phrase is None:
            length, phrase = _joined(parts, place, vocabulary)
        if phrase is None and place + 1 < len(parts):
            phrase = _written_apart(parts, place, vocabulary)
            length = 1 if phrase is None else 2
        if phrase is not None:
            words.append(phrase)
        elif part not in SMALL_WORDS and part not in language.quiet:
            found = _read_part(part, language, vocabulary, may_guess=guesses < _MOST_GUESSED)
            guesses += any(word.clause is None or word.corrected is not None for word in found)
            words += found
        place += length
    return words


def _phrase(
    parts: Sequence[str], place: int, language: Language, vocabulary: Vocabulary
) -> tuple[int, Word | None]:
    """Find the longest synonym of several words here: bamboo pith is 竹荪."""
    for length in range(min(language.longest_synonym, len(parts) - place), 1, -1):
        typed = parts[place : place + length]
        one = " ".join((*typed[:-1], singular(typed[-1])))
        tokens = other_names(" ".join(typed), language, vocabulary) or other_names(one, language, vocabulary)
        if tokens:
            near = [
                (ENGLISH + singular(one), BEGINNING) for one in typed if ENGLISH + singular(one) in vocabulary
            ]
            return length, Word(" ".join(typed), Clause(tokens), Clause((*tokens, *near)) if near else None)
    return 1, None


def _written_apart(parts: Sequence[str], place: int, vocabulary: Vocabulary) -> Word | None:
    """Read two English words as the one that they are written as elsewhere: hot pot is hotpot."""
    typed = parts[place : place + 2]
    token = ENGLISH + singular("".join(typed))
    apart = all(ENGLISH + singular(one) in vocabulary for one in typed)
    return None if apart or token not in vocabulary else Word(" ".join(typed), Clause(((token, WORD),)))


def _joined(parts: Sequence[str], place: int, vocabulary: Vocabulary) -> tuple[int, Word | None]:
    """Find the longest pinyin that was typed syllable by syllable: du yun mao jian."""
    end = place
    while end < min(len(parts), place + _LONGEST_JOINED) and is_spelled(fold(parts[end])):
        end += 1
    for last in range(end, place + 1, -1):
        sound = PINYIN + fold("".join(parts[place:last]))
        tokens = _exact_or_beginning(sound, vocabulary)
        if tokens:
            typed, loose = " ".join(parts[place:last]), _loose(sound[len(PINYIN) :], tokens, vocabulary)
            return last - place, Word(typed, Clause(tokens), loose)
    return 1, None


def _exact_or_beginning(token: str, vocabulary: Vocabulary) -> tuple[tuple[str, float], ...]:
    if token in vocabulary:
        return ((token, WORD),)
    return tuple((one, BEGINNING) for one in vocabulary.starting(token))


def _read_part(part: str, language: Language, vocabulary: Vocabulary, *, may_guess: bool) -> list[Word]:
    number = read_number(part, vocabulary)
    if number is not None:
        return [number]
    letters = "".join(character for character in part if character.isalpha())
    if not letters or is_numeric(part):
        return [Word(part, None)]
    tokens = _known(letters, language, vocabulary) or _begun(letters, vocabulary)
    if tokens:
        found = tuple(tokens.items())
        return [Word(part, Clause(found), _loose(fold(letters), found, vocabulary))]
    together = _together(letters, language, vocabulary)
    if together is not None:
        return together
    guess = _guessed(letters, language, vocabulary) if may_guess else None
    return [guess if guess is not None else Word(part, None)]


def _loose(sound: str, tokens: tuple[tuple[str, float], ...], vocabulary: Vocabulary) -> Clause | None:
    """Let words follow that the sound begins or ends with: cili for cilizhi, maojian for duyunmaojian."""
    if PINYIN + sound not in vocabulary:
        return None
    found: dict[str, None] = {}
    for cut in range(_SHORTEST_PIECE, len(sound) - 1):
        for token in (PINYIN + sound[:cut], PINYIN + sound[cut:]):
            if token in vocabulary:
                found[token] = None
    return Clause((*tokens, *((one, WITHIN) for one in found))) if found else None


def _known(letters: str, language: Language, vocabulary: Vocabulary) -> Tokens:
    """Return what is spelled just so, in English or pinyin, and what it is another name of."""
    tokens: Tokens = {}
    one = singular(letters)
    for token in (ENGLISH + one, PINYIN + fold(letters)):
        if token in vocabulary:
            tokens[token] = WORD
    named = other_names(letters, language, vocabulary) or other_names(one, language, vocabulary)
    return tokens | dict(named)


def _begun(letters: str, vocabulary: Vocabulary) -> Tokens:
    """Return what begins so; initials first where they are all of a name."""
    tokens: Tokens = {}
    for prefix, text in ((ENGLISH, letters), (PINYIN, fold(letters)), (INITIALS, letters)):
        if prefix == INITIALS and len(letters) < _SHORTEST_PIECE:
            continue
        for token in vocabulary.starting(prefix + text):
            tokens[token] = WORD if token == prefix + text else BEGINNING
    return tokens


def _together(letters: str, language: Language, vocabulary: Vocabulary) -> list[Word] | None:
    """Part pinyin, or initials, that were typed without a space: shuichengmihoutao, scmht."""
    if len(letters) > _LONGEST_TOGETHER:
        return None
    folded = fold(letters)
    if is_spelled(folded):
        pieces = _pieces(folded, PINYIN, language, vocabulary)
    elif len(letters) >= _SHORTEST_BEGINNING:
        pieces = _pieces(letters, INITIALS, language, vocabulary)
        if pieces is not None and len(pieces) > 2:  # noqa: PLR2004 - more would fit any letters
            return None
    else:
        pieces = None
    return pieces


def _pieces(letters: str, prefix: str, language: Language, vocabulary: Vocabulary) -> list[Word] | None:
    """Part letters into the fewest known pieces; the last may be only begun."""
    size = len(letters)
    fewest: list[tuple[int, int] | None] = [(0, 0), *([None] * size)]
    for end in range(_SHORTEST_PIECE, size + 1):
        for start in range(end - _SHORTEST_PIECE + 1):
            before = fewest[start]
            best = fewest[end]
            if before is None or (best is not None and best[0] <= before[0] + 1):
                continue
            piece = letters[start:end]
            if prefix + piece in vocabulary or piece in language.quiet:
                fewest[end] = (before[0] + 1, start)
    cuts = [size]
    last_tokens: tuple[tuple[str, float], ...] = ()
    if fewest[size] is None:
        cut, last_tokens = _begun_last(letters, prefix, fewest, vocabulary)
        if not last_tokens:
            return None
        cuts.append(cut)
    while cuts[-1]:
        step = fewest[cuts[-1]]
        assert step is not None
        cuts.append(step[1])
    cuts.reverse()
    typed = [letters[start:end] for start, end in pairwise(cuts)]
    words = [
        Word(one, Clause(((prefix + one, WORD),)))
        for one in typed
        if one not in language.quiet or len(typed) == 1
    ]
    if last_tokens:
        words[-1] = Word(typed[-1], Clause(last_tokens))
    return words


def _begun_last(
    letters: str, prefix: str, fewest: Sequence[tuple[int, int] | None], vocabulary: Vocabulary
) -> tuple[int, tuple[tuple[str, float], ...]]:
    """Find where a last piece begins of which only the beginning was typed."""
    for cut in range(_SHORTEST_PIECE, len(letters) - 1):
        if fewest[cut] is not None:
            begun = vocabulary.starting(prefix + letters[cut:])
            if begun:
                return cut, tuple((one, BEGINNING) for one in begun)
    return 0, ()


def _guessed(letters: str, language: Language, vocabulary: Vocabulary) -> Word | None:
    """Guess what was meant: a sound told wrongly first, then one letter wrong, missing, added or swapped."""
    if not _SHORTEST_GUESSED <= len(letters) <= _LONGEST_GUESSED:
        return None
    folded = fold(letters)
    guesses = _most_telling_first(_misheard(folded, vocabulary), vocabulary)
    if not guesses:
        slips = chain(vocabulary.near(PINYIN, folded), vocabulary.near(ENGLISH, singular(letters)))
        guesses = _most_telling_first(slips, vocabulary)
    if not guesses:
        return None
    clause = Clause(tuple((one, GUESSED) for one in guesses))
    return Word(letters, clause, corrected=_shown(guesses[0], language, vocabulary))


def _misheard(letters: str, vocabulary: Vocabulary) -> Iterable[str]:
    for spelling in blurred(letters):
        if PINYIN + spelling in vocabulary:
            yield PINYIN + spelling
        else:
            yield from vocabulary.starting(PINYIN + spelling, 4)


def _most_telling_first(tokens: Iterable[str], vocabulary: Vocabulary) -> list[str]:
    """Put what most goods are called first: the likeliest guess."""
    return sorted(dict.fromkeys(tokens), key=lambda one: (-vocabulary.count(one), one))[:_MOST_GUESSES]


def _shown(token: str, language: Language, vocabulary: Vocabulary) -> str:
    letters = token[len(PINYIN) :]
    return said(letters, language, vocabulary) if token.startswith(PINYIN) else letters
