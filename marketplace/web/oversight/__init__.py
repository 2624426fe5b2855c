"""The officials' pages: totals that open down to the hand-off behind them, pairings, targets, exports."""

from marketplace.web.oversight import (
    applications,
    brands,
    certificates,
    editions,
    exports,
    home,
    lines,
    pairings,
    story,
    tables,
)
from marketplace.web.oversight.routes import blueprint

__all__ = [
    "applications",
    "blueprint",
    "brands",
    "certificates",
    "editions",
    "exports",
    "home",
    "lines",
    "pairings",
    "story",
    "tables",
]
