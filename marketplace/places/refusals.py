"""What places may refuse."""

from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Conflict, NotFound, Refusal


class UnknownPlace(Refusal):
    """A division code that is not in the catalogue, or not of the kind that was asked for."""

    code = "unknown_place"

    def __init__(self, division_code: str) -> None:
        super().__init__(msg("没有行政区划代码 %(code)s，请重新选择地区。", code=division_code))


class NoRoad(Refusal):
    """No distance is known between a prefecture and a city."""

    code = "no_road"

    def __init__(self, prefecture_code: str, city_code: str) -> None:
        super().__init__(
            msg("暂无 %(origin)s 到 %(city)s 的运输里程。", origin=prefecture_code, city=city_code)
        )


class PairingNotFound(NotFound):
    code = "pairing_not_found"

    def __init__(self) -> None:
        super().__init__(msg("没有找到这条结对关系。"))


class PairingDecided(Conflict):
    """Somebody else has confirmed or ended the pairing meanwhile."""

    code = "pairing_decided"

    def __init__(self) -> None:
        super().__init__(msg("这条结对关系已经确认或结束，请刷新后查看。"))


class PairingsOverlap(Conflict):
    """The same two divisions would be paired twice on one day."""

    code = "pairings_overlap"

    def __init__(self, code: str) -> None:
        super().__init__(msg("结对关系 %(code)s 的起止日期互相重叠。", code=code))


class PairingDaysWrong(Refusal):
    code = "pairing_days_wrong"

    def __init__(self) -> None:
        super().__init__(msg("结束日期不能早于结对开始的日期。"), field="last_day")
