"""Checkout: show how the basket will be supplied, then place exactly that and hold the goods for payment."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from marketplace.basket import service as baskets
from marketplace.basket.types import Basket
from marketplace.catalogue import queries as catalogue
from marketplace.flow import books
from marketplace.flow.freeze_plan import freeze
from marketplace.flow.release_expired import schedule_release
from marketplace.kernel import idempotency, time
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Conflict
from marketplace.orders import queries as order_queries
from marketplace.orders import service as orders
from marketplace.orders.refusals import EmptyOrder
from marketplace.orders.types import Address, Contact, Order, OrderDraft, OrderId
from marketplace.parties.types import PartyId, PersonId
from marketplace.payment import queries as payments
from marketplace.payment import rules as payment_rules
from marketplace.payment import service as payment
from marketplace.payment.types import Attempt, AttemptId, Processor
from marketplace.places.types import DivisionCode
from marketplace.routing import service as routing
from marketplace.routing.types import Need, Plan, PlanRequest
from marketplace.stock import service as stock
from marketplace.stock.types import Cause, Hold, HoldLine, Wanted

_SECONDS_DIGITS = 10


class PlanChanged(Conflict):
    """What was agreed to moved since the buyer saw it; nothing is placed before they see it anew."""

    code = "plan_changed"

    def __init__(self) -> None:
        super().__init__(msg("价格、库存、证书或送达日期刚刚有变化，请重新确认后再下单。"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A plan as the buyer sees it.

    ``fingerprint`` comes back with the form and says what was agreed to and when it was seen.
    """

    plan: Plan
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWish:
    """What the buyer decided; the plan itself is not theirs to send."""

    person_id: PersonId
    unit_id: PartyId | None
    contact: Contact
    address: Address
    basket: Basket
    processor: Processor
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    order: Order
    attempt: Attempt


def preview(session: Session, basket: Basket, destination_code: DivisionCode) -> Preview:
    """Ask routing how the basket would reach a place. Refuses (EmptyOrder) and what routing refuses."""
    if not basket.lines:
        raise EmptyOrder
    needs = tuple(
        Need(line_no=line.no, variant_id=line.variant_id, quantity=line.quantity, offer_id=line.offer_id)
        for line in basket.lines
    )
    plan = routing.plan(session, PlanRequest(destination_code=destination_code, needs=needs, at=time.now()))
    return Preview(plan=plan, fingerprint=f"{fingerprint(plan)}.{math.floor(time.now().timestamp())}")


def place(session: Session, wish: PlaceWish, key: str) -> Placed:
    """Place the order that the buyer saw: frozen, its stock held, an attempt to pay opened; once per key.

    The processor is called afterwards (``flow/start_payment``), never within. Refuses (PlanChanged,
    EmptyOrder, OutOfStock, DayFull, TooLargeForProcessor).
    """
    request = {
        "address": [
            wish.address.recipient,
            wish.address.phone,
            wish.address.division_code,
            wish.address.line,
        ],
        "basket": wish.basket.id,
        "fingerprint": wish.fingerprint,
    }
    made: list[Placed] = []

    def effect() -> dict[str, int]:
        made.append(_place(session, wish))
        return {"order_id": made[0].order.id, "attempt_id": made[0].attempt.id}

    answer = idempotency.once(session, f"place:{wish.person_id}", key, request, effect)
    return made[0] if made else _placed_before(session, answer)


def fingerprint(plan: Plan) -> str:
    """Digest what the buyer agrees to: sources, quantities, prices, freight and days.

    The place is not in it: another street of the same city, on the same terms, is the same agreement.
    """
    agreed = [
        [
            [[line.line_no, line.offer_id, line.quantity, line.unit_price_fen] for line in part.lines],
            part.freight_fen,
            part.arrives_on.isoformat(),
        ]
        for part in plan.parts
    ]
    return hashlib.sha256(json.dumps(agreed).encode()).hexdigest()[:32]


def _place(session: Session, wish: PlaceWish) -> Placed:
    seen = preview(session, wish.basket, wish.address.division_code)
    agreed, _dot, seen_at = wish.fingerprint.partition(".")
    if fingerprint(seen.plan) != agreed or _certificates_went(session, seen.plan, seen_at):
        raise PlanChanged
    draft = OrderDraft(
        person_id=wish.person_id,
        unit_id=wish.unit_id,
        contact=wish.contact,
        address=wish.address,
        policy_version=seen.plan.policy_version,
        parts=freeze(session, seen.plan),
    )
    order = orders.place(session, draft)
    attempt = payment.open_attempt(session, order, wish.processor)
    hold = _hold(session, order, seen.plan, attempt)
    order = orders.bind_stock(session, order, hold.id, _first_expired_first(session, hold))
    routing.record_decision(session, Cause("order", order.id, "placed"), seen.plan)
    books.ordered(session, order)
    baskets.clear(session, wish.basket.id)
    schedule_release(session, attempt)
    return Placed(order=order, attempt=attempt)


def _certificates_went(session: Session, plan: Plan, seen_at: str) -> bool:
    """Tell whether goods lost a certificate since the buyer saw them with it: that needs the buyer's word."""
    if not (seen_at.isdecimal() and len(seen_at) <= _SECONDS_DIGITS):
        return True
    since = datetime.fromtimestamp(int(seen_at), UTC)
    offers = catalogue.offers_by_id(session, {line.offer_id for part in plan.parts for line in part.lines})
    chosen = [
        catalogue.Chosen(product_id=one.product_id, offer_id=one.id, since=since) for one in offers.values()
    ]
    return any(catalogue.certificates_lost(session, chosen, time.now()))


def _placed_before(session: Session, answer: Mapping[str, int]) -> Placed:
    return Placed(
        order=order_queries.get_order(session, OrderId(answer["order_id"])),
        attempt=payments.get_attempt(session, AttemptId(answer["attempt_id"])),
    )


def _hold(session: Session, order: Order, plan: Plan, attempt: Attempt) -> Hold:
    wanted = [
        Wanted(offer_id=line.offer_id, quantity=line.quantity, fresh_on=part.fresh_on, packing=line.packing)
        for part in plan.parts
        for line in part.lines
    ]
    until = payment_rules.hold_until(attempt.expires_at)
    return stock.hold(session, wanted, until, Cause("order", order.id, "placed"))


def _first_expired_first(session: Session, hold: Hold) -> list[HoldLine]:
    lots = catalogue.lots_by_id(session, [line.lot_id for line in hold.lines])
    return sorted(hold.lines, key=lambda line: (lots[line.lot_id].expires_on or date.max, line.lot_id))
