"""Buyers through the year: baskets, orders, payments, second thoughts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from marketplace.basket import service as baskets
from marketplace.cli.demo.cast import Cast, Member
from marketplace.cli.demo.certificates import Good
from marketplace.cli.demo.shelf import Shelf, ensure, is_famous, on_sale
from marketplace.cli.demo.stage import Stage
from marketplace.flow.checkout import Placed, PlaceWish, place, preview
from marketplace.flow.start_payment import start_payment
from marketplace.kernel.refusals import Refusal
from marketplace.orders.types import Address, Contact, Order
from marketplace.parties.types import Role
from marketplace.payment.types import Processor, Redirect
from marketplace.places.types import DivisionCode

# Where people of the demonstration live, with how often; 佛山 first, as its pairing is the story's.
_HOMES: tuple[tuple[str, int], ...] = (
    ("440604", 20),
    ("440605", 16),
    ("440106", 16),
    ("440305", 14),
    ("440402", 8),
    ("441302", 7),
    ("441900003", 8),
    ("442000001", 6),
    ("440703", 4),
    ("441202", 3),
    ("810000", 3),
    ("820000", 2),
)
_STREETS = ("演示路 1 号", "演示花园 2 栋 301", "演示大道 88 号", "演示新村 5 巷 6 号")
_NEVER_PAID = 0.03


@dataclass(frozen=True, slots=True)
class Bought:
    """A paid order and who bought it."""

    order: Order
    buyer: Member


def buy(stage: Stage, cast: Cast, shelf: Shelf, day: date) -> Bought | None:
    """One buyer fills a basket and orders; None where nothing fits or they change their mind."""
    unit = stage.chance.random() < 0.16
    buyer = stage.chance.choice(cast.units if unit else cast.consumers)
    home = _home(stage, buyer)
    chosen = _choose(stage, on_sale(shelf, day), home, unit=unit)
    return order_goods(stage, buyer, home, chosen, stage.chance.random() < _NEVER_PAID) if chosen else None


def order_goods(
    stage: Stage,
    buyer: Member,
    home: DivisionCode,
    chosen: Sequence[tuple[Good, int]],
    never_pays: bool = False,
) -> Bought | None:
    """Order these goods, so many packs of each, and pay; None where they are refused or never paid."""
    ensure(stage, chosen)
    try:
        order, is_paid = _order(stage, buyer, home, chosen, never_pays=never_pays)
    except Refusal:  # no carrier goes there with this, or the day is full: people walk on
        return None
    stage.pass_minutes(3)
    stage.drain()
    return Bought(order, buyer) if is_paid else None


def _home(stage: Stage, buyer: Member) -> DivisionCode:
    if buyer.party is not None:
        return DivisionCode(
            "441900003" if buyer.party.division_code == "441900" else buyer.party.division_code
        )
    codes, weights = zip(*_HOMES, strict=True)
    return DivisionCode(codes[stage.chance.choices(range(len(codes)), weights)[0]])


def _choose(stage: Stage, goods: Sequence[Good], home: str, *, unit: bool) -> list[tuple[Good, int]]:
    far = home.startswith(("81", "82"))
    fitting = [good for good in goods if good.offer.serves_hong_kong_macao or not far]
    if not fitting:
        return []
    weights = [_liking(good) for good in fitting]
    count = min(len(fitting), stage.chance.choices((1, 2, 3), (55, 30, 15))[0])
    picked = {good.offer.id: good for good in stage.chance.choices(fitting, weights, k=count)}
    return [
        (
            good,
            stage.chance.randint(6, 30) if unit else stage.chance.choices((1, 2, 3, 5), (60, 25, 10, 5))[0],
        )
        for good in picked.values()
    ]


def _liking(good: Good) -> float:
    return 6.0 if is_famous(good) else 1.0


def _order(
    stage: Stage,
    buyer: Member,
    home: DivisionCode,
    chosen: Sequence[tuple[Good, int]],
    *,
    never_pays: bool,
) -> tuple[Order, bool]:
    """Place an order and pay it, or let it wait until its attempt expires."""
    number = stage.chance.getrandbits(64)
    street = stage.chance.choice(_STREETS)
    placed = stage.write(
        lambda session: _place(session, buyer, (home, street), chosen, f"demo-{number:016x}")
    )
    answer = start_payment(stage.write, stage.ports.payments, placed.attempt.id)
    is_paid = isinstance(answer, Redirect) and not never_pays
    if isinstance(answer, Redirect) and is_paid:
        stage.sandbox.pay(answer.reference)
    return placed.order, is_paid


def _place(
    session: Session,
    buyer: Member,
    home: tuple[DivisionCode, str],
    chosen: Sequence[tuple[Good, int]],
    key: str,
) -> Placed:
    basket = baskets.open_for(session, None, buyer.person.id)
    basket = baskets.clear(session, basket.id)
    for good, packs in chosen:
        basket = baskets.put(session, basket.id, good.variant.id, packs, offer_id=good.offer.id)
    seen = preview(session, basket, home[0])
    phone = buyer.person.phone or ""
    wish = PlaceWish(
        person_id=buyer.person.id,
        unit_id=buyer.party.id if buyer.party is not None and buyer.role is Role.PURCHASING_MEMBER else None,
        contact=Contact(phone=phone),
        address=Address(
            recipient=buyer.person.display_name, phone=phone, division_code=home[0], line=home[1]
        ),
        basket=basket,
        processor=Processor.SANDBOX,
        fingerprint=seen.fingerprint,
    )
    return place(session, wish, key)
