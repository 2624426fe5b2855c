"""A plan in words: which parcels come from whom, with what, for what freight, on which day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from marketplace.basket.types import Basket
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.rules.returns import is_perishable
from marketplace.catalogue.types import Product, StorageKind, Variant
from marketplace.kernel.message import Message, Name
from marketplace.parties import queries as parties
from marketplace.routing.types import Plan, PlanLine


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLineView:
    name: Name
    pack: Name
    quantity: int
    goods_fen: int
    is_perishable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """What one cooperative packs, with why it was chosen."""

    cooperative_name: Name
    ships_on: date
    lines: Sequence[PartLineView]
    reasons: Sequence[Message]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentView:
    """One parcel as it reaches the buyer; ``warehouse_name`` where parts meet on the way.

    ``freight_fen`` is what is asked for it beside the goods' prices.
    """

    no: int
    warehouse_name: Name | None
    storage_kind: StorageKind
    freight_fen: int
    arrives_on: date
    parts: Sequence[PartView]

    @property
    def has_perishable(self) -> bool:
        return any(line.is_perishable for part in self.parts for line in part.lines)


Goods = Mapping[int, tuple[Product, Variant]]
"""What each line of a basket is, by the line's number."""


def goods_of(session: Session, basket: Basket) -> Goods:
    """Read what the lines of a basket are, in two statements."""
    variants = catalogue.variants_by_id(session, {line.variant_id for line in basket.lines})
    products = catalogue.products_by_id(session, {one.product_id for one in variants.values()})
    return {
        line.no: (products[variants[line.variant_id].product_id], variants[line.variant_id])
        for line in basket.lines
    }


def shipment_views(session: Session, plan: Plan, goods: Goods) -> list[ShipmentView]:
    """Return the plan's parcels in their order, in one statement."""
    parts = {part.no: part for part in plan.parts}
    who = {part.cooperative_id for part in plan.parts} | {
        part.warehouse_id for part in plan.parts if part.warehouse_id
    }
    names = {one.id: one.name for one in parties.parties_by_id(session, who).values()}

    def line_view(line: PlanLine) -> PartLineView:
        product, variant = goods[line.line_no]
        return PartLineView(
            name=product.name,
            pack=variant.pack,
            quantity=line.quantity,
            goods_fen=line.unit_price_fen * line.quantity + line.freight_inside_fen,
            is_perishable=is_perishable(product.storage_kind, product.shelf_life_days),
        )

    def part_view(no: int) -> PartView:
        part = parts[no]
        return PartView(
            cooperative_name=names[part.cooperative_id],
            ships_on=part.ships_on,
            reasons=part.reasons,
            lines=[line_view(one) for one in part.lines],
        )

    return [
        ShipmentView(
            no=one.no,
            warehouse_name=names[one.warehouse_id] if one.warehouse_id else None,
            storage_kind=parts[one.part_nos[0]].storage_kind,
            freight_fen=one.freight_fen - sum(parts[no].freight_inside_fen for no in one.part_nos),
            arrives_on=one.arrives_on,
            parts=[part_view(no) for no in one.part_nos],
        )
        for one in plan.shipments
    ]
