"""The last evening: whoever signs in tomorrow finds work waiting, at every stage of an order's way."""

from datetime import timedelta

from marketplace.cli.demo.cast import SHOWN_COOPERATIVES, Cast, Member
from marketplace.cli.demo.certificates import Good
from marketplace.cli.demo.road import Road
from marketplace.cli.demo.shelf import Shelf, is_famous
from marketplace.cli.demo.shopping import Bought, order_goods
from marketplace.cli.demo.stage import Stage
from marketplace.custody.types import Consignment, HolderKind
from marketplace.orders.types import Fulfilment
from marketplace.places.types import DivisionCode

AGO = timedelta(days=3)
"""So long before the end the order is placed that has arrived by then and waits for its buyer's word."""
_HOME = DivisionCode("440604")


def buy_ahead(stage: Stage, cast: Cast, shelf: Shelf, road: Road) -> None:
    """Let the first consumer order what goes the usual way and is at the door by the last day."""
    day = stage.last - AGO
    stage.at(day, 9)
    bought = order_goods(stage, cast.consumers[0], _HOME, [(good, 1) for good in _of_the_story(cast, shelf)])
    if bought is not None:
        road.plan(bought, day + timedelta(days=1))


def leave_work(stage: Stage, cast: Cast, shelf: Shelf, road: Road) -> None:
    """Leave orders to accept, packed, on the road, and in a cloud warehouse, one load too warm."""
    goods = _of_the_story(cast, shelf)
    stage.at(stage.last, 18)
    for packs, buyer in ((20, cast.units[0]), (2, cast.consumers[0]), (1, cast.consumers[1])):
        order_goods(stage, buyer, _home(buyer), [(good, packs) for good in goods])
    for buyer, way in (
        (cast.units[1], _pack),
        (cast.consumers[1], _send),
        (cast.consumers[0], _bring_in),
    ):
        bought = order_goods(stage, buyer, _home(buyer), [(good, 2) for good in goods])
        if bought is not None:
            way(road, bought)


def _of_the_story(cast: Cast, shelf: Shelf) -> list[Good]:
    """Return a good known from the story of each cooperative whose account can be tried."""
    found: dict[int, Good] = {}
    for good in shelf.goods.values():
        if is_famous(good):
            found.setdefault(int(good.offer.cooperative_id), good)
    return [found[seller] for seller in list(cast.cooperatives)[:SHOWN_COOPERATIVES] if seller in found]


def _home(buyer: Member) -> DivisionCode:
    return _HOME if buyer.party is None else buyer.party.division_code


def _pack(road: Road, bought: Bought) -> None:
    for part in bought.order.fulfilments:
        road.pack(part)


def _send(road: Road, bought: Bought) -> None:
    """The first carrier has the loads that go through a cloud warehouse."""
    for part in bought.order.fulfilments:
        _pick_up(road, part)


def _bring_in(road: Road, bought: Bought) -> None:
    """The loads have reached the warehouse; the first that must be kept cold came too warm."""
    is_breach_due = True
    for part in bought.order.fulfilments:
        if part.warehouse_id is None:
            road.pack(part)
            continue
        load = _pick_up(road, part)
        keeper = road.cast.warehouses[int(part.warehouse_id)]
        is_breach = is_breach_due and load.needs_temperature
        is_breach_due = is_breach_due and not is_breach
        road.hand(
            load,
            road.cast.carriers[0],
            keeper,
            HolderKind.WAREHOUSE,
            seal=f"F{load.id:06}",
            is_breach=is_breach,
        )


def _pick_up(road: Road, part: Fulfilment) -> Consignment:
    load = road.pack(part)
    if part.warehouse_id is not None:
        seller = road.cast.cooperatives[int(part.cooperative_id)]
        road.hand(load, seller, road.cast.carriers[0], HolderKind.CARRIER, seal=f"F{load.id:06}")
    return load
