"""How words become tokens, the same way for what is indexed and for what is typed.

NFKC, lower case, Simplified characters, then words by a dictionary that knows the catalogue's own names;
single characters and pairs of the short name, so that 茶 finds every tea; pinyin in full and by initials of
every part of a name. Tokens of pinyin, English and numbers carry a prefix and never mix with characters.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import rjieba
from opencc import OpenCC
from pypinyin import Style, lazy_pinyin, load_phrases_dict

PINYIN = "p:"
ENGLISH = "e:"
NUMBER = "n:"

_HAN_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_PART = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+|[a-z0-9][a-z0-9._'-]*")
_LETTERS = re.compile(r"[a-z]+")
_WORD_FREQUENCY = 50_000
MAX_QUERY_CHARACTERS = 200
MAX_QUERY_PARTS = 12


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def normalise(text: str) -> str:
    """Fold width, case and script: ``都勻毛尖 ＭＨＴ`` becomes ``都匀毛尖 mht``."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return str(_simplifier().convert(folded))


class Language:
    """The words of one catalogue: its dictionary, synonyms and readings. Immutable once made."""

    def __init__(
        self,
        words: Iterable[str],
        synonyms: Mapping[str, str],
        readings: Mapping[str, str],
    ) -> None:
        """Take names as dictionary words, synonyms as typed → meant, readings as characters → pinyin."""
        self._cutter = rjieba.Jieba()
        self._synonyms = {normalise(typed): normalise(meant) for typed, meant in synonyms.items()}
        for word in {normalise(word) for word in words} | set(self._synonyms) | set(self._synonyms.values()):
            if len(word) > 1 and _HAN_RUN.fullmatch(word):
                self._cutter.add_word(word, _WORD_FREQUENCY, "n")
        load_phrases_dict(
            {
                characters: [[syllable] for syllable in reading.split()]
                for characters, reading in readings.items()
                if len(characters) == len(reading.split())
            }
        )

    def words(self, text: str) -> list[str]:
        """Cut normalised text into words, longest names whole."""
        return [
            word
            for run in _HAN_RUN.findall(text)
            for word in self._cutter.cut(run, True)  # noqa: FBT003 - the cutter takes it by position only
        ]

    def search_words(self, text: str) -> list[str]:
        """Cut normalised text into words and the words within them."""
        return [word for run in _HAN_RUN.findall(text) for word in self._cutter.cut_for_search(run)]

    def meant(self, word: str) -> str:
        """Return what a synonym stands for: 奇异果 is 猕猴桃."""
        return self._synonyms.get(word, word)

    def parts(self, query: str) -> list[str]:
        """Return the runs of characters and of letters that were typed, in order."""
        return _PART.findall(normalise(query[:MAX_QUERY_CHARACTERS]))[:MAX_QUERY_PARTS]

    def name_tokens(self, name: str) -> set[str]:
        """Return words, characters, pairs and pinyin of a short name."""
        text = normalise(name)
        tokens = set(self.search_words(text)) | set(self.words(text))
        tokens |= {self.meant(word) for word in tokens}
        for run in _HAN_RUN.findall(text):
            tokens.update(run)
            tokens.update(run[place : place + 2] for place in range(len(run) - 1))
            tokens.add(run)
            tokens |= self.pinyin_tokens(run)
        tokens |= {ENGLISH + word for word in _LETTERS.findall(text)}
        return tokens

    def text_tokens(self, text: str) -> set[str]:
        """Return the words of a longer text."""
        normal = normalise(text)
        return {word for word in self.search_words(normal) if len(word) > 1} | self.english_tokens(normal)

    def english_tokens(self, text: str) -> set[str]:
        return {ENGLISH + word for word in _LETTERS.findall(normalise(text)) if len(word) > 1}

    def pinyin_tokens(self, run: str) -> set[str]:
        """Return full and initial pinyin of every part of a name that starts at a word."""
        syllables = pinyin(run)
        if len(syllables) != len(run):
            return set()
        starts = {0} | {run.find(word) for word in self.search_words(run) if len(word) > 1}
        tokens: set[str] = set()
        for tail in (syllables[start:] for start in starts if start >= 0):
            tokens.add(PINYIN + "".join(tail))
            if len(tail) > 1:
                tokens.add(PINYIN + "".join(syllable[0] for syllable in tail))
        return tokens


def pinyin(characters: str) -> list[str]:
    """Read characters in pinyin without tones; 绿 is lv."""
    return [
        syllable.replace("ü", "v") for syllable in lazy_pinyin(characters, style=Style.NORMAL, v_to_u=False)
    ]


def number_tokens(numbers: Sequence[str]) -> set[str]:
    """Return tokens of certificate numbers, compared without case and width."""
    return {NUMBER + normalise(number).replace(" ", "") for number in numbers}
