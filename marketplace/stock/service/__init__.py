"""Writes to the stock: what comes in, what is held, what leaves; every change has a movement and a cause."""

from marketplace.stock.service.endings import expire, move_hold, release, ship
from marketplace.stock.service.holds import commit_hold, hold, prolong
from marketplace.stock.service.lots import (
    block_lot,
    correct,
    correct_many,
    note_expired,
    receive,
    receive_many,
    renew_last_day,
    unblock_lot,
)

__all__ = [
    "block_lot",
    "commit_hold",
    "correct",
    "correct_many",
    "expire",
    "hold",
    "move_hold",
    "note_expired",
    "prolong",
    "receive",
    "receive_many",
    "release",
    "renew_last_day",
    "ship",
    "unblock_lot",
]
