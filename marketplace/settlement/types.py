"""What others may hold of the money ledger: accounts, entries, postings, balances, drafts of 结算单."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NewType

from marketplace.kernel.message import Name
from marketplace.orders.types import FulfilmentId, OrderId, OrderLineId
from marketplace.parties.types import PartyId

EntryId = NewType("EntryId", int)

Account = NewType("Account", str)
"""A code of the chart of accounts; a colon leads to whose it is (``cooperative_payable:17``)."""

BUYER_CLEARING = Account("buyer_clearing")
BANK = Account("bank")
FREIGHT_REVENUE = Account("freight_revenue")
REFUND_DUE = Account("refund_due")
ROUNDING = Account("rounding")


def processor_clearing(processor: str) -> Account:
    """Money that a processor took for us and has not paid out yet."""
    return Account(f"processor_clearing:{processor}")


def cooperative_payable(party_id: PartyId) -> Account:
    """What we owe a cooperative."""
    return Account(f"cooperative_payable:{party_id}")


def carrier_payable(party_id: PartyId) -> Account:
    """What we owe a carrier."""
    return Account(f"carrier_payable:{party_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What a 结算单 says of a line, copied when it was posted."""

    order_number: str
    product_name: Name
    pack: Name
    quantity: int
    unit_price_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """分录: one account of an entry; positive is debit, negative credit, in fen."""

    account: Account
    amount_fen: int
    party_id: PartyId | None = None
    order_id: OrderId | None = None
    fulfilment_id: FulfilmentId | None = None
    order_line_id: OrderLineId | None = None
    particulars: Particulars | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What an entry answers, once for each purpose: a type, an id, and what it does to the books."""

    type: str
    id: int
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """凭证: postings that add up to nothing."""

    id: EntryId
    source: Source
    at: datetime
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One line of a draft: what was earned (positive) or taken back (negative), in fen."""

    at: datetime
    purpose: str
    order_line_id: OrderLineId | None
    amount_fen: int
    particulars: Particulars | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementDraft:
    """结算单 of one cooperative and month, not yet issued; amounts in fen."""

    party_id: PartyId
    month: date
    lines: tuple[StatementLine, ...]
    goods_fen: int
    refunds_fen: int
    net_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where the books are not what orders and payments say; amounts in fen."""

    kind: str
    subject: str
    expected_fen: int
    found_fen: int
