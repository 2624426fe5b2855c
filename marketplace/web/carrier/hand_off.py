"""``/h/<label>``: what a phone shows that scanned a label, and the form on which both sides sign."""

from collections.abc import Mapping
from dataclasses import replace

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.custody import queries as custody
from marketplace.custody.refusals import UnknownHandOff, WaybillOutOfOrder
from marketplace.custody.types import Breach, Consignment, ConsignmentState, HandOff, HolderKind
from marketplace.flow import deliver, hand_over
from marketplace.flow.deliver import Dispatch
from marketplace.kernel import idempotency, time
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Conflict, Forbidden, NotFound, Refusal
from marketplace.web import guard
from marketplace.web.carrier import access, pictures, present, reading
from marketplace.web.carrier.access import Side, Way
from marketplace.web.carrier.forms import EventForm, HandOffForm
from marketplace.web.carrier.routes import blueprint, ports
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, blank, parse
from marketplace.web.language import gettext as _
from marketplace.web.outcome import done

PLATE, NAME = "driver_plate", "driver_name"
TARGETS = ("party", reading.COURIER, reading.BUYER)
AnyForm = Form[HandOffForm] | Form[EventForm] | Form[FormModel]


@blueprint.get("/h/<token>")
@guard.public
def scanned(token: str) -> ResponseReturnValue:
    load = custody.consignment_by_token(read(), token)
    return _page(load, blank(**_first_values(load)), _target())


@blueprint.post("/h/<token>")
@guard.signed_in
def hand_on(token: str) -> ResponseReturnValue:
    load = custody.consignment_by_token(read(), token)
    form = parse(HandOffForm, request.form)
    if form.model is None:
        return _page(load, form, _target()), 422
    try:
        number = _record(form.model, token)
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        read().rollback()
        return _page(custody.consignment_by_token(read(), token), form, _target()), refusal.status
    _remember(form.model, access.way(load))
    return redirect(url_for("carrier.handed_over", token=token, number=number), code=303)


@blueprint.get("/h/<token>/done/<number>")
@guard.signed_in
def handed_over(token: str, number: str) -> ResponseReturnValue:
    """Say what was just recorded, large, with what follows from it."""
    load = custody.consignment_by_token(read(), token)
    made = custody.get_hand_off(read(), number)
    if made.consignment_id != load.id or not access.is_party_to(made.from_holder, made.to_holder):
        raise UnknownHandOff
    return render_template(
        "carrier/done.html", view=present.load_views(read(), [load], with_lots=True)[0], made=made
    )


@blueprint.post("/h/<token>/waybill")
@guard.signed_in
def waybill_event(token: str) -> ResponseReturnValue:
    """Enter 揽收 or 签收 of a parcel that one's own side gave to the courier."""
    load = custody.consignment_by_token(read(), token)
    last = custody.last_hand_off(read(), load)
    if not access.gave_to_courier(load, last.from_holder if last else None):
        raise Forbidden
    form = parse(EventForm, request.form)
    if form.model is None:
        return _page(load, form, _target()), 422
    sent = form.model
    done(lambda session: _report(session, load, sent), _("已记录。"))
    back = guard.safe_path(request.form.get("back"), url_for("carrier.scanned", token=token))
    return redirect(back, code=303)


def _report(session: Session, load: Consignment, sent: EventForm) -> None:
    """Report on the parcel of this very load. Refuses (WaybillOutOfOrder) another's number."""
    numbers = {one.number for one in custody.waybills_of(session, [load.id]).get(load.id, ())}
    if sent.number not in numbers:
        raise WaybillOutOfOrder
    deliver.report(session, sent.number, sent.kind, sent.instant or time.now())


def _record(form: HandOffForm, token: str) -> str:
    """Record the hand-off once per key; the second time the first one's number is the answer."""
    files = ports().files
    photos = pictures.keep_photo(request.files.get("photo"), files)
    typed: Mapping[str, str] = {
        name: value
        for name, value in request.form.items()
        if not name.endswith("_drawn") and name != "csrf_token"
    }

    def use_case(session: Session) -> str:
        def effect() -> dict[str, str]:
            return {"number": _hand_on(session, form, token, typed, photos).number}

        scope = f"hand_off:{guard.actor().person.id}"
        return str(idempotency.once(session, scope, form.key, typed, effect)["number"])

    return write(use_case)


def _hand_on(
    session: Session, form: HandOffForm, token: str, typed: Mapping[str, str], photos: tuple[str, ...]
) -> HandOff:
    load = custody.consignment_by_token(session, token)
    way = access.way(load)
    if way is None:
        raise Conflict(msg("这批货现在不能由您交接，请刷新后再看。"))
    if form.last is not None and form.last != (load.last_hand_off_id or 0):
        raise Conflict(msg("这批货刚刚有了新的交接，请刷新后再操作。"))
    to = reading.taker(session, way, form.to, load)
    signed = reading.signatures(form, way, load, to, ports().files)
    draft = reading.hand_off(form, load, to, signed, typed)
    if photos:
        draft = replace(draft, photo_digests=photos)
    if to.kind is HolderKind.COURIER:
        parcel = Dispatch(draft=draft, courier=form.courier, number=form.waybill_number)
        return deliver.dispatch(session, [parcel])[0]
    return hand_over.record(session, draft)


def _page(load: Consignment, form: AnyForm, target: str) -> str:
    way = access.way(load)
    last = custody.last_hand_off(read(), load) if _asks_for_last(load, way) else None
    reports = access.gave_to_courier(load, last.from_holder if last else None)
    return render_template(
        "carrier/hand_off.html",
        view=present.load_views(read(), [load], with_lots=True)[0],
        way=way,
        target=target if way is not None and way.side is Side.GIVER else "party",
        takers=present.takers(read(), load) if way is not None and way.side is Side.GIVER else [],
        form=form,
        key=form.value("key") or present.new_key(),
        giver_name=_giver_name(form, last, way),
        waybill=custody.waybills_of(read(), [load.id])[load.id][-1] if reports else None,
        breaches=_breaches(load) if way is not None else [],
        goes_on_in=_goes_on_in(load),
        now=time.now(),
    )


def _asks_for_last(load: Consignment, way: Way | None) -> bool:
    """Tell whether the page shows something of the last hand-off: who took it then gives it now."""
    takes = way is not None and way.side is Side.TAKER
    return takes or (load.holder.kind is HolderKind.COURIER and guard.current_actor() is not None)


def _giver_name(form: AnyForm, last: HandOff | None, way: Way | None) -> str:
    """Propose who signs for the giver: whoever signed in, or who signed when they took it."""
    if form.value("giver_name") or way is None:
        return form.value("giver_name")
    if way.side is Side.GIVER:
        return way.person_name or str(session.get(NAME, ""))
    signed = last.receiver_signature if last is not None and last.is_accepted else None
    return signed.name if signed is not None else ""


def _breaches(load: Consignment) -> list[Breach]:
    """Return what went wrong with these goods before, for whoever is to take them."""
    found = custody.breaches_of_lines(read(), {one.order_line_id for one in load.contents})
    return [breach for of_line in found.values() for breach in of_line if breach.range is not None]


def _goes_on_in(load: Consignment) -> list[Consignment]:
    """Return the parcels that a load's goods went on in, for those who have them."""
    if load.state is not ConsignmentState.REGROUPED or guard.current_actor() is None:
        return []
    loads = custody.journey(read(), load.id).loads
    return [one for one in loads if access.way(one) is not None]


def _first_values(load: Consignment) -> dict[str, str]:
    way = access.way(load)
    values = {"packages": str(load.packages), "plate": str(session.get(PLATE, ""))}
    if way is not None:
        own = "giver_name" if way.side is Side.GIVER else "receiver_name"
        values[own] = way.person_name or str(session.get(NAME, ""))
    return values


def _target() -> str:
    wanted = request.values.get("target", "party")
    return wanted if wanted in TARGETS else "party"


def _remember(form: HandOffForm, way: Way | None) -> None:
    """Keep a driver's name and plate for the next load, in their own session."""
    if way is None:
        return
    if form.plate:
        session[PLATE] = form.plate
    name = form.giver_name if way.side is Side.GIVER else form.receiver_name
    if name and way.is_driver:
        session[NAME] = name
