"""Writes of freight: loading the rate card and the cloud warehouses, and a party taking one over."""

from collections.abc import Sequence

from sqlalchemy import delete, tuple_
from sqlalchemy.orm import Session

from marketplace.freight import rules
from marketplace.freight.models import RateRow, ReachRow, WarehouseRow
from marketplace.freight.queries import kept
from marketplace.freight.refusals import NotAWarehouse, RatesOverlap, UnknownWarehouse
from marketplace.freight.types import CloudWarehouse, Rate
from marketplace.kernel import changes, journal
from marketplace.kernel.upsert import upsert
from marketplace.parties import queries as parties
from marketplace.parties.types import PartyId, PartyKind


def load_rate_card(session: Session, rates: Sequence[Rate]) -> int:
    """Bring the rate card to what the data says, whole; returns how many rows changed.

    Refuses RatesOverlap where two rows would price the same parcel. Orders keep the freight they were
    placed with.
    """
    for first, second in rules.overlapping(rates):
        raise RatesOverlap(first, second)
    codes = [rate.code for rate in rates]
    gone = session.execute(delete(RateRow).where(RateRow.code.not_in(codes)).returning(RateRow.code)).all()
    values = [
        {
            "code": rate.code,
            "leg": rate.leg,
            "carrier": rate.carrier,
            "storage_kind": rate.kind,
            "side": rate.side,
            "min_km": rate.min_km,
            "max_km": rate.max_km,
            "first_weight_g": rate.first_weight_g,
            "first_fee_fen": rate.first_fee_fen,
            "step_weight_g": rate.step_weight_g,
            "step_fee_fen": rate.step_fee_fen,
            "packing_percent": rate.packing_percent,
            "packing_fee_fen": rate.packing_fee_fen,
        }
        for rate in rates
    ]
    changed = len(gone) + len(upsert(session, RateRow, ["code"], values))
    if changed:
        changes.record(session, "rate_card", [0])
    kept.forget(session)
    return changed


def load_warehouses(session: Session, warehouses: Sequence[CloudWarehouse]) -> int:
    """Bring cloud warehouses and their reach to what the data says; returns how many rows changed.

    Who runs a warehouse is not in the data and stays as it is.
    """
    values = [
        {
            "code": one.code,
            "name_zh": one.name.hans,
            "name_zh_hant": one.name.hant,
            "name_en": one.name.en,
            "division_code": one.division_code,
            "storage_kinds": sorted(one.kinds),
            "handling_days": one.handling_days,
            "cut_off_hour": one.cut_off_hour,
        }
        for one in warehouses
    ]
    reaches = [
        {"warehouse_code": one.code, "city_code": city, "road_km": reach.road_km, "days": reach.days}
        for one in warehouses
        for city, reach in one.reach.items()
    ]
    changed = len(upsert(session, WarehouseRow, ["code"], values))
    named = [(reach["warehouse_code"], reach["city_code"]) for reach in reaches]
    gone = session.execute(
        delete(ReachRow)
        .where(tuple_(ReachRow.warehouse_code, ReachRow.city_code).not_in(named))
        .returning(ReachRow.city_code)
    ).all()
    changed += len(gone) + len(upsert(session, ReachRow, ["warehouse_code", "city_code"], reaches))
    kept.forget(session)
    return changed


def open_warehouse(session: Session, code: str, party_id: PartyId) -> None:
    """Let a party run a cloud warehouse: from now on parts of orders may meet there.

    Refuses UnknownWarehouse, and NotAWarehouse for a party of another kind.
    """
    row = session.get(WarehouseRow, code, with_for_update=True)
    if row is None:
        raise UnknownWarehouse(code)
    if parties.get_party(session, party_id).kind is not PartyKind.WAREHOUSE:
        raise NotAWarehouse
    if row.party_id != party_id:
        row.party_id = party_id
        session.flush()
        journal.write(session, "party", party_id, "opened_warehouse", code=code)
    kept.forget(session)
