"""What payment may refuse."""

from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Conflict, NotFound, Refusal


class UnknownAttempt(NotFound):
    code = "unknown_attempt"


class UnknownRefund(NotFound):
    code = "unknown_refund"


class UnknownTransfer(NotFound):
    code = "unknown_transfer"


class UnknownProcessor(Refusal):
    """A way to pay that this marketplace does not offer."""

    code = "unknown_processor"

    def __init__(self) -> None:
        super().__init__(msg("请选择一种支付方式。"), field="processor")


class TooLargeForProcessor(Refusal):
    """The amount has more digits than the processor takes (Stripe: eight digits of minor units)."""

    code = "too_large_for_processor"

    def __init__(self) -> None:
        super().__init__(msg("这笔金额超过线上支付的上限，请选择对公转账。"), field="processor")


class AttemptOpen(Conflict):
    """The order is already being paid in another way."""

    code = "attempt_open"

    def __init__(self) -> None:
        super().__init__(msg("这笔订单已有一次支付正在进行，请先完成或等它结束。"))


class PaymentUnavailable(Refusal):
    """The processor could not be reached; the order stands and the buyer may try again."""

    code = "payment_unavailable"
    status = 503

    def __init__(self) -> None:
        super().__init__(msg("暂时联系不上支付机构，订单已经保留，请稍后再试。"))


class NotPayable(Conflict):
    """The order is paid, called off or has run out of time."""

    code = "not_payable"

    def __init__(self) -> None:
        super().__init__(msg("这笔订单现在不能支付。"))


class NothingCaptured(Conflict):
    """There is no money of this order that could be given back."""

    code = "nothing_captured"

    def __init__(self) -> None:
        super().__init__(msg("这笔订单没有可以退回的款项。"))


class RefundExceedsCapture(Refusal):
    code = "refund_exceeds_capture"

    def __init__(self) -> None:
        super().__init__(msg("退款超过了实际收到的金额。"), field="amount")


class WrongRemittanceCode(Refusal):
    """The code's check digits do not fit: it was mistyped or shortened."""

    code = "wrong_remittance_code"

    def __init__(self) -> None:
        super().__init__(msg("汇款识别码不对，请核对附言中的十位数字。"), field="code")


class SamePerson(Refusal):
    """Whoever matched a transfer cannot confirm it."""

    code = "same_person"

    def __init__(self) -> None:
        super().__init__(msg("转账须由另一位同事确认。"))


class WrongTransferAmount(Conflict):
    """The transfer is not exactly what the order asks for, so it cannot pay it."""

    code = "wrong_transfer_amount"

    def __init__(self) -> None:
        super().__init__(msg("转账金额与订单应付金额不一致，不能确认为已付款。"))


class TransferSettled(Conflict):
    code = "transfer_settled"

    def __init__(self) -> None:
        super().__init__(msg("这笔转账已经处理过了。"))
