"""An application in words, alike for the applicant, the county and the operator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from marketplace.kernel import journal
from marketplace.kernel.journal import JournalEntry
from marketplace.kernel.message import Message, Name, msg
from marketplace.parties import queries as parties
from marketplace.parties import rules
from marketplace.parties.types import (
    Application,
    ApplicationState,
    ContractMode,
    Finding,
    Region,
    Registrant,
    Role,
)
from marketplace.places.atlas import Atlas
from marketplace.places.types import Division
from marketplace.web.language import render
from marketplace.web.timeline import Event
from marketplace.web.wording import Toned

APPLICATION_STATES: Mapping[ApplicationState, Toned] = {
    ApplicationState.SUBMITTED: (msg("等县里推荐"), "wait"),
    ApplicationState.RECOMMENDED: (msg("等平台审核"), "wait"),
    ApplicationState.RETURNED: (msg("请补正"), "stop"),
    ApplicationState.ACCEPTED: (msg("已入驻"), "good"),
    ApplicationState.REFUSED: (msg("未通过"), "stop"),
    ApplicationState.WITHDRAWN: (msg("已撤回"), "plain"),
}

CONTRACT_MODES: Mapping[ContractMode, tuple[Message, Message]] = {
    ContractMode.RESALE: (msg("购销"), msg("平台运营方向您采购，再卖给买家并开票")),
    ContractMode.AGENCY: (msg("代销"), msg("您卖给买家并开票，平台代为收款")),
}

REGISTRANTS: Mapping[Registrant, Message] = {
    Registrant.COOPERATIVE: msg("农民专业合作社"),
    Registrant.ENTERPRISE: msg("企业"),
    Registrant.INDIVIDUAL: msg("个体工商户"),
    Registrant.COLLECTIVE: msg("农村集体经济组织"),
    Registrant.OTHER: msg("其他组织"),
    Registrant.DEMONSTRATION: msg("演示主体"),
}

ROLES: Mapping[Role, tuple[Message, Message]] = {
    Role.COOPERATIVE_MANAGER: (msg("负责人"), msg("什么都能做，还能让人加入、申请复核")),
    Role.COOPERATIVE_MEMBER: (msg("经办人"), msg("管报价、库存、证书和结算单，也能接单发货")),
    Role.COOPERATIVE_PACKER: (msg("发货员"), msg("只接单、装箱、交接，看不到钱")),
}

# What the journal says of an application, and how its event is shown.
STEPS: Mapping[str, tuple[Message, str]] = {
    "submitted": (msg("提交申请"), "done"),
    "resubmitted": (msg("补正后再次提交"), "done"),
    "recommended": (msg("县里推荐"), "done"),
    "returned": (msg("退回补正"), "wait"),
    "accepted": (msg("同意入驻"), "done"),
    "refused": (msg("未通过"), "stop"),
    "withdrawn": (msg("申请人撤回"), "stop"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberView:
    """A number with what was checked of it; ``verdict`` says it in words."""

    name: Message
    number: str
    valid_from: date | None
    valid_to: date | None
    form: Message
    verdict: Message
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationView:
    """An application as a row and as a page."""

    application: Application
    county: Division
    numbers: tuple[NumberView, ...]
    state: Toned
    registrant: Message
    is_clear: bool


def view(application: Application, atlas: Atlas) -> ApplicationView:
    found = rules.findings(application.draft, atlas)
    return ApplicationView(
        application=application,
        county=atlas.division(application.draft.county_code),
        numbers=tuple(_number(one, application, atlas) for one in found),
        state=APPLICATION_STATES[application.state],
        registrant=REGISTRANTS[rules.registrant_of(application.draft.credit_code)],
        is_clear=all(one.region is not Region.ELSEWHERE for one in found),
    )


def _number(one: Finding, application: Application, atlas: Atlas) -> NumberView:
    shown = next((held for held in application.draft.licences if held.kind == one.licence), None)
    verdict, tone = _verdict(one, atlas)
    return NumberView(
        name=msg("统一社会信用代码") if one.licence is None else rules.LICENCE_NAMES[one.licence],
        number=one.number,
        valid_from=shown.valid_from if shown else None,
        valid_to=shown.valid_to if shown else application.draft.licence_ends_on,
        form=_form(one),
        verdict=verdict,
        tone=tone,
    )


def _form(one: Finding) -> Message:
    if one.region is Region.DEMONSTRATION:
        return msg("不核对形式")
    return msg("18位，校验位相符") if one.licence is None else msg("编号形式相符")


def _verdict(one: Finding, atlas: Atlas) -> tuple[Message, str]:
    if one.region is Region.DEMONSTRATION:
        return msg("演示编号，没有地区码"), "plain"
    known = atlas.find(rules.FORMER_CODES.get(one.region_code or "", one.region_code or ""))
    place: Name | str = known.name if known else (one.region_code or "")
    if one.region is Region.ELSEWHERE:
        return msg("地区码是%(place)s，与申请的县不同，请核对说明", place=place), "stop"
    if one.region is Region.ABOVE:
        return msg("由上级机关%(place)s登记", place=place), "good"
    return msg("地区码就是%(place)s", place=place), "good"


def steps(entries: Sequence[JournalEntry], names: Mapping[int, str] | None = None) -> list[Event]:
    """Return an application's way, the first step first; ``names`` of people are for the staff alone."""
    return [
        Event(
            title=render(STEPS[one.action][0]),
            at=one.at,
            detail=" · ".join(
                filter(None, ((names or {}).get(one.person_id or 0), str(one.detail.get("reason") or "")))
            )
            or None,
            state=STEPS[one.action][1],
        )
        for one in reversed(entries)
        if one.action in STEPS
    ]


def staff_steps(session: Session, application: Application) -> list[Event]:
    """Return an application's way with who took each step, for those who decide."""
    entries = journal.history(session, "application", application.id)
    people = parties.persons_by_id(session, {one.person_id for one in entries if one.person_id is not None})
    return steps(entries, {int(key): person.display_name for key, person in people.items()})
