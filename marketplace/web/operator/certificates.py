"""Certificates: what was handed in, verified or turned down, suspended, revoked."""

from collections.abc import Callable, Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue.queries.waiting import submitted_at
from marketplace.catalogue.types import (
    Certificate,
    CertificateFilter,
    CertificateId,
    CertificateQueue,
    CertificateState,
    Check,
    CheckedAgainst,
)
from marketplace.flow import decide_certificate
from marketplace.kernel import journal, time
from marketplace.kernel.message import Message, msg
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.parties import queries as parties
from marketplace.parties.types import Permission
from marketplace.places import queries as places
from marketplace.web import evidence, history, list_words, listing
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.language import render
from marketplace.web.operator.forms import ReasonForm, VerifyForm
from marketplace.web.operator.routes import blueprint
from marketplace.web.outcome import done

PER_PAGE = 30
ONE = "/certificates/<int(max=9223372036854775807):certificate_id>"
STATES_LISTED = tuple(one for one in CertificateState if one is not CertificateState.SUBMITTED)
Decide = Callable[[Session, CertificateId, str], Certificate]

# What a person may decide for a reason, and what the next page then says.
DECISIONS: Mapping[str, tuple[Decide, Message]] = {
    "reinstate": (decide_certificate.reinstate, msg("已恢复使用。")),
    "reject": (decide_certificate.reject, msg("已退回，持证方可以改正后再提交。")),
    "suspend": (decide_certificate.suspend, msg("已暂停，依赖它的报价也已停售。")),
    "revoke": (decide_certificate.revoke, msg("已撤销，依赖它的报价也已停售。")),
}


@blueprint.get("/certificates", endpoint="certificates")
@require(Permission.REVIEW_CATALOGUE)
def list_certificates() -> ResponseReturnValue:
    """Show a queue, or what stands in a state; what waits to be verified where nothing is asked."""
    session, today = read(), time.today()
    queue, state = _asked()
    orders = list_words.CERTIFICATES if queue is None else list_words.QUEUE
    tools = listing.asked(orders, PER_PAGE, search=list_words.NUMBER)
    page, sought = tools.page, tools.sought
    if queue is not None:
        wanted = catalogue.QueueFilter(queue=queue, day=today)
        found = catalogue.list_queue(session, wanted, sought=sought, page=page, per_page=tools.per_page)
    else:
        states = CertificateFilter(states=state)
        found = catalogue.list_certificates(session, states, page, tools.per_page, sought=sought)
    return listing.answer(
        "operator/certificates.html",
        tools,
        found,
        queue=queue,
        state=next(iter(state)) if len(state) == 1 else "all",
        counts=catalogue.count_queues(session, today),
        states=STATES_LISTED,
        schemes=catalogue.reference(session).schemes,
        holders=parties.parties_by_id(session, {one.holder_id for one in found.items}),
        since=submitted_at(session, [one.id for one in found.items]),
        today=today,
    )


@blueprint.get(ONE)
@require(Permission.REVIEW_CATALOGUE)
def certificate(certificate_id: int) -> ResponseReturnValue:
    return _page(CertificateId(certificate_id), blank())


@blueprint.get(f"{ONE}/evidence")
@require(Permission.REVIEW_CATALOGUE)
def certificate_evidence(certificate_id: int) -> ResponseReturnValue:
    found = catalogue.get_certificate(read(), CertificateId(certificate_id))
    return evidence.answer(found.evidence_digest)


@blueprint.post(f"{ONE}/verify")
@require(Permission.REVIEW_CATALOGUE)
def verify_certificate(certificate_id: int) -> ResponseReturnValue:
    """Verify, saying what the certificate was checked against."""
    form = parse(VerifyForm, request.form)
    if form.model is None:
        return _page(CertificateId(certificate_id), form), 422
    check = Check(against=CheckedAgainst(form.model.against), note=form.model.note)
    try:
        write(lambda session: decide_certificate.verify(session, CertificateId(certificate_id), check))
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(CertificateId(certificate_id), form), refusal.status
    flash(_("已核验通过。"), "good")
    return redirect(url_for("operator.certificate", certificate_id=certificate_id), code=303)


@blueprint.post(f"{ONE}/<decision>", endpoint="decide_certificate")
@require(Permission.REVIEW_CATALOGUE)
def decide(certificate_id: int, decision: str) -> ResponseReturnValue:
    if decision not in DECISIONS:
        raise NotFound
    form = parse(ReasonForm, request.form)
    if form.model is None:
        return _page(CertificateId(certificate_id), form), 422
    reason = form.model.reason
    act, said = DECISIONS[decision]
    done(lambda session: act(session, CertificateId(certificate_id), reason), render(said))
    return redirect(url_for("operator.certificate", certificate_id=certificate_id), code=303)


def _asked() -> tuple[CertificateQueue | None, frozenset[CertificateState]]:
    """Read which queue or which state is wanted."""
    state, queue = request.args.get("state", ""), request.args.get("queue", "")
    if queue in set(CertificateQueue):
        return CertificateQueue(queue), frozenset()
    if state in {"", CertificateState.SUBMITTED}:
        return CertificateQueue.TO_VERIFY, frozenset()
    every = frozenset(CertificateState)
    return None, frozenset({CertificateState(state)}) if state in every else every


def _page(certificate_id: CertificateId, form: Form[FormModel] | Form[ReasonForm] | Form[VerifyForm]) -> str:
    session = read()
    found = catalogue.get_certificate(session, certificate_id)
    others = [one for one in catalogue.find_certificates(session, found.number) if one.id != found.id]
    checker = None if found.checked_by is None else parties.find_person(session, found.checked_by)
    return render_template(
        "operator/certificate.html",
        certificate=found,
        scheme=catalogue.reference(session).schemes[found.scheme_code],
        holder=parties.get_party(session, found.holder_id),
        county=places.atlas(session).division(found.base.county_code) if found.base else None,
        products=list(catalogue.products_by_id(session, found.product_ids).values()),
        others=others,
        checker=checker,
        paper=evidence.kind(found.evidence_digest),
        is_valid=rules.is_valid(found, time.now()),
        may=_allowed(found.state),
        events=history.events(session, journal.history(session, "certificate", found.id)),
        form=form,
    )


def _allowed(state: CertificateState) -> list[str]:
    """Return what may be decided now, as the certificate's states allow."""
    after = rules.TRANSITIONS[state]
    waiting = state is CertificateState.SUBMITTED
    possible = {
        "verify": waiting,
        "reject": waiting,
        "reinstate": state is CertificateState.SUSPENDED,
        "suspend": CertificateState.SUSPENDED in after,
        "revoke": CertificateState.REVOKED in after,
    }
    return [name for name, is_possible in possible.items() if is_possible]
