"""A cooperative's parts of orders as its pages and sheets show them, read in batches."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules as goods
from marketplace.catalogue.types import Lot, LotId, StorageKind, TemperatureRange
from marketplace.kernel import time
from marketplace.kernel.message import Message, Name
from marketplace.orders.rules import UNSENT
from marketplace.orders.types import Fulfilment, FulfilmentId, FulfilmentState, OrderLine, OrderLineId
from marketplace.parties import queries as parties
from marketplace.places import queries as places
from marketplace.web import wording

PRINTABLE = frozenset({FulfilmentState.ACCEPTED, FulfilmentState.PACKED, FulfilmentState.IN_TRANSIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class LotShare:
    """Packs that come from one lot."""

    lot_id: LotId
    code: str
    quantity: int
    harvested_on: date
    expires_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLine:
    """One line to be packed; ``quantity`` is what is left after refunds."""

    id: OrderLineId
    product: Name
    pack: Name
    quantity: int
    refunded: int
    unit_price_fen: int
    lots: tuple[LotShare, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """One part as a row of work: what, where to, by when, from which lots."""

    id: FulfilmentId
    number: str
    state: wording.Toned
    ships_on: date
    is_late: bool
    arrives_on: date
    city: Name
    via: Name | None
    storage_kind: StorageKind
    storage: Message
    range: TemperatureRange | None
    lines: tuple[PartLine, ...]
    goods_fen: int
    weight_g: int


def part_rows(session: Session, found: Sequence[Fulfilment]) -> list[PartRow]:
    """Dress parts for a list in two statements, however many there are."""
    lot_ids = {pick.lot_id for part in found for line in part.lines for pick in line.picks}
    lots = catalogue.lots_by_id(session, lot_ids)
    warehouses = parties.parties_by_id(
        session, {part.warehouse_id for part in found if part.warehouse_id is not None}
    )
    atlas = places.atlas(session)
    return [
        _row(
            part,
            city=atlas.division(atlas.city_of(part.destination_code)).short_name,
            via=warehouses[part.warehouse_id].name if part.warehouse_id is not None else None,
            lots=lots,
        )
        for part in found
    ]


def _row(part: Fulfilment, *, city: Name, via: Name | None, lots: Mapping[LotId, Lot]) -> PartRow:
    return PartRow(
        id=part.id,
        number=part.number,
        state=wording.FULFILMENT_STATES[part.state],
        ships_on=part.ships_on,
        is_late=part.state in UNSENT and part.ships_on < time.today(),
        arrives_on=part.arrives_on,
        city=city,
        via=via,
        storage_kind=part.storage_kind,
        storage=wording.STORAGE_KINDS[part.storage_kind],
        range=common_range(part.lines),
        lines=tuple(_line(line, lots) for line in part.lines),
        goods_fen=part.goods_fen - sum(line.refunded_fen for line in part.lines),
        weight_g=part.weight_g,
    )


def _line(line: OrderLine, lots: Mapping[LotId, Lot]) -> PartLine:
    return PartLine(
        id=line.id,
        product=line.product_name,
        pack=line.pack,
        quantity=line.refundable_quantity,
        refunded=line.refunded_quantity,
        unit_price_fen=line.unit_price_fen,
        lots=tuple(
            LotShare(
                lot_id=pick.lot_id,
                code=lots[pick.lot_id].code,
                quantity=pick.quantity,
                harvested_on=lots[pick.lot_id].harvested_on,
                expires_on=lots[pick.lot_id].expires_on,
            )
            for pick in line.picks
        ),
    )


def common_range(lines: Iterable[OrderLine]) -> TemperatureRange | None:
    """Return the range that suits every line: routing never puts goods together that have none."""
    return goods.intersection(_range(line) for line in lines)


def _range(line: OrderLine) -> TemperatureRange | None:
    if line.range_min_milli_c is None or line.range_max_milli_c is None:
        return None
    return TemperatureRange(min_milli_c=line.range_min_milli_c, max_milli_c=line.range_max_milli_c)
