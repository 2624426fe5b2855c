"""The basket as its page shows it: each line with its price, and the plan by which it would arrive."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.basket.types import Basket
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue.types import Offer, OfferId, Product, Standing, Variant
from marketplace.flow import checkout
from marketplace.kernel import time
from marketplace.kernel.message import Message, Name, msg
from marketplace.parties import queries as parties
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode
from marketplace.routing.refusals import CannotSupply, explain
from marketplace.routing.types import Plan
from marketplace.web import delivery
from marketplace.web.storefront import cards
from marketplace.web.storefront.cards import picture_url
from marketplace.web.storefront.plan_view import Goods, ShipmentView, goods_of, shipment_views


def _other(scheme: Name) -> Message:
    return msg("放进来以后，%(scheme)s证书不再有效，下单将不带这份证明。", scheme=scheme)


LOSSES: Mapping[Standing, Callable[[Name], Message]] = dict.fromkeys(Standing, _other) | {
    Standing.REVOKED: lambda scheme: msg(
        "放进来以后，%(scheme)s证书已被撤销，下单将不带这份证明。", scheme=scheme
    ),
    Standing.SUSPENDED: lambda scheme: msg(
        "放进来以后，%(scheme)s证书暂停使用，下单将不带这份证明。", scheme=scheme
    ),
    Standing.EXPIRED: lambda scheme: msg(
        "放进来以后，%(scheme)s证书已过期，下单将不带这份证明。", scheme=scheme
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One line; ``goods_fen`` None where it cannot be supplied, ``problem`` then says why.

    ``lost`` says of each certificate that stood behind the goods when they were put in why it no longer does.
    """

    no: int
    product: Product
    variant: Variant
    county_name: Name
    picture_url: str
    quantity: int
    seller_name: Name | None
    goods_fen: int | None
    problem: Message | None
    lost: tuple[Message, ...] = ()


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
    atlas, offers = places.atlas(session), _chosen(session, basket)
    sellers, lost = _sellers(session, basket, offers), _lost(session, basket, goods, offers)
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
            lost=lost[line.no],
        )
        for line in basket.lines
    ]


def _lost(
    session: Session, basket: Basket, goods: Goods, offers: Mapping[OfferId, Offer]
) -> dict[int, tuple[Message, ...]]:
    """Say which certificates the goods lost since they were put in, and by what; from what cards know."""
    now, schemes = time.now(), catalogue.reference(session).schemes
    known = cards.goods_of(session, sorted({product.id for product, _variant in goods.values()}))
    found: dict[int, tuple[Message, ...]] = {}
    for line in basket.lines:
        shown = known.get(goods[line.no][0].id)
        offer = None if line.offer_id is None else offers.get(line.offer_id)
        held = [
            one
            for one in (shown.certificates if shown else ())
            if offer is None or rules.covers_offer(one, schemes[one.scheme_code], offer)
        ]
        found[line.no] = tuple(
            LOSSES[rules.standing(one, schemes[one.scheme_code], now)](schemes[one.scheme_code].short_name)
            for one in rules.lost(held, schemes, line.put_at or now, now)
        )
    return found


def _chosen(session: Session, basket: Basket) -> Mapping[OfferId, Offer]:
    """Return the offers of the lines that were put in as one cooperative's."""
    chosen = {line.offer_id for line in basket.lines if line.offer_id is not None}
    return catalogue.offers_by_id(session, chosen) if chosen else {}


def _sellers(session: Session, basket: Basket, offers: Mapping[OfferId, Offer]) -> dict[int, Name]:
    """Name the cooperative of each line that was put in as one cooperative's."""
    if not offers:
        return {}
    names = parties.parties_by_id(session, {one.cooperative_id for one in offers.values()})
    return {
        line.no: names[offers[line.offer_id].cooperative_id].name
        for line in basket.lines
        if line.offer_id is not None
    }


def _amounts(plan: Plan | None) -> dict[int, int]:
    """Add up what the plan asks for each line, freight inside its price included."""
    found: dict[int, int] = defaultdict(int)
    for part in plan.parts if plan else ():
        for line in part.lines:
            found[line.line_no] += line.unit_price_fen * line.quantity + line.freight_inside_fen
    return found
