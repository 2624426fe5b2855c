"""The optimum of an order by enumeration: every assignment of lines to sources, cut where it cannot win."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from marketplace.catalogue.types import OfferId, StorageKind
from marketplace.routing.rules.frame import Frame
from marketplace.routing.rules.limits import Option
from marketplace.routing.rules.parts import DraftPart, LineKey, pack_line, with_line
from marketplace.routing.rules.ways import EXACT_PARTS, NOTHING, Arrangement, arrange
from marketplace.routing.types import Need

WORK = 200_000
"""So many ways of joining parts are weighed, a fraction of a second; ordinary orders need some hundreds."""

KEPT = 2  # the best, and the runner-up that explains it

Parts = tuple[tuple[DraftPart, ...], ...]
_KINDS = tuple(StorageKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A whole assignment: its parts and ways by storage kind, and its score in fen."""

    arrangements: tuple[Arrangement, ...]
    assignment: tuple[LineKey, ...]
    score: int

    @property
    def rank(self) -> tuple[int, int, date, tuple[LineKey, ...]]:
        freight = sum(one.freight_fen for one in self.arrangements)
        last = max(block.arrives_on for one in self.arrangements for block in one.blocks)
        return (self.score, freight, last, self.assignment)


@dataclass(slots=True, kw_only=True)
class Search:
    """One run of the enumeration; ``best`` holds what was found, the winner first.

    Scores only grow as lines are added, so a partial assignment that is already worse than the runner-up is
    never finished. ``deepest`` is the line at which every attempt ended when nothing was found.
    """

    frame: Frame
    needs: Sequence[Need]
    options: Sequence[tuple[Option, ...]]
    best: list[Found] = field(default_factory=list)
    work: int = 0
    deepest: int = 0
    exact: bool = True
    rest: list[int] = field(default_factory=list)

    def run(self) -> None:
        self.rest = [0] * (len(self.needs) + 1)
        for place in range(len(self.needs) - 1, -1, -1):
            self.rest[place] = self.rest[place + 1] + min(one.least for one in self.options[place])
        self._descend(0, tuple(() for _ in _KINDS), (NOTHING,) * len(_KINDS), 0, ())

    def _descend(
        self,
        place: int,
        parts: Parts,
        ways: tuple[Arrangement, ...],
        still: int,
        assignment: tuple[LineKey, ...],
    ) -> None:
        so_far = still + self._travelling(parts, ways)
        if place == len(self.needs):
            self._keep(Found(arrangements=ways, assignment=assignment, score=so_far))
            return
        self.deepest = max(self.deepest, place)
        for option in self.options[place]:
            if self.work >= WORK and self.best:
                self.exact = False
                return
            if self._is_worse(so_far + option.least + self.rest[place + 1]):
                continue
            grown = self._grown(place, option, parts)
            if grown is None:
                continue
            arranged = self._arranged(parts, grown, ways)
            if arranged is not None:
                keys = tuple(
                    (self.needs[place].line_no, source.offer_id, taken) for source, taken in option.supplied
                )
                now = still + option.still
                if not self._is_worse(now + self._travelling(grown, arranged) + self.rest[place + 1]):
                    self._descend(place + 1, grown, arranged, now, assignment + keys)

    def _is_worse(self, bound: int) -> bool:
        return len(self.best) == KEPT and bound > self.best[-1].score

    def _grown(self, place: int, option: Option, parts: Parts) -> Parts | None:
        grown = list(parts)
        for source, taken in option.supplied:
            at = _KINDS.index(source.storage_kind)
            before = _taken_before(grown[at], source.offer_id)
            line = pack_line(self.frame, source, self.needs[place].line_no, taken, before)
            if line is None:
                return None
            grown[at] = with_line(grown[at], line)
        return tuple(grown)

    def _arranged(
        self, parts: Parts, grown: Parts, ways: tuple[Arrangement, ...]
    ) -> tuple[Arrangement, ...] | None:
        arranged = list(ways)
        for at, (before, after) in enumerate(zip(parts, grown, strict=True)):
            if before is not after:
                self.work += 3 ** min(
                    len(after), EXACT_PARTS
                )  # the partitions that are weighed against another
                found = arrange(self.frame, after)
                if found is None:
                    return None
                self.exact = self.exact and found.exact
                arranged[at] = found
        return tuple(arranged)

    def _travelling(self, parts: Parts, ways: tuple[Arrangement, ...]) -> int:
        count = sum(len(of_kind) for of_kind in parts)
        return count * self.frame.policy.part_fen + sum(way.cost for way in ways)

    def _keep(self, found: Found) -> None:
        self.best.append(found)
        self.best.sort(key=lambda one: one.rank)
        del self.best[KEPT:]


def _taken_before(parts: tuple[DraftPart, ...], offer_id: OfferId) -> int:
    return sum(line.quantity for part in parts for line in part.lines if line.source.offer_id == offer_id)
