"""Words one slip of the finger apart: a letter missing, added, changed, or two swapped.

Two such words share a form in which one letter at most is left out of each. Hashes of all these forms are kept
sorted, so that a typed word finds its neighbours with as many look-ups as it has letters.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

_BASE = np.uint64(0x9E3779B97F4A7C15)
_MODULUS = (1 << 64) - 1
_INVERSE = np.uint64(pow(int(_BASE), -1, 1 << 64))
"""Times the base it is 1, modulo 2 to the 64th: moves what follows a left-out letter one place down."""
_LONGEST = 32
_SHORTEST = 3
_BATCH = 1 << 16

Hashes = NDArray[np.uint64]


class Slips:
    """The forms of a range of tokens that begin with the same prefix."""

    def __init__(self, tokens: Sequence[str], first: int, last: int) -> None:
        self._tokens = tokens
        self._prefix = len(tokens[first].split(":")[0]) + 1 if first < last else 0
        hashes, places = [np.zeros(0, np.uint64)], [np.zeros(0, np.int32)]
        for start in range(first, last, _BATCH):
            batch = range(start, min(start + _BATCH, last))
            letters, lengths = _matrix([tokens[place][self._prefix :] for place in batch])
            for form, is_one in _forms(letters, lengths):
                hashes.append(form[is_one])
                places.append((np.flatnonzero(is_one) + start).astype(np.int32))
        everything = np.concatenate(hashes)
        order = np.argsort(everything, kind="stable")
        self._hashes = everything[order]
        self._places = np.concatenate(places)[order]

    def near(self, word: str) -> Iterator[str]:
        """Give the tokens whose word is one slip away from what was typed."""
        if not _SHORTEST <= len(word) <= _LONGEST or not word.isascii():
            return
        forms = np.array(_forms_of(word), np.uint64)
        first = np.searchsorted(self._hashes, forms, side="left")
        last = np.searchsorted(self._hashes, forms, side="right")
        places = {
            int(place)
            for low, high in zip(first, last, strict=True)
            if low < high
            for place in self._places[low:high]
        }
        for place in places:
            token = self._tokens[place]
            if is_one_slip(token[self._prefix :], word):
                yield token


def is_one_slip(one: str, other: str) -> bool:
    """Return whether two words differ by exactly one slip."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    left, right = one[at:], other[at:]
    if len(left) == len(right):
        return left[1:] == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])
    return left[1:] == right if len(left) > len(right) else left == right[1:]


def _matrix(words: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Lay words out as rows of letters; what is too short, too long or not of letters has length 0."""
    lengths = np.array(
        [len(word) if _SHORTEST <= len(word) <= _LONGEST and word.isascii() else 0 for word in words], np.int64
    )
    padded = b"".join(
        word.encode().ljust(_LONGEST, b"\0") if length else bytes(_LONGEST)
        for word, length in zip(words, lengths, strict=True)
    )
    return np.frombuffer(padded, np.uint8).reshape(len(words), _LONGEST), lengths


def _forms(
    letters: NDArray[np.uint8], lengths: NDArray[np.int64]
) -> Iterator[tuple[Hashes, NDArray[np.bool_]]]:
    """Give the hash of every word whole, then with each of its letters left out, and for which it is one."""
    count = len(lengths)
    longest = int(lengths.max(initial=0))
    powers = np.full(longest + 1, _BASE, np.uint64)
    powers[0] = 1
    powers = np.multiply.accumulate(powers)
    values = letters.astype(np.uint64) + np.uint64(1)
    before = np.zeros((longest + 1, count), np.uint64)
    for place in range(longest):
        before[place + 1] = before[place] + values[:, place] * powers[place] * (place < lengths)
    whole = before[longest] if longest else np.zeros(count, np.uint64)
    yield whole, lengths > 0
    for place in range(longest):
        rest = (whole - before[place + 1]) * _INVERSE
        yield before[place] + rest, place < lengths


def _forms_of(word: str) -> list[int]:
    """Return what ``_forms`` gives, for one word."""
    values, power, powers = [byte + 1 for byte in word.encode()], 1, []
    for _ in values:
        powers.append(power)
        power = power * int(_BASE) & _MODULUS
    whole = sum(value * power for value, power in zip(values, powers, strict=True))
    forms, before = [whole & _MODULUS], 0
    for value, power in zip(values, powers, strict=True):
        rest = (whole - before - value * power) * int(_INVERSE)
        forms.append((before + rest) & _MODULUS)
        before += value * power
    return forms
