"""Writes of orders. Every change leaves a line in the journal, in the same transaction."""

from marketplace.orders.service.giving_back import record_refund, set_picks
from marketplace.orders.service.parts import (
    accept_fulfilment,
    cancel_fulfilment,
    decline_fulfilment,
    mark_delivered,
    mark_in_transit,
    mark_received,
    pack_fulfilment,
)
from marketplace.orders.service.placing import bind_stock, place
from marketplace.orders.service.states import cancel, expire, lock_order, mark_paid, settle

__all__ = [
    "accept_fulfilment",
    "bind_stock",
    "cancel",
    "cancel_fulfilment",
    "decline_fulfilment",
    "expire",
    "lock_order",
    "mark_delivered",
    "mark_in_transit",
    "mark_paid",
    "mark_received",
    "pack_fulfilment",
    "place",
    "record_refund",
    "set_picks",
    "settle",
]
