"""Names of certification schemes within what was typed: 「圳品 刺梨」 asks for what is certified today."""

import re
from collections.abc import Iterable

from marketplace.catalogue.types import Scheme
from marketplace.search.language import normalise


class SchemeNames:
    """Every way a scheme is called, longest first. A name asks the side tables, never the index."""

    def __init__(self, schemes: Iterable[Scheme]) -> None:
        names = {
            normalise(name): scheme.code
            for scheme in schemes
            for name in (*scheme.name, *scheme.short_name)
            if scheme.shows_badge and len(name) > 1
        }
        ordered = sorted(names.items(), key=lambda one: (-len(one[0]), one[0]))
        self._names = [(_pattern(name), code) for name, code in ordered]

    def take_out(self, query: str) -> tuple[str, tuple[str, ...]]:
        """Return what was typed without scheme names, and the codes of the schemes it named."""
        text = normalise(query)
        found: dict[str, None] = {}
        for pattern, code in self._names:
            text, times = pattern.subn(" ", text)
            if times:
                found[code] = None
        return text.strip(), tuple(found)


def _pattern(name: str) -> re.Pattern[str]:
    """Match characters anywhere, Latin names only as whole words."""
    return re.compile(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])" if name.isascii() else re.escape(name))
