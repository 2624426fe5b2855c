"""Reads of editions: the published ones whole, and the newest in memory for every page that names it."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, defer

from marketplace.catalogue.models import (
    EditionRow,
    EntryRow,
    LeftRow,
    PublicationRow,
)
from marketplace.catalogue.refusals import EditionNotFound
from marketplace.catalogue.types import (
    Criterion,
    Departure,
    Edition,
    EditionId,
    EditionState,
    Entry,
    EntryFilter,
    HeldCertificate,
    Left,
    ListedIn,
    ProductId,
    Publication,
)
from marketplace.kernel.kept import Kept
from marketplace.kernel.message import Name
from marketplace.kernel.paging import Page, offset
from marketplace.places.types import DivisionCode, Side


def list_editions(session: Session) -> list[Edition]:
    """Return every edition, the newest first; one a year, so never many."""
    return _editions(session)


def get_edition(session: Session, edition_id: EditionId) -> Edition:
    found = _editions(session, EditionRow.id == edition_id)
    if not found:
        raise EditionNotFound
    return found[0]


def find_open_edition(session: Session) -> Edition | None:
    """Return the edition that is not published yet; there is one at most."""
    found = _editions(session, EditionRow.state != EditionState.PUBLISHED)
    return found[0] if found else None


def get_published(session: Session, year: int) -> Edition:
    """Return a published edition by its year; refuses (EditionNotFound) what nobody has published."""
    found = _editions(session, EditionRow.year == year, EditionRow.state == EditionState.PUBLISHED)
    if not found:
        raise EditionNotFound
    return found[0]


def find_former(session: Session, year: int) -> Edition | None:
    """Return the published edition before a year."""
    found = _editions(session, EditionRow.year < year, EditionRow.state == EditionState.PUBLISHED)
    return found[0] if found else None


def published_content(session: Session, edition_id: EditionId) -> bytes:
    """Return the bytes whose SHA-256 is the edition's digest."""
    found = session.scalar(select(PublicationRow.content).where(PublicationRow.edition_id == edition_id))
    if found is None:
        raise EditionNotFound
    return found


def list_entries(
    session: Session, edition_id: EditionId, wanted: EntryFilter, page: int = 1, per_page: int = 50
) -> Page[Entry]:
    """Return one page of an edition's entries by number with the exact total, in two statements."""
    conditions = [EntryRow.edition_id == edition_id, *_conditions(wanted)]
    total = session.scalar(select(func.count()).select_from(EntryRow).where(*conditions)) or 0
    rows = session.scalars(
        select(EntryRow)
        .where(*conditions)
        .order_by(EntryRow.no)
        .limit(per_page)
        .offset(offset(page, per_page))
    )
    return Page([_entry(row) for row in rows], total, page, per_page)


def every_entry(session: Session, edition_id: EditionId) -> list[Entry]:
    """Return all entries of an edition by number: for files and comparison, not for a page."""
    rows = session.scalars(select(EntryRow).where(EntryRow.edition_id == edition_id).order_by(EntryRow.no))
    return [_entry(row) for row in rows]


def list_left(session: Session, edition_id: EditionId) -> list[Left]:
    """Return what the edition before had and this one has not, by the former number."""
    rows = session.scalars(
        select(LeftRow).where(LeftRow.edition_id == edition_id).order_by(LeftRow.former_no)
    )
    return [_left(row) for row in rows]


def entry_counts(session: Session, edition_id: EditionId) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Count an edition's entries by prefecture and by industry, in one statement."""
    by_prefecture: Counter[str] = Counter()
    by_industry: Counter[str] = Counter()
    rows = session.execute(
        select(EntryRow.prefecture_code, EntryRow.industry_code, func.count())
        .where(EntryRow.edition_id == edition_id)
        .group_by(EntryRow.prefecture_code, EntryRow.industry_code)
    )
    for prefecture, industry, count in rows:
        by_prefecture[prefecture] += count
        if industry is not None:
            by_industry[industry] += count
    return by_prefecture, by_industry


def listed_in(session: Session) -> ListedIn | None:
    """Return the newest published edition with each product's number, at most half a minute old."""
    return kept.get(session)


def _editions(session: Session, *conditions: ColumnElement[bool]) -> list[Edition]:
    rows = session.execute(
        select(EditionRow, PublicationRow)
        .outerjoin(PublicationRow, PublicationRow.edition_id == EditionRow.id)
        .where(*conditions)
        .order_by(EditionRow.year.desc())
        .options(defer(PublicationRow.content))
        .execution_options(populate_existing=True)
    )
    return [_edition(*row) for row in rows]


def _edition(row: EditionRow, published: PublicationRow | None) -> Edition:
    return Edition(
        id=EditionId(row.id),
        year=row.year,
        state=EditionState(row.state),
        criteria=tuple(Criterion.from_json(no, one) for no, one in enumerate(row.criteria, start=1)),
        is_demo=row.is_demo,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        publication=None if published is None else _publication(published),
    )


def _publication(row: PublicationRow) -> Publication:
    return Publication(
        issue_no=row.issue_no,
        published_at=row.published_at,
        digest=row.digest,
        former_digest=row.former_digest,
        entry_count=row.entry_count,
        left_count=row.left_count,
    )


def _conditions(wanted: EntryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.prefecture_code is not None:
        conditions.append(EntryRow.prefecture_code == wanted.prefecture_code)
    if wanted.industry_code is not None:
        conditions.append(EntryRow.industry_code == wanted.industry_code)
    if wanted.county_codes is not None:
        conditions.append(EntryRow.county_code.in_(wanted.county_codes))
    if wanted.only_new:
        conditions.append(EntryRow.former_no.is_(None))
    return conditions


def _entry(row: EntryRow) -> Entry:
    return Entry(
        no=row.no,
        product_id=ProductId(row.product_id),
        product_number=row.product_number,
        name=Name(row.name_zh, row.name_zh_hant, row.name_en),
        county_code=DivisionCode(row.county_code),
        prefecture_code=DivisionCode(row.prefecture_code),
        industry_code=row.industry_code,
        certificates=tuple(HeldCertificate(**one) for one in row.certificates),
        former_no=row.former_no,
    )


def _left(row: LeftRow) -> Left:
    return Left(
        former_no=row.former_no,
        product_id=ProductId(row.product_id),
        product_number=row.product_number,
        name=Name(row.name_zh, row.name_zh_hant, row.name_en),
        county_code=DivisionCode(row.county_code),
        why=Departure(row.why),
        side=None if row.side is None else Side(row.side),
        detail=row.detail,
    )


def _read_listed(session: Session) -> ListedIn | None:
    newest = session.execute(
        select(EditionRow.id, EditionRow.year, EditionRow.is_demo)
        .join(PublicationRow, PublicationRow.edition_id == EditionRow.id)
        .order_by(EditionRow.year.desc())
        .limit(1)
    ).first()
    if newest is None:
        return None
    rows = session.execute(
        select(EntryRow.product_id, EntryRow.no).where(EntryRow.edition_id == newest.id)
    ).all()
    numbers = {ProductId(product_id): no for product_id, no in rows}
    return ListedIn(newest.year, newest.is_demo, MappingProxyType(numbers))


# Entries come with their publication and never change after it: it alone tells whether something is new.
kept = Kept("catalogue.listed_in", _read_listed, (PublicationRow,))
