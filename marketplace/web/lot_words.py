"""What holds, reports and certificates of lots are called, with the tone in which they are shown."""

from collections.abc import Mapping

from marketplace.catalogue.types import (
    CommitmentBasis,
    CommitmentStanding,
    HoldCause,
    LotOrder,
    LotView,
    ReportResult,
)
from marketplace.kernel.message import Message, msg

HOLD_CAUSES: Mapping[HoldCause, Message] = {
    HoldCause.SELLER: msg("合作社停用"),
    HoldCause.AUTHORITY: msg("运营停用"),
    HoldCause.FAILED_TEST: msg("检测不合格"),
}

RESULTS: Mapping[ReportResult, tuple[Message, str]] = {
    ReportResult.PASSED: (msg("合格"), "good"),
    ReportResult.FAILED: (msg("不合格"), "stop"),
}

BASES: Mapping[CommitmentBasis, Message] = {
    CommitmentBasis.CONTROLLED: msg("质量安全控制符合要求"),
    CommitmentBasis.OWN_TEST: msg("自行检测合格"),
    CommitmentBasis.ENTRUSTED_TEST: msg("委托检测合格"),
}

STANDINGS: Mapping[CommitmentStanding, tuple[Message, str]] = {
    CommitmentStanding.STANDS: (msg("有效"), "good"),
    CommitmentStanding.REPLACED: (msg("已由新的合格证代替"), "wait"),
    CommitmentStanding.LOT_HELD: (msg("该批次已停售待查"), "stop"),
    CommitmentStanding.LOT_RECALLED: (msg("该批次已召回"), "stop"),
}

# 农产品质量安全法第39条 and 农业农村部令2025年第4号: what a promiser promises, in these words.
PROMISES: tuple[Message, ...] = (
    msg("不使用禁用的农药、兽药及其他化合物"),
    msg("使用的常规农药、兽药残留不超标"),
    msg("对承诺的真实性负责"),
)

VIEWS: Mapping[LotView, Message] = {
    LotView.IN_STORE: msg("在库"),
    LotView.LAPSING: msg("快到期"),
    LotView.LAPSED: msg("已过期"),
    LotView.STOPPED: msg("停售"),
    LotView.UNPROMISED: msg("没有合格证"),
    LotView.ALL: msg("全部"),
}

ORDERS: Mapping[LotOrder, Message] = {
    LotOrder.EXPIRY: msg("先到期的在前"),
    LotOrder.NEWEST: msg("新登记的在前"),
    LotOrder.CODE: msg("按批次号"),
}
