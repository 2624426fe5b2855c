"""Orders for tests, through the use cases: planned, held, placed, paid, packed."""

from collections.abc import Sequence
from itertools import count

from sqlalchemy.orm import Session

from marketplace.catalogue.types import Offer
from marketplace.flow import accept_order, checkout
from marketplace.flow.checkout import Placed, PlaceWish
from marketplace.flow.payment_received import receive
from marketplace.orders import queries
from marketplace.orders.types import Address, Contact, Fulfilment, FulfilmentState, Order
from marketplace.parties.types import Person
from marketplace.payment.types import Processor
from marketplace.places.types import DivisionCode
from tests.factories.basket import make_basket
from tests.factories.catalogue import make_offer, make_reference
from tests.factories.freight import make_freight
from tests.factories.parties import make_person
from tests.factories.payment import paid_state
from tests.factories.places import FOSHAN
from tests.factories.stock import make_stock

_keys = count(1)


def make_ground(session: Session) -> None:
    """Load what every order needs: places, reference rows, rate card, warehouses; no goods."""
    make_reference(session)
    make_freight(session)


def make_sold_offer(session: Session, quantity: int = 20, **overrides: object) -> Offer:
    """Put an offer on the shelf with packs in stock."""
    offer = make_offer(session, **overrides)  # type: ignore[arg-type]  # passed on as they came
    make_stock(session, offer, quantity)
    return offer


def wish_for(
    session: Session,
    offers: Sequence[Offer],
    *,
    person: Person | None = None,
    quantity: int = 1,
    destination: DivisionCode = FOSHAN,
    processor: Processor = Processor.SANDBOX,
) -> PlaceWish:
    """Fill a basket, look at the plan and agree to it."""
    person = person or make_person(session)
    basket = make_basket(session, *offers, person_id=person.id, quantity=quantity)
    seen = checkout.preview(session, basket, destination)
    phone = person.phone or ""
    return PlaceWish(
        person_id=person.id,
        unit_id=None,
        contact=Contact(phone=phone),
        address=Address(
            recipient="收货人（演示）", phone=phone, division_code=destination, line="演示路 1 号"
        ),
        basket=basket,
        processor=processor,
        fingerprint=seen.fingerprint,
    )


def make_placed(session: Session, *offers: Offer, **wishes: object) -> Placed:
    """Place an order for a pack of each offer; one offer is made where none is named."""
    chosen = offers or (make_sold_offer(session),)
    wish = wish_for(session, chosen, **wishes)  # type: ignore[arg-type]  # passed on as they came
    return checkout.place(session, wish, f"test-{next(_keys)}")


def make_order(session: Session, *offers: Offer, **wishes: object) -> Order:
    """Place an order that waits for its money."""
    return make_placed(session, *offers, **wishes).order


def make_paid_order(session: Session, *offers: Offer, **wishes: object) -> Order:
    """Place an order and let its money arrive."""
    placed = make_placed(session, *offers, **wishes)
    receive(session, placed.attempt.processor, paid_state(placed.attempt))
    return queries.get_order(session, placed.order.id)


def make_packed_order(session: Session, *offers: Offer, **wishes: object) -> Order:
    """Place, pay, accept and pack an order."""
    order = make_paid_order(session, *offers, **wishes)
    for part in order.fulfilments:
        pack_part(session, part)
    return queries.get_order(session, order.id)


def pack_part(session: Session, part: Fulfilment) -> Fulfilment:
    """Let a cooperative accept and pack its part, from the lots proposed."""
    mine = [part.cooperative_id]
    if part.state is FulfilmentState.TO_ACCEPT:
        accept_order.accept(session, mine, [part.id])
    return accept_order.pack(session, mine, [part.id])[0]
