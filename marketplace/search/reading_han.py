"""Reading characters: cut into words that the index knows; what is in no word is heard instead of read."""

from collections.abc import Container, Iterator, Sequence

from marketplace.search.language import PAIR, PINYIN, Language
from marketplace.search.phrases import goods_within, is_good, is_place
from marketplace.search.port import Clause
from marketplace.search.typed import CHARACTER, HEARD, SYNONYM, WHOLE_NAME, WITHIN, WORD, Word
from marketplace.search.vocabulary import Vocabulary

_LONGEST_WORD = 10
_LONGEST_HEARD = 6
_SHORTEST_MISHEARD = 3
_MOST_HEARD = 2  # stretches of a run that are worth hearing
_MOST_NEAR = 4
_SHORTEST_NAME = 4
_COST_UNKNOWN = 100.0
_COST_WORD = 10.0


def read_characters(
    run: str, language: Language, vocabulary: Vocabulary, *, may_hear: bool = True
) -> tuple[list[Word], list[Word] | None]:
    """Return the words of a run of characters, and the same heard where some characters looked wrong.

    Words that are true of all goods are left out. Heard, 猕猴挑 is 猕猴桃: the first wrong characters are
    taken by their sound; None where nothing looks wrong, or nothing sounds so.
    """
    words: list[Word] = []
    heard: list[Word] | None = None
    chances = _MOST_HEARD if may_hear else 0
    place = 0
    for stretch in _stretches(_cut(run, language, vocabulary, _LONGEST_WORD), language.quiet):
        end = place + sum(map(len, stretch))
        if len(stretch) == 1:
            found = _read_word(stretch[0], language, vocabulary)
        else:
            found = _read_single(stretch, vocabulary)
        words += found
        is_wrong = len(stretch) > 1 or any(one.clause is None for one in found)
        if is_wrong and heard is None and chances:
            chances -= 1
            heard = _hear(run, place, end, language, vocabulary)
        place = end
    return words, heard


def alike(words: Sequence[Word], language: Language, vocabulary: Vocabulary) -> tuple[Word, ...]:
    """Return the words with those in place of others that sound the same; empty where none does.

    A voice does not say whether 织金竹笋 is 织金竹荪.
    """
    read = [_sounding_alike(word, language, vocabulary) for word in words]
    if not any(read):
        return ()
    return tuple(other or word for other, word in zip(read, words, strict=True))


def _sounding_alike(word: Word, language: Language, vocabulary: Vocabulary) -> Word | None:
    if word.typed.isascii() or len(word.typed) == 1:
        return None
    same = [
        one
        for one in language.sounding("".join(language.read(word.typed)))
        if one != language.synonyms.get(word.typed, word.typed) and one in vocabulary
    ]
    if not same:
        return None
    return Word(word.typed, Clause(tuple((one, HEARD) for one in same)), corrected=same[0])


def _read_single(characters: list[str], vocabulary: Vocabulary) -> list[Word]:
    """Read characters that stand alone side by side: one word that nobody knows, or a name cut short."""
    typed = "".join(characters)
    loose = _characters(typed, vocabulary)
    if not all(one in vocabulary for one in characters):
        return [Word(typed, None, loose)]
    first, *also = [Clause(((one, WORD),)) for one in dict.fromkeys(characters)]
    return [Word(typed, first, loose, is_named=False, also=tuple(also))]


def _hear(run: str, start: int, end: int, language: Language, vocabulary: Vocabulary) -> list[Word] | None:
    window = _sounding(run, start, end, language, vocabulary)
    if window is None:
        return None
    first, last, word = window
    before, _ = read_characters(run[:first], language, vocabulary, may_hear=False)
    after, _ = read_characters(run[last:], language, vocabulary, may_hear=False)
    return [*before, word, *after]


def _cut(run: str, language: Language, vocabulary: Vocabulary, longest: int) -> list[str]:
    """Cut into the fewest words that are known, the longest first; unknown characters stand alone."""
    extra = language.known_when_typed
    size = len(run)
    cost = [0.0] * (size + 1)
    origin = [0] * (size + 1)
    for end in range(1, size + 1):
        lowest, start = cost[end - 1] + _COST_UNKNOWN, end - 1
        for begin in range(max(0, end - longest), end):
            price = cost[begin] + _COST_WORD - (end - begin) ** 2 / 10
            if price < lowest:
                token = run[begin:end]
                if token in vocabulary or token in extra:
                    lowest, start = price, begin
        cost[end], origin[end] = lowest, start
    words = []
    end = size
    while end:
        words.append(run[origin[end] : end])
        end = origin[end]
    return words[::-1]


def _stretches(words: list[str], quiet: Container[str]) -> list[list[str]]:
    """Put characters that stand alone side by side together: they may be one word that nobody knows."""
    stretches: list[list[str]] = []
    is_open = False
    for word in words:
        is_alone = len(word) == 1 and word not in quiet
        if is_alone and is_open:
            stretches[-1].append(word)
        else:
            stretches.append([word])
        is_open = is_alone
    return stretches


def _read_word(word: str, language: Language, vocabulary: Vocabulary) -> list[Word]:
    if word in language.quiet:
        return []
    if len(word) >= _SHORTEST_NAME and word not in language.synonyms and not is_place(word):
        parts = _cut(word, language, vocabulary, len(word) - 1)
        if min(map(len, parts)) > 1:
            # A name of several words: goods called just so first, then whatever has all of them.
            whole = (word, WHOLE_NAME)
            named = [one for part in parts for one in _read_word(part, language, vocabulary)]
            return [
                Word(one.typed, Clause((*one.clause.tokens, whole)), one.loose)
                for one in named
                if one.clause is not None
            ]
    tokens = (*_as_written(word, vocabulary), *other_names(word, language, vocabulary))
    if not tokens:
        return [Word(word, None, _characters(word, vocabulary))]
    within = _within(word, vocabulary)
    loose = Clause((*tokens, *within)) if within else None
    # Only names and keywords are indexed by their sound.
    is_named = is_good(word) if len(word) == 1 else PINYIN + "".join(language.read(word)) in vocabulary
    return [Word(word, Clause(tokens), loose, is_named=is_named)]


def _as_written(word: str, vocabulary: Vocabulary) -> Iterator[tuple[str, float]]:
    """Yield a word, and the pair of characters that it is in names which are cut otherwise."""
    if word in vocabulary:
        yield word, WORD
    if len(word) == 2 and PAIR + word in vocabulary:  # noqa: PLR2004 - a pair
        yield PAIR + word, SYNONYM


def other_names(word: str, language: Language, vocabulary: Vocabulary) -> tuple[tuple[str, float], ...]:
    """Return what the catalogue calls a word, or whatever else that is called where it does not say so."""
    meant = language.synonyms.get(word)
    if meant is None:
        return ()
    if meant in vocabulary:
        return ((meant, SYNONYM),)
    others = language.also_called[meant]
    return tuple((other, SYNONYM) for other in others if other != word and other in vocabulary)


def _within(word: str, vocabulary: Vocabulary) -> tuple[tuple[str, float], ...]:
    """Return known words within a word; what the name of a place ends with is in many others."""
    if len(word) <= 2:  # noqa: PLR2004 - a pair has only characters within
        return ()
    size = len(word)
    return tuple(
        (token, factor * WITHIN)
        for length in range(size - 1, 1, -1)
        for first in range(1 if is_place(word) else size - length + 1)
        for token, factor in _as_written(word[first : first + length], vocabulary)
    )


def _characters(word: str, vocabulary: Vocabulary) -> Clause | None:
    """Return what goods a word that nobody knows may be of: 爪 tells nothing, 鸡 in 鸡爪 does."""
    known = tuple((one, CHARACTER) for one in goods_within(word) if one in vocabulary)
    return Clause(known) if known else None


def _sounding(
    run: str, start: int, end: int, language: Language, vocabulary: Vocabulary
) -> tuple[int, int, Word] | None:
    """Find the longest stretch around the wrong characters that sounds like a word, a name, or nearly so."""
    windows = [
        (first, first + length)
        for length in range(min(_LONGEST_HEARD, len(run)), 1, -1)
        for first in range(max(0, end - length), min(start, len(run) - length) + 1)
    ]
    sounds = [("".join(language.read(run[first:last])), first, last) for first, last in windows]
    for sound, first, last in sounds:
        if any(word in vocabulary for word in language.sounding(sound)):
            return first, last, _heard(run[first:last], sound, language, vocabulary)
    longer = [one for one in sounds if one[2] - one[1] >= _SHORTEST_MISHEARD]
    for sound, first, last in longer:
        if PINYIN + sound in vocabulary:
            return first, last, _heard(run[first:last], sound, language, vocabulary)
    for sound, first, last in longer[: -_MOST_NEAR - 1 : -1]:
        for token in vocabulary.near(PINYIN, sound):
            near = token[len(PINYIN) :]
            if any(word in vocabulary for word in language.sounding(near)):
                return first, last, _heard(run[first:last], near, language, vocabulary)
    for sound, first, last in sounds:
        found = _nearly(run[first:last], sound, language, vocabulary)
        if found is not None:
            return first, last, found
    return None


def _nearly(typed: str, sound: str, language: Language, vocabulary: Vocabulary) -> Word | None:
    """Read two characters as two that begin the same and nearly sound so: 核挑 is 核桃."""
    if len(typed) != 2:  # noqa: PLR2004 - longer ones need not share any
        return None
    for token in vocabulary.near(PINYIN, sound):
        for word in language.sounding(token[len(PINYIN) :]):
            if word in vocabulary and len(word) == len(typed) and word[0] == typed[0]:
                return Word(typed, Clause(((word, HEARD),)), corrected=word)
    return None


def said(sound: str, language: Language, vocabulary: Vocabulary) -> str:
    """Return the word or name that sounds so, or how it sounds where several do: zhusun is 竹荪 and 竹笋."""
    known = [word for word in language.sounding(sound) if word in vocabulary] or language.named(sound)
    return known[0] if len(known) == 1 else sound


def _heard(typed: str, sound: str, language: Language, vocabulary: Vocabulary) -> Word:
    known = (PINYIN + sound, *language.sounding(sound))
    tokens = tuple((token, HEARD) for token in known if token in vocabulary)
    return Word(typed, Clause(tokens), corrected=said(sound, language, vocabulary))
