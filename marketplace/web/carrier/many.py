"""Several loads at once: one look, one temperature for each kind, two signatures."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.custody import queries as custody
from marketplace.custody.refusals import UnknownConsignment
from marketplace.custody.types import Consignment, HandOff, HandOffDraft, HolderKind
from marketplace.flow import deliver, hand_over
from marketplace.flow.deliver import Dispatch
from marketplace.kernel import idempotency
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.parties.types import Permission
from marketplace.web import guard
from marketplace.web.carrier import access, present, reading, wording
from marketplace.web.carrier.access import Side, Way
from marketplace.web.carrier.forms import MOST_AT_ONCE, ManyForm
from marketplace.web.carrier.routes import blueprint, ports
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _

AnyForm = Form[ManyForm] | Form[FormModel]


class NotTogether(Refusal):
    code = "not_together"

    def __init__(self) -> None:
        super().__init__(msg("只能一起交接同一方保管的货物，请重新勾选。"))


class NumberMissing(Refusal):
    code = "waybill_number_missing"

    def __init__(self, number: str) -> None:
        super().__init__(msg("请填写 %(number)s 的运单号。", number=number))


@blueprint.get("/carrier/hand-over")
@require(Permission.TAKE_CUSTODY)
def many() -> ResponseReturnValue:
    loads = _loads(read(), request.args.getlist("load"))
    target = reading.COURIER if request.args.get("target") == reading.COURIER else "party"
    return _page(loads, blank(**_first_values(loads)), target)


@blueprint.post("/carrier/hand-over")
@require(Permission.TAKE_CUSTODY)
def hand_on_many() -> ResponseReturnValue:
    loads = _loads(read(), request.form.getlist("load"))
    form = parse(ManyForm, request.form)
    target = reading.COURIER if request.form.get("to") == reading.COURIER else "party"
    if form.model is None:
        return _page(loads, form, target), 422
    try:
        made = _record(form.model, [load.id for load in loads])
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        read().rollback()
        return _page(_loads(read(), request.form.getlist("load")), form, target), refusal.status
    flash(_("已交接 %(count)s 批货。", count=len(made)), "good")
    if target == reading.COURIER:
        return redirect(url_for("carrier.waybills"), code=303)
    return redirect(url_for("carrier.sheets", number=made), code=303)


def _record(form: ManyForm, ids: Sequence[int]) -> list[str]:
    typed = {name: value for name, value in request.form.items() if not name.endswith("_drawn")}
    typed.pop("csrf_token", None)

    def use_case(session: Session) -> list[str]:
        def effect() -> dict[str, list[str]]:
            return {"numbers": [one.number for one in _hand_on(session, form, typed)]}

        scope = f"hand_off:{guard.actor().person.id}"
        request_ = typed | {"loads": str(sorted(ids))}
        return list(idempotency.once(session, scope, form.key, request_, effect)["numbers"])

    return write(use_case)


def _hand_on(session: Session, form: ManyForm, typed: dict[str, str]) -> list[HandOff]:
    loads = _loads(session, form.load)
    way = _way(loads)
    to = reading.taker(session, way, form.to, loads[0])
    signed = reading.signatures(form, way, loads[0], to, ports().files)
    drafts = [reading.of_many(form, load, to, signed) for load in loads]
    if to.kind is not HolderKind.COURIER:
        return hand_over.record_many(session, drafts)
    pairs = zip(loads, drafts, strict=True)
    return deliver.dispatch(session, [_parcel(form, load, draft, typed) for load, draft in pairs])


def _parcel(form: ManyForm, load: Consignment, draft: HandOffDraft, typed: dict[str, str]) -> Dispatch:
    number = typed.get(f"number-{load.id}", "").strip()
    if not number:
        raise NumberMissing(load.number)
    return Dispatch(draft=draft, courier=form.courier, number=number)


def _loads(session: Session, tokens: Sequence[str]) -> list[Consignment]:
    """Return the loads of labels; refuses (UnknownConsignment) a label that nobody printed."""
    wanted = list(dict.fromkeys(tokens))[: MOST_AT_ONCE + 1]
    found = custody.consignments_by_token(session, wanted)
    if not wanted or len(found) != len(wanted):
        raise UnknownConsignment
    return found


def _way(loads: Sequence[Consignment]) -> Way:
    way = access.way_of_all(loads)
    if way is None:
        raise NotTogether
    return way


def _page(loads: list[Consignment], form: AnyForm, target: str) -> str:
    way = _way(loads)
    gives = way.side is Side.GIVER
    return render_template(
        "carrier/many.html",
        views=present.load_views(read(), loads),
        way=way,
        giver=wording.holder_in_words(loads[0].holder),
        target=target if gives else "party",
        takers=present.takers(read(), loads[0]) if gives and target == "party" else [],
        kinds=present.kinds_of(loads),
        sealed=any(load.seal_number for load in loads),
        form=form,
        key=form.value("key") or present.new_key(),
        tokens=[load.label_token for load in loads],
    )


def _first_values(loads: Sequence[Consignment]) -> dict[str, str]:
    way = _way(loads)
    own = "giver_name" if way.side is Side.GIVER else "receiver_name"
    return {own: way.person_name}
