"""A cooperative's shelf: its offers with what is left of them, and what will not keep much longer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Lot, LotId, Offer, OfferId, OfferStatus, Product, Variant
from marketplace.kernel import time
from marketplace.kernel.message import Message, Name, msg
from marketplace.stock import queries as stock
from marketplace.stock.types import LotStock
from marketplace.web import wording

LAPSING_DAYS = 7
QUARTER = 4


class Level(StrEnum):
    """How much is left of an offer, measured by its own pace."""

    OUT = "out"
    LOW = "low"
    ENOUGH = "enough"


LEVELS: Mapping[Level, wording.Toned] = {
    Level.OUT: (msg("已售完"), "stop"),
    Level.LOW: (msg("快没货了"), "wait"),
    Level.ENOUGH: (msg("充足"), "good"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRow:
    """A lot with its quantities; ``free`` packs can still be sold."""

    id: LotId
    code: str
    harvested_on: date
    expires_on: date | None
    state: wording.Toned
    on_hand: int
    held: int
    free: int
    is_lapsing: bool
    is_lapsed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    """An offer as a row of the shelf."""

    id: OfferId
    product: Name
    slug: str
    pack: Name
    state: wording.Toned
    is_listed: bool
    price_fen: int
    free: int
    level: Level
    level_shown: wording.Toned
    lots: tuple[LotRow, ...]


def offer_rows(session: Session, offers: Sequence[Offer]) -> list[OfferRow]:
    """Dress offers for a list in four statements, however many there are."""
    products = catalogue.products_by_id(session, {one.product_id for one in offers})
    variants = catalogue.variants_by_id(session, {one.variant_id for one in offers})
    lots = catalogue.lots_of_offers(session, {one.id for one in offers})
    held = stock.lots_by_id(session, [lot.id for found in lots.values() for lot in found])
    return [
        offer_row(one, products[one.product_id], variants[one.variant_id], lot_rows(lots[one.id], held))
        for one in offers
    ]


def offer_row(offer: Offer, product: Product, variant: Variant, lots: tuple[LotRow, ...]) -> OfferRow:
    free = sum(lot.free for lot in lots)
    level = level_of(offer, free)
    return OfferRow(
        id=offer.id,
        product=product.name,
        slug=product.slug,
        pack=variant.pack,
        state=wording.OFFER_STATES[offer.status],
        is_listed=offer.status is OfferStatus.LISTED,
        price_fen=offer.price_fen,
        free=free,
        level=level,
        level_shown=LEVELS[level],
        lots=lots,
    )


def lot_rows(lots: Sequence[Lot], held: Mapping[LotId, LotStock]) -> tuple[LotRow, ...]:
    """Return the lots that have packs, or are new, the first to expire first."""
    today = time.today()
    return tuple(
        LotRow(
            id=lot.id,
            code=lot.code,
            harvested_on=lot.harvested_on,
            expires_on=lot.expires_on,
            state=wording.LOT_STATES[lot.status],
            on_hand=held[lot.id].on_hand,
            held=held[lot.id].held,
            free=0 if _is_lapsed(lot, today) else held[lot.id].available,
            is_lapsing=_is_lapsing(lot, today),
            is_lapsed=_is_lapsed(lot, today),
        )
        for lot in lots
        if lot.id in held and held[lot.id].on_hand
    )


def level_of(offer: Offer, free: int) -> Level:
    """Say how an offer stands: out below what one may order, low below a quarter of a day's packing."""
    if free < offer.minimum:
        return Level.OUT
    return Level.LOW if free * QUARTER < max(offer.daily_capacity, offer.minimum * QUARTER) else Level.ENOUGH


def low_in_words(row: OfferRow) -> Message:
    if row.level is Level.OUT:
        return msg("%(product)s %(pack)s 已售完", product=row.product, pack=row.pack)
    return msg("%(product)s %(pack)s 只剩 %(count)s 件", product=row.product, pack=row.pack, count=row.free)


def _is_lapsed(lot: Lot, today: date) -> bool:
    return lot.expires_on is not None and lot.expires_on < today


def _is_lapsing(lot: Lot, today: date) -> bool:
    return lot.expires_on is not None and today <= lot.expires_on <= today + timedelta(days=LAPSING_DAYS)
