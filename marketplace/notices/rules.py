"""Pure decisions of notices: how a message is stored, when a failed delivery is tried again."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from marketplace.kernel.message import Message, Name
from marketplace.notices.types import NoticeKind, NoticeState

TRIES = 5

TRANSITIONS: dict[NoticeState, frozenset[NoticeState]] = {
    NoticeState.WAITING: frozenset({NoticeState.DELIVERED, NoticeState.FAILED}),
    NoticeState.DELIVERED: frozenset(),
    NoticeState.FAILED: frozenset(),
}

WIPED = "******"


def is_secret(kind: NoticeKind) -> bool:
    """Tell whether the text opens something, so that it must not stay in the table once it has left."""
    return kind is NoticeKind.CODE


def encode(parameters: Mapping[str, object]) -> dict[str, Any]:
    """Write a message's parameters as JSON; names, messages and days keep what they are."""
    return {key: _encode(value) for key, value in parameters.items()}


def decode(stored: Mapping[str, Any]) -> dict[str, object]:
    return {key: _decode(value) for key, value in stored.items()}


def wiped(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters in which nothing can be read any more."""
    return dict.fromkeys(stored, WIPED)


def after_failure(tries: int) -> NoticeState:
    """Say what becomes of a notice whose delivery failed for the ``tries``-th time."""
    return NoticeState.FAILED if tries >= TRIES else NoticeState.WAITING


def _encode(value: object) -> Any:
    if isinstance(value, Name):
        return {"name": list(value)}
    if isinstance(value, Message):
        return {"template": value.template, "parameters": encode(value.parameters)}
    if isinstance(value, date) and not isinstance(value, datetime):
        return {"day": value.isoformat()}
    if isinstance(value, str | int):
        return value
    raise TypeError(f"a notice cannot carry {type(value).__name__}")


def _decode(stored: Any) -> object:
    if not isinstance(stored, dict):
        return stored
    if "name" in stored:
        return Name(*stored["name"])
    if "day" in stored:
        return date.fromisoformat(stored["day"])
    return Message(stored["template"], decode(stored["parameters"]))
