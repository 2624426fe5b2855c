"""What happened to a certificate, as anybody may read it: when, by which side, for what reason; no person."""

from collections.abc import Mapping, Sequence

from marketplace.catalogue.types import CheckedAgainst
from marketplace.kernel.journal import JournalEntry
from marketplace.kernel.message import Message, msg
from marketplace.web import wording
from marketplace.web.language import as_written, render
from marketplace.web.timeline import Event

_TITLES: Mapping[str, tuple[Message, str]] = {
    "submitted": (msg("持证方提交"), "done"),
    "verified": (msg("平台核验通过"), "done"),
    "rejected": (msg("平台退回"), "stop"),
    "suspended": (msg("平台暂停使用"), "stop"),
    "reinstated": (msg("平台恢复使用"), "done"),
    "revoked": (msg("平台撤销"), "stop"),
    "lapsed": (msg("到期"), "wait"),
}


def steps(entries: Sequence[JournalEntry]) -> list[Event]:
    """Say the journal's lines about a certificate in words, the newest last."""
    return [
        Event(
            title=render(_TITLES[one.action][0]),
            at=one.at,
            detail=_detail(one.detail),
            state=_TITLES[one.action][1],
        )
        for one in reversed(entries)
        if one.action in _TITLES
    ]


def _detail(detail: Mapping[str, object]) -> str | None:
    """Give the reason; of a check what it was made against, but not whom somebody asked by telephone."""
    reason, against = detail.get("reason"), detail.get("against")
    if isinstance(reason, str) and reason:
        return as_written(reason)
    if isinstance(against, str) and against in set(CheckedAgainst):
        return render(wording.CHECKED_AGAINST[CheckedAgainst(against)])
    return None
