"""Certificates of the counties an official answers for: what waits, what ends soon, what has ended."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue.refusals import CertificateNotFound
from marketplace.catalogue.types import Certificate, CertificateId, CertificateQueue
from marketplace.kernel import journal, time
from marketplace.parties import queries as parties
from marketplace.parties.rules import reach
from marketplace.parties.types import Permission, Scope
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode
from marketplace.web import certificate_history, evidence, guard, list_words, listing, wording
from marketplace.web.database import read
from marketplace.web.oversight.routes import blueprint

PER_PAGE = 30
ONE = "/certificates/<int(max=9223372036854775807):certificate_id>"


@blueprint.get("/certificates", endpoint="certificates")
@guard.require(Permission.SEE_TOTALS)
def list_certificates() -> ResponseReturnValue:
    session, today = read(), time.today()
    asked = request.args.get("queue", "")
    counties = _counties(session)
    counts = catalogue.count_queues(session, today, county_codes=counties)
    queue = CertificateQueue(asked) if asked in set(CertificateQueue) else _most_urgent(counts)
    wanted = catalogue.QueueFilter(queue=queue, day=today, county_codes=counties)
    tools = listing.asked(list_words.QUEUE, PER_PAGE, search=list_words.NUMBER)
    found = catalogue.list_queue(
        session, wanted, sought=tools.sought, page=tools.page, per_page=tools.per_page
    )
    return listing.answer(
        "oversight/certificates.html",
        tools,
        found,
        queue=queue,
        counts=counts,
        schemes=catalogue.reference(session).schemes,
        holders=parties.parties_by_id(session, {one.holder_id for one in found.items}),
        atlas=places.atlas(session),
        today=today,
        wording=wording,
    )


@blueprint.get(ONE)
@guard.require(Permission.SEE_TOTALS)
def certificate(certificate_id: int) -> ResponseReturnValue:
    session = read()
    found = _mine(session, certificate_id)
    checker = None if found.checked_by is None else parties.find_person(session, found.checked_by)
    return render_template(
        "oversight/certificate.html",
        certificate=found,
        scheme=catalogue.reference(session).schemes[found.scheme_code],
        holder=parties.get_party(session, found.holder_id),
        county=places.atlas(session).division(found.base.county_code) if found.base else None,
        products=list(catalogue.products_by_id(session, found.product_ids).values()),
        checker=checker,
        paper=evidence.kind(found.evidence_digest),
        is_valid=rules.is_valid(found, time.now()),
        steps=certificate_history.steps(journal.history(session, "certificate", found.id)),
        wording=wording,
    )


@blueprint.get(f"{ONE}/evidence")
@guard.require(Permission.SEE_TOTALS)
def certificate_evidence(certificate_id: int) -> ResponseReturnValue:
    return evidence.answer(_mine(read(), certificate_id).evidence_digest)


def _most_urgent(counts: Mapping[CertificateQueue, int]) -> CertificateQueue:
    """Return the first queue in which something waits: what ends soonest comes before what is over."""
    urgent = (CertificateQueue.LAPSING_30, CertificateQueue.LAPSING_60, CertificateQueue.LAPSED)
    return next((one for one in urgent if counts[one]), urgent[0])


def _mine(session: Session, certificate_id: int) -> Certificate:
    """Return a certificate of a holder in the official's counties; refuses (CertificateNotFound) others."""
    found = catalogue.get_certificate(session, CertificateId(certificate_id))
    counties = _counties(session)
    if counties is not None and parties.get_party(session, found.holder_id).division_code not in counties:
        raise CertificateNotFound
    return found


def _counties(session: Session) -> AbstractSet[DivisionCode] | None:
    """Return the places of Guizhou an official answers for: one's own, or those paired with one's cities."""
    atlas, scope, today = places.atlas(session), guard.scope(), time.today()
    found = reach(scope, atlas)
    if found.origin_counties is not None or found.city_codes is None:
        return found.origin_counties
    paired: set[DivisionCode] = set()
    for one in atlas.pairings:
        if one.covers(today) and atlas.within(one.gd_code, scope.division_code or ""):
            paired |= reach(Scope(division_code=one.gz_code), atlas).origin_counties or frozenset()
    return paired
