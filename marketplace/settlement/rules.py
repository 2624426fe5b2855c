"""Pure decisions of the money ledger: which accounts an event of an order moves."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from marketplace.orders.types import Fulfilment, FulfilmentId, Order, OrderLine
from marketplace.payment.types import Capture, Processor, Refund
from marketplace.settlement.types import (
    BANK,
    BUYER_CLEARING,
    FREIGHT_REVENUE,
    REFUND_DUE,
    Account,
    Particulars,
    Posting,
    cooperative_payable,
    processor_clearing,
)


def is_balanced(postings: Iterable[Posting]) -> bool:
    amounts = [one.amount_fen for one in postings]
    return bool(amounts) and sum(amounts) == 0


def money_account(processor: Processor) -> Account:
    """Where money lies that came this way: a transfer is at the bank already."""
    return BANK if processor is Processor.BANK_TRANSFER else processor_clearing(processor)


def payment_postings(order: Order, capture: Capture) -> list[Posting]:
    """The processor owes us what the buyer paid; we owe the buyer the goods and the way."""
    return [
        Posting(account=money_account(capture.processor), amount_fen=order.total_fen, order_id=order.id),
        Posting(account=BUYER_CLEARING, amount_fen=-order.total_fen, order_id=order.id),
    ]


def unclear_postings(capture: Capture) -> list[Posting]:
    """Money that no order takes is owed back from the moment it arrives."""
    return [
        Posting(
            account=money_account(capture.processor),
            amount_fen=capture.amount_fen,
            order_id=capture.order_id,
        ),
        Posting(account=REFUND_DUE, amount_fen=-capture.amount_fen, order_id=capture.order_id),
    ]


def completion_postings(part: Fulfilment) -> list[Posting]:
    """The buyer has the goods: the cooperative has earned what is left of them, and freight is earned."""
    postings: list[Posting] = []
    for line in part.lines:
        earned = line.goods_fen - line.refunded_fen
        if earned:
            postings += [
                Posting(
                    account=BUYER_CLEARING,
                    amount_fen=earned,
                    order_id=part.order_id,
                    fulfilment_id=part.id,
                    order_line_id=line.id,
                ),
                Posting(
                    account=cooperative_payable(part.cooperative_id),
                    amount_fen=-earned,
                    party_id=part.cooperative_id,
                    order_id=part.order_id,
                    fulfilment_id=part.id,
                    order_line_id=line.id,
                    particulars=_particulars(part.order_number, line, line.refundable_quantity),
                ),
            ]
    return postings + _freight_postings(part, part.freight_fen - part.refunded_freight_fen)


def _freight_postings(part: Fulfilment, amount_fen: int) -> list[Posting]:
    if not amount_fen:
        return []
    owed = Posting(
        account=BUYER_CLEARING, amount_fen=amount_fen, order_id=part.order_id, fulfilment_id=part.id
    )
    earned = Posting(
        account=FREIGHT_REVENUE, amount_fen=-amount_fen, order_id=part.order_id, fulfilment_id=part.id
    )
    return [owed, earned]


def refund_postings(
    order: Order,
    refund: Refund,
    completed: Collection[FulfilmentId],
    freight_earned: Mapping[FulfilmentId, int],
) -> list[Posting]:
    """Goods and freight that go back: out of what is earned where a part is completed, else out of clearing.

    ``freight_earned`` is what the books hold as freight of each completed part, in fen; ``order`` already
    counts this refund.
    """
    lines = {line.id: line for line in order.lines}
    parts = {part.id: part for part in order.fulfilments}
    postings: list[Posting] = []
    for given in refund.lines:
        line = lines[given.order_line_id]
        part = parts[line.fulfilment_id]
        is_earned = part.id in completed
        postings.append(
            Posting(
                account=cooperative_payable(part.cooperative_id) if is_earned else BUYER_CLEARING,
                amount_fen=given.amount_fen,
                party_id=part.cooperative_id if is_earned else None,
                order_id=order.id,
                fulfilment_id=part.id,
                order_line_id=line.id,
                particulars=_particulars(order.number, line, given.quantity) if is_earned else None,
            )
        )
    earned_back = {
        part_id: held - (parts[part_id].freight_fen - parts[part_id].refunded_freight_fen)
        for part_id, held in freight_earned.items()
    }
    for part_id, amount_fen in earned_back.items():
        if amount_fen:
            postings.append(_back(FREIGHT_REVENUE, amount_fen, order, part_id))
    unearned = refund.freight_fen - sum(earned_back.values())
    if unearned:
        postings.append(_back(BUYER_CLEARING, unearned, order, None))
    return [*postings, Posting(account=REFUND_DUE, amount_fen=-refund.amount_fen, order_id=order.id)]


def paid_back_postings(refund: Refund) -> list[Posting]:
    """The processor has given the money back: it is owed no longer."""
    return [
        Posting(account=REFUND_DUE, amount_fen=refund.amount_fen, order_id=refund.order_id),
        Posting(
            account=money_account(refund.processor), amount_fen=-refund.amount_fen, order_id=refund.order_id
        ),
    ]


def turned_around(postings: Iterable[Posting]) -> list[Posting]:
    """红字冲销: the same accounts with the opposite sign."""
    return [replace(one, amount_fen=-one.amount_fen) for one in postings]


def _back(account: Account, amount_fen: int, order: Order, part_id: FulfilmentId | None) -> Posting:
    return Posting(account=account, amount_fen=amount_fen, order_id=order.id, fulfilment_id=part_id)


def _particulars(order_number: str, line: OrderLine, quantity: int) -> Particulars:
    return Particulars(
        order_number=order_number,
        product_name=line.product_name,
        pack=line.pack,
        quantity=quantity,
        unit_price_fen=line.unit_price_fen,
    )
