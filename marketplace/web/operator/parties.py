"""Parties: who trades here, who is suspended and why; and what was done to anything, from the journal."""

from functools import partial

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.flow import verify_sellers
from marketplace.kernel import journal, time
from marketplace.kernel.refusals import NotFound
from marketplace.parties import queries as parties
from marketplace.parties import rules
from marketplace.parties.refusals import PartyNotFound
from marketplace.parties.types import Party, PartyKind, PartyStatus, Permission
from marketplace.places import queries as places
from marketplace.web import applications, history, list_words, listing
from marketplace.web.database import read
from marketplace.web.forms import Form, M, blank
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.operator.forms import ReasonForm
from marketplace.web.operator.routes import blueprint
from marketplace.web.outcome import decide

PER_PAGE = 50
# What the journal may be asked about here: things of the trade, never people.
SUBJECTS = frozenset(
    {
        "order",
        "fulfilment",
        "certificate",
        "offer",
        "lot",
        "product",
        "party",
        "application",
        "brand",
        "brand_use",
        "producer_claim",
        "edition",
        "nomination",
        "pairing",
        "consignment",
        "hold",
    }
)


@blueprint.get("/parties", endpoint="parties")
@require(Permission.MANAGE_PARTIES)
def list_parties() -> ResponseReturnValue:
    asked_kind, asked_status = request.args.get("kind", ""), request.args.get("status", "")
    kind = PartyKind(asked_kind) if asked_kind in set(PartyKind) else None
    status = PartyStatus(asked_status) if asked_status in set(PartyStatus) else None
    tools = listing.asked(list_words.PARTIES, PER_PAGE, search=list_words.NAME_OR_NUMBER)
    found = parties.list_parties(
        read(), kind, status=status, sought=tools.sought, page=tools.page, per_page=tools.per_page
    )
    return listing.answer(
        "operator/parties.html",
        tools,
        found,
        kind=kind,
        status=status,
        kinds=list(PartyKind),
        atlas=places.atlas(read()),
    )


@blueprint.get("/parties/<code>")
@require(Permission.MANAGE_PARTIES)
def party(code: str) -> ResponseReturnValue:
    return party_page(code, blank())


@blueprint.post("/parties/<code>/suspend")
@require(Permission.MANAGE_PARTIES)
def suspend_party(code: str) -> ResponseReturnValue:
    found = _party(code)
    return decide(
        ReasonForm,
        lambda session, sent: verify_sellers.suspend(session, found.id, sent.reason),
        _("已暂停，其成员暂时不能操作。"),
        again=partial(party_page, code),
        onward=url_for("operator.party", code=code),
    )


@blueprint.post("/parties/<code>/reinstate")
@require(Permission.MANAGE_PARTIES)
def reinstate_party(code: str) -> ResponseReturnValue:
    found = _party(code)
    return decide(
        ReasonForm,
        lambda session, sent: verify_sellers.reinstate(session, found.id, sent.reason),
        _("已恢复。"),
        again=partial(party_page, code),
        onward=url_for("operator.party", code=code),
    )


@blueprint.get("/journal/<subject>/<int(max=9223372036854775807):subject_id>")
@require(Permission.OPERATE)
def journal_of(subject: str, subject_id: int) -> ResponseReturnValue:
    """Show what was done to a thing, by whom and when."""
    entries = journal.history(read(), subject, subject_id) if subject in SUBJECTS else []
    if not entries:
        raise NotFound
    return render_template(
        "operator/journal.html",
        subject=subject,
        subject_id=subject_id,
        events=history.events(read(), entries, subject),
    )


def _party(code: str) -> Party:
    found = parties.find_party_by_code(read(), code)
    if found is None:
        raise PartyNotFound
    return found


def party_page(code: str, form: Form[M]) -> str:
    """Show a party; a form with errors is shown with them."""
    found, today = _party(code), time.today()
    sells = found.kind is PartyKind.COOPERATIVE
    return render_template(
        "operator/party.html",
        party=found,
        licence=parties.find_business_licence(read(), found.id) if sells else None,
        verifications=parties.verifications_of(read(), found.id) if sells else [],
        problem=rules.selling_problem(found, today) if sells else None,
        is_due=rules.is_verification_due(found, today),
        words=applications,
        members=parties.members_of(read(), found.id),
        place=places.atlas(read()).division(found.division_code).name,
        events=history.events(read(), journal.history(read(), "party", found.id)),
        form=form,
    )
