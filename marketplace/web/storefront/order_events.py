"""The way of a parcel as a timeline: what was done, what was measured, what is still to come."""

from collections.abc import Callable, Sequence
from datetime import datetime

from marketplace.custody.types import Decision, HandOff, HandOffKind
from marketplace.kernel.message import Message, msg
from marketplace.orders.types import Fulfilment, FulfilmentState
from marketplace.web.language import gettext as _
from marketplace.web.present import celsius, text
from marketplace.web.timeline import Event

_ENDED_BADLY = frozenset({FulfilmentState.DECLINED, FulfilmentState.CANCELLED})
_HAND_OFFS = {
    HandOffKind.PICK_UP: msg("承运商取货"),
    HandOffKind.ARRIVAL: msg("到达云仓"),
    HandOffKind.DEPARTURE: msg("离开云仓"),
    HandOffKind.DISPATCH: msg("交给快递"),
    HandOffKind.DELIVERY: msg("送到收货人"),
    HandOffKind.RECEIPT: msg("收货人确认"),
    HandOffKind.RETURN: msg("退货"),
}
Step = tuple[Message, Callable[[Fulfilment], datetime | None], frozenset[HandOffKind]]
# Each step with the hand-offs that tell the same better, with what was measured.
_STEPS: tuple[Step, ...] = (
    (msg("合作社接单"), lambda part: part.accepted_at, frozenset()),
    (msg("装箱"), lambda part: part.packed_at, frozenset()),
    (msg("发出"), lambda part: part.shipped_at, frozenset({HandOffKind.PICK_UP, HandOffKind.DISPATCH})),
    (msg("送到"), lambda part: part.delivered_at, frozenset({HandOffKind.DELIVERY})),
    (msg("确认收货"), lambda part: part.received_at, frozenset()),
)
_APART = len(HandOffKind)
# What happened in the same minute is told in the order of the road: hand-offs stand behind 发出, before 送到.
_HAND_OFF_ORDER = {kind: 2 * _APART + place for place, kind in enumerate(_HAND_OFFS)}


def events(parts: Sequence[Fulfilment], hand_offs: Sequence[HandOff]) -> list[Event]:
    """Return a parcel's way: hand-offs among its steps by time, then what is still to come."""
    going = [one for one in parts if one.state not in _ENDED_BADLY]
    if not going:
        return [Event(title=_("没有发出"), at=None, detail=_reason(parts), state="stop")]
    told = [one for one in hand_offs if one.kind is not HandOffKind.RECEIPT]
    kinds = {one.kind for one in told}
    reached = [(text(title), _when(going, of), bool(same & kinds)) for title, of, same in _STEPS]
    done = [
        (at, place * _APART, Event(title=title, at=at, state="done"))
        for place, (title, at, twice) in enumerate(reached)
        if at is not None and not twice
    ]
    done += [(one.at, _HAND_OFF_ORDER[one.kind], _hand_off(one)) for one in told]
    done.sort(key=lambda one: one[:2])
    furthest = max((place for place, (_title, at, _twice) in enumerate(reached) if at), default=-1)
    ahead = [title for title, _at, _twice in reached[furthest + 1 :]]
    return [event for _at, _order, event in done] + [
        Event(title=title, at=None, state="todo" if place else "now") for place, title in enumerate(ahead)
    ]


def _when(parts: Sequence[Fulfilment], of: Callable[[Fulfilment], datetime | None]) -> datetime | None:
    """Return when the last of the parts came so far, None while one has not."""
    instants = [of(one) for one in parts]
    return max((one for one in instants if one is not None), default=None) if all(instants) else None


def _reason(parts: Sequence[Fulfilment]) -> str | None:
    return next((one.decline_reason for one in parts if one.decline_reason), None)


def _hand_off(one: HandOff) -> Event:
    details = [_measured(one), _sealed(one), _signed(one)]
    bad = one.is_breached or one.decision is Decision.REFUSE
    title = text(_HAND_OFFS[one.kind])
    if one.is_breached:
        title = _("%(step)s：温度异常", step=title)
    elif bad:
        title = _("%(step)s：拒收", step=title)
    return Event(
        title=title,
        at=one.at,
        detail=" · ".join(filter(None, details)) or None,
        state="stop" if bad else "done",
    )


def _measured(one: HandOff) -> str | None:
    low, high = one.readings.surface_min_milli_c, one.readings.surface_max_milli_c
    if low is None or high is None:
        return None
    return celsius(low) if low == high else _("%(low)s 至 %(high)s", low=celsius(low), high=celsius(high))


def _sealed(one: HandOff) -> str | None:
    if one.seal_intact is None:
        return None
    return _("封签完好") if one.seal_intact else _("封签破损")


def _signed(one: HandOff) -> str | None:
    return _("双方已签字") if one.is_double_signed else None
