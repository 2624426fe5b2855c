"""One request against one moment: exact total, page of products, every facet without its own filter."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from marketplace.search import facets, orders
from marketplace.search.facets import FACETS_OF, Counts, Tally
from marketplace.search.moment import Leaders, Moment
from marketplace.search.port import Laid, Matches, Scores
from marketplace.search.tables import NO_PRICE, Flags, Rows
from marketplace.search.types import Facet, SearchRequest, Sort

_COLUMNS = ("place", "joint", "certified", "sellers")
_WIDE = 32
_SPARES = 2
"""So many times as many must have been found as lead, for it to be less to look at those that lead."""


class Selection:
    """What of the matched products passes the filters; ``matches`` is None where no text was typed."""

    def __init__(
        self,
        moment: Moment,
        request: SearchRequest,
        matches: Matches | None,
        certified: Sequence[tuple[str, ...]] = (),
    ) -> None:
        """Take certifications that were named in the text as filters that no facet leaves out."""
        self._moment = moment
        self._request = request
        self._masks = self._chosen()
        self._always = [facets.mask(moment, Facet.CERTIFICATION, codes) for codes in certified]
        self._passing = self._together(None)
        self._matches = matches
        self._slots = None if matches is None else matches.slots
        self._scores = None
        if matches is not None:
            self._scores = matches.scores
            if self._passing is not None:
                passes = self._passing.take(matches.slots)
                self._slots, self._scores = matches.slots[passes], matches.scores[passes]

    @property
    def total(self) -> int:
        if self._slots is not None:
            return len(self._slots)
        return self._moment.tables.size if self._passing is None else int(np.count_nonzero(self._passing))

    def scores_at_least(self, score: float) -> bool:
        """Tell whether anything that passes was matched so well; so it is where no text was typed."""
        return self._scores is None or bool(np.any(self._scores >= score))

    def page(self) -> Rows:
        """Return the slots of the page asked for, in the order asked for."""
        request, moment = self._request, self._moment
        first, count = (request.page - 1) * request.per_page, request.per_page
        order = moment.orders[request.sort]
        if self._slots is None or self._scores is None:
            passing = moment.tables.listed if self._passing is None else self._passing
            return order.walk(passing.take, first, count).astype(np.int64)
        if first >= len(self._slots):
            return np.zeros(0, np.int64)
        is_by_relevance = request.sort is Sort.RELEVANCE
        laid = self._laid
        if laid is not None:
            if not is_by_relevance:
                return order.walk(lambda slots: self._scored(laid, slots) > 0, first, count).astype(np.int64)
            for leaders in moment.leaders:
                found = self._among_leaders(leaders, laid, first, count)
                if found is not None:
                    return found.astype(np.int64)
        if is_by_relevance:
            places = orders.best(self._scores * moment.boosts.take(self._slots), first, count)
        else:
            places = orders.lowest(order.ranks.take(self._slots), first, count)
        return self._slots[places].astype(np.int64)

    @property
    def _laid(self) -> Laid | None:
        """Return the scores by slot, where so much passes that looking products up soon fills a page."""
        assert self._slots is not None
        assert self._matches is not None
        return self._matches.laid if len(self._slots) * _WIDE >= self._moment.tables.size else None

    def _scored(self, laid: Laid, slots: NDArray[np.int32]) -> Scores:
        """Return the scores of some products, 0 for what does not match or pass."""
        scores = laid.of(slots)
        return scores if self._passing is None else scores * self._passing.take(slots)

    def _among_leaders(
        self, leaders: Leaders, laid: Laid, first: int, count: int
    ) -> NDArray[np.int32] | None:
        """Return the page by relevance, if nothing but the leaders can be on it or before it."""
        assert self._slots is not None
        wanted = min(first + count, len(self._slots))
        if wanted > len(leaders.slots) or len(leaders.slots) * _SPARES > len(self._slots):
            return None
        scores = self._scored(laid, leaders.slots) * leaders.boosts
        places = orders.best(scores, 0, wanted)
        if scores[places[-1]] <= np.float32(laid.highest) * np.float32(leaders.beyond):
            return None
        return leaders.slots[places[first:]]

    def place(self, slot: int) -> int | None:
        """Return where a product stands among all that was found, from 1; None where it is not among it."""
        ranks = self._moment.orders[self._request.sort].ranks
        if self._slots is None:
            passing = self._moment.tables.listed if self._passing is None else self._passing
            return int(np.count_nonzero(passing & (ranks <= ranks[slot]))) if passing[slot] else None
        at = np.flatnonzero(self._slots == slot)
        if not len(at):
            return None
        if self._request.sort is Sort.RELEVANCE and self._scores is not None:
            scores = self._scores * self._moment.boosts.take(self._slots)
            mine = scores[at[0]]
            return int(np.count_nonzero(scores > mine) + np.count_nonzero(scores[: at[0]] == mine)) + 1
        return int(np.count_nonzero(ranks.take(self._slots) <= ranks[slot]))

    def facets(self) -> Mapping[Facet, Tally]:
        """Count every facet, each without its own filter."""
        moment, found = self._moment, dict[Facet, Tally]()
        for name in _COLUMNS:
            chosen = [facet for facet in FACETS_OF[name] if facet in self._masks]
            if len(chosen) < len(FACETS_OF[name]):
                found |= facets.tallies(moment, name, self._count(name, None))
            for facet in chosen:
                found[facet] = facets.tally(moment, facet, self._count(name, facet))
        return found

    def _count(self, name: str, without: Facet | None) -> Counts:
        """Count a column among what passes all filters but one."""
        moment = self._moment
        if without is None:
            if self._slots is None and (self._passing is None or self._passing is moment.tables.listed):
                return facets.count_all(moment, name)
            return facets.count(moment, name, self._counted)
        passing = self._together(without)
        if self._matches is not None:
            slots = self._matches.slots
            return facets.count(moment, name, slots if passing is None else slots[passing.take(slots)])
        if passing is None or passing is moment.tables.listed:
            return facets.count_all(moment, name)
        return facets.count(moment, name, np.flatnonzero(passing))

    @cached_property
    def _counted(self) -> Rows:
        """Return what passes all filters, in the width numpy looks up by: several columns are counted."""
        if self._slots is not None:
            return self._slots.astype(np.intp)
        assert self._passing is not None
        return np.flatnonzero(self._passing)

    def _chosen(self) -> Mapping[Facet, Flags]:
        moment, request = self._moment, self._request
        masks = {
            facet: facets.mask(moment, facet, values) for facet, values in request.chosen.items() if values
        }
        low, high = request.price_min_fen, request.price_max_fen
        if low is not None or high is not None:
            price = moment.tables.price_fen
            within = (price >= (low or 0)) & (price <= (NO_PRICE - 1 if high is None else high))
            masks[Facet.PRICE] = masks[Facet.PRICE] & within if Facet.PRICE in masks else within
        return masks

    def _together(self, without: Facet | None) -> Flags | None:
        """Return what passes all filters but one; None where everything does."""
        masks = [mask for facet, mask in self._masks.items() if facet is not without] + self._always
        if not self._moment.all_listed:
            masks.append(self._moment.tables.listed)
        if not masks:
            return None
        passing = masks[0]
        for mask in masks[1:]:
            passing = passing & mask
        return passing
