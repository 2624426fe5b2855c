"""Checkout on one page: who is buying, where it goes, how it will be supplied, how it is paid."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.basket.types import Basket
from marketplace.kernel import ids
from marketplace.parties import rules as party_rules
from marketplace.parties.types import Membership, Permission
from marketplace.payment.types import Processor
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode
from marketplace.web import delivery, guard
from marketplace.web.forms import Form, FormModel, blank
from marketplace.web.present import text
from marketplace.web.storefront import basket_page, destinations
from marketplace.web.storefront.basket_page import BasketPage
from marketplace.web.storefront.forms import CheckoutForm
from marketplace.web.storefront.routes import ports
from marketplace.web.wording import PROCESSORS

CheckoutTyped = Form[CheckoutForm] | Form[FormModel]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutPage:
    """The page's parts; ``waiting_for`` is the phone whose code is awaited, ``perishable`` names goods."""

    basket: BasketPage
    form: CheckoutTyped
    division: DivisionCode
    places: Sequence[destinations.Group]
    processors: Sequence[tuple[str, str]]
    units: Sequence[Membership]
    perishable: Sequence[str]
    waiting_for: str | None


def gather(
    session: Session, basket: Basket, form: CheckoutTyped | None = None, waiting_for: str | None = None
) -> CheckoutPage:
    """Plan the basket for the place in the form, the visitor's city where it names none yet."""
    atlas, city = places.atlas(session), delivery.chosen_city().code
    form = form or first_form(session)
    typed = form.value("division")
    division = DivisionCode(typed) if destinations.is_place(atlas, typed) else None
    planned = basket_page.gather(session, basket, division or city)
    return CheckoutPage(
        basket=planned,
        form=form,
        division=division or destinations.first_place(atlas, city),
        places=destinations.groups(atlas, city),
        processors=[
            (str(one), text(PROCESSORS[Processor(one)])) for one in ports().payments if one in set(Processor)
        ],
        units=units(),
        perishable=_perishable(planned),
        waiting_for=waiting_for,
    )


def first_form(session: Session) -> Form[FormModel]:
    """Return the form as it is first shown: one's own number, a key so that it is placed once."""
    person = guard.current_person()
    atlas, city = places.atlas(session), delivery.chosen_city().code
    region, phone = destinations.phone_region(atlas, city), ""
    if person is not None and person.phone is not None:
        region, phone = party_rules.split_phone(person.phone)
    return blank(
        key=ids.new_token(),
        phone=phone,
        region=region,
        division=destinations.first_place(atlas, city),
    )


def units() -> list[Membership]:
    """Return the purchasing units that the person may buy for."""
    actor = guard.current_actor()
    held = set(party_rules.parties_for(actor, Permission.BUY_FOR_UNIT))
    return [one for one in actor.memberships if one.party_id in held] if actor else []


def _perishable(planned: BasketPage) -> list[str]:
    names = {
        text(line.name): None
        for shipment in planned.shipments
        for part in shipment.parts
        for line in part.lines
        if line.is_perishable
    }
    return list(names)
