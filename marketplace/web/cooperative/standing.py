"""A cooperative's papers and people: by what it sells, until when it is verified, who may do what."""

from typing import Annotated, Literal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from marketplace.flow import let_in as joining
from marketplace.flow import verify_sellers
from marketplace.kernel import journal, time
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.parties import queries as parties
from marketplace.parties import rules, service
from marketplace.parties.types import MembershipId, Permission, Role, VerificationState
from marketplace.web import applications, history
from marketplace.web.cooperative.routes import acting_for, blueprint
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, M, blank, parse
from marketplace.web.guard import current_actor, require
from marketplace.web.language import gettext as _
from marketplace.web.outcome import done

ONE = "/members/<int(max=9223372036854775807):membership_id>"


class MemberForm(FormModel):
    phone: Annotated[str, Field(min_length=1, max_length=30)]
    display_name: Annotated[str, Field(min_length=2, max_length=40)]
    role: Literal[Role.COOPERATIVE_MANAGER, Role.COOPERATIVE_MEMBER, Role.COOPERATIVE_PACKER]


class VerificationForm(FormModel):
    """That everything stands as it was, or what has changed."""

    stands: Literal["1"]
    note: Annotated[str, Field(max_length=300)] = ""


@blueprint.get("/standing")
@require(Permission.FULFIL)
def standing() -> ResponseReturnValue:
    return _page(blank())


@blueprint.post("/verification")
@require(Permission.MANAGE_COOPERATIVE)
def ask_verification() -> ResponseReturnValue:
    form, party_id = parse(VerificationForm, request.form), acting_for()
    if form.model is None:
        return _page(form), 422
    note = form.model.note
    done(lambda session: verify_sellers.ask(session, party_id, note), _("已申请复核，平台核对后告诉您。"))
    return redirect(url_for("cooperative.standing"), code=303)


@blueprint.post("/members")
@require(Permission.MANAGE_COOPERATIVE)
def let_in() -> ResponseReturnValue:
    form, party_id = parse(MemberForm, request.form), acting_for()
    if form.model is None:
        return _page(form), 422
    sent = form.model
    try:
        write(lambda session: joining.let_in(session, party_id, sent.phone, sent.display_name, sent.role))
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(form), refusal.status
    flash(_("已加入，短信告诉了对方。对方用这个手机号登录就能用。"), "good")
    return redirect(url_for("cooperative.standing"), code=303)


@blueprint.post(f"{ONE}/end")
@require(Permission.MANAGE_COOPERATIVE)
def let_out(membership_id: int) -> ResponseReturnValue:
    party_id = acting_for()
    if membership_id not in {one.id for _person, one in parties.members_of(read(), party_id)}:
        raise NotFound
    done(
        lambda session: service.let_out(session, party_id, MembershipId(membership_id)),
        _("已移出，对方马上不能再操作。"),
    )
    return redirect(url_for("cooperative.standing"), code=303)


def _page(form: Form[M]) -> str:
    session, party_id = read(), acting_for()
    party = parties.get_party(session, party_id)
    verifications = parties.verifications_of(session, party_id)
    return render_template(
        "cooperative/standing.html",
        party=party,
        problem=rules.selling_problem(party, time.today()),
        is_due=rules.is_verification_due(party, time.today()),
        asked=next((one for one in verifications if one.state is VerificationState.ASKED), None),
        refused=verifications[0] if verifications[0].state is VerificationState.REFUSED else None,
        licence=parties.find_business_licence(session, party_id),
        members=parties.members_of(session, party_id),
        manages=rules.may(current_actor(), Permission.MANAGE_COOPERATIVE, party_id),
        me=current_actor(),
        words=applications,
        events=history.events(session, journal.history(session, "party", party_id)),
        form=form,
    )
