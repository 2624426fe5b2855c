"""The rate card and the warehouses in the database, read into the book that prices."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from marketplace.catalogue.types import StorageKind
from marketplace.freight import queries, service
from marketplace.freight.refusals import NoRate, NotAWarehouse, RatesOverlap, UnknownWarehouse
from marketplace.freight.types import Leg, Parcel
from marketplace.parties.types import PartyKind
from tests.factories.catalogue import rows
from tests.factories.freight import GUANGZHOU_WAREHOUSE, book_in_memory, make_freight, rates
from tests.factories.parties import make_party
from tests.factories.places import FOSHAN, GUANGZHOU, QIANDONGNAN, make_places

DIRECT = Parcel(origin_code=QIANDONGNAN, destination_code=FOSHAN, kind=StorageKind.CHILLED, weight_g=2500)


@pytest.fixture(autouse=True)
def places(session: Session) -> None:
    make_places(session)


def test_the_card_in_the_database_prices_like_the_card_in_the_file(session: Session) -> None:
    make_freight(session)
    parcels = [
        DIRECT,
        replace(DIRECT, kind=StorageKind.FROZEN, weight_g=900),
        replace(DIRECT, leg=Leg.LINE_HAUL, destination_code=GUANGZHOU_WAREHOUSE),
        replace(DIRECT, leg=Leg.LAST_MILE, origin_code=GUANGZHOU_WAREHOUSE),
    ]
    assert queries.quotes(session, parcels) == [book_in_memory().quote(parcel) for parcel in parcels]


def test_loading_twice_changes_nothing(session: Session) -> None:
    card, houses = rates(), rows().freight.warehouses
    assert service.load_rate_card(session, card) == len(card)
    assert service.load_warehouses(session, houses) > 0
    assert service.load_rate_card(session, card) == 0
    assert service.load_warehouses(session, houses) == 0


def test_a_new_card_replaces_the_old_one(session: Session) -> None:
    make_freight(session)
    before = queries.quotes(session, [DIRECT])[0]
    dearer = [replace(rate, first_fee_fen=rate.first_fee_fen + 100) for rate in rates()]
    assert service.load_rate_card(session, dearer) == len(dearer)
    assert queries.quotes(session, [DIRECT])[0].fee_fen == before.fee_fen + 100
    assert service.load_rate_card(session, dearer[1:]) == 1
    assert service.load_rate_card(session, []) == len(dearer) - 1
    with pytest.raises(NoRate):
        queries.quotes(session, [DIRECT])


def test_a_card_that_prices_a_parcel_twice_is_refused(session: Session) -> None:
    twin = replace(rates()[0], code="DEMO-TWIN")
    with pytest.raises(RatesOverlap):
        service.load_rate_card(session, [*rates(), twin])


def test_a_warehouse_is_used_once_somebody_runs_it(session: Session) -> None:
    service.load_warehouses(session, rows().freight.warehouses)
    assert queries.rate_book(session).reaching(FOSHAN) == ()
    party = make_party(session, PartyKind.WAREHOUSE, GUANGZHOU)
    service.open_warehouse(session, GUANGZHOU_WAREHOUSE, party.id)
    assert [one.party_id for one in queries.rate_book(session).reaching(FOSHAN)] == [party.id]
    service.load_warehouses(session, rows().freight.warehouses)
    assert [one.party_id for one in queries.list_warehouses(session)] == [party.id, None]


def test_only_a_warehouse_party_runs_a_warehouse(session: Session) -> None:
    service.load_warehouses(session, rows().freight.warehouses)
    cooperative = make_party(session)
    with pytest.raises(NotAWarehouse):
        service.open_warehouse(session, GUANGZHOU_WAREHOUSE, cooperative.id)
    with pytest.raises(UnknownWarehouse):
        service.open_warehouse(session, "DEMO-WH-NOWHERE", cooperative.id)
