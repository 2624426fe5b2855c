"""Writes of applications: handed in, recommended, given back, accepted, refused, withdrawn."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.kernel import ids, journal, time
from marketplace.kernel.locking import locked_one
from marketplace.kernel.message import Name
from marketplace.parties.models import ApplicationLicenceRow, ApplicationRow, BusinessLicenceRow
from marketplace.parties.queries import get_application
from marketplace.parties.refusals import (
    ApplicationMovedOn,
    ApplicationNotFound,
    ApplicationWrong,
    CreditCodeTaken,
)
from marketplace.parties.rules import APPLICATION_TRANSITIONS, draft_problem, is_demo_code
from marketplace.parties.service.members import add_member
from marketplace.parties.service.register import register_party
from marketplace.parties.types import (
    Application,
    ApplicationDraft,
    ApplicationId,
    ApplicationState,
    ContractMode,
    Party,
    PartyKind,
    PersonId,
    Role,
)
from marketplace.places import queries as places

_PREFIX = "RZ"


def submit_application(session: Session, applicant_id: PersonId, draft: ApplicationDraft) -> Application:
    """Take in an application for the county to look at.

    Refuses (ApplicationWrong) what a reviewer could not accept, and (CreditCodeTaken) a code that sells here
    or has an application under way.
    """
    _check(session, draft)
    now = time.now()
    row = ApplicationRow(
        number=ids.public_number(_PREFIX, time.today()),
        applicant_id=applicant_id,
        state=ApplicationState.SUBMITTED,
        reason="",
        recommendation="",
        submitted_at=now,
        changed_at=now,
        **_values(draft),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise CreditCodeTaken from None
    _write_licences(session, row.id, draft)
    return _changed(session, row, "submitted")


def correct_application(
    session: Session, application_id: ApplicationId, applicant_id: PersonId, draft: ApplicationDraft
) -> Application:
    """Hand a returned application in again, corrected; its code stays. Refuses as ``submit_application``."""
    row = _own(session, application_id, applicant_id)
    _move(row, ApplicationState.SUBMITTED)
    if draft.credit_code != row.credit_code:
        _refuse_taken(session, draft.credit_code)
    _check(session, draft)
    kept_scan = row.scan_digest
    for name, value in _values(draft).items():
        setattr(row, name, value)
    row.scan_digest = draft.scan_digest or kept_scan
    row.recommendation = ""
    _write_licences(session, row.id, draft)
    return _changed(session, row, "resubmitted")


def withdraw_application(
    session: Session, application_id: ApplicationId, applicant_id: PersonId
) -> Application:
    """Let the applicant take an application back while nobody has decided."""
    row = _own(session, application_id, applicant_id)
    _move(row, ApplicationState.WITHDRAWN)
    return _changed(session, row, "withdrawn")


def recommend_application(session: Session, application_id: ApplicationId, opinion: str) -> Application:
    """Say the county's yes, with what it knows of the applicant."""
    row = _locked(session, application_id)
    _move(row, ApplicationState.RECOMMENDED)
    row.recommendation, row.reason = opinion, ""
    return _changed(session, row, "recommended", reason=opinion)


def return_application(session: Session, application_id: ApplicationId, reason: str) -> Application:
    """Give an application back to be corrected."""
    row = _locked(session, application_id)
    _move(row, ApplicationState.RETURNED)
    row.reason = reason
    return _changed(session, row, "returned", reason=reason)


def refuse_application(session: Session, application_id: ApplicationId, reason: str) -> Application:
    """Refuse an application for good; a new one may be made."""
    row = _locked(session, application_id)
    _move(row, ApplicationState.REFUSED)
    row.reason = reason
    return _changed(session, row, "refused", reason=reason)


def accept_application(session: Session, application_id: ApplicationId, contract_mode: ContractMode) -> Party:
    """Enter the applicant into the register, with its business licence and its first manager.

    Refuses (ApplicationMovedOn) what no county has recommended.
    """
    row = _locked(session, application_id)
    _refuse_move(row, ApplicationState.ACCEPTED)
    party = register_party(
        session,
        kind=PartyKind.COOPERATIVE,
        name=Name(row.name, "", row.name_en or row.name),
        division_code=row.county_code,
        contract_mode=contract_mode,
        licence_number=row.credit_code,
        is_demo=row.is_demo,
    )
    session.add(
        BusinessLicenceRow(
            party_id=party.id,
            credit_code=row.credit_code,
            legal_representative=row.legal_representative,
            address=row.address,
            ends_on=row.licence_ends_on,
            scan_digest=row.scan_digest,
            recorded_at=time.now(),
        )
    )
    add_member(session, PersonId(row.applicant_id), party.id, Role.COOPERATIVE_MANAGER)
    row.state, row.party_id, row.reason = ApplicationState.ACCEPTED, party.id, ""
    row.contract_mode = contract_mode
    _changed(session, row, "accepted", contract_mode=contract_mode)
    return party


def _check(session: Session, draft: ApplicationDraft) -> None:
    problem = draft_problem(draft, places.atlas(session), time.today())
    if problem is not None:
        raise ApplicationWrong(problem[1], field=problem[0])
    if session.scalar(
        select(BusinessLicenceRow.party_id).where(BusinessLicenceRow.credit_code == draft.credit_code)
    ):
        raise CreditCodeTaken


def _refuse_taken(session: Session, credit_code: str) -> None:
    taken = select(ApplicationRow.id).where(
        ApplicationRow.credit_code == credit_code,
        ApplicationRow.state.in_([one for one, further in APPLICATION_TRANSITIONS.items() if further]),
    )
    if session.scalar(taken.limit(1)) is not None:
        raise CreditCodeTaken


def _values(draft: ApplicationDraft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "name_en": draft.name_en,
        "county_code": draft.county_code,
        "credit_code": draft.credit_code,
        "legal_representative": draft.legal_representative,
        "address": draft.address,
        "licence_ends_on": draft.licence_ends_on,
        "contact_name": draft.contact_name,
        "goods": draft.goods,
        "note": draft.note,
        "contract_mode": draft.contract_mode,
        "scan_digest": draft.scan_digest,
        "is_demo": is_demo_code(draft.credit_code),
    }


def _write_licences(session: Session, application_id: int, draft: ApplicationDraft) -> None:
    session.execute(
        delete(ApplicationLicenceRow).where(ApplicationLicenceRow.application_id == application_id)
    )
    session.add_all(
        ApplicationLicenceRow(
            application_id=application_id,
            kind=one.kind,
            number=one.number,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
        )
        for one in draft.licences
    )


def _own(session: Session, application_id: ApplicationId, applicant_id: PersonId) -> ApplicationRow:
    row = _locked(session, application_id)
    if row.applicant_id != applicant_id:
        raise ApplicationNotFound
    return row


def _locked(session: Session, application_id: ApplicationId) -> ApplicationRow:
    return locked_one(session, ApplicationRow, application_id, ApplicationNotFound)


def _move(row: ApplicationRow, wanted: ApplicationState) -> None:
    _refuse_move(row, wanted)
    row.state = wanted


def _refuse_move(row: ApplicationRow, wanted: ApplicationState) -> None:
    if wanted not in APPLICATION_TRANSITIONS[ApplicationState(row.state)]:
        raise ApplicationMovedOn


def _changed(session: Session, row: ApplicationRow, action: str, **detail: Any) -> Application:
    row.changed_at = time.now()
    session.flush()
    journal.write(session, "application", row.id, action, **detail)
    return get_application(session, ApplicationId(row.id))
