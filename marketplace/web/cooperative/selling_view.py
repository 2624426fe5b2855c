"""What an offer's page shows of its selling terms, and of what freight is of its price."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.catalogue.types import EVERY_WEEKDAY, Lot, Offer, Product
from marketplace.flow import presale
from marketplace.kernel import money, time
from marketplace.places import queries as places
from marketplace.places.types import Side
from marketplace.routing.burden import burdens
from marketplace.routing.rules.burden import Burden
from marketplace.web.forms import Form
from marketplace.web.language import gettext as _
from marketplace.web.language import name_in_language

STEPS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SellingView:
    """What the offer's page shows of its selling terms."""

    steps: list[tuple[str, str]]
    weekdays: list[tuple[str, str]]
    chosen_weekdays: list[str]
    cities: list[tuple[str, str]]
    chosen_cities: list[str]
    free_freight: str
    presale_lot: Lot | None
    first_harvest: date
    burden: Burden | None


def view(session: Session, offer: Offer, product: Product, form: Form[Any]) -> SellingView:
    """Gather the selling terms as they were typed, else as they stand."""
    selling, typed = offer.selling, form.typed
    steps = list(zip(typed.get("step_quantity", ()), typed.get("step_price", ()), strict=False)) or [
        (str(one.quantity), money.format_plain(one.price_fen)) for one in selling.ladder
    ]
    free = "" if selling.free_freight_fen is None else money.format_plain(selling.free_freight_fen)
    was_sent = "free_freight" in typed
    return SellingView(
        steps=[*steps, *[("", "")] * STEPS_SHOWN][:STEPS_SHOWN],
        weekdays=weekdays(),
        chosen_weekdays=list(typed.get("weekday", ())) if was_sent else list(map(str, selling.ship_weekdays)),
        cities=mainland_cities(session),
        chosen_cities=list(typed.get("city", ())) if was_sent else list(selling.served_cities),
        free_freight=form.value("free_freight", free),
        first_harvest=time.today() + timedelta(days=1),
        presale_lot=presale.presale_lot(session, offer.id) if offer.presale else None,
        burden=burdens(session, [offer], {product.id: product}).get(offer.id),
    )


def weekdays() -> list[tuple[str, str]]:
    names = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
    return [(str(number), name) for number, name in zip(EVERY_WEEKDAY, names, strict=True)]


def mainland_cities(session: Session) -> list[tuple[str, str]]:
    """Return the cities this side of the border that goods are sent to."""
    return [
        (str(one.code), name_in_language(one.short_name))
        for one in places.atlas(session).cities
        if one.side is Side.GUANGDONG
    ]
