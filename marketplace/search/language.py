"""How words become tokens, the same way for what is indexed and for what is typed.

Compatible width, lower case, Simplified characters; words by a dictionary that knows the catalogue's own
names; characters of a name and pairs of them; pinyin in full and by initials from every word of a name on.
Tokens of pairs, pinyin, initials, English, numbers and beginnings carry a prefix: they never mix with
characters.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

import rjieba
from opencc import OpenCC

from marketplace.search.english import singular
from marketplace.search.phrases import quantity
from marketplace.search.pinyin import Readings, fold

PAIR = "2:"
PINYIN = "p:"
INITIALS = "i:"
ENGLISH = "e:"
NUMBER = "n:"
BEGINNING = "s:"

MAX_QUERY_CHARACTERS = 200
MAX_QUERY_PARTS = 12

# What a word counts for within its field, by how it stands in the name.
_HEAD = 1.25  # the whole name, or its last word: 刺梨 in 龙里刺梨, not in 龙里刺梨干
_HEAD_WITHIN = 1.1  # 刺梨 in 安顺金刺梨
_WORD = 0.85
_WITHIN = 0.4  # a word within a word: 刺梨 in 刺梨汁
_LAST_CHARACTER = 0.7  # 鸡 in 乌骨鸡
_CHARACTER = 0.2  # 茶 in 茶油
_INITIAL = 0.8

_HAN_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_PART = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+|[a-z0-9](?:[a-z0-9._'’/-]*[a-z0-9])?")
_LETTERS = re.compile(r"[a-z]+")
_APOSTROPHE = re.compile(r"['’]")
_NOT_IN_NUMBER = re.compile(r"[\s\-‐-―_./()\[\]、·]+")
# Joiners, marks of direction and halves of characters are nothing; other control characters part words.
_NOTHING = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MARKED_LATIN = re.compile("[\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff]")
_MARK = re.compile("[\u0300-\u036f]+")
_WORD_FREQUENCY = 50_000
_KEPT_NAMES = 4_096
_KEPT_KEYWORDS = 16_384
_LONGEST_TAIL = 10

Shares = Mapping[str, float]


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def normalise(text: str) -> str:
    """Fold width, case, script and marks: ``都勻毛尖 ＭＨＴ lǜchá`` becomes ``都匀毛尖 mht lucha``."""
    if text.isascii():
        return _CONTROL.sub(" ", text).lower()
    clean = _CONTROL.sub(" ", _NOTHING.sub("", text))
    folded = unicodedata.normalize("NFKC", clean).lower()
    if _MARKED_LATIN.search(folded):
        folded = unicodedata.normalize("NFC", _MARK.sub("", unicodedata.normalize("NFD", folded)))
    return str(_simplifier().convert(folded))


class Language:
    """The words of one catalogue: its dictionary, synonyms and readings. Immutable once made."""

    def __init__(
        self,
        words: Iterable[str],
        synonyms: Mapping[str, str],
        readings: Mapping[str, str],
        quiet: Iterable[str] = (),
    ) -> None:
        """Take names as dictionary words, synonyms as typed → meant, readings as characters → syllables.

        ``quiet`` words say nothing here where all goods are so: 贵州, 特产.
        """
        self._cutter = rjieba.Jieba()
        named = {normalise(typed): normalise(meant) for typed, meant in synonyms.items()}
        self.synonyms = {typed: meant for typed, meant in named.items() if typed != meant}
        self.longest_synonym = max((len(typed.split()) for typed in self.synonyms), default=0)
        self.quiet = frozenset(map(normalise, quiet))
        self.also_called: dict[str, list[str]] = {}
        for typed, meant in self.synonyms.items():
            self.also_called.setdefault(meant, []).append(typed)
        self.known_when_typed = self.quiet | self.synonyms.keys()
        self._readings = Readings({normalise(word): reading for word, reading in readings.items()})
        known = {normalise(word) for word in words} | set(self.synonyms) | set(self.synonyms.values())
        self._by_sound: dict[str, tuple[str, ...]] = {}
        for word in sorted(
            (one for one in known if _HAN_RUN.fullmatch(one)), key=lambda one: (len(one), one)
        ):
            if len(word) > 1:
                self._cutter.add_word(word, _WORD_FREQUENCY, "n")
                sound, meant = "".join(self.read(word)), self.synonyms.get(word, word)
                others = self._by_sound.get(sound, ())
                self._by_sound[sound] = others if meant in others else (*others, meant)
        self._named_by_sound: dict[str, list[str]] = {}
        for name in readings:
            normal = normalise(name)
            self._named_by_sound.setdefault("".join(self.read(normal)), []).append(normal)
        self.name_shares = lru_cache(_KEPT_NAMES)(self._name_shares)
        self.keyword_shares = lru_cache(_KEPT_KEYWORDS)(self._keyword_shares)
        self.keywords_shares = lru_cache(_KEPT_NAMES)(self._keywords_shares)

    def read(self, characters: str) -> tuple[str, ...]:
        """Read characters in pinyin, one folded syllable each: 绿茶 is lu cha."""
        return self._readings.read(characters)

    def sounding(self, letters: str) -> tuple[str, ...]:
        """Return the words that sound so: 竹荪 and 竹笋 for zhusun."""
        return self._by_sound.get(letters, ())

    def named(self, letters: str) -> list[str]:
        """Return the names of goods and places that sound so."""
        return self._named_by_sound.get(letters, [])

    def words(self, text: str) -> list[str]:
        """Cut normalised text into words, the catalogue's own names whole."""
        return [
            word
            for run in _HAN_RUN.findall(text)
            for word in self._cutter.cut(run, False)  # noqa: FBT003 - the cutter takes it by position only
        ]

    def search_words(self, text: str) -> list[str]:
        """Cut normalised text into words and the words within them."""
        return [word for run in _HAN_RUN.findall(text) for word in self._cutter.cut_for_search(run)]

    def parts(self, query: str) -> list[str]:
        """Return the runs of characters and of letters that were typed, as far as a person types.

        How much is wanted says nothing of which goods: 5斤装, 10kg.
        """
        text = normalise(query[:MAX_QUERY_CHARACTERS])[:MAX_QUERY_CHARACTERS]
        return _PART.findall(quantity().sub(" ", text))[:MAX_QUERY_PARTS]

    def spellings(self, name: str) -> set[str]:
        """Return how a name may begin in letters: pinyin and initials from each of its words on."""
        return {
            token[len(PINYIN) :] for token in self.name_shares(name) if token.startswith((PINYIN, INITIALS))
        }

    def beginnings(self, name: str, english: str) -> set[str]:
        """Return how people may begin to type a name: from any of its words on, in characters or letters."""
        text = normalise(name)
        starts = {0, *(text.find(word) for word in self.search_words(text))}
        words = normalise(english).split()
        found = {text[start : start + _LONGEST_TAIL] for start in starts} | self.spellings(name)
        return (found | {"".join(words[start:]) for start in range(len(words))}) - {""}

    def text_tokens(self, text: str) -> set[str]:
        """Return the words of a longer text."""
        normal = normalise(text)
        return {word for word in self.search_words(normal) if len(word) > 1} | english_tokens(normal)

    def _name_shares(self, name: str, reading: str = "") -> Shares:
        """Return what each token of a short name counts for: words, characters, pairs and sounds.

        ``reading`` is how the name itself says that it is read, one syllable a character.
        """
        shares = dict(self._keyword_shares(name, reading))
        for run in _HAN_RUN.findall(normalise(name)):
            shares.setdefault(run[-1], _LAST_CHARACTER)
            for place, character in enumerate(run):
                shares.setdefault(character, _CHARACTER)
                pair = run[place : place + 2]
                if len(pair) > 1 and pair not in shares:
                    shares[PAIR + pair] = _HEAD_WITHIN if run.endswith(pair) else _WITHIN
        return shares

    def _keywords_shares(self, names: tuple[str, ...]) -> Shares:
        """Return what each token of several keywords counts for: the most it does in any."""
        shares: dict[str, float] = {}
        for name in names:
            for token, share in self.keyword_shares(name).items():
                if shares.get(token, 0.0) < share:
                    shares[token] = share
        return shares

    def _keyword_shares(self, name: str, reading: str = "") -> Shares:
        """Return what each token of a keyword counts for: words and sounds only."""
        shares: dict[str, float] = {}
        runs = _HAN_RUN.findall(normalise(name))
        stated = tuple(map(fold, reading.split()))
        is_stated = len(stated) == sum(map(len, runs))
        for run in runs:
            syllables, stated = (
                (stated[: len(run)], stated[len(run) :]) if is_stated else (self.read(run), ())
            )
            within = dict.fromkeys(self._cutter.cut_for_search(run), _WITHIN)
            words = dict.fromkeys(self._cutter.cut(run, False), _WORD)  # noqa: FBT003 - takes no name
            for word, share in (within | words).items():
                is_last = run.endswith(word)
                if len(word) == 1:
                    shares[word] = _LAST_CHARACTER if is_last else _CHARACTER
                else:
                    shares[word] = (_HEAD if word in words else _HEAD_WITHIN) if is_last else share
            shares[run] = _HEAD
            for token, share in _sounds(run, syllables, within | words).items():
                shares[token] = max(share, shares.get(token, 0.0))
        for token in english_tokens(name):
            shares[token] = _WORD
        return shares


def _sounds(run: str, syllables: Sequence[str], words: Mapping[str, float]) -> Shares:
    """Return pinyin of every word of a run, and pinyin and initials from each word on."""
    if len(syllables) != len(run):
        return {}
    sounds: dict[str, float] = {}
    starts = {0}
    for word, share in words.items():
        start = run.find(word)
        starts.add(start)
        if len(word) > 1:
            sounds[PINYIN + "".join(syllables[start : start + len(word)])] = share
    for start in starts:
        tail = syllables[start : start + _LONGEST_TAIL]
        if len(tail) > 1 or len(run) == 1:
            sounds[PINYIN + "".join(tail)] = _WORD if start else _HEAD
        if len(tail) > 1:
            sounds[INITIALS + "".join(syllable[0] for syllable in tail)] = _INITIAL
    return sounds


def english_tokens(text: str) -> set[str]:
    """Return the English words of a text, each in the singular."""
    return {
        ENGLISH + singular(word)
        for word in _LETTERS.findall(_APOSTROPHE.sub("", normalise(text)))
        if len(word) > 1
    }


def number_key(number: str) -> str:
    """Write a certificate number without case, width, blanks and dashes: ``DEMO-ZP 01`` is ``demozp01``."""
    return _NOT_IN_NUMBER.sub("", normalise(number))


def number_tokens(numbers: Sequence[str]) -> set[str]:
    """Return tokens of certificate numbers."""
    return {NUMBER + number_key(number) for number in numbers}
