"""Writes of editions: opened with the criteria of the day, closed for nominations, published for good."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import EditionRow, EntryRow, LeftRow, NominationRow, PublicationRow
from marketplace.catalogue.queries.certificates import valid_certificates
from marketplace.catalogue.queries.editions import (
    every_entry,
    find_former,
    find_open_edition,
    get_edition,
    kept,
    list_editions,
)
from marketplace.catalogue.queries.goods import products_by_id
from marketplace.catalogue.queries.nominations import (
    counting_certificates,
    every_nomination,
    findings_of,
)
from marketplace.catalogue.queries.reference import reference
from marketplace.catalogue.refusals import EditionEmpty, EditionUndecided, EditionYearWrong
from marketplace.catalogue.service.nominations import lock_edition
from marketplace.catalogue.service.reference import names
from marketplace.catalogue.types import (
    Criterion,
    Edition,
    EditionId,
    EditionState,
    Entry,
    HeldCertificate,
    Left,
    Nomination,
    NominationState,
    Product,
    ProductId,
    Publication,
)
from marketplace.kernel import changes, journal, time
from marketplace.kernel.message import msg
from marketplace.parties.types import Person
from marketplace.places import queries as places
from marketplace.places.types import Side

_OPENING = text("SELECT pg_advisory_xact_lock(2022, 12)")  # one is opened at a time


def open_edition(session: Session, year: int, by: Person) -> Edition:
    """Open a year's edition for nominations; its criteria are kept as they are today.

    Refuses (EditionYearWrong) a year that is not near or not later than the newest edition's, and any year
    while another edition is in work. What a person of the demonstration opens is marked 演示.
    """
    session.execute(_OPENING)
    if find_open_edition(session) is not None:
        raise EditionYearWrong(msg("还有一年版的目录没有公布，公布后再开新的。"))
    newest = next((one.year for one in list_editions(session)), 0)
    if abs(year - time.today().year) > 1 or year <= newest:
        raise EditionYearWrong(msg("年份应为今年或明年，并晚于已有的年版。"))
    row = EditionRow(
        year=year,
        state=EditionState.NOMINATING,
        criteria=[one.as_json() for one in reference(session).criteria],
        is_demo=by.is_demo,
        opened_at=time.now(),
    )
    session.add(row)
    session.flush()
    return _changed(session, EditionId(row.id), "opened", year=year)


def close_nominations(session: Session, edition_id: EditionId) -> Edition:
    """End the counties' time: from now on the provinces review. Refuses (EditionEmpty) where none came."""
    row = lock_edition(session, edition_id, EditionState.NOMINATING)
    if not any(one.state is NominationState.NOMINATED for one in every_nomination(session, edition_id)):
        raise EditionEmpty
    _move(row, EditionState.REVIEWING)
    row.closed_at = time.now()
    return _changed(session, edition_id, "closed")


def reopen_nominations(session: Session, edition_id: EditionId) -> Edition:
    """Let the counties nominate again; what the provinces have said stands."""
    row = lock_edition(session, edition_id, EditionState.REVIEWING)
    _move(row, EditionState.NOMINATING)
    row.closed_at = None
    return _changed(session, edition_id, "reopened")


def publish_edition(session: Session, edition_id: EditionId, by: Person) -> Edition:
    """Publish what both provinces approved, numbered, with the digest of exactly these bytes, for good.

    Goods that were approved and no longer meet what can be checked are left out and said to be. Refuses
    (EditionMovedOn) outside the review, (EditionUndecided) while a nomination waits, (EditionEmpty).
    """
    row = lock_edition(session, edition_id, EditionState.REVIEWING)
    nominations = every_nomination(session, edition_id)
    waiting = sum(one.state is NominationState.NOMINATED for one in nominations)
    if waiting:
        raise EditionUndecided(waiting)
    edition = get_edition(session, edition_id)
    approved = [one for one in nominations if one.state is NominationState.APPROVED]
    products = products_by_id(session, [one.product_id for one in approved])
    unfit = _unfit(session, edition, products)
    chosen = [one for one in products.values() if one.id not in unfit]
    if not chosen:
        raise EditionEmpty
    _drop(session, approved, unfit)
    former = find_former(session, edition.year)
    before = every_entry(session, former.id) if former is not None else []
    entries = _numbered(session, edition, chosen, before)
    latest = {one.product_id: one for one in nominations}
    gone = rules.left(before, {one.product_id for one in entries}, latest, unfit)
    _move(row, EditionState.PUBLISHED)
    _write(session, edition, entries, gone, former, by)
    kept.forget(session)
    return _changed(session, edition_id, "published", entries=len(entries))


def _unfit(
    session: Session, edition: Edition, products: Mapping[ProductId, Product]
) -> Mapping[ProductId, Criterion]:
    found = findings_of(session, edition.criteria, list(products.values()))
    wrong = {product_id: rules.unmet(one) for product_id, one in found.items()}
    return {product_id: one for product_id, one in wrong.items() if one is not None}


def _drop(session: Session, approved: Iterable[Nomination], unfit: Mapping[ProductId, Criterion]) -> None:
    dropped = [one for one in approved if one.product_id in unfit]
    session.execute(
        update(NominationRow)
        .where(NominationRow.id.in_([one.id for one in dropped]))
        .values(state=NominationState.DROPPED)
        .execution_options(synchronize_session=False)
    )
    for one in dropped:
        journal.write(session, "nomination", one.id, "dropped", criterion=unfit[one.product_id].code)


def _numbered(
    session: Session, edition: Edition, chosen: Sequence[Product], before: Iterable[Entry]
) -> list[Entry]:
    atlas = places.atlas(session)
    former_no = {one.product_id: one.no for one in before}
    valid = valid_certificates(session, [one.id for one in chosen], time.now())
    return [
        Entry(
            no=no,
            product_id=one.id,
            product_number=one.number,
            name=one.name,
            county_code=one.county_code,
            prefecture_code=atlas.prefecture_of(one.county_code),
            industry_code=one.industry_code,
            certificates=counting_certificates(edition.criteria, valid[one.id]),
            former_no=former_no.get(one.id),
        )
        for no, one in enumerate(rules.in_numbered_order(chosen, atlas), start=1)
    ]


def _write(
    session: Session,
    edition: Edition,
    entries: Sequence[Entry],
    gone: Sequence[Left],
    former: Edition | None,
    by: Person,
) -> None:
    """Write entries first and the publication last: it closes them, and the database holds to that."""
    issues = session.scalar(select(func.max(PublicationRow.issue_no))) or 0
    publication = Publication(
        issue_no=issues + 1,
        published_at=time.now(),
        digest="",
        former_digest=former.publication.digest if former is not None and former.publication else None,
        entry_count=len(entries),
        left_count=len(gone),
    )
    content = rules.canonical(rules.document(edition, publication, entries, gone))
    session.execute(insert(EntryRow), [_entry(edition.id, one) for one in entries])
    if gone:
        session.execute(insert(LeftRow), [_left(edition.id, one) for one in gone])
    session.add(
        PublicationRow(
            edition_id=edition.id,
            issue_no=publication.issue_no,
            published_at=publication.published_at,
            published_by=by.id,
            digest=rules.digest(content),
            former_digest=publication.former_digest,
            content=content,
            entry_count=len(entries),
            left_count=len(gone),
        )
    )


def _entry(edition_id: EditionId, one: Entry) -> dict[str, Any]:
    return {
        "edition_id": edition_id,
        "no": one.no,
        "product_id": one.product_id,
        "product_number": one.product_number,
        **names("name", one.name),
        "county_code": one.county_code,
        "prefecture_code": one.prefecture_code,
        "industry_code": one.industry_code,
        "certificates": [_held(held) for held in one.certificates],
        "former_no": one.former_no,
    }


def _held(one: HeldCertificate) -> dict[str, str]:
    return {"scheme_code": one.scheme_code, "number": one.number}


def _left(edition_id: EditionId, one: Left) -> dict[str, Any]:
    side: Side | None = one.side
    return {
        "edition_id": edition_id,
        "former_no": one.former_no,
        "product_id": one.product_id,
        "product_number": one.product_number,
        **names("name", one.name),
        "county_code": one.county_code,
        "why": one.why,
        "side": side,
        "detail": one.detail,
    }


def _move(row: EditionRow, wanted: EditionState) -> None:
    assert wanted in rules.EDITION_TRANSITIONS[EditionState(row.state)]  # asked for when it was locked
    row.state = wanted


def _changed(session: Session, edition_id: EditionId, action: str, **detail: Any) -> Edition:
    session.flush()
    journal.write(session, "edition", edition_id, action, **detail)
    changes.record(session, "edition", [edition_id])
    return get_edition(session, edition_id)
