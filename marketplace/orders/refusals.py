"""What orders may refuse."""

from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Conflict, NotFound, Refusal


class UnknownOrder(NotFound):
    """No such order, or not one this person or link may open: both look the same."""

    code = "unknown_order"


class UnknownFulfilment(NotFound):
    code = "unknown_fulfilment"


class WrongState(Conflict):
    """What was asked does not follow from where the order or its part stands now."""

    code = "wrong_state"

    def __init__(self, number: str) -> None:
        super().__init__(msg("%(number)s 的状态已经变化，请刷新后再操作。", number=number))


class WrongPick(Refusal):
    """The lots picked do not add up to what was ordered."""

    code = "wrong_pick"

    def __init__(self, line_no: int, wanted: int, picked: int) -> None:
        super().__init__(
            msg(
                "第 %(line)s 行应拣 %(wanted)s 件，实际拣了 %(picked)s 件。",
                line=line_no,
                wanted=wanted,
                picked=picked,
            )
        )


class RefundTooLarge(Refusal):
    """More packs, or more freight, than are left to give back."""

    code = "refund_too_large"

    def __init__(self) -> None:
        super().__init__(msg("退款超过了这一行还可以退的数量或运费。"), field="quantity")


class NothingToRefund(Refusal):
    code = "nothing_to_refund"

    def __init__(self) -> None:
        super().__init__(msg("请选择要退的商品和数量。"), field="quantity")


class EmptyOrder(Refusal):
    code = "empty_order"

    def __init__(self) -> None:
        super().__init__(msg("购物篮是空的，请先挑选商品。"))
