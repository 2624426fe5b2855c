"""A cooperative comes in: it applies, its county recommends, the operator accepts; each is told of the next.

On acceptance the food licences it showed become its certificates, verified by who accepted it.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue_queries
from marketplace.catalogue import service as catalogue
from marketplace.catalogue.rules import term_problem
from marketplace.catalogue.types import CertificateDraft, Check, CheckedAgainst
from marketplace.kernel import idempotency
from marketplace.kernel.message import Message, msg
from marketplace.notices import service as notices
from marketplace.notices.types import NoticeKind
from marketplace.parties import queries as parties
from marketplace.parties import rules, service
from marketplace.parties.refusals import ApplicationMovedOn, ApplicationNotFound, ApplicationWrong
from marketplace.parties.types import (
    Application,
    ApplicationDraft,
    ApplicationId,
    ApplicationState,
    ContractMode,
    Party,
    PartyId,
    PartyKind,
    PersonId,
    Scope,
)
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode


def apply(session: Session, applicant_id: PersonId, draft: ApplicationDraft, key: str) -> Application:
    """Hand an application in, once per key, and tell the officials of its county.

    Refuses (ApplicationWrong, CreditCodeTaken).
    """

    def effect() -> dict[str, int]:
        _check_terms(session, draft)
        made = service.submit_application(session, applicant_id, draft)
        _tell_county(session, made)
        return {"application_id": made.id}

    asked = {"credit_code": draft.credit_code, "county": draft.county_code}
    answer = idempotency.once(session, f"apply:{applicant_id}", key, asked, effect)
    return parties.get_application(session, ApplicationId(answer["application_id"]))


def correct(
    session: Session, application_id: ApplicationId, applicant_id: PersonId, draft: ApplicationDraft
) -> Application:
    """Hand a returned application in again; refuses (ApplicationNotFound) another's, and as ``apply``."""
    _check_terms(session, draft)
    made = service.correct_application(session, application_id, applicant_id, draft)
    _tell_county(session, made)
    return made


def recommend(session: Session, application_id: ApplicationId, scope: Scope, opinion: str) -> Application:
    """Say the county's yes. Refuses (ApplicationNotFound) outside the official's scope."""
    _ask_county(session, application_id, scope)
    made = service.recommend_application(session, application_id, opinion)
    message = msg("%(name)s申请入驻，县里已推荐，请审核。", name=made.draft.name)
    _tell(
        session, _operators(session), message, f"/operator/applications/{made.number}", NoticeKind.OPERATION
    )
    _tell_applicant(session, made, msg("您的入驻申请县里已推荐，平台正在审核。"))
    return made


def return_by_county(
    session: Session, application_id: ApplicationId, scope: Scope, reason: str
) -> Application:
    """Give an application back to be corrected; refuses as ``recommend``."""
    _ask_county(session, application_id, scope)
    return give_back(session, application_id, reason)


def refuse_by_county(
    session: Session, application_id: ApplicationId, scope: Scope, reason: str
) -> Application:
    """Do not recommend an applicant, for good; refuses as ``recommend``."""
    _ask_county(session, application_id, scope)
    return refuse(session, application_id, reason)


def give_back(session: Session, application_id: ApplicationId, reason: str) -> Application:
    made = service.return_application(session, application_id, reason)
    _tell_applicant(session, made, msg("您的入驻申请要补正：%(reason)s", reason=reason))
    return made


def refuse(session: Session, application_id: ApplicationId, reason: str) -> Application:
    made = service.refuse_application(session, application_id, reason)
    _tell_applicant(session, made, msg("您的入驻申请没有通过：%(reason)s", reason=reason))
    return made


def accept(session: Session, application_id: ApplicationId, contract_mode: ContractMode) -> Party:
    """Accept an applicant; it may sell from now on. Refuses (ApplicationMovedOn) before a recommendation."""
    made = parties.get_application(session, application_id)
    party = service.accept_application(session, application_id, contract_mode)
    for licence in made.draft.licences:
        certificate = catalogue.submit_certificate(
            session,
            CertificateDraft(
                scheme_code=licence.kind,
                number=licence.number,
                holder_id=party.id,
                valid_from=licence.valid_from,
                valid_to=licence.valid_to,
                product_ids=frozenset(),
            ),
        )
        catalogue.verify_certificate(session, certificate.id, Check(against=CheckedAgainst.ORIGINAL))
    _tell(
        session,
        [made.applicant_id],
        msg("%(name)s已入驻，您是负责人，现在可以报价了。", name=party.name),
        "/cooperative",
        NoticeKind.ACCOUNT,
    )
    return party


def _check_terms(session: Session, draft: ApplicationDraft) -> None:
    """Refuse (ApplicationWrong) a licence that could not become a certificate when it is accepted."""
    schemes = catalogue_queries.reference(session).schemes
    for licence in draft.licences:
        if licence.kind in schemes:
            problem = term_problem(schemes[licence.kind], licence.valid_from, licence.valid_to)
            if problem is not None:
                raise ApplicationWrong(problem, field=f"{licence.kind}_to")


def _ask_county(session: Session, application_id: ApplicationId, scope: Scope) -> None:
    """Let a county decide only on its own, and only before it has decided."""
    found = parties.get_application(session, application_id)
    if not rules.recommends(scope, found.draft.county_code, places.atlas(session)):
        raise ApplicationNotFound
    if found.state is not ApplicationState.SUBMITTED:
        raise ApplicationMovedOn


def _tell_county(session: Session, made: Application) -> None:
    message = msg("%(name)s申请入驻，等县里推荐。", name=made.draft.name)
    people = _officials(session, made.draft.county_code)
    _tell(session, people, message, f"/oversight/applications/{made.number}", NoticeKind.OPERATION)


def _officials(session: Session, county_code: DivisionCode) -> list[PersonId]:
    """Return the officials nearest to a county: its own, else its prefecture's, else the province's."""
    atlas = places.atlas(session)
    officials = [(person.id, one.scope) for person, one in parties.list_officials(session)]
    for code in atlas.lineage(county_code):
        found = {person for person, scope in officials if scope is not None and scope.division_code == code}
        if found:
            return sorted(found)
    return []


def _operators(session: Session) -> list[PersonId]:
    return [
        person.id
        for operator in parties.list_parties(session, PartyKind.OPERATOR).items
        for person, _membership in parties.members_of(session, PartyId(operator.id))
    ]


def _tell_applicant(session: Session, made: Application, message: Message) -> None:
    _tell(session, [made.applicant_id], message, f"/join/{made.number}", NoticeKind.ACCOUNT)


def _tell(
    session: Session, people: Iterable[PersonId], message: Message, link: str, kind: NoticeKind
) -> None:
    for person_id in sorted(set(people)):
        notices.send(session, kind=kind, to_person_id=person_id, message=message, link=link)
