"""What a cooperative got back, in plain words: what it is, the reason that was given, where to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import TurnedBack, TurnedBackKind
from marketplace.kernel.message import Message, msg
from marketplace.parties import queries as parties
from marketplace.parties.types import ApplicationState, PartyId, PersonId, VerificationState
from marketplace.web.language import as_written, name_in_language, render

WORDS: Mapping[TurnedBackKind, tuple[str, Message, Message]] = {
    TurnedBackKind.GOODS: ("leaf", msg("商品资料退回修改"), msg("去修改")),
    TurnedBackKind.STORY: ("list", msg("故事退回修改"), msg("去修改")),
    TurnedBackKind.CERTIFICATE_REJECTED: ("seal", msg("证书没有通过核验"), msg("改正后再交")),
    TurnedBackKind.CERTIFICATE_SUSPENDED: ("seal", msg("证书暂停使用，商品上不再显示"), msg("去看看")),
    TurnedBackKind.CERTIFICATE_REVOKED: ("seal", msg("证书已撤销，商品上不再显示"), msg("去看看")),
    TurnedBackKind.BRAND: ("seal", msg("品牌登记没有通过"), msg("重新登记")),
    TurnedBackKind.BRAND_USE: ("seal", msg("持有人没有授权使用品牌"), msg("再申请")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One line: what came back, of what, why; ``action`` names what is behind the link."""

    mark: str
    text: str
    name: str
    reason: str
    action: str
    href: str


def lines(session: Session, party_id: PartyId, person_id: PersonId, *, is_due: bool) -> list[Returned]:
    """Say what there is to mend; while a verification is due, its refusal comes first.

    Who works here may have applied for another cooperative: that application is theirs, and named here too.
    """
    found = [*applied(session, person_id), *map(_line, catalogue.turned_back(session, party_id))]
    return [*_verification(session, party_id), *found] if is_due else found


def applied(session: Session, person_id: PersonId) -> list[Returned]:
    """Say which of somebody's applications came back to be corrected, or was refused these two months."""
    return [
        Returned(
            mark="building",
            text=render(
                msg("入驻申请退回补正") if one.state is ApplicationState.RETURNED else msg("入驻申请没有通过")
            ),
            name=as_written(one.draft.name),
            reason=as_written(one.reason),
            action=render(msg("去补正") if one.state is ApplicationState.RETURNED else msg("去看看")),
            href=url_for("account.application", number=one.number),
        )
        for one in parties.turned_back_applications(session, person_id)
    ]


def _verification(session: Session, party_id: PartyId) -> list[Returned]:
    return [
        Returned(
            mark="people",
            text=render(msg("证照复核没有通过")),
            name="",
            reason=as_written(one.reason),
            action=render(msg("再申请")),
            href=url_for("cooperative.standing"),
        )
        for one in parties.verifications_of(session, party_id, limit=1)
        if one.state is VerificationState.REFUSED
    ]


def _line(one: TurnedBack) -> Returned:
    mark, text, action = WORDS[one.kind]
    return Returned(
        mark=mark,
        text=render(text),
        name=" ".join(filter(None, (name_in_language(one.name), one.number))),
        reason=as_written(one.reason),
        action=render(action),
        href=_href(one),
    )


def _href(one: TurnedBack) -> str:
    match one.kind:
        case TurnedBackKind.GOODS:
            return url_for("cooperative.one_goods", proposal_id=one.id)
        case TurnedBackKind.STORY:
            return url_for("cooperative.story")
        case TurnedBackKind.CERTIFICATE_REJECTED:
            return url_for("cooperative.certificates", again=one.id, _anchor="new")
        case TurnedBackKind.CERTIFICATE_SUSPENDED | TurnedBackKind.CERTIFICATE_REVOKED:
            return url_for("cooperative.certificate", certificate_id=one.id)
        case TurnedBackKind.BRAND:
            return url_for("cooperative.brands", _anchor="register")
        case TurnedBackKind.BRAND_USE:
            return url_for("cooperative.brands", _anchor="ask")
