"""What a text engine must do: keep weighted tokens of products and say which products carry which tokens.

Everything else (languages, correction, facets, filters, sorts) is decided above this port, so that two
engines with the same tokens give the same answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Clause:
    """One word that was typed, as alternative tokens with a factor each; every clause must match."""

    tokens: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """Matching products in ascending order of their ids, with their scores."""

    product_ids: Ids
    scores: Scores


@dataclass(frozen=True, slots=True)
class IndexedProduct:
    """A product's tokens with their weights."""

    product_id: int
    tokens: Mapping[str, float]


class TextEngine(Protocol):
    """Keeps tokens; one process writes, many read without ever waiting."""

    def match(self, clauses: Sequence[Clause]) -> Matches: ...

    def vocabulary(self) -> Sequence[str]:
        """Return every token, sorted; the same object as long as the index is the same."""
        ...

    def generation(self) -> int: ...

    def apply(self, changed: Iterable[IndexedProduct], removed: Iterable[int]) -> None: ...

    def rebuild(self, products: Iterable[IndexedProduct], *, signature: str) -> None: ...

    def signature(self) -> str | None:
        """Return what the index was built with, or None where there is none that can be read."""
        ...
