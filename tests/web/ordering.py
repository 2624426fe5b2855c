"""Orders in the tests' shop, through the use cases: bought from a certain cooperative, paid, packed."""

from collections.abc import Mapping
from itertools import count

from sqlalchemy.orm import Session

from marketplace.basket import service as baskets
from marketplace.flow import accept_order, checkout
from marketplace.flow.checkout import Placed, PlaceWish
from marketplace.flow.payment_received import receive
from marketplace.kernel import unit_of_work
from marketplace.orders import queries as orders
from marketplace.orders.types import Address, Contact, Fulfilment, FulfilmentState, Order
from marketplace.parties.types import PartyId
from marketplace.payment.types import Processor
from marketplace.places.types import DivisionCode
from tests.factories.payment import paid_state
from tests.web.shop import FOSHAN, RED_KIWI, Shop

CHANCHENG = DivisionCode("440604")
_keys = count(1)

Wanted = Mapping[tuple[str, str], int]
"""Packs by product and cooperative."""

ONE_KIWI: Wanted = {(RED_KIWI, "DEMO-SC"): 1}


def placed(
    session: Session,
    wanted: Wanted = ONE_KIWI,
    *,
    person: str = "consumer",
    unit: str | None = None,
    processor: Processor = Processor.SANDBOX,
    destination: DivisionCode = FOSHAN,
) -> Placed:
    """Place an order that waits for its money, and commit it."""

    def use_case(session: Session) -> Placed:
        shop = Shop(session)
        buyer = shop.person(person)
        basket = baskets.clear(session, baskets.open_for(session, None, buyer.id).id)
        for (slug, seller), quantity in wanted.items():
            offer = shop.offer(slug, seller)
            basket = baskets.put(session, basket.id, offer.variant_id, quantity, offer_id=offer.id)
        wish = PlaceWish(
            person_id=buyer.id,
            unit_id=PartyId(shop.party(unit).id) if unit else None,
            contact=Contact(phone=buyer.phone or ""),
            address=Address(
                recipient="收货人（演示）",
                phone=buyer.phone or "",
                division_code=destination,
                line="演示路 1 号",
            ),
            basket=basket,
            processor=processor,
            fingerprint=checkout.preview(session, basket, destination).fingerprint,
        )
        return checkout.place(session, wish, f"web-{next(_keys)}")

    return unit_of_work.commit(session, use_case)


def paid(session: Session, wanted: Wanted = ONE_KIWI, **wishes: object) -> Order:
    """Place an order and let its money arrive."""
    made = placed(session, wanted, **wishes)  # type: ignore[arg-type]  # passed on as they came
    unit_of_work.commit(
        session, lambda session: receive(session, made.attempt.processor, paid_state(made.attempt))
    )
    return orders.get_order(session, made.order.id)


def packed(session: Session, wanted: Wanted = ONE_KIWI, **wishes: object) -> Order:
    """Place, pay, accept and pack an order."""
    order = paid(session, wanted, **wishes)
    for part in order.fulfilments:
        unit_of_work.commit(session, lambda session, part=part: _pack(session, part))  # type: ignore[misc]  # the loop's own
    return orders.get_order(session, order.id)


def _pack(session: Session, part: Fulfilment) -> None:
    mine = [part.cooperative_id]
    if part.state is FulfilmentState.TO_ACCEPT:
        accept_order.accept(session, mine, [part.id])
    accept_order.pack(session, mine, [part.id])
