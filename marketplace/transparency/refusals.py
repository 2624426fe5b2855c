"""What the log may refuse."""

from datetime import date

from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Conflict, NotFound
from marketplace.transparency.types import LeafId


class UnknownLeaf(NotFound):
    code = "unknown_leaf"

    def __init__(self, leaf_id: LeafId) -> None:
        super().__init__(msg("存证日志里没有这条记录。"))
        self.leaf_id = leaf_id


class NotSequenced(Conflict):
    """The leaf is recorded but has no position yet; it gets one within seconds."""

    code = "not_sequenced"

    def __init__(self, leaf_id: LeafId) -> None:
        super().__init__(msg("这条记录刚刚写入，正在排入存证日志，请稍后再试。"))
        self.leaf_id = leaf_id


class BeyondLog(NotFound):
    """A proof is asked for at a size that the log does not have."""

    code = "beyond_log"

    def __init__(self, size: int) -> None:
        super().__init__(msg("存证日志还没有这么多条记录。"))
        self.size = size


class LogRewritten(Conflict):
    """The log no longer begins with what was signed on an earlier day: nothing more is signed."""

    code = "log_rewritten"

    def __init__(self, day: date) -> None:
        super().__init__(msg("存证日志与 %(day)s 签发的日志头不一致，已停止签发。", day=day))
        self.day = day
