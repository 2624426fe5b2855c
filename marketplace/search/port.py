"""What a text engine must do: keep tokens of products and say which products carry which tokens.

Everything else (languages, correction, relaxation, facets, filters, sorts) is decided above this port from
one vocabulary, so that two engines with the same tokens give the same answer. A product is known here by its
slot: a small number of its own for good, the row of its attributes in the side tables.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Slots = NDArray[np.int32]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Clause:
    """One word that was typed, as alternative tokens with a factor each; every clause must match."""

    tokens: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """Scores laid out by slot: where very many products match, one is looked up sooner than searched for.

    ``levels`` has 0 where nothing matches, and a last place, 0 as well, for every slot beyond. ``worth`` says
    what each level scores; without it the levels are scores. No score is above ``highest``.
    """

    levels: NDArray[Any]
    worth: Scores | None
    highest: float

    def of(self, slots: NDArray[np.integer[Any]]) -> Scores:
        """Return the scores of some slots, 0 for what does not match."""
        found = self.levels.take(slots, mode="clip")
        return found if self.worth is None else self.worth.take(found)


@dataclass(frozen=True, slots=True)
class Matches:
    """Matching products by ascending slot, with their scores; laid out too where they are very many."""

    slots: Slots
    scores: Scores
    laid: Laid | None = None

    def __len__(self) -> int:
        return len(self.slots)


NOTHING = Matches(np.zeros(0, np.int32), np.zeros(0, np.float32))


@dataclass(frozen=True, slots=True)
class IndexedProduct:
    """A product's tokens, each with its level (``ranking.level``): how much it says of the product."""

    slot: int
    tokens: Mapping[str, int]

    @property
    def fingerprint(self) -> int:
        """Return a number of all its tokens with their levels, the same whatever their order."""
        return sum(fingerprint_of(token) * (2 * level + 1) for token, level in self.tokens.items()) % _MODULUS


_MODULUS = 1 << 64


def fingerprint_of(token: str) -> int:
    """Return what a token adds to a fingerprint for each level and once more; another in each process."""
    return hash(token) % _MODULUS


@dataclass(frozen=True, slots=True)
class Written:
    """What an index holds: the language it was built with and the last version of the texts in it.

    The epoch is of the database it was written from: versions of another are not compared with its own.
    """

    signature: str
    version: int
    epoch: int = 0

    def fits(self, signature: str | None, epoch: int) -> bool:
        """Return whether versions count the same changes as those of a database in this state."""
        return (self.signature, self.epoch) == (signature, epoch)


class Matcher(Protocol):
    """Says which products carry tokens."""

    def match(self, clauses: Sequence[Clause]) -> Matches: ...


@dataclass(frozen=True, slots=True, eq=False)
class TextReading:
    """What an engine had read at one time: nothing that is written later changes the answers of an index."""

    written: Written | None
    ask: Callable[[Sequence[Clause]], Matches]

    def match(self, clauses: Sequence[Clause]) -> Matches:
        return self.ask(clauses)


class TextEngine(Matcher, Protocol):
    """A matcher that follows what is written; many threads and processes read and never wait."""

    def refresh(self) -> bool:
        """Look for what was written since; returns whether an answer may be another now."""
        ...

    def now(self) -> TextReading:
        """Return what was read last: the same object until a refresh finds something else."""
        ...

    def written(self) -> Written | None:
        """Return what the engine has read, or None where it has nothing that can be read."""
        ...


@runtime_checkable
class TextIndex(TextEngine, Protocol):
    """A text engine with files of its own, which one process writes."""

    def recover(self) -> None:
        """Take over what a writer left that died: afterwards ``written`` says what is there, or None."""
        ...

    def apply(self, changed: Iterable[IndexedProduct], removed: Iterable[int], *, version: int) -> None: ...

    def rebuild(self, products: Iterable[IndexedProduct], written: Written) -> None: ...

    def fingerprints(self) -> Mapping[int, int] | None:
        """Read the whole index: each product's fingerprint by slot; None where a part is lost or torn."""
        ...
