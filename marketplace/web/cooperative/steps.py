"""Where a part stands on its way, as a line of steps."""

from marketplace.orders.types import Fulfilment, FulfilmentState
from marketplace.web.language import gettext as _
from marketplace.web.timeline import Event


def of_part(part: Fulfilment) -> list[Event]:
    """Return what was done, what is at hand and what is still to come; a part that ended says why."""
    road = [
        (_("接单"), part.accepted_at),
        (_("装箱"), part.packed_at),
        (_("交给承运商"), part.shipped_at),
        (_("送达"), part.delivered_at),
        (_("买家收货"), part.received_at),
    ]
    past = [Event(title=title, at=at, state="done") for title, at in road if at is not None]
    if part.state is FulfilmentState.DECLINED:
        return [*past, Event(title=_("无法供货"), at=None, state="stop", detail=part.decline_reason)]
    if part.state is FulfilmentState.CANCELLED:
        return [*past, Event(title=_("已取消"), at=None, state="stop")]
    if part.state is FulfilmentState.RECEIVED:
        return past
    reached = max((place for place, (_title, at) in enumerate(road) if at is not None), default=-1)
    coming = [title for title, _at in road[reached + 1 :]]
    return [
        *past,
        *(
            Event(title=title, at=None, state="now" if place == 0 else "todo")
            for place, title in enumerate(coming)
        ),
    ]
