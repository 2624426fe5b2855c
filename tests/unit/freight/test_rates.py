"""What a parcel costs by the rate card, and that the card covers every way the catalogue knows."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue.types import StorageKind
from marketplace.freight import rules
from marketplace.freight.types import CarrierKind, Leg, Parcel, Rate
from marketplace.kernel.money import format_yuan
from marketplace.places.types import DivisionCode, Side, Transit
from tests.factories.freight import GUANGZHOU_WAREHOUSE, SHENZHEN_WAREHOUSE, book_in_memory, rates
from tests.factories.places import FOSHAN, HENGQIN, HONG_KONG, QIANDONGNAN, SHENZHEN, catalogue_atlas

RATE = Rate(
    code="DEMO",
    leg=Leg.DIRECT,
    carrier=CarrierKind.COLD_EXPRESS,
    kind=StorageKind.CHILLED,
    side=Side.GUANGDONG,
    min_km=0,
    max_km=800,
    first_weight_g=1000,
    first_fee_fen=1500,
    step_weight_g=500,
    step_fee_fen=250,
    packing_percent=25,
    packing_fee_fen=500,
)


@pytest.mark.parametrize(
    ("weight_g", "fee_fen"),
    [
        (1, 2000),
        (800, 2000),  # with packing exactly the first kilogram
        (801, 2250),  # a started step counts whole
        (1200, 2250),
        (1201, 2500),
        (4000, 1500 + 8 * 250 + 500),
    ],
)
def test_a_fee_is_first_weight_started_steps_and_packing(weight_g: int, fee_fen: int) -> None:
    assert rules.fee(RATE, weight_g) == fee_fen


weights = st.integers(1, 60_000)
all_rates = st.sampled_from(rates())


@given(all_rates, weights, weights)
def test_more_weight_never_costs_less_and_joining_never_more(rate: Rate, one: int, other: int) -> None:
    joined = rules.fee(rate, one + other)
    assert 0 < rules.fee(rate, one) <= joined
    if rate.first_fee_fen >= rate.step_fee_fen:
        assert joined <= rules.fee(rate, one) + rules.fee(rate, other)


@given(
    all_rates
    | st.builds(
        lambda first, step: replace(RATE, first_weight_g=first, step_weight_g=step),
        st.integers(100, 5000),
        st.integers(100, 5000),
    ),
    weights,
    st.integers(0, 60_000),
)
def test_a_weight_adds_at_least_what_routing_reckons_with(rate: Rate, weight_g: int, there_g: int) -> None:
    added = rules.fee(rate, there_g + weight_g) - (rules.fee(rate, there_g) if there_g else 0)
    assert 0 <= rules.least_step_fen(rate, rules.chargeable_g(rate, weight_g)) <= added


def test_bands_do_not_overlap_and_an_overlap_is_found() -> None:
    assert rules.overlapping(rates()) == ()
    twin = replace(RATE, code="DEMO-2", min_km=800, max_km=900)
    assert rules.overlapping([twin, RATE]) == ((RATE, twin),)
    assert rules.overlapping([RATE, replace(twin, kind=StorageKind.FROZEN)]) == ()


@pytest.mark.parametrize("km", [0, 800])
def test_a_band_holds_both_its_ends(km: int) -> None:
    assert rules.find_band([RATE], km) is RATE


def test_beyond_the_card_there_is_no_rate() -> None:
    assert rules.find_band([RATE], 801) is None


def test_days_follow_the_carrier() -> None:
    way = Transit(
        prefecture_code=QIANDONGNAN, city_code=FOSHAN, road_km=800, cold_truck_days=1, express_days=3
    )
    days = {carrier: rules.days_under_way(carrier, way) for carrier in CarrierKind}
    assert days == {
        CarrierKind.EXPRESS: 3,
        CarrierKind.COLD_EXPRESS: 2,
        CarrierKind.TRUCK: 1,
        CarrierKind.COLD_TRUCK: 1,
    }
    assert rules.days_under_way(CarrierKind.COLD_EXPRESS, replace(way, express_days=1)) == 1


def test_every_city_is_reached_from_every_prefecture_directly_and_through_its_warehouse() -> None:
    atlas, book = catalogue_atlas(), book_in_memory()
    for city, prefecture, kind in product(atlas.cities, atlas.prefectures, StorageKind):
        assert book.price(Leg.DIRECT, prefecture.code, city.code, kind, 2500), (city.code, prefecture.code)
        houses = book.reaching(city.code)
        assert len(houses) == 1, city.code
        assert book.price(Leg.LINE_HAUL, prefecture.code, houses[0].code, kind, 2500)
        assert book.price(Leg.LAST_MILE, houses[0].code, city.code, kind, 2500)


def test_a_parcel_to_foshan_costs_what_the_card_says() -> None:
    book = book_in_memory()
    direct = book.quote(
        Parcel(origin_code=QIANDONGNAN, destination_code=FOSHAN, kind=StorageKind.CHILLED, weight_g=2500)
    )
    assert direct is not None
    assert direct.road_km <= 800
    assert (direct.chargeable_g, direct.fee_fen) == (3125, 1500 + 3 * 500 + 500)
    haul = book.price(Leg.LINE_HAUL, QIANDONGNAN, GUANGZHOU_WAREHOUSE, StorageKind.CHILLED, 2500)
    last = book.price(Leg.LAST_MILE, GUANGZHOU_WAREHOUSE, FOSHAN, StorageKind.CHILLED, 2500)
    assert haul is not None
    assert last is not None
    assert (haul.fee_fen, last.fee_fen) == (110 * 3, 800 + 2 * 150 + 250)
    assert book.price(Leg.LAST_MILE, GUANGZHOU_WAREHOUSE, FOSHAN, StorageKind.CHILLED, 2500) is last


def test_a_fee_says_how_it_came_about() -> None:
    quote = book_in_memory().price(Leg.DIRECT, QIANDONGNAN, FOSHAN, StorageKind.FROZEN, 1000)
    assert quote is not None
    told = list(map(str, quote.terms))
    assert told[0] == "含包装计费重量 1350 克"
    assert told[-1] == f"保温包装 {format_yuan(quote.rate.packing_fee_fen)}"
    ambient = book_in_memory().price(Leg.DIRECT, QIANDONGNAN, FOSHAN, StorageKind.AMBIENT, 1000)
    assert ambient is not None
    assert len(ambient.terms) == 2


def test_unknown_ways_have_no_price() -> None:
    book = book_in_memory()
    nowhere = DivisionCode("999999")
    for leg, origin, destination in (
        (Leg.DIRECT, nowhere, FOSHAN),
        (Leg.DIRECT, QIANDONGNAN, nowhere),
        (Leg.LINE_HAUL, QIANDONGNAN, "nowhere"),
        (Leg.LINE_HAUL, nowhere, GUANGZHOU_WAREHOUSE),
        (Leg.LAST_MILE, "nowhere", FOSHAN),
        (Leg.LAST_MILE, GUANGZHOU_WAREHOUSE, SHENZHEN),
    ):
        assert book.price(leg, origin, destination, StorageKind.AMBIENT, 1000) is None


def test_each_city_is_served_by_the_warehouse_that_reaches_it() -> None:
    book = book_in_memory()
    assert [one.code for one in book.reaching(FOSHAN)] == [GUANGZHOU_WAREHOUSE]
    assert [one.code for one in book.reaching(HENGQIN)] == [GUANGZHOU_WAREHOUSE]
    assert [one.code for one in book.reaching(HONG_KONG)] == [SHENZHEN_WAREHOUSE]
    assert book_in_memory(with_warehouses=False).reaching(FOSHAN) == ()
