"""Reads of freight: the rate book in memory, and what parcels cost by it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.types import StorageKind
from marketplace.freight.book import RateBook
from marketplace.freight.models import RateRow, ReachRow, WarehouseRow
from marketplace.freight.refusals import NoRate
from marketplace.freight.types import CarrierKind, CloudWarehouse, Leg, Parcel, Quote, Rate, Reach
from marketplace.kernel.kept import Kept
from marketplace.kernel.message import Name
from marketplace.parties.types import PartyId
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode, Side


def rate_book(session: Session) -> RateBook:
    """Return rate card, ways and cloud warehouses in memory, at most half a minute old."""
    return kept.get(session)


def quotes(session: Session, parcels: Sequence[Parcel]) -> list[Quote]:
    """Price parcels by the rate card; refuses NoRate for the first that nothing covers."""
    book = rate_book(session)
    priced = []
    for parcel in parcels:
        quote = book.quote(parcel)
        if quote is None:
            raise NoRate(parcel)
        priced.append(quote)
    return priced


def list_warehouses(session: Session) -> tuple[CloudWarehouse, ...]:
    """Return every cloud warehouse by code, run by a party or not yet."""
    return rate_book(session).warehouses


def _read(session: Session) -> RateBook:
    atlas = places.atlas(session)
    warehouses = _warehouses(session)
    return RateBook(
        rates=[_rate(row) for row in session.scalars(select(RateRow))],
        transits=places.list_transits(session),
        warehouses=warehouses,
        cities=[(city.code, city.side) for city in atlas.cities],
        warehouse_cities=[(one.code, atlas.city_of(one.division_code)) for one in warehouses],
    )


kept = Kept("freight.rate_book", _read, (RateRow, ReachRow, WarehouseRow, *places.kept_atlas.tables))


def _warehouses(session: Session) -> list[CloudWarehouse]:
    reach: dict[str, dict[DivisionCode, Reach]] = {}
    for row in session.scalars(select(ReachRow)):
        reach.setdefault(row.warehouse_code, {})[DivisionCode(row.city_code)] = Reach(
            road_km=row.road_km, days=row.days
        )
    return [
        CloudWarehouse(
            code=row.code,
            name=Name(row.name_zh, row.name_zh_hant, row.name_en),
            division_code=DivisionCode(row.division_code),
            kinds=frozenset(map(StorageKind, row.storage_kinds)),
            handling_days=row.handling_days,
            cut_off_hour=row.cut_off_hour,
            reach=reach.get(row.code, {}),
            party_id=None if row.party_id is None else PartyId(row.party_id),
        )
        for row in session.scalars(select(WarehouseRow).order_by(WarehouseRow.code))
    ]


def _rate(row: RateRow) -> Rate:
    return Rate(
        code=row.code,
        leg=Leg(row.leg),
        carrier=CarrierKind(row.carrier),
        kind=StorageKind(row.storage_kind),
        side=Side(row.side),
        min_km=row.min_km,
        max_km=row.max_km,
        first_weight_g=row.first_weight_g,
        first_fee_fen=row.first_fee_fen,
        step_weight_g=row.step_weight_g,
        step_fee_fen=row.step_fee_fen,
        packing_percent=row.packing_percent,
        packing_fee_fen=row.packing_fee_fen,
    )
