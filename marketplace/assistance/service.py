"""Writes of the record: stages reached, reversals, restatements, and folding them into roll-ups."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.assistance.models import ROLLUP_KEY, EntryRow, RollupRow, TargetRow, UnfoldedRow
from marketplace.assistance.refusals import ReversalTooLarge
from marketplace.assistance.shipped_rules import RECOGNITION_VERSION
from marketplace.assistance.types import CountableLine, Reason, Stage
from marketplace.kernel import journal, time
from marketplace.orders.types import OrderLineId
from marketplace.parties.types import PersonId, Scope
from marketplace.places.types import PairingVerdict

_LOCK_SPACE = 0x4153 << 44  # one lock per order line, apart from whatever else takes advisory locks
_FOLD_LOCK = _LOCK_SPACE - 1
_COPIED = (
    "order_line_id",
    "order_id",
    "ordered_on",
    "stage",
    "county_code",
    "prefecture_code",
    "city_code",
    "pairing_state",
    "pairing_id",
    "industry_code",
    "channel",
    "mode",
    "buyer_kind",
    "buyer_id",
    "poverty_alleviated",
    "key_county",
    "certificates",
    "evidence",
    "recognition_version",
)


def recognise(
    session: Session, stage: Stage, lines: Sequence[CountableLine], *, at: datetime | None = None
) -> int:
    """Append an entry for each line that reaches a stage; returns how many were new.

    ``at`` is the instant that the order itself keeps, now where it keeps none: a month that ends in between
    must not part them. A line reaches a stage once: said again, nothing happens. A line of nothing (all
    given back) is no entry.
    """
    now = at or time.now()
    values = [
        {**_dimensions(line), "stage": stage, "reason": Reason.REACHED, **_placed(line.amount_fen, now)}
        for line in lines
        if line.amount_fen > 0
    ]
    if not values:
        return 0
    new = session.scalars(
        insert(EntryRow)
        .values(values)
        .on_conflict_do_nothing(
            index_elements=["order_line_id", "stage"], index_where=text("reason = 'reached'")
        )
        .returning(EntryRow.id)
    ).all()
    _await_folding(session, new)
    return len(new)


def reverse(
    session: Session,
    order_line_id: OrderLineId,
    amount_fen: int,
    reason: Reason = Reason.REFUNDED,
    *,
    cause: tuple[str, int] | None = None,
    at: datetime | None = None,
) -> int:
    """Take goods money back from every stage that a line has reached; returns how many entries that made.

    ``amount_fen`` is positive; ``cause`` (type and id, for example a refund's) answers each cause once. It
    falls into the month of ``at``, the instant that the cause itself keeps, or now. Refuses
    (ReversalTooLarge).
    """
    _lock_line(session, order_line_id)
    rows = session.scalars(
        select(EntryRow).where(EntryRow.order_line_id == order_line_id).order_by(EntryRow.id)
    ).all()
    values = []
    for stage in Stage:
        ours = [row for row in rows if row.stage == stage]
        if not ours or (cause and any((row.cause_type, row.cause_id) == cause for row in ours)):
            continue
        if amount_fen <= 0 or amount_fen > sum(row.amount_fen for row in ours):
            raise ReversalTooLarge
        values.append({**_reversal(ours, reason, cause), **_placed(-amount_fen, at or time.now())})
    if not values:
        return 0
    new = session.scalars(insert(EntryRow).values(values).returning(EntryRow.id)).all()
    _await_folding(session, new)
    return len(new)


def restate(session: Session, order_line_id: OrderLineId, verdict: PairingVerdict) -> int:
    """Move a line to what the pairings say now of the day it was ordered; returns how many entries that made.

    In every month and stage what the line stands by is taken back and entered again under the new verdict, so
    that each month keeps its total. Said again, nothing happens.
    """
    _lock_line(session, order_line_id)
    rows = session.scalars(
        select(EntryRow).where(EntryRow.order_line_id == order_line_id).order_by(EntryRow.id)
    ).all()
    now = time.now()
    values: list[dict[str, Any]] = []
    for (stage, month, state, pairing_id), amount_fen in _standing(rows).items():
        if amount_fen == 0 or (state, pairing_id) == (verdict.state, verdict.pairing_id):
            continue
        ours = [row for row in rows if row.stage == stage]
        old = next(row for row in ours if (row.pairing_state, row.pairing_id) == (state, pairing_id))
        moved = {
            **_copied(old),
            "reason": Reason.RESTATED,
            "reverses_id": _reached(ours).id,
            "cause_type": "pairing",
            "cause_id": verdict.pairing_id or pairing_id,
            "at": now,
            "month": month,
        }
        new = {"pairing_state": verdict.state, "pairing_id": verdict.pairing_id}
        values += [{**moved, "amount_fen": -amount_fen}, {**moved, **new, "amount_fen": amount_fen}]
    if values:
        _await_folding(session, session.scalars(insert(EntryRow).returning(EntryRow.id), values).all())
    return len(values)


def fold(session: Session, *, limit: int = 20_000) -> int:
    """Move waiting entries into the roll-ups, in one statement; returns how many. One folder at a time."""
    if not session.scalar(select(func.pg_try_advisory_xact_lock(_FOLD_LOCK))):
        return 0
    waiting = select(UnfoldedRow.entry_id).order_by(UnfoldedRow.entry_id).limit(limit)
    taken = (
        delete(UnfoldedRow)
        .where(UnfoldedRow.entry_id.in_(waiting))
        .returning(UnfoldedRow.entry_id)
        .cte("taken")
    )
    dimensions = [getattr(EntryRow, name) for name in ROLLUP_KEY]
    sums = (
        select(*dimensions, func.sum(EntryRow.amount_fen), func.count())
        .join(taken, taken.c.entry_id == EntryRow.id)
        .group_by(*dimensions)
    )
    adding = insert(RollupRow).from_select([*ROLLUP_KEY, "amount_fen", "entry_count"], sums)
    folded = (
        adding.on_conflict_do_update(
            index_elements=list(ROLLUP_KEY),
            set_={
                "amount_fen": RollupRow.amount_fen + adding.excluded.amount_fen,
                "entry_count": RollupRow.entry_count + adding.excluded.entry_count,
            },
        )
        .returning(RollupRow.id)
        .cte("folded")
    )
    return session.scalar(select(func.count()).select_from(taken).add_cte(folded)) or 0


def set_target(session: Session, scope: Scope, year: int, amount_fen: int, person_id: PersonId) -> None:
    """Note what the yearly agreement asks of a scope, in fen; a later word replaces an earlier one."""
    values = {
        "year": year,
        "division_code": scope.division_code,
        "city_code": scope.city_code,
        "gz_code": scope.gz_code,
        "amount_fen": amount_fen,
        "set_by": person_id,
        "set_at": time.now(),
    }
    row_id = session.scalar(
        insert(TargetRow)
        .values(**values)
        .on_conflict_do_update(
            index_elements=["year", "division_code", "city_code", "gz_code"],
            set_={name: values[name] for name in ("amount_fen", "set_by", "set_at")},
        )
        .returning(TargetRow.id)
    )
    assert row_id is not None
    journal.write(session, "assistance_target", row_id, "set", year=year, amount_fen=amount_fen)


def _dimensions(line: CountableLine) -> dict[str, Any]:
    return {
        "order_line_id": line.order_line_id,
        "order_id": line.order_id,
        "ordered_on": line.ordered_on,
        "county_code": line.origin_county,
        "prefecture_code": line.verdict.prefecture_code,
        "city_code": line.verdict.city_code,
        "pairing_state": line.verdict.state,
        "pairing_id": line.verdict.pairing_id,
        "industry_code": line.industry_code,
        "channel": line.channel,
        "mode": line.mode,
        "buyer_kind": line.buyer_kind,
        "buyer_id": line.buyer,
        "poverty_alleviated": line.poverty_alleviated,
        "key_county": line.key_county,
        "certificates": [proof.as_json() for proof in line.certificates],
        "evidence": line.evidence,
        "recognition_version": RECOGNITION_VERSION,
    }


def _placed(amount_fen: int, at: datetime) -> dict[str, Any]:
    return {"amount_fen": amount_fen, "at": at, "month": time.month_of(at)}


def _reversal(ours: Sequence[EntryRow], reason: Reason, cause: tuple[str, int] | None) -> dict[str, Any]:
    """Reverse what the line stands by now: the newest restatement's dimensions, else the first entry's."""
    stands = [row for row in ours if row.reason in {Reason.REACHED, Reason.RESTATED}][-1]
    return {
        **_copied(stands),
        "reason": reason,
        "reverses_id": _reached(ours).id,
        "cause_type": cause[0] if cause else None,
        "cause_id": cause[1] if cause else None,
    }


def _standing(rows: Sequence[EntryRow]) -> dict[tuple[str, date, str, int | None], int]:
    standing: dict[tuple[str, date, str, int | None], int] = defaultdict(int)
    for row in rows:
        standing[row.stage, row.month, row.pairing_state, row.pairing_id] += row.amount_fen
    return standing


def _reached(ours: Sequence[EntryRow]) -> EntryRow:
    return next(row for row in ours if row.reason == Reason.REACHED)


def _copied(row: EntryRow) -> Mapping[str, Any]:
    return {name: getattr(row, name) for name in _COPIED}


def _await_folding(session: Session, entry_ids: Sequence[int]) -> None:
    if entry_ids:
        session.execute(insert(UnfoldedRow), [{"entry_id": one} for one in entry_ids])


def _lock_line(session: Session, order_line_id: int) -> None:
    session.execute(select(func.pg_advisory_xact_lock(_LOCK_SPACE + order_line_id)))
