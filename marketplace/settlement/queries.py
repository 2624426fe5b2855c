"""Reads of the money ledger; a balance is kept plus waiting postings, in one statement, so it is exact."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from marketplace.kernel.message import Name
from marketplace.orders.types import FulfilmentId, OrderId, OrderLineId
from marketplace.parties.types import PartyId
from marketplace.payment.types import RefundId
from marketplace.settlement.models import BalanceRow, LedgerEntryRow, PostingRow, UnfoldedRow
from marketplace.settlement.types import (
    FREIGHT_REVENUE,
    Account,
    EntryId,
    LedgerEntry,
    Particulars,
    Posting,
    Source,
    StatementDraft,
    StatementLine,
    cooperative_payable,
)

PROMISED = "promised"


def balance(session: Session, account: Account) -> int:
    """Return what an account stands at now, in fen; positive is debit."""
    return balances(session, [account]).get(account, 0)


def balances(session: Session, accounts: Collection[Account] | None = None) -> Mapping[Account, int]:
    """Return many accounts, or all that were ever used, in one snapshot."""
    kept = select(BalanceRow.account, BalanceRow.amount_fen)
    waiting = select(PostingRow.account, PostingRow.amount_fen).join(
        UnfoldedRow, UnfoldedRow.posting_id == PostingRow.id
    )
    if accounts is not None:
        kept = kept.where(BalanceRow.account.in_(accounts))
        waiting = waiting.where(PostingRow.account.in_(accounts))
    both = union_all(kept, waiting).subquery()
    rows = session.execute(
        select(both.c.account, func.sum(both.c.amount_fen)).group_by(both.c.account).order_by(both.c.account)
    )
    return {Account(account): int(amount) for account, amount in rows}


def entries_of_order(session: Session, order_id: OrderId) -> list[LedgerEntry]:
    """Return what an order moved in the books, oldest first."""
    rows = session.execute(
        select(LedgerEntryRow, PostingRow)
        .join(PostingRow, PostingRow.entry_id == LedgerEntryRow.id)
        .where(PostingRow.order_id == order_id)
        .order_by(LedgerEntryRow.id, PostingRow.id)
    ).all()
    postings: dict[int, list[Posting]] = {}
    entries: dict[int, LedgerEntryRow] = {}
    for entry, posting in rows:
        entries[entry.id] = entry
        postings.setdefault(entry.id, []).append(_posting(posting))
    return [
        LedgerEntry(
            id=EntryId(entry.id),
            source=Source(type=entry.source_type, id=entry.source_id, purpose=entry.purpose),
            at=entry.at,
            postings=tuple(postings[entry.id]),
        )
        for entry in entries.values()
    ]


def statement(session: Session, party_id: PartyId, month: date) -> StatementDraft:
    """Draft the 结算单 of a cooperative for a month: what it earned, what was taken back, what is due."""
    rows = session.execute(
        select(LedgerEntryRow.at, LedgerEntryRow.source_type, PostingRow)
        .join(PostingRow, PostingRow.entry_id == LedgerEntryRow.id)
        .where(PostingRow.account == cooperative_payable(party_id), PostingRow.month == month.replace(day=1))
        .order_by(PostingRow.id)
    ).all()
    lines = tuple(
        StatementLine(
            at=at,
            purpose=source_type,
            order_line_id=OrderLineId(posting.order_line_id) if posting.order_line_id is not None else None,
            amount_fen=-posting.amount_fen,
            particulars=_particulars(posting.particulars),
        )
        for at, source_type, posting in rows
    )
    goods_fen = sum(line.amount_fen for line in lines if line.amount_fen > 0)
    refunds_fen = -sum(line.amount_fen for line in lines if line.amount_fen < 0)
    return StatementDraft(
        party_id=party_id,
        month=month.replace(day=1),
        lines=lines,
        goods_fen=goods_fen,
        refunds_fen=refunds_fen,
        net_fen=goods_fen - refunds_fen,
    )


def statement_months(session: Session, party_id: PartyId) -> list[date]:
    """Return the months in which a cooperative earned or gave back, newest first."""
    rows = session.scalars(
        select(PostingRow.month)
        .where(PostingRow.account == cooperative_payable(party_id))
        .distinct()
        .order_by(PostingRow.month.desc())
    )
    return list(rows)


def completed_parts(session: Session, part_ids: Collection[FulfilmentId]) -> frozenset[FulfilmentId]:
    """Return those parts that the books hold as completed."""
    rows = session.scalars(
        select(LedgerEntryRow.source_id).where(
            LedgerEntryRow.source_type == "fulfilment",
            LedgerEntryRow.purpose == "completed",
            LedgerEntryRow.source_id.in_(part_ids),
        )
    )
    return frozenset(FulfilmentId(one) for one in rows)


def freight_earned(session: Session, part_ids: Collection[FulfilmentId]) -> Mapping[FulfilmentId, int]:
    """Return the freight that the books hold as earned on each part, in fen."""
    rows = session.execute(
        select(PostingRow.fulfilment_id, func.sum(PostingRow.amount_fen))
        .where(PostingRow.account == FREIGHT_REVENUE, PostingRow.fulfilment_id.in_(part_ids))
        .group_by(PostingRow.fulfilment_id)
        .order_by(PostingRow.fulfilment_id)
    )
    return {FulfilmentId(part_id): -int(amount) for part_id, amount in rows if part_id is not None}


def refund_turns(session: Session, refund_id: RefundId) -> int:
    """Count how often a refund's money moved: odd is paid back, even is not."""
    return (
        session.scalar(
            select(func.count())
            .select_from(LedgerEntryRow)
            .where(
                LedgerEntryRow.source_type == "refund",
                LedgerEntryRow.source_id == refund_id,
                LedgerEntryRow.purpose != PROMISED,
            )
        )
        or 0
    )


def _posting(row: PostingRow) -> Posting:
    return Posting(
        account=Account(row.account),
        amount_fen=row.amount_fen,
        party_id=PartyId(row.party_id) if row.party_id is not None else None,
        order_id=OrderId(row.order_id) if row.order_id is not None else None,
        fulfilment_id=FulfilmentId(row.fulfilment_id) if row.fulfilment_id is not None else None,
        order_line_id=OrderLineId(row.order_line_id) if row.order_line_id is not None else None,
        particulars=_particulars(row.particulars),
    )


def _particulars(kept: Mapping[str, Any] | None) -> Particulars | None:
    if kept is None:
        return None
    return Particulars(
        order_number=kept["order_number"],
        product_name=Name(*kept["product_name"]),
        pack=Name(*kept["pack"]),
        quantity=kept["quantity"],
        unit_price_fen=kept["unit_price_fen"],
    )
