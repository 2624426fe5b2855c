"""The atlas: every division, tile and pairing in memory, asked on nearly every page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from marketplace.kernel.message import Message, msg
from marketplace.places.refusals import UnknownPlace
from marketplace.places.rules import CITY_LEVELS, Way, judge
from marketplace.places.types import Division, DivisionCode, Level, Pairing, PairingVerdict, Side, Tile


class Atlas:
    """Divisions by code with the ways up and down; immutable, so that threads may share it."""

    def __init__(
        self, divisions: Iterable[Division], tiles: Iterable[Tile], pairings: Iterable[Pairing]
    ) -> None:
        self._divisions: Mapping[str, Division] = {one.code: one for one in divisions}
        children: dict[str, list[Division]] = defaultdict(list)
        for one in self._divisions.values():
            if one.parent_code is not None:
                children[one.parent_code].append(one)
        self._children = {code: tuple(found) for code, found in children.items()}
        tiles_by_map: dict[str, list[Tile]] = defaultdict(list)
        for tile in tiles:
            tiles_by_map[tile.map].append(tile)
        self._tiles = {name: tuple(found) for name, found in tiles_by_map.items()}
        self.pairings = tuple(pairings)
        self._lineages = {code: self._climb(one) for code, one in self._divisions.items()}
        every = self._divisions.values()
        self.counties = tuple(one for one in every if one.level is Level.COUNTY and one.side is Side.GUIZHOU)
        self.prefectures = tuple(one for one in every if one.level is Level.PREFECTURE)
        self.cities = tuple(
            sorted(
                (one for one in every if one.level in CITY_LEVELS), key=lambda one: (not one.gba, one.code)
            )
        )

    def find(self, code: str) -> Division | None:
        return self._divisions.get(code)

    def division(self, code: str) -> Division:
        """Return a division; refuses (UnknownPlace) a code nobody has heard of."""
        found = self._divisions.get(code)
        if found is None:
            raise UnknownPlace(code)
        return found

    def lineage(self, code: str) -> tuple[DivisionCode, ...]:
        """Return the division's own code and those above it, the province last."""
        self.division(code)
        return self._lineages[code]

    def within(self, code: str, ancestor: str) -> bool:
        """Tell whether a division is the other one or lies in it."""
        return ancestor in self.lineage(code)

    def prefecture_of(self, code: str) -> DivisionCode:
        """Return the Guizhou prefecture that a county or development zone belongs to."""
        return self._nearest(code, frozenset({Level.PREFECTURE}))

    def city_of(self, code: str) -> DivisionCode:
        """Return the destination's city-level division: a city, Hong Kong, Macao, or Hengqin.

        Hengqin (横琴) is administered beside the cities and pairs on its own account (policy art. 14).
        """
        return self._nearest(code, CITY_LEVELS)

    def children(self, code: str) -> tuple[Division, ...]:
        return self._children.get(code, ())

    def tiles(self, name: str) -> tuple[Tile, ...]:
        return self._tiles.get(name, ())

    @property
    def maps(self) -> tuple[str, ...]:
        return tuple(self._tiles)

    def is_destination(self, code: str) -> bool:
        """Tell whether goods can be sent there: below the province in Guangdong, Hong Kong or Macao."""
        found = self._divisions.get(code)
        return found is not None and found.side is not Side.GUIZHOU and found.level is not Level.PROVINCE

    def pairings_of(self, code: str, day: date) -> tuple[Pairing, ...]:
        """Return the pairings of one division that are in force that day, whatever their status."""
        return tuple(one for one in self.pairings if code in (one.gd_code, one.gz_code) and one.covers(day))

    def pairing_label(self, city_code: str, county_code: str, day: date) -> Message | None:
        """Say 「佛山—黔东南结对」 for goods of the county in that city; None where no pairing is in force."""
        verdict = self.verdict(city_code, county_code, day)
        if verdict.pairing_id is None:
            return None
        found = next(one for one in self.pairings if one.id == verdict.pairing_id)
        return msg(
            "%(city)s—%(prefecture)s结对",
            city=self.division(found.gd_code).short_name,
            prefecture=self.division(found.gz_code).short_name,
        )

    def way(self, destination_code: str, origin_code: str) -> Way:
        """Return what the pairings ask about goods of one place sent to another."""
        city = self.division(self.city_of(destination_code))
        return Way(
            side=city.side,
            city_code=city.code,
            prefecture_code=self.prefecture_of(origin_code),
            origin_lineage=self.lineage(origin_code),
        )

    def verdict(self, destination_code: str, origin_code: str, day: date) -> PairingVerdict:
        """Judge by the pairings of this atlas, at most half a minute old: for what is shown, not counted."""
        return judge(self.pairings, self.way(destination_code, origin_code), day)

    def _nearest(self, code: str, levels: frozenset[Level]) -> DivisionCode:
        for above in self.lineage(code):
            if self._divisions[above].level in levels:
                return above
        raise UnknownPlace(code)

    def _climb(self, one: Division) -> tuple[DivisionCode, ...]:
        codes = [one.code]
        while one.parent_code is not None and one.parent_code not in codes:
            codes.append(one.parent_code)
            above = self._divisions.get(one.parent_code)
            if above is None:
                break
            one = above
        return tuple(codes)
