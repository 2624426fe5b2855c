"""Every book that a step of an order is written into, in the transaction of that step."""

from sqlalchemy.orm import Session

from marketplace.orders.types import Order
from marketplace.payment.types import Capture, Refund


def ordered(session: Session, order: Order) -> None:
    """Placed: the countable lines are recognised as ordered."""


def paid(session: Session, order: Order) -> None:
    """Paid: the money is posted and the countable lines are recognised as paid."""


def money_without_order(session: Session, capture: Capture) -> None:
    """Money came that no order takes: it is owed back, or waits for a person."""


def given_back(session: Session, order: Order, refund: Refund) -> None:
    """A refund was promised: its part is reversed in this period, in the money ledger and in the count."""


def paid_back(session: Session, refund: Refund) -> None:
    """The processor has paid a refund out: it is no longer owed."""
