"""Rate card and cloud warehouses: what the files say, and that every way has exactly one price."""

from collections.abc import Mapping, Sequence
from itertools import product

from marketplace.catalogue.types import StorageKind
from marketplace.flow.load_catalogue.places_rows import DIVISIONS, Places
from marketplace.flow.load_catalogue.sheet import Anything, Row, Sheet
from marketplace.freight import rules
from marketplace.freight.types import CarrierKind, CloudWarehouse, Leg, Rate, Reach
from marketplace.kernel.message import msg
from marketplace.places.types import DivisionCode, Level, Side, Transit

RATES, WAREHOUSES, REACH = "rate_card.csv", "cloud_warehouses.csv", "cloud_warehouse_reach.csv"

COLUMNS: Mapping[str, tuple[str, ...]] = {
    RATES: (
        "code", "leg", "carrier_kind", "storage_kind", "destination_side", "distance_min_km",
        "distance_max_km", "first_weight_g", "first_fee_fen", "step_weight_g", "step_fee_fen",
        "packing_weight_percent", "packing_fee_fen",
    ),
    WAREHOUSES: (
        "code", "name_zh", "name_zh_hant", "name_en", "division_code", "storage_kinds", "serves_city_codes",
        "handling_days", "cut_off_hour", "is_demo",
    ),
    REACH: ("warehouse_code", "city_code", "road_km", "last_mile_days"),
}  # fmt: skip

_MAX_KM = 10_000
_MAX_WEIGHT_G = 1_000_000
_MAX_FEE_FEN = 1_000_000
_MAX_DAYS = 30
_DEMO_MARK = "（演示）"


def rates(sheet: Sheet) -> list[Rate]:
    sheet.unique("code")
    found = [(row, _rate(row)) for row in sheet.rows]
    good = [one for row, one in found if row.is_good]
    rows = {one.code: row for row, one in found}
    for first, second in rules.overlapping(good):
        reason = msg("与第%(row)d行的里程段重叠", row=rows[first.code].number)
        rows[second.code].refuse("distance_min_km", reason)
    return good


def _rate(row: Row) -> Rate:
    low, high = (row.integer(column, 0, _MAX_KM) for column in ("distance_min_km", "distance_max_km"))
    if high < low:
        row.refuse("distance_max_km", msg("里程段的终点小于起点"))
    side = row.choice("destination_side", Side)
    if side is Side.GUIZHOU:
        row.refuse("destination_side", msg("运费表只列出送往广东、香港、澳门的价格"))
    return Rate(
        code=row.text("code"),
        leg=row.choice("leg", Leg),
        carrier=row.choice("carrier_kind", CarrierKind),
        kind=row.choice("storage_kind", StorageKind),
        side=side,
        min_km=low,
        max_km=high,
        first_weight_g=row.integer("first_weight_g", 1, _MAX_WEIGHT_G),
        first_fee_fen=row.integer("first_fee_fen", 0, _MAX_FEE_FEN),
        step_weight_g=row.integer("step_weight_g", 1, _MAX_WEIGHT_G),
        step_fee_fen=row.integer("step_fee_fen", 0, _MAX_FEE_FEN),
        packing_percent=row.integer("packing_weight_percent", 0, 100),
        packing_fee_fen=row.integer("packing_fee_fen", 0, _MAX_FEE_FEN),
    )


def warehouses(sheet: Sheet, reach: Sheet, places: Places) -> list[CloudWarehouse]:
    """Read the cloud warehouses with the cities each serves; a city is served by one of them."""
    sheet.unique("code")
    reach.unique("warehouse_code", "city_code")
    reach.unique("city_code")
    ways = [(row, _reach(row, sheet, places)) for row in reach.rows]
    found = [(row, _warehouse(row, reach, places, ways)) for row in sheet.rows]
    return [one for row, one in found if row.is_good]


def _reach(row: Row, sheet: Sheet, places: Places) -> Reach:
    row.reference("warehouse_code", sheet.codes(), WAREHOUSES)
    row.reference("city_code", places.codes(Level.CITY, Level.SAR, Level.SPECIAL_ZONE), DIVISIONS)
    return Reach(road_km=row.integer("road_km", 0, _MAX_KM), days=row.integer("last_mile_days", 0, _MAX_DAYS))


def _warehouse(row: Row, reach: Sheet, places: Places, ways: Sequence[tuple[Row, Reach]]) -> CloudWarehouse:
    code, name = row.text("code"), row.name()
    if row.flag("is_demo") and not (name.hans.endswith(_DEMO_MARK) and code.startswith("DEMO-")):
        row.refuse("is_demo", msg("演示云仓的名称须带（演示），代码须以DEMO-开头"))
    served = {way["city_code"]: (way, found) for way, found in ways if way["warehouse_code"] == code}
    cities = places.codes(Level.CITY, Level.SAR, Level.SPECIAL_ZONE)
    for city in row.references("serves_city_codes", cities, DIVISIONS):
        if reach.is_whole and city not in served:
            row.refuse("serves_city_codes", msg("%(file)s中没有到“%(city)s”的里程", file=REACH, city=city))
    for city in sorted(set(served) - set(row.items("serves_city_codes"))):
        row.refuse("serves_city_codes", msg("%(file)s中有“%(city)s”，这里没有", file=REACH, city=city))
    kinds = row.references("storage_kinds", tuple(StorageKind), "storage_kind")
    if not kinds:
        row.refuse("storage_kinds", msg("不能为空"))
    return CloudWarehouse(
        code=code,
        name=name,
        division_code=DivisionCode(row.reference("division_code", places.known, DIVISIONS)),
        kinds=frozenset(StorageKind(kind) for kind in kinds if kind in set(StorageKind)),
        handling_days=row.integer("handling_days", 0, _MAX_DAYS),
        cut_off_hour=row.integer("cut_off_hour", 0, 23),
        reach={DivisionCode(city): found for city, (way, found) in served.items() if way.is_good},
    )


def check_coverage(
    sheet: Sheet,
    card: Sequence[Rate],
    ways: Sequence[Transit],
    houses: Sequence[CloudWarehouse],
    places: Places,
) -> None:
    """Hold the card against the roads: whatever can be sent has a price on every leg."""
    if isinstance(places.known, Anything) or not sheet.is_whole or not all(row.is_good for row in sheet.rows):
        return
    side_of = {city: Side(places.sides[city]) for city in {way.city_code for way in ways}}
    longest: dict[tuple[Leg, Side], set[int]] = {}
    for way in ways:
        longest.setdefault((Leg.DIRECT, side_of[way.city_code]), set()).add(way.road_km)
    for house in houses:
        home = places.city_of(house.division_code)
        hauls = {way.road_km for way in ways if way.city_code == home}
        longest.setdefault((Leg.LINE_HAUL, Side(places.sides[home])), set()).update(hauls)
        for city, reach in house.reach.items():
            longest.setdefault((Leg.LAST_MILE, Side(places.sides[city])), set()).add(reach.road_km)
    for ((leg, side), distances), kind in product(sorted(longest.items()), StorageKind):
        rows = [one for one in card if (one.leg, one.side, one.kind) == (leg, side, kind)]
        for road_km in sorted(distances):
            if rules.find_band(rows, road_km) is None:
                sheet.refuse(
                    "distance_max_km",
                    msg(
                        "缺少%(leg)s·%(side)s·%(kind)s在%(road_km)d公里处的运价",
                        leg=str(leg),
                        side=str(side),
                        kind=str(kind),
                        road_km=road_km,
                    ),
                )
