"""Writes of the money ledger: entries that balance, posted once per cause, and kept balances."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.kernel import time
from marketplace.orders import queries as orders
from marketplace.orders.types import Fulfilment, Order
from marketplace.payment import queries as payments
from marketplace.payment.types import Capture, Refund, RefundState
from marketplace.settlement import queries, rules
from marketplace.settlement.models import BalanceRow, LedgerEntryRow, PostingRow, UnfoldedRow
from marketplace.settlement.refusals import NothingReceived, Unbalanced
from marketplace.settlement.types import EntryId, Particulars, Posting, Source

_FOLD_LOCK = 0x5345 << 44


def post(session: Session, source: Source, postings: Sequence[Posting]) -> EntryId | None:
    """Append an entry, once per source and purpose; None where it is posted already.

    Refuses (Unbalanced) postings that do not add up to nothing; a deferred trigger holds the same.
    """
    if not rules.is_balanced(postings):
        raise Unbalanced
    now = time.now()
    month = time.month_of(now)
    entry_id = session.scalar(
        insert(LedgerEntryRow)
        .values(source_type=source.type, source_id=source.id, purpose=source.purpose, at=now, month=month)
        .on_conflict_do_nothing(index_elements=["source_type", "source_id", "purpose"])
        .returning(LedgerEntryRow.id)
    )
    if entry_id is None:
        return None
    rows = [{"entry_id": entry_id, "month": month, **_columns(one)} for one in postings if one.amount_fen]
    posting_ids = session.scalars(insert(PostingRow).returning(PostingRow.id), rows).all()
    session.execute(insert(UnfoldedRow), [{"posting_id": one} for one in posting_ids])
    return EntryId(entry_id)


def post_payment(session: Session, order: Order) -> EntryId | None:
    """The buyer has paid the order. Refuses (NothingReceived) where no money is on record."""
    capture = payments.find_applied_capture(session, order.id)
    if capture is None:
        raise NothingReceived(order.number)
    return post(
        session, Source(type="order", id=order.id, purpose="paid"), rules.payment_postings(order, capture)
    )


def post_unclear(session: Session, capture: Capture) -> EntryId | None:
    """Money arrived that no order takes (late, double, not what was asked): it is owed back."""
    source = Source(type="capture", id=capture.id, purpose="unclear")
    return post(session, source, rules.unclear_postings(capture))


def post_completion(session: Session, part: Fulfilment) -> EntryId | None:
    """The buyer has the part: its cooperative and the freight have earned what was not given back."""
    postings = rules.completion_postings(part)
    if not postings:
        return None
    return post(session, Source(type="fulfilment", id=part.id, purpose="completed"), postings)


def post_refund(session: Session, refund: Refund) -> EntryId | None:
    """Goods and freight were promised back; call it after orders counts them as given back."""
    order = orders.get_order(session, refund.order_id)
    part_ids = [part.id for part in order.fulfilments]
    completed = queries.completed_parts(session, part_ids)
    earned = queries.freight_earned(session, completed)
    source = Source(type="refund", id=refund.id, purpose="promised")
    return post(session, source, rules.refund_postings(order, refund, completed, earned))


def post_refund_outcome(session: Session, refund: Refund) -> EntryId | None:
    """Bring the books to what the processor says of a refund: paid back, or bounced after it was.

    A refund may bounce and be sent again; each turn is an entry of its own.
    """
    turns = queries.refund_turns(session, refund.id)
    is_paid = turns % 2 == 1
    if (refund.state is RefundState.SUCCEEDED) == is_paid:
        return None
    postings = rules.paid_back_postings(refund)
    source = Source(type="refund", id=refund.id, purpose=f"turn_{turns + 1}")
    return post(session, source, rules.turned_around(postings) if is_paid else postings)


def fold(session: Session, *, limit: int = 20_000) -> int:
    """Move waiting postings into the kept balances, in one statement; returns how many."""
    if not session.scalar(select(func.pg_try_advisory_xact_lock(_FOLD_LOCK))):
        return 0
    waiting = select(UnfoldedRow.posting_id).order_by(UnfoldedRow.posting_id).limit(limit)
    taken = (
        delete(UnfoldedRow)
        .where(UnfoldedRow.posting_id.in_(waiting))
        .returning(UnfoldedRow.posting_id)
        .cte("taken")
    )
    sums = (
        select(PostingRow.account, func.sum(PostingRow.amount_fen), func.count())
        .join(taken, taken.c.posting_id == PostingRow.id)
        .group_by(PostingRow.account)
        .order_by(PostingRow.account)
    )
    adding = insert(BalanceRow).from_select(["account", "amount_fen", "posting_count"], sums)
    folded = (
        adding.on_conflict_do_update(
            index_elements=["account"],
            set_={
                "amount_fen": BalanceRow.amount_fen + adding.excluded.amount_fen,
                "posting_count": BalanceRow.posting_count + adding.excluded.posting_count,
            },
        )
        .returning(BalanceRow.account)
        .cte("folded")
    )
    return session.scalar(select(func.count()).select_from(taken).add_cte(folded)) or 0


def _columns(posting: Posting) -> Mapping[str, Any]:
    return {
        "account": posting.account,
        "amount_fen": posting.amount_fen,
        "party_id": posting.party_id,
        "order_id": posting.order_id,
        "fulfilment_id": posting.fulfilment_id,
        "order_line_id": posting.order_line_id,
        "particulars": _as_json(posting.particulars) if posting.particulars else None,
    }


def _as_json(particulars: Particulars) -> dict[str, Any]:
    return {
        "order_number": particulars.order_number,
        "product_name": list(particulars.product_name),
        "pack": list(particulars.pack),
        "quantity": particulars.quantity,
        "unit_price_fen": particulars.unit_price_fen,
    }
