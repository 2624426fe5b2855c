"""What of a stock wants somebody's eye: offers that run out, lots that will not keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import CTE, Date, Select, and_, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from marketplace.catalogue.types import LotId, OfferId
from marketplace.stock.models import LotRow

LAPSING_DAYS = 7
QUARTER = 4
"""An offer is low below a quarter of a day's packing."""

Wants = Select[tuple[int, int, int]]
"""A choice of offers that another room makes: key, least packs of an order, packs of a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Low:
    """An offer with the packs that are left of it; it is out where that is less than one may order."""

    offer_id: OfferId
    free: int
    is_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsing:
    """A lot with packs that must be sold within a week."""

    offer_id: OfferId
    lot_id: LotId
    on_hand: int
    expires_on: date


def look(
    session: Session, wants: Wants, day: date, *, limit: int = 10
) -> tuple[Sequence[Low], Sequence[Lapsing]]:
    """Return what is out or low, the least first, and what lapses, the first to end first; one statement."""
    offers = wants.cte("offers")
    rows = session.execute(union_all(_low(offers, day, limit), _lapsing(offers, day, limit))).all()
    low = [
        Low(offer_id=OfferId(row.offer_id), free=row.packs, is_out=row.packs < row.minimum)
        for row in rows
        if row.lot_id is None
    ]
    lapsing = [
        Lapsing(
            offer_id=OfferId(row.offer_id),
            lot_id=LotId(row.lot_id),
            on_hand=row.packs,
            expires_on=row.expires_on,
        )
        for row in rows
        if row.lot_id is not None
    ]
    return sorted(low, key=lambda one: one.free), sorted(lapsing, key=lambda one: one.expires_on)


def _low(offers: CTE, day: date, limit: int) -> Select[Any]:
    key, minimum, capacity = offers.c
    keeps = or_(LotRow.expires_on.is_(None), LotRow.expires_on >= day)
    free = cast(func.coalesce(func.sum(LotRow.available), 0), LotRow.on_hand.type)
    found = (
        select(
            key.label("offer_id"),
            cast(null(), LotRow.lot_id.type).label("lot_id"),
            free.label("packs"),
            minimum.label("minimum"),
            cast(null(), Date).label("expires_on"),
        )
        .select_from(offers)
        .outerjoin(LotRow, and_(LotRow.offer_id == key, LotRow.on_hand > 0, keeps))
        .group_by(key, minimum, capacity)
        .having(or_(free < minimum, free * QUARTER < func.greatest(capacity, minimum * QUARTER)))
        .order_by(free, key)
        .limit(limit)
        .subquery()
    )
    return select(found)


def _lapsing(offers: CTE, day: date, limit: int) -> Select[Any]:
    found = (
        select(
            LotRow.offer_id,
            LotRow.lot_id,
            LotRow.on_hand.label("packs"),
            cast(literal(0), LotRow.on_hand.type).label("minimum"),
            LotRow.expires_on,
        )
        .where(
            LotRow.offer_id.in_(select(offers.c[0])),
            LotRow.on_hand > 0,
            LotRow.expires_on.between(day, day + timedelta(days=LAPSING_DAYS)),
        )
        .order_by(LotRow.expires_on, LotRow.lot_id)
        .limit(limit)
        .subquery()
    )
    return select(found)
