"""Writes of the log: record leaves with the facts they stand for, give positions, sign the daily head."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from marketplace.kernel import journal, time
from marketplace.transparency import queries, rules
from marketplace.transparency.models import EntryRow, HeadRow, LeafRow, NodeRow, PendingRow
from marketplace.transparency.refusals import LogRewritten
from marketplace.transparency.rules import Span
from marketplace.transparency.types import Head, LeafId, Signer

_SEQUENCER = text("SELECT pg_advisory_xact_lock(6962, 0)")
_CHUNK = 2000


def append_leaf(session: Session, leaf_hash: bytes) -> LeafId:
    """Record one leaf hash in the transaction of the fact it stands for."""
    return append_leaves(session, [leaf_hash])[0]


def append_leaves(session: Session, leaf_hashes: Sequence[bytes]) -> list[LeafId]:
    """Record leaf hashes, in two statements however many; positions follow from the sequencer."""
    if not leaf_hashes:
        return []
    now = time.now()
    ids = session.scalars(
        insert(LeafRow).returning(LeafRow.id, sort_by_parameter_order=True),
        [{"leaf_hash": one, "recorded_at": now} for one in leaf_hashes],
    ).all()
    session.execute(insert(PendingRow), [{"leaf_id": one} for one in ids])
    return [LeafId(one) for one in ids]


def sequence(session: Session, *, limit: int = 10_000) -> int:
    """Give waiting leaves their positions, one sequencer at a time; returns how many.

    A leaf of a transaction that commits late simply comes later: the order in the log is the order in which
    the sequencer sees them, and no position is ever left out.
    """
    session.execute(_SEQUENCER)
    waiting = session.execute(
        select(LeafRow.id, LeafRow.leaf_hash)
        .join(PendingRow, PendingRow.leaf_id == LeafRow.id)
        .order_by(LeafRow.id)
        .limit(limit)
    ).all()
    if not waiting:
        return 0
    start = queries.size(session)
    places = rules.cover(Span(0, start))
    found = queries.nodes(session, places)
    made = rules.grow([found[place] for place in places], start, [row.leaf_hash for row in waiting])
    positions = [{"position": start + place, "leaf_id": row.id} for place, row in enumerate(waiting)]
    for chunk in range(0, len(positions), _CHUNK):
        session.execute(insert(EntryRow), positions[chunk : chunk + _CHUNK])
    hashes = [{"level": place.level, "index": place.nth, "hash": hashed} for place, hashed in made]
    for chunk in range(0, len(hashes), _CHUNK):
        session.execute(insert(NodeRow), hashes[chunk : chunk + _CHUNK])
    session.execute(delete(PendingRow).where(PendingRow.leaf_id.in_([row.id for row in waiting])))
    return len(waiting)


def sign_head(session: Session, day: date, signer: Signer) -> Head:
    """Sign the log as it stands as the head of a business day; a day's second head is the first one.

    Refuses (LogRewritten) when the log no longer begins with what was signed before.
    """
    session.execute(_SEQUENCER)
    signed = queries.find_head(session, day)
    if signed is not None:
        return signed
    former = queries.latest_head(session)
    if former is not None and queries.root(session, former.size) != former.root:
        raise LogRewritten(former.day)
    size = queries.size(session)
    root = queries.root(session, size)
    head = Head(
        day=day,
        size=size,
        root=root,
        signed_at=time.now(),
        public_key=signer.public_key,
        signature=signer.sign(rules.head_bytes(day, size, root)),
    )
    session.add(
        HeadRow(
            day=head.day,
            size=head.size,
            root=head.root,
            signed_at=head.signed_at,
            public_key=head.public_key,
            signature=head.signature,
        )
    )
    journal.write(session, "transparency_head", size, "signed", day=day.isoformat(), root=root.hex())
    session.flush()
    return head
