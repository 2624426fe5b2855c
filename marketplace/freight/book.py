"""The rate book: rate card, ways and cloud warehouses in memory, asked for every card and every plan."""

from collections.abc import Iterable

from marketplace.catalogue.types import StorageKind
from marketplace.freight import rules
from marketplace.freight.types import CloudWarehouse, Leg, Parcel, Quote, Rate
from marketplace.places.types import DivisionCode, Side, Transit


class RateBook:
    """Prices parcels without a database; what it is made of never changes, so threads may share it."""

    def __init__(
        self,
        *,
        rates: Iterable[Rate],
        transits: Iterable[Transit],
        warehouses: Iterable[CloudWarehouse],
        cities: Iterable[tuple[DivisionCode, Side]],
        warehouse_cities: Iterable[tuple[str, DivisionCode]],
    ) -> None:
        cards: dict[tuple[Leg, StorageKind, Side], list[Rate]] = {}
        for rate in sorted(rates, key=lambda one: (one.min_km, one.code)):
            cards.setdefault((rate.leg, rate.kind, rate.side), []).append(rate)
        self._cards = {key: tuple(found) for key, found in cards.items()}
        self._ways = {(way.prefecture_code, way.city_code): way for way in transits}
        self._sides = dict(cities)
        self._warehouse_cities = dict(warehouse_cities)
        self.warehouses = tuple(sorted(warehouses, key=lambda one: one.code))
        self._by_code = {one.code: one for one in self.warehouses}
        self._reaching = {code: rules.reaching(self.warehouses, code) for code in self._sides}
        self._known: dict[tuple[Leg, str, str, StorageKind, int], Quote | None] = {}

    def reaching(self, city_code: str) -> tuple[CloudWarehouse, ...]:
        """Return the warehouses in use that deliver to a city-level destination."""
        return self._reaching.get(DivisionCode(city_code), ())

    def quote(self, parcel: Parcel) -> Quote | None:
        """Price a parcel; None where no row of the card or no known way covers it."""
        return self.price(
            parcel.leg, parcel.origin_code, parcel.destination_code, parcel.kind, parcel.weight_g
        )

    def price(
        self, leg: Leg, origin_code: str, destination_code: str, kind: StorageKind, weight_g: int
    ) -> Quote | None:
        """Price so many grams on a leg; answers are remembered, the same packs are asked for all day."""
        key = (leg, origin_code, destination_code, kind, weight_g)
        try:
            return self._known[key]
        except KeyError:
            quote = self._known[key] = self._price(*key)
            return quote

    def _price(
        self, leg: Leg, origin_code: str, destination_code: str, kind: StorageKind, weight_g: int
    ) -> Quote | None:
        match leg:
            case Leg.LAST_MILE:
                return self._last_mile(origin_code, destination_code, kind, weight_g)
            case Leg.LINE_HAUL:
                return self._line_haul(origin_code, destination_code, kind, weight_g)
            case Leg.DIRECT:
                return self._by_road(leg, origin_code, DivisionCode(destination_code), kind, weight_g)

    def _line_haul(self, origin_code: str, code: str, kind: StorageKind, weight_g: int) -> Quote | None:
        warehouse = self._by_code.get(code)
        city_code = self._warehouse_cities.get(code)
        if warehouse is None or city_code is None or kind not in warehouse.kinds:
            return None
        return self._by_road(Leg.LINE_HAUL, origin_code, city_code, kind, weight_g)

    def _last_mile(self, code: str, city_code: str, kind: StorageKind, weight_g: int) -> Quote | None:
        warehouse = self._by_code.get(code)
        side = self._sides.get(DivisionCode(city_code))
        if warehouse is None or side is None or kind not in warehouse.kinds:
            return None
        reach = warehouse.reach.get(DivisionCode(city_code))
        if reach is None:
            return None
        rate = self._row(Leg.LAST_MILE, kind, side, reach.road_km)
        return None if rate is None else _quote(rate, weight_g, reach.days, reach.road_km)

    def _by_road(
        self, leg: Leg, origin_code: str, city_code: DivisionCode, kind: StorageKind, weight_g: int
    ) -> Quote | None:
        way = self._ways.get((DivisionCode(origin_code), city_code))
        side = self._sides.get(city_code)
        if way is None or side is None:
            return None
        rate = self._row(leg, kind, side, way.road_km)
        if rate is None:
            return None
        return _quote(rate, weight_g, rules.days_under_way(rate.carrier, way), way.road_km)

    def _row(self, leg: Leg, kind: StorageKind, side: Side, road_km: int) -> Rate | None:
        return rules.find_band(self._cards.get((leg, kind, side), ()), road_km)


def _quote(rate: Rate, weight_g: int, days: int, road_km: int) -> Quote:
    return Quote(
        fee_fen=rules.fee(rate, weight_g),
        days=days,
        road_km=road_km,
        chargeable_g=rules.chargeable_g(rate, weight_g),
        rate=rate,
    )
