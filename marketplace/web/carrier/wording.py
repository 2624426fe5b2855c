"""What the road's states and kinds are called; tones are those of ``components/badge.html``."""

from collections.abc import Mapping

from marketplace.catalogue.types import StorageKind
from marketplace.custody.types import (
    BreachCause,
    ConsignmentState,
    Decision,
    HandOffKind,
    Holder,
    HolderKind,
    SignatureMethod,
    WaybillEventKind,
)
from marketplace.kernel.message import Message, Name, msg
from marketplace.web.wording import STORAGE_KINDS, Toned, degrees, range_in_words

__all__ = [
    "BREACHES",
    "DECISIONS",
    "HAND_OFFS",
    "HOLDERS",
    "SIGNATURES",
    "STATES",
    "STORAGE_KINDS",
    "STORAGE_TONES",
    "WAYBILL_EVENTS",
    "degrees",
    "holder_in_words",
    "range_in_words",
]

STATES: Mapping[ConsignmentState, Toned] = {
    ConsignmentState.WAITING: (msg("待揽收"), "wait"),
    ConsignmentState.ON_THE_ROAD: (msg("运输中"), "cold"),
    ConsignmentState.STORED: (msg("在仓"), "mark"),
    ConsignmentState.WITH_COURIER: (msg("快递派送中"), "cold"),
    ConsignmentState.DELIVERED: (msg("已送达"), "good"),
    ConsignmentState.RECEIVED: (msg("已收货"), "good"),
    ConsignmentState.REGROUPED: (msg("已并入其他包裹"), "plain"),
    ConsignmentState.LOST: (msg("全部损失"), "stop"),
}

HAND_OFFS: Mapping[HandOffKind, Message] = {
    HandOffKind.PICK_UP: msg("承运揽收"),
    HandOffKind.ARRIVAL: msg("到仓"),
    HandOffKind.DEPARTURE: msg("出仓"),
    HandOffKind.DISPATCH: msg("交快递"),
    HandOffKind.DELIVERY: msg("送达"),
    HandOffKind.RECEIPT: msg("买家收货"),
    HandOffKind.RETURN: msg("退货"),
}

HOLDERS: Mapping[HolderKind, Message] = {
    HolderKind.COOPERATIVE: msg("合作社"),
    HolderKind.CARRIER: msg("承运司机"),
    HolderKind.WAREHOUSE: msg("云仓"),
    HolderKind.COURIER: msg("快递公司"),
    HolderKind.BUYER: msg("买家"),
}

DECISIONS: Mapping[Decision, Toned] = {
    Decision.ACCEPT: (msg("接收"), "good"),
    Decision.ACCEPT_WITH_REMARK: (msg("接收，有备注"), "wait"),
    Decision.REFUSE: (msg("拒收"), "stop"),
}

BREACHES: Mapping[BreachCause, Message] = {
    BreachCause.HIGH: msg("温度异常（偏高）"),
    BreachCause.LOW: msg("温度异常（偏低）"),
    BreachCause.REFUSED: msg("拒收"),
}

SIGNATURES: Mapping[SignatureMethod, Message] = {
    SignatureMethod.ACCOUNT: msg("本人账号"),
    SignatureMethod.CODE: msg("手机验证码"),
    SignatureMethod.ON_SCREEN: msg("当面签名"),
}

WAYBILL_EVENTS: Mapping[WaybillEventKind, Message] = {
    WaybillEventKind.COLLECTED: msg("快递揽收"),
    WaybillEventKind.SIGNED: msg("快递签收"),
}

STORAGE_TONES: Mapping[StorageKind, str] = {
    StorageKind.AMBIENT: "plain",
    StorageKind.CHILLED: "cold",
    StorageKind.FROZEN: "cold",
}


def holder_in_words(holder: Holder) -> Message | Name:
    """Name who has goods: a party by its name, a driver, courier or buyer by what they are."""
    return holder.name if holder.name is not None else HOLDERS[holder.kind]
