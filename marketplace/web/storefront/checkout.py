"""Checkout: guests prove their phone in place, see the plan, place exactly that, and go on to pay."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.flow import checkout as flow
from marketplace.flow import sign_in
from marketplace.flow.start_payment import start_payment
from marketplace.kernel.refusals import Refusal
from marketplace.orders.types import Address, Contact
from marketplace.parties.types import CodePurpose, PartyId
from marketplace.payment.refusals import PaymentUnavailable, UnknownProcessor
from marketplace.payment.types import Redirect
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode
from marketplace.web import guard, language, my_basket
from marketplace.web.database import read, write
from marketplace.web.forms import Form, blank, parse
from marketplace.web.guard import public, signed_in
from marketplace.web.language import gettext as _
from marketplace.web.limits import CHECKOUT, CODES, SIGN_IN, limiter
from marketplace.web.storefront import checkout_page, destinations
from marketplace.web.storefront.checkout_page import CheckoutTyped
from marketplace.web.storefront.forms import CheckoutForm, CodeForm, PhoneForm
from marketplace.web.storefront.routes import blueprint, personal, ports

_WAITING = "checkout_phone"


@blueprint.get("/checkout")
@personal
@public
def checkout() -> ResponseReturnValue:
    if not my_basket.current(read()).lines:
        return redirect(url_for("storefront.basket"))
    return _page()


@blueprint.post("/checkout/code")
@limiter.limit(CODES)
@personal
@public
def checkout_code() -> ResponseReturnValue:
    """Send a guest a code, in place; with a code the phone's person buys, no password needed."""
    form = parse(PhoneForm, request.form)
    if form.model is None or form.model.number is None:
        form.errors.setdefault("phone", _("请填写手机号码：内地 11 位，香港、澳门 8 位。"))
        return _page(phone_form=form), 422
    number = form.model.number
    try:
        write(lambda opened: sign_in.send_code(opened, number, CodePurpose.GUEST_ORDER))
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(phone_form=form), refusal.status
    session[_WAITING] = number
    return redirect(url_for("storefront.checkout"), code=303)


@blueprint.post("/checkout/confirm")
@limiter.limit(SIGN_IN)
@personal
@public
def checkout_confirm() -> ResponseReturnValue:
    """Check the code; the right one opens the session and brings the basket along."""
    form, number = parse(CodeForm, request.form), session.get(_WAITING)
    if number is None:
        return redirect(url_for("storefront.checkout"), code=303)
    if form.model is None:
        form.errors["code"] = _("请填写短信里的 6 位数字。")
        return _page(code_form=form), 422
    code = form.model.code
    outcome = write(lambda opened: sign_in.confirm_code(opened, number, code, CodePurpose.GUEST_ORDER))
    if outcome.person is None:
        assert outcome.refusal is not None
        form.refuse(outcome.refusal)
        return _page(code_form=form), outcome.refusal.status
    guard.open_session(outcome.person)
    answer = redirect(url_for("storefront.checkout"), code=303)
    my_basket.bring(answer, outcome.person.id)
    return answer


@blueprint.post("/checkout/phone")
@personal
@public
def checkout_other_phone() -> ResponseReturnValue:
    """Let a guest who waits for a code name another number."""
    session.pop(_WAITING, None)
    return redirect(url_for("storefront.checkout"), code=303)


@blueprint.post("/checkout")
@limiter.limit(CHECKOUT)
@personal
@signed_in
def place() -> ResponseReturnValue:
    """Place what was shown and lead to the payment; what has moved meanwhile is shown again first."""
    form = parse(CheckoutForm, request.form)
    if request.form.get("action") == "preview":
        form.errors.clear()
        return _page(form)
    phone = parse(PhoneForm, request.form).model
    if phone is not None and phone.number is None:
        form.errors["phone"] = _("请填写手机号码：内地 11 位，香港、澳门 8 位。")
    if form.model is None or not _fits(form):
        return _page(form), 422
    key = form.model.key
    try:
        placed = write(lambda opened: flow.place(opened, _wish(opened, form), key))
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(form), refusal.status
    try:
        answer = start_payment(write, ports().payments, placed.attempt.id)
    except PaymentUnavailable as unavailable:
        flash(language.render(unavailable.message), "stop")
        return redirect(url_for("storefront.pay", number=placed.order.number), code=303)
    if isinstance(answer, Redirect):
        return redirect(answer.url, code=303)
    return redirect(url_for("storefront.pay", number=placed.order.number), code=303)


def _fits(form: Form[CheckoutForm]) -> bool:
    """Check what only the marketplace knows: the place, the way to pay, the unit."""
    assert form.model is not None
    if not destinations.is_place(places.atlas(read()), form.model.division):
        form.errors["division"] = _("请从列表中选择收货地区。")
    if form.model.processor not in ports().payments:
        form.refuse(UnknownProcessor())
    if form.model.unit is not None and form.model.unit not in {one.party_id for one in checkout_page.units()}:
        form.errors["unit"] = _("请选择为谁购买。")
    return not form.errors


def _wish(opened: Session, form: Form[CheckoutForm]) -> flow.PlaceWish:
    sent, person = form.model, guard.actor().person
    assert sent is not None
    assert sent.number is not None
    return flow.PlaceWish(
        person_id=person.id,
        unit_id=None if sent.unit is None else PartyId(sent.unit),
        contact=Contact(phone=person.phone or sent.number, language=language.current(), email=person.email),
        address=Address(
            recipient=sent.recipient,
            phone=sent.number,
            division_code=DivisionCode(sent.division),
            line=sent.line,
        ),
        basket=my_basket.current(opened),
        processor=sent.processor,
        fingerprint=sent.fingerprint,
    )


def _page(
    form: CheckoutTyped | None = None,
    *,
    phone_form: Form[PhoneForm] | None = None,
    code_form: Form[CodeForm] | None = None,
) -> str:
    opened = read()
    waiting = None if guard.current_actor() or phone_form else session.get(_WAITING)
    page = checkout_page.gather(opened, my_basket.current(opened), form, waiting)
    region = destinations.phone_region(places.atlas(opened), page.division)
    return render_template(
        "storefront/checkout.html",
        page=page,
        phone_form=phone_form or blank(region=region),
        code_form=code_form or blank(),
    )
