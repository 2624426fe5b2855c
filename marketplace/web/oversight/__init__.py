"""The officials' pages: totals that open down to the hand-off behind them, pairings, targets, exports."""

from marketplace.web.oversight import applications, brands, editions, exports, home, lines, pairings, tables
from marketplace.web.oversight.routes import blueprint

__all__ = [
    "applications",
    "blueprint",
    "brands",
    "editions",
    "exports",
    "home",
    "lines",
    "pairings",
    "tables",
]
