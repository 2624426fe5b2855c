"""Reads of the log: how long it is, heads, proofs; a proof costs two statements whatever the size."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from marketplace.kernel.paging import Page, offset
from marketplace.transparency import rules
from marketplace.transparency.models import EntryRow, HeadRow, LeafRow, NodeRow
from marketplace.transparency.refusals import BeyondLog, NotSequenced, UnknownLeaf
from marketplace.transparency.rules import Place, Span
from marketplace.transparency.types import ConsistencyProof, Head, InclusionProof, Leaf, LeafId


def size(session: Session) -> int:
    """Return how many leaves have a position."""
    last = session.scalar(select(func.max(EntryRow.position)))
    return 0 if last is None else last + 1


def leaves_by_id(session: Session, leaf_ids: Collection[LeafId]) -> Mapping[LeafId, Leaf]:
    rows = session.execute(
        select(LeafRow, EntryRow.position)
        .outerjoin(EntryRow, EntryRow.leaf_id == LeafRow.id)
        .where(LeafRow.id.in_(leaf_ids))
    )
    return {
        LeafId(row.id): Leaf(
            id=LeafId(row.id), leaf_hash=row.leaf_hash, recorded_at=row.recorded_at, position=position
        )
        for row, position in rows
    }


def root(session: Session, at_size: int) -> bytes:
    """Return the root of the first leaves. Refuses (BeyondLog)."""
    return _roots(session, [Span(0, at_size)])[0]


def prove_inclusion(session: Session, leaf_id: LeafId, at_size: int | None = None) -> InclusionProof:
    """Prove that a leaf stands in the log of a size, of today's when none is named.

    Refuses (UnknownLeaf, NotSequenced, BeyondLog).
    """
    leaf = leaves_by_id(session, [leaf_id]).get(leaf_id)
    if leaf is None:
        raise UnknownLeaf(leaf_id)
    if leaf.position is None:
        raise NotSequenced(leaf_id)
    whole = size(session) if at_size is None else at_size
    if leaf.position >= whole:
        raise BeyondLog(whole)
    spans = rules.inclusion_spans(leaf.position, whole)
    *path, found = _roots(session, [*spans, Span(0, whole)])
    return InclusionProof(
        leaf_hash=leaf.leaf_hash, position=leaf.position, size=whole, root=found, path=tuple(path)
    )


def prove_consistency(session: Session, first: int, second: int) -> ConsistencyProof:
    """Prove that the log of one size is the beginning of that of another. Refuses (BeyondLog)."""
    if not 0 < first <= second:
        raise BeyondLog(second)
    spans = rules.consistency_spans(first, second)
    *path, first_root, second_root = _roots(session, [*spans, Span(0, first), Span(0, second)])
    return ConsistencyProof(
        first=first, second=second, first_root=first_root, second_root=second_root, path=tuple(path)
    )


def find_head(session: Session, day: date) -> Head | None:
    row = session.get(HeadRow, day)
    return None if row is None else _head(row)


def latest_head(session: Session) -> Head | None:
    row = session.scalars(select(HeadRow).order_by(HeadRow.day.desc()).limit(1)).first()
    return None if row is None else _head(row)


def list_heads(session: Session, *, page: int = 1, per_page: int = 31) -> Page[Head]:
    """Return the signed heads, newest first."""
    total = session.scalar(select(func.count()).select_from(HeadRow)) or 0
    rows = session.scalars(
        select(HeadRow).order_by(HeadRow.day.desc()).limit(per_page).offset(offset(page, per_page))
    )
    return Page([_head(row) for row in rows], total, page, per_page)


def nodes(session: Session, places: Iterable[Place]) -> Mapping[Place, bytes]:
    """Return the hashes of complete subtrees in one statement."""
    wanted = sorted(set(places))
    if not wanted:
        return {}
    rows = session.execute(
        select(NodeRow.level, NodeRow.index, NodeRow.hash).where(
            tuple_(NodeRow.level, NodeRow.index).in_(wanted)
        )
    )
    return {Place(level, index): hashed for level, index, hashed in rows}


def _roots(session: Session, spans: list[Span]) -> list[bytes]:
    covers = [rules.cover(span) for span in spans]
    found = nodes(session, (place for places in covers for place in places))
    if any(place not in found for places in covers for place in places):
        raise BeyondLog(max(span.end for span in spans))
    return [rules.fold([found[place] for place in places]) for places in covers]


def _head(row: HeadRow) -> Head:
    return Head(
        day=row.day,
        size=row.size,
        root=row.root,
        signed_at=row.signed_at,
        public_key=row.public_key,
        signature=row.signature,
    )
