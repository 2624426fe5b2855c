"""The proof of the books: every entry balances, balances follow from postings, the ledger from orders."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from marketplace.orders.batches import order_batches
from marketplace.orders.types import FulfilmentState, Order
from marketplace.payment import queries as payments
from marketplace.payment.types import CaptureKind, Refund, RefundState
from marketplace.settlement.models import BalanceRow, LedgerEntryRow, PostingRow, UnfoldedRow
from marketplace.settlement.rules import money_account
from marketplace.settlement.types import (
    BUYER_CLEARING,
    FREIGHT_REVENUE,
    REFUND_DUE,
    Account,
    Difference,
    cooperative_payable,
)


def verify(session: Session, *, progress: Callable[[int, int], None] | None = None) -> list[Difference]:
    """Recompute the books and return each difference; none means that all is right.

    The session's transaction must be REPEATABLE READ, so that all is compared in one snapshot. ``progress``
    hears how many orders of how many are done.
    """
    differences: list[Difference] = []
    done = 0
    for batch, total in order_batches(session):
        differences += _against_orders(session, batch)
        done += len(batch)
        if progress is not None:
            progress(done, total)
    return differences + _entries(session) + _balances(session)


def _against_orders(session: Session, batch: Sequence[Order]) -> list[Difference]:
    """Hold each order's accounts against what was captured, earned and given back."""
    found: dict[int, dict[Account, int]] = {order.id: {} for order in batch}
    for order_id, account, amount in session.execute(
        select(PostingRow.order_id, PostingRow.account, func.sum(PostingRow.amount_fen))
        .where(PostingRow.order_id.in_(found))
        .group_by(PostingRow.order_id, PostingRow.account)
    ):
        found[order_id][Account(account)] = int(amount)
    differences = []
    for order in batch:
        expected = _expected(session, order)
        differences += [
            Difference(
                kind="order",
                subject=f"{order.number} {account}",
                expected_fen=expected.get(account, 0),
                found_fen=found[order.id].get(account, 0),
            )
            for account in sorted(expected.keys() | found[order.id].keys())
            if expected.get(account, 0) != found[order.id].get(account, 0)
        ]
    return differences


def _expected(session: Session, order: Order) -> Mapping[Account, int]:
    accounts: dict[Account, int] = {}

    def add(account: Account, amount_fen: int) -> None:
        accounts[account] = accounts.get(account, 0) + amount_fen

    for capture in payments.captures_of_order(session, order.id):
        add(money_account(capture.processor), capture.amount_fen)
        owed = BUYER_CLEARING if capture.kind is CaptureKind.APPLIED else REFUND_DUE
        add(owed, -capture.amount_fen)
    for part in order.fulfilments:
        if part.state is FulfilmentState.RECEIVED:
            earned = sum(line.goods_fen - line.refunded_fen for line in part.lines)
            freight = part.freight_fen - part.refunded_freight_fen
            add(cooperative_payable(part.cooperative_id), -earned)
            add(FREIGHT_REVENUE, -freight)
            add(BUYER_CLEARING, earned + freight)
    for refund in payments.refunds_of_order(session, order.id):
        for account, amount_fen in _given_back(refund):
            add(account, amount_fen)
    return accounts


def _given_back(refund: Refund) -> Iterator[tuple[Account, int]]:
    """A refund out of clearing; what went out of earned money is already missing from what was earned."""
    if refund.lines or refund.freight_fen:
        yield BUYER_CLEARING, refund.amount_fen
        yield REFUND_DUE, -refund.amount_fen
    if refund.state is RefundState.SUCCEEDED:
        yield REFUND_DUE, refund.amount_fen
        yield money_account(refund.processor), -refund.amount_fen


def _entries(session: Session) -> list[Difference]:
    rows = session.execute(
        select(LedgerEntryRow.id, func.coalesce(func.sum(PostingRow.amount_fen), 0))
        .outerjoin(PostingRow, PostingRow.entry_id == LedgerEntryRow.id)
        .group_by(LedgerEntryRow.id)
        .having((func.coalesce(func.sum(PostingRow.amount_fen), 0) != 0) | (func.count(PostingRow.id) == 0))
    )
    return [
        Difference(kind="entry", subject=str(entry_id), expected_fen=0, found_fen=int(amount))
        for entry_id, amount in rows
    ]


def _balances(session: Session) -> list[Difference]:
    kept = select(
        BalanceRow.account,
        BalanceRow.amount_fen.label("kept_fen"),
        BalanceRow.posting_count.label("kept_count"),
        literal(0).label("added_fen"),
        literal(0).label("added_count"),
    )
    folded = (
        select(PostingRow.account, literal(0), literal(0), PostingRow.amount_fen, literal(1))
        .outerjoin(UnfoldedRow, UnfoldedRow.posting_id == PostingRow.id)
        .where(UnfoldedRow.posting_id.is_(None))
    )
    both = union_all(kept, folded).subquery()
    sums = [func.sum(both.c[name]) for name in ("kept_fen", "added_fen", "kept_count", "added_count")]
    rows = session.execute(
        select(both.c.account, *sums)
        .group_by(both.c.account)
        .having((sums[0] != sums[1]) | (sums[2] != sums[3]))
    )
    return [
        Difference(kind="balance", subject=row.account, expected_fen=int(row[2]), found_fen=int(row[1]))
        for row in rows
    ]
