"""The basket as its page shows it: each line with its price, and the plan by which it would arrive."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.basket.types import Basket
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Product, Variant
from marketplace.flow import checkout
from marketplace.kernel.message import Message, Name
from marketplace.parties import queries as parties
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode
from marketplace.routing.refusals import CannotSupply, explain
from marketplace.routing.types import Plan
from marketplace.web import delivery
from marketplace.web.storefront.cards import picture_url
from marketplace.web.storefront.plan_view import Goods, ShipmentView, goods_of, shipment_views


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One line; ``goods_fen`` None where it cannot be supplied, ``problem`` then says why."""

    no: int
    product: Product
    variant: Variant
    county_name: Name
    picture_url: str
    quantity: int
    seller_name: Name | None
    goods_fen: int | None
    problem: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketPage:
    """The basket; without a plan where a line stands in its way."""

    lines: Sequence[LineView]
    plan: Plan | None
    fingerprint: str
    shipments: Sequence[ShipmentView]

    @property
    def count(self) -> int:
        return sum(line.quantity for line in self.lines)


def gather(session: Session, basket: Basket, destination: DivisionCode | None = None) -> BasketPage:
    """Plan the basket for a place, the visitor's city where none is named, and show it line by line."""
    if not basket.lines:
        return BasketPage(lines=(), plan=None, fingerprint="", shipments=())
    problems: Mapping[int, Message] = {}
    preview = None
    try:
        preview = checkout.preview(session, basket, destination or delivery.chosen_city().code)
    except CannotSupply as refused:
        problems = {one.line_no: explain(one) for one in refused.problems}
    plan, goods = preview.plan if preview else None, goods_of(session, basket)
    return BasketPage(
        lines=_lines(session, basket, goods, _amounts(plan), problems),
        plan=plan,
        fingerprint=preview.fingerprint if preview else "",
        shipments=shipment_views(session, plan, goods) if plan else (),
    )


def _lines(
    session: Session,
    basket: Basket,
    goods: Goods,
    amounts: Mapping[int, int],
    problems: Mapping[int, Message],
) -> list[LineView]:
    atlas, sellers = places.atlas(session), _sellers(session, basket)
    return [
        LineView(
            no=line.no,
            product=goods[line.no][0],
            variant=goods[line.no][1],
            county_name=atlas.division(goods[line.no][0].county_code).short_name,
            picture_url=picture_url(goods[line.no][0]),
            quantity=line.quantity,
            seller_name=sellers.get(line.no),
            goods_fen=amounts.get(line.no),
            problem=problems.get(line.no),
        )
        for line in basket.lines
    ]


def _sellers(session: Session, basket: Basket) -> dict[int, Name]:
    """Name the cooperative of each line that was put in as one cooperative's."""
    chosen = {line.no: line.offer_id for line in basket.lines if line.offer_id is not None}
    if not chosen:
        return {}
    offers = catalogue.offers_by_id(session, set(chosen.values()))
    names = parties.parties_by_id(session, {one.cooperative_id for one in offers.values()})
    return {no: names[offers[offer_id].cooperative_id].name for no, offer_id in chosen.items()}


def _amounts(plan: Plan | None) -> dict[int, int]:
    """Add up what the plan asks for each line, freight inside its price included."""
    found: dict[int, int] = defaultdict(int)
    for part in plan.parts if plan else ():
        for line in part.lines:
            found[line.line_no] += line.unit_price_fen * line.quantity + line.freight_inside_fen
    return found
