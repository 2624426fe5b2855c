"""What the catalogue may refuse about lots: their holds, reports and 承诺达标合格证."""

from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Conflict, NotFound, Refusal


class HeldByOthers(Conflict):
    """The lot is held by an authority or a failed test: who wants it released has no say over that."""

    code = "held_by_others"

    def __init__(self) -> None:
        super().__init__(msg("该批次由运营或不合格检测停用，合作社不能自行恢复。"), field="reason")


class RetestMissing(Conflict):
    """A failed test is answered by a later one of its kind that passed, and by nothing else."""

    code = "retest_missing"

    def __init__(self) -> None:
        super().__init__(msg("检测不合格的批次要先登记同类复检合格的报告，才能恢复使用。"), field="reason")


class LotNotOpen(Conflict):
    code = "lot_not_open"

    def __init__(self) -> None:
        super().__init__(msg("该批次已停用或召回，不能开具承诺达标合格证。"))


class ContactMissing(Refusal):
    code = "contact_missing"

    def __init__(self) -> None:
        super().__init__(msg("承诺达标合格证要写联系方式，请填写。"), field="contact")


class NotPromised(Refusal):
    """Goods of this kind carry no 承诺达标合格证: it speaks of what was grown, raised or caught."""

    code = "not_promised"

    def __init__(self) -> None:
        super().__init__(msg("这类商品不用开具承诺达标合格证。"))


class NothingReceived(Refusal):
    code = "nothing_received"

    def __init__(self) -> None:
        super().__init__(msg("该批次还没有入库，不能开具承诺达标合格证。"))


class ReportWrong(Refusal):
    """The report's kind or day cannot be a lot's."""

    code = "report_wrong"


class CommitmentNotFound(NotFound):
    code = "commitment_not_found"

    def __init__(self) -> None:
        super().__init__(msg("没有找到这张承诺达标合格证，请核对二维码或网址。"))
