"""When a brand may stand on goods: it is listed, and its holder's word is in force that day."""

from collections.abc import Mapping
from datetime import date

from marketplace.catalogue.types import Brand, BrandDraft, BrandKind, BrandState, BrandUse, UseState
from marketplace.kernel.message import Message, msg

BRAND_TRANSITIONS: Mapping[BrandState, frozenset[BrandState]] = {
    BrandState.SUBMITTED: frozenset({BrandState.LISTED, BrandState.REFUSED}),
    BrandState.LISTED: frozenset({BrandState.ENDED}),
    BrandState.REFUSED: frozenset(),
    BrandState.ENDED: frozenset(),
}

USE_TRANSITIONS: Mapping[UseState, frozenset[UseState]] = {
    UseState.ASKED: frozenset({UseState.AUTHORISED, UseState.REFUSED, UseState.WITHDRAWN}),
    UseState.AUTHORISED: frozenset({UseState.WITHDRAWN}),
    UseState.REFUSED: frozenset(),
    UseState.WITHDRAWN: frozenset(),
}

OPEN_USES = frozenset({UseState.ASKED, UseState.AUTHORISED})


def may_use(brand: Brand, use: BrandUse, day: date) -> bool:
    """Tell whether a use stands on a day."""
    return (
        brand.state is BrandState.LISTED
        and use.brand_id == brand.id
        and use.state is UseState.AUTHORISED
        and use.valid_from is not None
        and use.valid_from <= day
        and (use.valid_to is None or day <= use.valid_to)
    )


def brand_problem(draft: BrandDraft) -> tuple[str, Message] | None:
    """Say what is wrong with a brand, with the field.

    A regional brand belongs to a place; the two others to an enterprise, never to a place.
    """
    if not draft.name.hans:
        return "name", msg("请填写品牌名称。")
    if draft.kind is BrandKind.REGIONAL and draft.division_code is None:
        return "division", msg("区域公用品牌要选所属的地方。")
    if draft.holder_id is None and not draft.holder_name:
        return "holder_name", msg("请填写品牌持有人。")
    return None


def term_of_use_problem(valid_from: date, valid_to: date | None, today: date) -> Message | None:
    """Say why a holder's word cannot run like this."""
    if valid_to is not None and valid_to < valid_from:
        return msg("授权的截止日期早于起始日期。")
    if valid_to is not None and valid_to < today:
        return msg("授权已经过期。")
    return None
