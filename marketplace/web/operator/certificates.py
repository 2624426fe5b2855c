"""Certificates: what was handed in, verified or turned down, suspended, revoked."""

from collections.abc import Callable, Mapping

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules, service
from marketplace.catalogue.queries.waiting import submitted_at
from marketplace.catalogue.types import Certificate, CertificateFilter, CertificateId, CertificateState
from marketplace.kernel import journal, time
from marketplace.kernel.message import Message, msg
from marketplace.kernel.refusals import NotFound
from marketplace.parties import queries as parties
from marketplace.parties.types import Permission
from marketplace.web.database import read
from marketplace.web.forms import Form, FormModel, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import render
from marketplace.web.operator import history
from marketplace.web.operator.forms import ReasonForm
from marketplace.web.operator.routes import blueprint
from marketplace.web.outcome import done
from marketplace.web.paging import page_number

PER_PAGE = 30
ONE = "/certificates/<int(max=9223372036854775807):certificate_id>"
Decide = Callable[[Session, CertificateId, str], Certificate]

# What a person may decide, and what the next page then says; the first two need no reason.
DECISIONS: Mapping[str, tuple[Decide, Message]] = {
    "verify": (lambda s, one, _reason: service.verify_certificate(s, one), msg("已核验通过。")),
    "reinstate": (lambda s, one, _reason: service.reinstate_certificate(s, one), msg("已恢复使用。")),
    "reject": (service.reject_certificate, msg("已退回，持证方可以改正后再提交。")),
    "suspend": (service.suspend_certificate, msg("已暂停，依赖它的报价也已停售。")),
    "revoke": (service.revoke_certificate, msg("已撤销，依赖它的报价也已停售。")),
}
WITHOUT_REASON = frozenset({"verify", "reinstate"})


@blueprint.get("/certificates", endpoint="certificates")
@require(Permission.REVIEW_CATALOGUE)
def list_certificates() -> ResponseReturnValue:
    asked = request.args.get("state", CertificateState.SUBMITTED)
    every = frozenset(CertificateState)
    states = frozenset({CertificateState(asked)}) if asked in every else every
    found = catalogue.list_certificates(read(), CertificateFilter(states=states), page_number(), PER_PAGE)
    return render_template(
        "operator/certificates.html",
        found=found,
        state=asked,
        states=list(CertificateState),
        schemes=catalogue.reference(read()).schemes,
        holders=parties.parties_by_id(read(), {one.holder_id for one in found.items}),
        since=submitted_at(read(), [one.id for one in found.items]),
    )


@blueprint.get(ONE)
@require(Permission.REVIEW_CATALOGUE)
def certificate(certificate_id: int) -> ResponseReturnValue:
    return _page(CertificateId(certificate_id), blank())


@blueprint.post(f"{ONE}/<decision>")
@require(Permission.REVIEW_CATALOGUE)
def decide_certificate(certificate_id: int, decision: str) -> ResponseReturnValue:
    if decision not in DECISIONS:
        raise NotFound
    form = parse(ReasonForm, request.form)
    if form.model is None and decision not in WITHOUT_REASON:
        return _page(CertificateId(certificate_id), form), 422
    reason = form.model.reason if form.model else ""
    act, said = DECISIONS[decision]
    done(lambda session: act(session, CertificateId(certificate_id), reason), render(said))
    return redirect(url_for("operator.certificate", certificate_id=certificate_id), code=303)


def _page(certificate_id: CertificateId, form: Form[FormModel] | Form[ReasonForm]) -> str:
    session = read()
    found = catalogue.get_certificate(session, certificate_id)
    return render_template(
        "operator/certificate.html",
        certificate=found,
        scheme=catalogue.reference(session).schemes[found.scheme_code],
        holder=parties.get_party(session, found.holder_id),
        products=list(catalogue.products_by_id(session, found.product_ids).values()),
        others=[one for one in catalogue.find_certificates(session, found.number) if one.id != found.id],
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
