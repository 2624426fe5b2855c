"""What the stock may refuse."""

from datetime import date, datetime

from marketplace.catalogue.types import LotId, OfferId
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Conflict, NotFound, Refusal
from marketplace.stock.types import HoldId, HoldState


class OutOfStock(Refusal):
    """An offer has fewer packs than wanted; ``available`` says how many it has."""

    code = "out_of_stock"
    status = 409

    def __init__(self, offer_id: OfferId, available: int) -> None:
        super().__init__(
            msg("库存不足，目前只剩 %(count)s 件。", count=available) if available else msg("已经售完。")
        )
        self.offer_id = offer_id
        self.available = available


class DayFull(Refusal):
    """An offer's packing capacity of a day is taken by others."""

    code = "day_full"
    status = 409

    def __init__(self, offer_id: OfferId, day: date) -> None:
        super().__init__(msg("%(day)s 的打包量已经订满，请重新确认发货日期。", day=day))
        self.offer_id = offer_id
        self.day = day


class BadQuantity(Refusal):
    code = "bad_quantity"

    def __init__(self) -> None:
        super().__init__(msg("数量必须是大于零的整数。"))


class HoldEnded(Conflict):
    """The hold no longer binds stock, so it cannot be prolonged, paid or shipped from."""

    code = "hold_ended"

    def __init__(self, hold_id: HoldId, state: HoldState) -> None:
        super().__init__(msg("库存预留已经结束。"))
        self.hold_id = hold_id
        self.state = state


class HoldNotDue(Conflict):
    code = "hold_not_due"

    def __init__(self, hold_id: HoldId, expires_at: datetime) -> None:
        super().__init__(msg("库存预留还没有到期。"))
        self.hold_id = hold_id
        self.expires_at = expires_at


class ProlongedTooOften(Conflict):
    code = "prolonged_too_often"

    def __init__(self, hold_id: HoldId) -> None:
        super().__init__(msg("库存预留已经延长过两次，请重新下单。"))
        self.hold_id = hold_id


class NotHeld(Conflict):
    """More is to be shipped, released or moved than the hold has on that lot."""

    code = "not_held"

    def __init__(self, hold_id: HoldId, lot_id: LotId, held: int) -> None:
        super().__init__(msg("这一批次只预留了 %(count)s 件。", count=held))
        self.hold_id = hold_id
        self.lot_id = lot_id
        self.held = held


class LotBlocked(Conflict):
    code = "lot_blocked"

    def __init__(self, lot_id: LotId) -> None:
        super().__init__(msg("这一批次已被暂停，须由有权限的人员解除。"))
        self.lot_id = lot_id


class WrongLot(Refusal):
    """The lot belongs to another offer than the goods it should serve."""

    code = "wrong_lot"

    def __init__(self, lot_id: LotId) -> None:
        super().__init__(msg("这一批次不属于该供货报价。"))
        self.lot_id = lot_id


class BelowHeld(Conflict):
    """A correction would leave fewer packs than are promised to orders."""

    code = "below_held"

    def __init__(self, lot_id: LotId, held: int) -> None:
        super().__init__(msg("已有 %(count)s 件预留给订单，库存不能改得更少。", count=held))
        self.lot_id = lot_id
        self.held = held


class UnknownLot(NotFound):
    def __init__(self, lot_id: LotId) -> None:
        super().__init__(msg("没有找到这一批次的库存。"))
        self.lot_id = lot_id


class UnknownHold(NotFound):
    def __init__(self, hold_id: HoldId) -> None:
        super().__init__(msg("没有找到这笔库存预留。"))
        self.hold_id = hold_id
