"""Prices within what was typed: 「100元以内 茶」 asks for tea of at most a hundred yuan a pack."""

from marketplace.search.language import MAX_QUERY_CHARACTERS, normalise
from marketplace.search.phrases import prices
from marketplace.search.types import AskedPrice

_AROUND = 20
"""Percent that a price may differ from one of which no bound was said."""


def take_out(query: str) -> AskedPrice | None:
    """Return the price that was typed beside other words, if any."""
    if not any(one.isdigit() for one in query[:MAX_QUERY_CHARACTERS]):
        return None
    text = normalise(query[:MAX_QUERY_CHARACTERS])[:MAX_QUERY_CHARACTERS]
    for kind, pattern in prices():
        found = pattern.search(text)
        if found is not None:
            fen = [int(one) * 100 for one in found.groups()[1:]]
            low, high = _bounds(kind, fen)
            rest = f"{text[: found.start()]} {text[found.end() :]}"
            return AskedPrice(found.group(1).strip(), low, high, " ".join(rest.split()))
    return None


def _bounds(kind: str, fen: list[int]) -> tuple[int | None, int | None]:
    if kind == "range":
        return min(fen), max(fen)
    if kind == "most":
        return None, fen[0]
    if kind == "least":
        return fen[0], None
    return fen[0] * (100 - _AROUND) // 100, fen[0] * (100 + _AROUND) // 100
