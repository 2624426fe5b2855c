"""What freight may refuse."""

from marketplace.freight.types import Parcel, Rate
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import NotFound, Refusal


class NoRate(Refusal):
    """No row of the rate card, or no known way, covers the parcel."""

    code = "no_rate"

    def __init__(self, parcel: Parcel) -> None:
        super().__init__(msg("目前没有可以承运这件货物到该地区的线路。"))
        self.parcel = parcel


class RatesOverlap(Refusal):
    """Two rows of a rate card would price the same parcel."""

    code = "rates_overlap"

    def __init__(self, first: Rate, second: Rate) -> None:
        super().__init__(
            msg("运价 %(first)s 与 %(second)s 的里程区间重叠。", first=first.code, second=second.code)
        )
        self.first = first
        self.second = second


class UnknownWarehouse(NotFound):
    def __init__(self, code: str) -> None:
        super().__init__(msg("没有找到云仓 %(code)s。", code=code))


class NotAWarehouse(Refusal):
    code = "not_a_warehouse"

    def __init__(self) -> None:
        super().__init__(msg("只有云仓主体才能运营云仓。"))
