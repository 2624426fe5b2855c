"""Reads of applications and of what is registered of those who sell."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from marketplace.kernel import time
from marketplace.kernel.paging import ANY, Listing, Page, Sought, in_order, read_page
from marketplace.kernel.waiting import Queue, queue
from marketplace.parties.models import ApplicationLicenceRow, ApplicationRow, BusinessLicenceRow, PartyRow
from marketplace.parties.queries.parties import party_from_row
from marketplace.parties.refusals import ApplicationNotFound
from marketplace.parties.rules import normal_code
from marketplace.parties.types import (
    Application,
    ApplicationDraft,
    ApplicationFilter,
    ApplicationId,
    ApplicationState,
    BusinessLicence,
    ContractMode,
    LicenceDraft,
    LicenceKind,
    Party,
    PartyId,
    PartyKind,
    PersonId,
)
from marketplace.places.types import DivisionCode


def get_application(session: Session, application_id: ApplicationId) -> Application:
    """Return an application; refuses (ApplicationNotFound)."""
    row = session.get(ApplicationRow, application_id)
    if row is None:
        raise ApplicationNotFound
    return _applications(session, [row])[0]


def find_application(session: Session, number: str) -> Application | None:
    row = session.scalars(select(ApplicationRow).where(ApplicationRow.number == number)).one_or_none()
    return None if row is None else _applications(session, [row])[0]


def list_applications(
    session: Session,
    wanted: ApplicationFilter,
    *,
    sought: Sought = ANY,
    page: int = 1,
    per_page: int = 30,
) -> Page[Application]:
    """Return applications, the longest untouched first."""
    row = ApplicationRow
    where: list[ColumnElement[bool]] = []
    if wanted.states is not None:
        where.append(row.state.in_(wanted.states))
    if wanted.county_codes is not None:
        where.append(row.county_code.in_(wanted.county_codes))
    if wanted.applicant_id is not None:
        where.append(row.applicant_id == wanted.applicant_id)
    if sought.text:
        typed = normal_code(sought.text)
        where.append(
            or_(
                row.number == typed,
                row.credit_code == typed,
                row.name.icontains(sought.text, autoescape=True),
            )
        )
    order = in_order(_ORDERS, sought)
    found = read_page(session, Listing(select(row), row.id, where, order), page, per_page)
    return found.of(_applications(session, [one for one, *_ in found.rows]))


def turned_back_applications(session: Session, person_id: PersonId) -> list[Application]:
    """Return somebody's applications that wait to be corrected or were refused lately, newest first."""
    row, since = ApplicationRow, time.now() - _REMEMBERED
    lately = and_(row.state == ApplicationState.REFUSED, row.changed_at >= since)
    rows = session.scalars(
        select(row)
        .where(row.applicant_id == person_id, or_(row.state == ApplicationState.RETURNED, lately))
        .order_by(row.id.desc())
        .limit(_MOST_TURNED_BACK)
    ).all()
    return _applications(session, rows) if rows else []


_REMEMBERED = timedelta(days=60)
_MOST_TURNED_BACK = 20
_ORDERS = {
    "oldest": (ApplicationRow.changed_at, ApplicationRow.id),
    "newest": (ApplicationRow.changed_at.desc(), ApplicationRow.id.desc()),
}


def applications_to_review() -> Queue:
    """Applicants whom counties have recommended and the operator has not decided."""
    return queue(ApplicationRow.changed_at, ApplicationRow.state == ApplicationState.RECOMMENDED)


def find_business_licence(session: Session, party_id: PartyId) -> BusinessLicence | None:
    row = session.get(BusinessLicenceRow, party_id)
    if row is None:
        return None
    return BusinessLicence(
        party_id=PartyId(row.party_id),
        credit_code=row.credit_code,
        legal_representative=row.legal_representative,
        address=row.address,
        ends_on=row.ends_on,
        scan_digest=row.scan_digest,
        recorded_at=row.recorded_at,
    )


def find_producer(session: Session, typed: str) -> Party | None:
    """Find a cooperative by its number here or by its credit code, as somebody types it."""
    code = normal_code(typed)
    row = session.scalars(
        select(PartyRow)
        .where(
            PartyRow.kind == PartyKind.COOPERATIVE,
            or_(
                PartyRow.code == code,
                PartyRow.id.in_(
                    select(BusinessLicenceRow.party_id).where(BusinessLicenceRow.credit_code == code)
                ),
            ),
        )
        .order_by(PartyRow.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else party_from_row(row)


def _applications(session: Session, rows: Iterable[ApplicationRow]) -> list[Application]:
    found = list(rows)
    licences: dict[int, list[LicenceDraft]] = {row.id: [] for row in found}
    shown = session.scalars(
        select(ApplicationLicenceRow)
        .where(ApplicationLicenceRow.application_id.in_(licences))
        .order_by(ApplicationLicenceRow.kind)
    )
    for one in shown:
        licences[one.application_id].append(
            LicenceDraft(
                kind=LicenceKind(one.kind),
                number=one.number,
                valid_from=one.valid_from,
                valid_to=one.valid_to,
            )
        )
    return [_application(row, tuple(licences[row.id])) for row in found]


def _application(row: ApplicationRow, licences: tuple[LicenceDraft, ...]) -> Application:
    draft = ApplicationDraft(
        name=row.name,
        name_en=row.name_en,
        county_code=DivisionCode(row.county_code),
        credit_code=row.credit_code,
        legal_representative=row.legal_representative,
        address=row.address,
        licence_ends_on=row.licence_ends_on,
        contact_name=row.contact_name,
        goods=row.goods,
        note=row.note,
        contract_mode=ContractMode(row.contract_mode),
        licences=licences,
        scan_digest=row.scan_digest,
    )
    return Application(
        id=ApplicationId(row.id),
        number=row.number,
        applicant_id=PersonId(row.applicant_id),
        draft=draft,
        state=ApplicationState(row.state),
        reason=row.reason,
        recommendation=row.recommendation,
        is_demo=row.is_demo,
        submitted_at=row.submitted_at,
        changed_at=row.changed_at,
        party_id=PartyId(row.party_id) if row.party_id is not None else None,
    )
