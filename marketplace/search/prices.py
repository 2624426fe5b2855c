"""Prices within what was typed: 「100元以内 茶」 asks for tea of at most a hundred yuan a pack."""

import re

from marketplace.search.language import MAX_QUERY_CHARACTERS, normalise
from marketplace.search.types import AskedPrice

_AROUND = 20
"""Percent that a price may differ from one of which no bound was said."""
_NUMBER = r"(?:rmb|cny|¥)?\s?(\d{1,6})"
_UNIT = r"\s?(?:元|块钱|块|rmb|yuan|cny)"
_BOUNDS = (
    ("range", rf"{_NUMBER}(?:{_UNIT})?\s?(?:-|~|到|至|to)\s?(\d{{1,6}}){_UNIT}(?:之间)?"),
    ("most", rf"{_NUMBER}(?:{_UNIT})?\s?(?:以下|以内|之内|封顶)"),
    ("most", rf"(?:不超过|低于|少于|小于|under|below|up to|less than)\s?{_NUMBER}(?:{_UNIT})?"),
    ("least", rf"{_NUMBER}(?:{_UNIT})?\s?(?:以上|起)"),
    ("least", rf"(?:高于|大于|超过|above|over|more than)\s?{_NUMBER}(?:{_UNIT})?"),
    ("around", rf"{_NUMBER}{_UNIT}(?:左右|上下)?"),
    ("around", r"(?:rmb|cny|¥)\s?(\d{1,6})"),
)
_PATTERNS = tuple((kind, re.compile(rf"(?<![a-z0-9.]){bound}(?![a-z0-9.])的?")) for kind, bound in _BOUNDS)


def take_out(query: str) -> AskedPrice | None:
    """Return the price that was typed beside other words, if any."""
    if not any(one.isdigit() for one in query[:MAX_QUERY_CHARACTERS]):
        return None
    text = normalise(query[:MAX_QUERY_CHARACTERS])[:MAX_QUERY_CHARACTERS]
    for kind, pattern in _PATTERNS:
        found = pattern.search(text)
        if found is not None:
            fen = [int(one) * 100 for one in found.groups()]
            low, high = _bounds(kind, fen)
            rest = f"{text[: found.start()]} {text[found.end() :]}"
            return AskedPrice(found.group().strip().removesuffix("的"), low, high, " ".join(rest.split()))
    return None


def _bounds(kind: str, fen: list[int]) -> tuple[int | None, int | None]:
    if kind == "range":
        return min(fen), max(fen)
    if kind == "most":
        return None, fen[0]
    if kind == "least":
        return fen[0], None
    return fen[0] * (100 - _AROUND) // 100, fen[0] * (100 + _AROUND) // 100
