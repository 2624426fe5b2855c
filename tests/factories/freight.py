"""Freight for tests: the catalogue's own demonstration rate card and cloud warehouses."""

from dataclasses import replace
from functools import cache

from sqlalchemy.orm import Session

from marketplace.freight import service
from marketplace.freight.book import RateBook
from marketplace.freight.types import CloudWarehouse, Rate
from marketplace.parties.types import Party, PartyId, PartyKind
from tests.factories.catalogue import rows
from tests.factories.parties import make_party
from tests.factories.places import catalogue_atlas, transits

GUANGZHOU_WAREHOUSE = "DEMO-WH-GZ"
SHENZHEN_WAREHOUSE = "DEMO-WH-SZ"


def rates() -> tuple[Rate, ...]:
    return tuple(rows().freight.rates)


def warehouses() -> tuple[CloudWarehouse, ...]:
    """Return the catalogue's cloud warehouses, each run by a party made up here."""
    return tuple(
        replace(one, party_id=PartyId(9000 + place)) for place, one in enumerate(rows().freight.warehouses)
    )


@cache
def book_in_memory(*, with_warehouses: bool = True) -> RateBook:
    """Return the rate book of the catalogue's data, without a database."""
    atlas = catalogue_atlas()
    houses = warehouses() if with_warehouses else ()
    return RateBook(
        rates=rates(),
        transits=transits(),
        warehouses=houses,
        cities=[(city.code, city.side) for city in atlas.cities],
        warehouse_cities=[(one.code, atlas.city_of(one.division_code)) for one in houses],
    )


def make_freight(session: Session) -> dict[str, Party]:
    """Load the rate card and the cloud warehouses and let a party run each; places must be loaded."""
    service.load_rate_card(session, rates())
    service.load_warehouses(session, rows().freight.warehouses)
    run: dict[str, Party] = {}
    for one in rows().freight.warehouses:
        run[one.code] = make_party(session, kind=PartyKind.WAREHOUSE, division_code=one.division_code)
        service.open_warehouse(session, one.code, run[one.code].id)
    return run
