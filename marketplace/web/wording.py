"""What states and kinds are called on working pages, with the tone in which they are shown.

Tones are those of ``components/badge.html``: good, wait, stop, cold, plain, mark.
"""

from collections.abc import Mapping

from marketplace.catalogue.types import (
    CertificateQueue,
    CertificateState,
    CheckedAgainst,
    LotStatus,
    OfferStatus,
    StorageKind,
    TemperatureRange,
)
from marketplace.kernel.message import Message, msg
from marketplace.orders.types import FulfilmentState, OrderState
from marketplace.parties.types import PartyKind, PartyStatus
from marketplace.payment.types import (
    AttemptState,
    CaptureKind,
    Processor,
    RefundState,
    TransferState,
)
from marketplace.places.types import PairingState
from marketplace.routing.types import Term

Toned = tuple[Message, str]

ORDER_STATES: Mapping[OrderState, Toned] = {
    OrderState.AWAITING_PAYMENT: (msg("待付款"), "wait"),
    OrderState.PAID: (msg("已付款"), "good"),
    OrderState.COMPLETED: (msg("已完成"), "good"),
    OrderState.CANCELLED: (msg("已取消"), "plain"),
    OrderState.EXPIRED: (msg("已过期"), "plain"),
}

FULFILMENT_STATES: Mapping[FulfilmentState, Toned] = {
    FulfilmentState.AWAITING_PAYMENT: (msg("待付款"), "plain"),
    FulfilmentState.TO_ACCEPT: (msg("待接单"), "wait"),
    FulfilmentState.ACCEPTED: (msg("待装箱"), "wait"),
    FulfilmentState.PACKED: (msg("已装箱，待交接"), "mark"),
    FulfilmentState.IN_TRANSIT: (msg("运输中"), "cold"),
    FulfilmentState.DELIVERED: (msg("已送达"), "good"),
    FulfilmentState.RECEIVED: (msg("已收货"), "good"),
    FulfilmentState.DECLINED: (msg("无法供货"), "stop"),
    FulfilmentState.CANCELLED: (msg("已取消"), "plain"),
}

STORAGE_KINDS: Mapping[StorageKind, Message] = {
    StorageKind.AMBIENT: msg("常温"),
    StorageKind.CHILLED: msg("冷藏"),
    StorageKind.FROZEN: msg("冷冻"),
}

OFFER_STATES: Mapping[OfferStatus, Toned] = {
    OfferStatus.LISTED: (msg("在售"), "good"),
    OfferStatus.PAUSED: (msg("已暂停"), "wait"),
    OfferStatus.WITHDRAWN: (msg("已撤下"), "plain"),
}

LOT_STATES: Mapping[LotStatus, Toned] = {
    LotStatus.OPEN: (msg("可用"), "good"),
    LotStatus.ON_HOLD: (msg("暂停使用"), "stop"),
    LotStatus.RECALLED: (msg("已召回"), "stop"),
}

CERTIFICATE_STATES: Mapping[CertificateState, Toned] = {
    CertificateState.SUBMITTED: (msg("待核验"), "wait"),
    CertificateState.VERIFIED: (msg("已核验"), "good"),
    CertificateState.SUSPENDED: (msg("暂停使用"), "stop"),
    CertificateState.REVOKED: (msg("已撤销"), "stop"),
    CertificateState.LAPSED: (msg("已过期"), "plain"),
    CertificateState.REJECTED: (msg("未通过"), "stop"),
}

CERTIFICATE_QUEUES: Mapping[CertificateQueue, Message] = {
    CertificateQueue.TO_VERIFY: msg("待核验"),
    CertificateQueue.LAPSING_30: msg("30 天内到期"),
    CertificateQueue.LAPSING_60: msg("60 天内到期"),
    CertificateQueue.LAPSED: msg("已到期未续"),
}

CHECKED_AGAINST: Mapping[CheckedAgainst, Message] = {
    CheckedAgainst.REGISTER: msg("发证机构的公示系统"),
    CheckedAgainst.ISSUER: msg("向发证机构核实"),
    CheckedAgainst.ORIGINAL: msg("证书原件或扫描件"),
    CheckedAgainst.UNRECORDED: msg("早先核验，未记依据"),
}

PARTY_STATES: Mapping[PartyStatus, Toned] = {
    PartyStatus.ACTIVE: (msg("正常"), "good"),
    PartyStatus.SUSPENDED: (msg("已暂停"), "stop"),
}

PARTY_KINDS: Mapping[PartyKind, Message] = {
    PartyKind.COOPERATIVE: msg("合作社"),
    PartyKind.PURCHASING_UNIT: msg("采购单位"),
    PartyKind.CARRIER: msg("承运商"),
    PartyKind.WAREHOUSE: msg("云仓"),
    PartyKind.AUTHORITY: msg("帮扶部门"),
    PartyKind.OPERATOR: msg("运营"),
}

PROCESSORS: Mapping[Processor, Message] = {
    Processor.SANDBOX: msg("演示支付"),
    Processor.STRIPE: msg("线上支付"),
    Processor.BANK_TRANSFER: msg("对公转账"),
}

ATTEMPT_STATES: Mapping[AttemptState, Toned] = {
    AttemptState.CREATED: (msg("已登记"), "wait"),
    AttemptState.OPEN: (msg("等待付款"), "wait"),
    AttemptState.PAID: (msg("已付款"), "good"),
    AttemptState.EXPIRED: (msg("已过期"), "plain"),
    AttemptState.FAILED: (msg("未成功"), "stop"),
    AttemptState.PAID_AFTER_EXPIRY: (msg("过期后到账"), "stop"),
}

CAPTURE_KINDS: Mapping[CaptureKind, Toned] = {
    CaptureKind.APPLIED: (msg("已付这笔订单"), "good"),
    CaptureKind.LATE: (msg("过期后到账"), "stop"),
    CaptureKind.DOUBLE: (msg("重复付款"), "stop"),
    CaptureKind.MISMATCH: (msg("金额或订单不符"), "stop"),
}

REFUND_STATES: Mapping[RefundState, Toned] = {
    RefundState.PENDING: (msg("正在退回"), "wait"),
    RefundState.SUCCEEDED: (msg("已退回"), "good"),
    RefundState.FAILED: (msg("退款失败"), "stop"),
}

TRANSFER_STATES: Mapping[TransferState, Toned] = {
    TransferState.PROPOSED: (msg("待复核"), "wait"),
    TransferState.CONFIRMED: (msg("已确认"), "good"),
    TransferState.REJECTED: (msg("已驳回"), "plain"),
}

PAIRING_STATES: Mapping[PairingState, Message] = {
    PairingState.PAIRED: msg("结对内"),
    PairingState.UNPAIRED: msg("粤黔非结对"),
    PairingState.HK_MACAO: msg("港澳"),
    PairingState.UNCONFIRMED: msg("结对待确认"),
}

TERMS: Mapping[Term, Message] = {
    Term.PRICE: msg("货款"),
    Term.FREIGHT: msg("运费"),
    Term.DISTANCE: msg("路程"),
    Term.PARTS: msg("拆分包裹"),
    Term.WAITING: msg("等待天数"),
    Term.FRESHNESS: msg("新鲜度"),
    Term.PAIRING: msg("结对"),
    Term.KEY_COUNTY: msg("重点帮扶县"),
    Term.FAIR_SHARE: msg("合作社均衡"),
}


def degrees(milli_c: int) -> str:
    """Write milli-degrees without the unit, as on a label: ``-18``, ``2.5``."""
    text = f"{abs(milli_c) / 1000:.1f}".removesuffix(".0")
    return f"−{text}" if milli_c < 0 else text


def range_in_words(kept: TemperatureRange | None) -> Message:
    """Say the range that goods keep: 「0 至 4 ℃」, or that they keep at any temperature."""
    if kept is None:
        return msg("不限温度")
    return msg("%(low)s 至 %(high)s ℃", low=degrees(kept.min_milli_c), high=degrees(kept.max_milli_c))
