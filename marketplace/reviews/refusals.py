"""What reviews may refuse."""

from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Conflict, Refusal


class NotYetReceived(Conflict):
    """Only goods that the buyer has in hand can be spoken of."""

    code = "not_yet_received"

    def __init__(self) -> None:
        super().__init__(msg("确认收货后才能评价。"))


class AlreadyReviewed(Conflict):
    code = "already_reviewed"

    def __init__(self) -> None:
        super().__init__(msg("这件商品已经评价过了。"))


class RatingOutOfRange(Refusal):
    code = "rating_out_of_range"

    def __init__(self) -> None:
        super().__init__(msg("请打 1 到 5 分。"), field="rating")


class TextTooLong(Refusal):
    code = "review_too_long"

    def __init__(self, most: int) -> None:
        super().__init__(msg("评价最多 %(count)s 个字。", count=most), field="text")
