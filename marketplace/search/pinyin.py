"""How names sound: readings as the places themselves say them, and spellings folded the way people type.

A reading the catalogue states (都匀 is du yun, 长顺 is chang shun) holds wherever those characters stand in a
longer name; only what it does not state is read by the general dictionary.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache

_KEPT_READINGS = 16_384
_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
_FINALS = (
    *("iang", "iong", "uang", "ang", "eng", "ing", "ong", "ian", "iao", "uai", "uan", "ai", "an", "ao", "ei"),
    *("en", "er", "ia", "ie", "in", "iu", "ou", "ua", "ue", "ui", "un", "uo", "a", "e", "i", "o", "u"),
)
_ALONE = ("ang", "eng", "ai", "an", "ao", "ei", "en", "er", "ou", "a", "e", "o")
_SYLLABLES = frozenset(initial + final for initial in _INITIALS for final in _FINALS) | frozenset(_ALONE)
_LONGEST_SYLLABLE = max(map(len, _SYLLABLES))
_BLURRED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))
_SWAPPED_INITIALS = (("l", "n"), ("n", "l"), ("f", "h"), ("h", "f"))
MAX_BLURRED = 12


class Readings:
    """Reads characters in pinyin without tones: what is stated first, longest first."""

    def __init__(self, stated: Mapping[str, str]) -> None:
        """Take characters → syllables with spaces; one syllable a character, others are ignored."""
        self._stated = {
            characters: tuple(syllables)
            for characters, reading in stated.items()
            if len(characters) > 1 and len(characters) == len(syllables := reading.split())
        }
        self._lengths: dict[str, list[int]] = {}
        for characters in self._stated:
            self._lengths.setdefault(characters[0], []).append(len(characters))
        for first, lengths in self._lengths.items():
            self._lengths[first] = sorted(set(lengths), reverse=True)
        self.read = lru_cache(_KEPT_READINGS)(self._read)

    def _read(self, characters: str) -> tuple[str, ...]:
        syllables: list[str] = []
        place = unread = 0
        while place < len(characters):
            found = self._stated_at(characters, place)
            if found is None:
                place += 1
                continue
            syllables += _general(characters[unread:place])
            syllables += found
            place += len(found)
            unread = place
        syllables += _general(characters[unread:])
        return tuple(fold(syllable) for syllable in syllables)

    def _stated_at(self, characters: str, place: int) -> tuple[str, ...] | None:
        for length in self._lengths.get(characters[place], ()):
            found = self._stated.get(characters[place : place + length])
            if found is not None:
                return found
        return None


def read_dictionary() -> None:
    """Read the general dictionary now rather than with the first name that it must read; half a second."""
    import pypinyin  # noqa: F401, PLC0415 - to have been imported is all it takes


def _general(characters: str) -> list[str]:
    if not characters:
        return []
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - most commands start and end without it

    return lazy_pinyin(characters, style=Style.NORMAL, v_to_u=False)


def fold(letters: str) -> str:
    """Write ü the one way every keyboard has: lücha, lvcha and lucha are all lucha."""
    return letters.replace("ü", "u").replace("lv", "lu").replace("nv", "nu")


def is_spelled(letters: str) -> bool:
    """Say whether letters may be syllables, one after another: ``duyun`` may, ``fruit`` may not."""
    ends = {0}
    for place in range(len(letters)):
        if place in ends:
            ends.update(
                place + length
                for length in range(1, _LONGEST_SYLLABLE + 1)
                if letters[place : place + length] in _SYLLABLES
            )
    return bool(letters) and len(letters) in ends


def blurred(letters: str) -> Iterator[str]:
    """Yield how the same may be spelled by who does not tell zh from z, -ng from -n, l from n or f from h."""
    seen = {letters}
    queue = [letters]
    for _ in range(2):
        following = []
        for spelling in queue:
            for other in _one_blur(spelling):
                if other not in seen:
                    seen.add(other)
                    following.append(other)
                    yield other
                if len(seen) > MAX_BLURRED:
                    return
        queue = following


def _one_blur(letters: str) -> Iterator[str]:
    for clear, dull in _BLURRED:
        place = letters.find(dull)
        while place >= 0:
            if letters.startswith(clear, place):
                yield letters[:place] + dull + letters[place + len(clear) :]
            elif clear[0] == dull and not letters.startswith("h", place + 1):
                yield letters[:place] + clear + letters[place + 1 :]
            place = letters.find(dull, place + 1)
    if letters:
        for one, other in _SWAPPED_INITIALS:
            if letters[0] == one:
                yield other + letters[1:]
