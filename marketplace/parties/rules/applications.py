"""An application's way: who may move it where, and what an application must say to be taken in."""

from collections.abc import Mapping
from datetime import date

from marketplace.kernel.message import Message, msg
from marketplace.parties.rules.access import reach
from marketplace.parties.rules.licences import (
    credit_code_problem,
    is_county,
    is_demo_code,
    licence_problem,
    region_of_credit_code,
    region_of_licence,
    region_stands,
)
from marketplace.parties.types import (
    ApplicationDraft,
    ApplicationState,
    Finding,
    Region,
    Role,
    Scope,
)
from marketplace.places.atlas import Atlas
from marketplace.places.types import DivisionCode, Side

APPLICATION_TRANSITIONS: Mapping[ApplicationState, frozenset[ApplicationState]] = {
    ApplicationState.SUBMITTED: frozenset(
        {
            ApplicationState.RECOMMENDED,
            ApplicationState.RETURNED,
            ApplicationState.REFUSED,
            ApplicationState.WITHDRAWN,
        }
    ),
    ApplicationState.RECOMMENDED: frozenset(
        {
            ApplicationState.ACCEPTED,
            ApplicationState.RETURNED,
            ApplicationState.REFUSED,
            ApplicationState.WITHDRAWN,
        }
    ),
    ApplicationState.RETURNED: frozenset({ApplicationState.SUBMITTED, ApplicationState.WITHDRAWN}),
    ApplicationState.ACCEPTED: frozenset(),
    ApplicationState.REFUSED: frozenset(),
    ApplicationState.WITHDRAWN: frozenset(),
}

OPEN_STATES = frozenset(state for state, further in APPLICATION_TRANSITIONS.items() if further)

COOPERATIVE_ROLES = (Role.COOPERATIVE_MANAGER, Role.COOPERATIVE_MEMBER, Role.COOPERATIVE_PACKER)


def draft_problem(draft: ApplicationDraft, atlas: Atlas, today: date) -> tuple[str, Message] | None:
    """Say what is wrong with an application, with the field; None where it can be taken in.

    A registration or licence of another county is no fault, but a reviewer must be told why.
    """
    if not is_county(draft.county_code, atlas):
        return "county", msg("请选择贵州的县（市、区）。")
    problem = credit_code_problem(draft.credit_code)
    if problem is not None:
        return "credit_code", problem
    if draft.licence_ends_on is not None and draft.licence_ends_on < today:
        return "licence_ends_on", msg("营业执照已经过期，请先换照。")
    return _licences_problem(draft, today) or _region_problem(draft, atlas)


def findings(draft: ApplicationDraft, atlas: Atlas) -> tuple[Finding, ...]:
    """Check where each number of an application was given, for those who decide."""
    credit = region_of_credit_code(draft.credit_code)
    found = [
        Finding(
            licence=None,
            number=draft.credit_code,
            region=region_stands(credit, draft.county_code, atlas),
            region_code=credit,
        )
    ]
    for one in draft.licences:
        code = region_of_licence(one.kind, one.number)
        found.append(
            Finding(
                licence=one.kind,
                number=one.number,
                region=region_stands(code, draft.county_code, atlas),
                region_code=code,
            )
        )
    return tuple(found)


def recommending_counties(scope: Scope, atlas: Atlas) -> frozenset[DivisionCode] | None:
    """Return the counties for which an official recommends: those of a Guizhou division; None is all of them.

    An official of a pairing or of Guangdong recommends nobody.
    """
    if scope.division_code is None or atlas.division(scope.division_code).side is not Side.GUIZHOU:
        return frozenset()
    return reach(scope, atlas).origin_counties


def recommends(scope: Scope, county_code: DivisionCode, atlas: Atlas) -> bool:
    counties = recommending_counties(scope, atlas)
    return counties is None or county_code in counties


def _licences_problem(draft: ApplicationDraft, today: date) -> tuple[str, Message] | None:
    for licence in draft.licences:
        problem = licence_problem(licence, today)
        if problem is not None:
            return licence.kind, problem
        if is_demo_code(licence.number) is not is_demo_code(draft.credit_code):
            return licence.kind, msg("演示编号只能和演示编号一起填写。")
    return None


def _region_problem(draft: ApplicationDraft, atlas: Atlas) -> tuple[str, Message] | None:
    elsewhere = next((one for one in findings(draft, atlas) if one.region is Region.ELSEWHERE), None)
    if elsewhere is None or draft.note:
        return None
    place = atlas.find(elsewhere.region_code or "")
    return "note", msg(
        "%(number)s里的地区码是%(place)s，与申请的县不同。确实如此，请写明原因。",
        number=elsewhere.number,
        place=place.name if place else elsewhere.region_code,
    )
