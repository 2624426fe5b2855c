"""Bank transfer (对公转账) behind the payment port: the buyer's own bank pays, our statement tells.

Nothing here reaches out: money is found on the bank's statement and confirmed by two persons
(``payment.service.propose_transfer`` and ``flow/confirm_transfer``).
"""

from dataclasses import dataclass

from marketplace.kernel.message import msg
from marketplace.kernel.money import format_yuan
from marketplace.payment import rules
from marketplace.payment.types import (
    CURRENCY,
    Attempt,
    Instructions,
    Processor,
    ProcessorState,
    ProcessorStatus,
    Refund,
    RefundAnswer,
    RefundState,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """The account that the operator publishes for transfers."""

    holder: str
    bank: str
    number: str


class BankTransfer:
    """Tells the buyer where to send which amount under which code."""

    def __init__(self, account: BankAccount) -> None:
        self._account = account

    @property
    def processor(self) -> Processor:
        return Processor.BANK_TRANSFER

    def start(self, attempt: Attempt) -> Instructions:
        code = rules.remittance_code(attempt.id)
        return Instructions(
            reference=code,
            code=code,
            lines=(
                msg("收款户名：%(holder)s", holder=self._account.holder),
                msg("开户银行：%(bank)s", bank=self._account.bank),
                msg("收款账号：%(number)s", number=self._account.number),
                msg("转账金额：%(amount)s，请一次付清，一分不差。", amount=format_yuan(attempt.amount_fen)),
                msg("附言只写汇款识别码：%(code)s", code=code),
            ),
        )

    def sync(self, reference: str) -> ProcessorState:
        """Say nothing new: what arrived stands on the statement, not with a machine that could be asked."""
        return _state(reference, ProcessorStatus.OPEN)

    def expire(self, reference: str) -> ProcessorState:
        """End the wait for a transfer; one that comes later is money that came too late."""
        return _state(reference, ProcessorStatus.EXPIRED)

    def refund(self, refund: Refund) -> RefundAnswer:
        """Leave the refund to a person at the bank, who settles it when it is paid out."""
        return RefundAnswer(reference=refund.reference, state=RefundState.PENDING)


def _state(reference: str, status: ProcessorStatus) -> ProcessorState:
    return ProcessorState(
        reference=reference,
        status=status,
        amount_fen=0,
        currency=CURRENCY,
        order_number=None,
        attempt_key=None,
        payment_reference=None,
    )
