"""Reads of what a cooperative got back: goods, story, certificates, brands, each with the reason given."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, String, cast, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from marketplace.catalogue.models import (
    BrandRow,
    BrandUseRow,
    CertificateRow,
    ProposalRow,
    SchemeRow,
    StoryRow,
)
from marketplace.catalogue.types import (
    BrandState,
    CertificateState,
    ProposalState,
    StoryState,
    TurnedBack,
    TurnedBackKind,
    UseState,
)
from marketplace.kernel import time
from marketplace.kernel.message import Name
from marketplace.parties.types import PartyId

_CERTIFICATE_KINDS = {
    CertificateState.REJECTED: TurnedBackKind.CERTIFICATE_REJECTED,
    CertificateState.SUSPENDED: TurnedBackKind.CERTIFICATE_SUSPENDED,
    CertificateState.REVOKED: TurnedBackKind.CERTIFICATE_REVOKED,
}

_REMEMBERED = timedelta(days=60)

Found = Select[tuple[str, int, str, str, str, str, str]]
Names = tuple[ColumnElement[str], ColumnElement[str], ColumnElement[str]]


def turned_back(session: Session, party_id: PartyId, limit: int = 20) -> list[TurnedBack]:
    """Return what a cooperative has to mend, kind by kind and the newest first, in one statement.

    What was handed in anew is not named any more (a certificate of the same scheme, a brand of the same
    kind, a use of the same brand), nor what ended for good two months ago.
    """
    every = union_all(
        _goods(party_id),
        _story(party_id),
        *(_certificates(party_id, state, kind) for state, kind in _CERTIFICATE_KINDS.items()),
        _brands(party_id),
        _uses(party_id),
    ).subquery()
    rows = session.execute(select(every).order_by(every.c.kind, every.c.id.desc()).limit(limit))
    return [
        TurnedBack(
            kind=TurnedBackKind(row.kind),
            id=row.id,
            name=Name(row.hans, row.hant, row.en),
            number=row.number,
            reason=row.reason,
        )
        for row in rows
    ]


def _goods(party_id: PartyId) -> Found:
    said = ProposalRow.content
    names: Names = (said["name"].astext, literal(""), said["name_en"].astext)
    return _line(TurnedBackKind.GOODS, ProposalRow.id, names, ProposalRow.note).where(
        ProposalRow.cooperative_id == party_id, ProposalRow.state == ProposalState.RETURNED
    )


def _story(party_id: PartyId) -> Found:
    said = StoryRow.draft
    names: Names = (said["title"].astext, literal(""), said["title_en"].astext)
    return _line(TurnedBackKind.STORY, StoryRow.id, names, StoryRow.note).where(
        StoryRow.party_id == party_id, StoryRow.state == StoryState.RETURNED
    )


def _certificates(party_id: PartyId, state: CertificateState, kind: TurnedBackKind) -> Found:
    one, later = CertificateRow, aliased(CertificateRow)
    names = (
        SchemeRow.short_name_zh.expression,
        SchemeRow.short_name_zh_hant.expression,
        SchemeRow.short_name_en.expression,
    )
    is_news = or_(
        one.state == CertificateState.SUSPENDED, func.coalesce(one.revoked_at, one.submitted_at) >= _since()
    )
    followed = exists().where(
        later.holder_id == party_id, later.scheme_code == one.scheme_code, later.id > one.id
    )
    return (
        _line(kind, one.id, names, one.reason, one.number)
        .join(SchemeRow, SchemeRow.code == one.scheme_code)
        .where(one.holder_id == party_id, one.state == state, is_news, ~followed)
    )


def _brands(party_id: PartyId) -> Found:
    one, later = BrandRow, aliased(BrandRow)
    followed = exists().where(later.holder_id == party_id, later.kind == one.kind, later.id > one.id)
    return _line(TurnedBackKind.BRAND, one.id, _names_of_brand(), one.reason).where(
        one.holder_id == party_id,
        one.state == BrandState.REFUSED,
        one.submitted_at >= _since(),
        ~followed,
    )


def _uses(party_id: PartyId) -> Found:
    one, later = BrandUseRow, aliased(BrandUseRow)
    followed = exists().where(later.user_id == party_id, later.brand_id == one.brand_id, later.id > one.id)
    return (
        _line(TurnedBackKind.BRAND_USE, one.id, _names_of_brand(), one.reason)
        .join(BrandRow, BrandRow.id == one.brand_id)
        .where(
            one.user_id == party_id,
            one.state.in_((UseState.REFUSED, UseState.WITHDRAWN)),
            one.decided_at >= _since(),
            ~followed,
        )
    )


def _since() -> datetime:
    return time.now() - _REMEMBERED


def _names_of_brand() -> Names:
    return BrandRow.name_zh.expression, BrandRow.name_zh_hant.expression, BrandRow.name_en.expression


def _line(
    kind: TurnedBackKind,
    ident: ColumnElement[int] | InstrumentedAttribute[int],
    names: Names,
    reason: InstrumentedAttribute[str],
    number: InstrumentedAttribute[str] | None = None,
) -> Found:
    """Select one kind with the columns that all kinds share."""
    hans, hant, en = (cast(one, String) for one in names)
    return select(
        literal(kind.value).label("kind"),
        ident.label("id"),
        hans.label("hans"),
        hant.label("hant"),
        en.label("en"),
        cast(literal("") if number is None else number, String).label("number"),
        cast(reason, String).label("reason"),
    )
