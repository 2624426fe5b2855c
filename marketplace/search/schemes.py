"""Names of certification schemes within what was typed: 「圳品 刺梨」 asks for what is certified today."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from marketplace.catalogue.types import Scheme
from marketplace.search.language import MAX_QUERY_CHARACTERS, normalise
from marketplace.search.types import AskedPrice

_NEIGHBOURS = 6
_WORD_BEFORE = re.compile(r"([a-z]+)\s+$")
_WORD_AFTER = re.compile(r"^\s+([a-z]+)")


@dataclass(frozen=True, slots=True)
class AskedScheme:
    """A certification that was typed by name: goods certified under any of the codes are meant."""

    typed: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: words for the index, schemes and a price for the side tables; all must hold."""

    words: str
    schemes: tuple[AskedScheme, ...] = ()
    price: AskedPrice | None = None


class SchemeNames:
    """Every way a scheme is called, longest first. A name asks the side tables, never the index."""

    def __init__(self, schemes: Iterable[Scheme], also: Mapping[str, Sequence[str]] | None = None) -> None:
        """Take the schemes, and other names that people type with the codes each stands for."""
        shown = [scheme for scheme in schemes if scheme.shows_badge]
        names: dict[str, tuple[str, ...]] = {
            normalise(name): (scheme.code,)
            for scheme in shown
            for name in (*scheme.name, *scheme.short_name)
            if len(name) > 1
        }
        shown_codes = {scheme.code for scheme in shown}
        for name, codes in (also or {}).items():
            known = tuple(code for code in codes if code in shown_codes)
            if known:
                names.setdefault(normalise(name), known)
        ordered = sorted(names, key=lambda name: (-len(name), name))
        self._codes = names
        self._pattern = re.compile("|".join(map(_pattern, ordered))) if ordered else None

    def take_out(self, query: str, goods: Container[str] = ()) -> Asked:
        """Part scheme names from what was typed.

        A name that is part of something longer in ``goods`` (tokens and phrases of the catalogue) stays a
        word: Guizhou Green in ``guizhou green tea``.
        """
        text = normalise(query[:MAX_QUERY_CHARACTERS])[:MAX_QUERY_CHARACTERS]
        if self._pattern is None:
            return Asked(text.strip())
        found: dict[tuple[str, ...], str] = {}
        kept: list[str] = []
        place = 0
        for match in self._pattern.finditer(text):
            if _is_within_goods(text, match.start(), match.end(), goods):
                continue
            found.setdefault(self._codes[match.group()], match.group())
            kept.append(text[place : match.start()])
            place = match.end()
        kept.append(text[place:])
        schemes = tuple(AskedScheme(typed, codes) for codes, typed in found.items())
        return Asked(" ".join(kept).strip(), schemes)


def _pattern(name: str) -> str:
    """Match characters anywhere, Latin names only as whole words."""
    return rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])" if name.isascii() else re.escape(name)


def _is_within_goods(text: str, start: int, end: int, goods: Container[str]) -> bool:
    if text[start:end].isascii():
        before, after = _WORD_BEFORE.search(text[:start]), _WORD_AFTER.match(text[end:])
        words = text[start:end].split()
        return (before is not None and f"{before.group(1)} {words[0]}" in goods) or (
            after is not None and f"{words[-1]} {after.group(1)}" in goods
        )
    return any(
        text[first:last] in goods
        for first in range(max(0, start - _NEIGHBOURS), start + 1)
        for last in range(end, min(len(text), end + _NEIGHBOURS) + 1)
        if last - first > end - start
    )
