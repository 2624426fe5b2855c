"""What the indexer keeps of its own work: how far it has come, and of a product to compare it by."""

from dataclasses import dataclass

from marketplace.catalogue.types import ProductId
from marketplace.kernel.changes import Position
from marketplace.search.types import SearchRow


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How far the one indexer has come: readers look whether the version grew, or the epoch."""

    version: int
    epoch: int
    signature: str | None
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Products of which something changed, and how far the changes are read: all before, a few after."""

    products: frozenset[ProductId]
    position: Position
    early: frozenset[Position]


@dataclass(frozen=True, slots=True)
class KeptProduct:
    """What is kept of a listed product: its row, and a digest of its tokens."""

    row: SearchRow
    digest: bytes | None
