"""Writes of custody: open a load, hand it over, split and merge it, and end its journey."""

from marketplace.custody.service.endings import record_receipt, resolve_breaches
from marketplace.custody.service.handing import record_hand_off, record_hand_offs
from marketplace.custody.service.loads import open_consignment
from marketplace.custody.service.regrouping import regroup
from marketplace.custody.service.waybills import open_waybill, record_waybill_event

__all__ = [
    "open_consignment",
    "open_waybill",
    "record_hand_off",
    "record_hand_offs",
    "record_receipt",
    "record_waybill_event",
    "regroup",
    "resolve_breaches",
]
