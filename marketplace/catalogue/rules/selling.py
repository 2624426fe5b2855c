"""What an offer may say beyond its price: steps, days, cities, free freight, a harvest to come."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from itertools import pairwise

from marketplace.catalogue.types import (
    EVERY_WEEKDAY,
    OfferTerms,
    Presale,
    Product,
    SellingTerms,
    Step,
    Variant,
)
from marketplace.kernel import money
from marketplace.kernel.message import Message, msg

STEPS_MAX = 5
QUANTITY_MAX = 100_000
PRESALE_DAYS_MAX = 180
FREE_FREIGHT_FROM_MAX_FEN = 10_000_000


def ladder_problem(ladder: Sequence[Step], price_fen: int) -> Message | None:
    """Say why steps are none under a price: quantities rise from two on, prices fall below it."""
    if len(ladder) > STEPS_MAX:
        return msg("阶梯价最多 %(most)s 档。", most=STEPS_MAX)
    steps = (Step(1, price_fen), *ladder)
    for lower, upper in pairwise(steps):
        if not lower.quantity < upper.quantity <= QUANTITY_MAX:
            return msg("阶梯价的数量要一档比一档多，从 2 件起。")
        if not 0 < upper.price_fen < lower.price_fen:
            return msg(
                "订 %(count)s 件的价格要低于 %(price)s。",
                count=upper.quantity,
                price=money.format_yuan(lower.price_fen),
            )
    return None


def selling_problem(
    terms: SellingTerms, variant: Variant, price_fen: int, cities: Collection[str]
) -> tuple[str, Message] | None:
    """Say why an offer cannot be sold on these terms, and the field; ``cities`` are those it may serve."""
    problem = ladder_problem(terms.ladder, price_fen)
    if problem is None and terms.ladder and terms.ladder[-1].price_fen < variant.price_low_fen:
        problem = msg(
            "阶梯价不能低于 %(low)s，那是这种规格的最低价。", low=money.format_yuan(variant.price_low_fen)
        )
    if problem is not None:
        return "ladder", problem
    if not terms.ship_weekdays or not frozenset(terms.ship_weekdays) <= frozenset(EVERY_WEEKDAY):
        return "ship_weekdays", msg("至少勾选一天发货。")
    if not frozenset(terms.served_cities) <= frozenset(cities):
        return "served_cities", msg("请从列出的城市中选择。")
    if terms.free_freight_fen is not None and not 0 < terms.free_freight_fen <= FREE_FREIGHT_FROM_MAX_FEN:
        return "free_freight", msg("包邮金额应在 ¥0.01 至 ¥100,000.00 之间。")
    return None


def border_problem(product: Product, before: OfferTerms | None, after: OfferTerms) -> Message | None:
    """Say why an offer may not begin to serve Hong Kong and Macao: a person has to clear its goods first."""
    begins = after.serves_hong_kong_macao and (before is None or not before.serves_hong_kong_macao)
    if begins and not product.may_cross_border:
        return msg("这件商品还没有核准供港澳，请先联系运营。")
    return None


def presale_problem(wanted: Presale, today: date, minimum: int) -> tuple[str, Message] | None:
    """Say why a harvest cannot be sold before it: its day and cap."""
    if not today < wanted.harvest_on <= today + timedelta(days=PRESALE_DAYS_MAX):
        return "harvest_on", msg("采收日期应在明天至 %(days)s 天之内。", days=PRESALE_DAYS_MAX)
    if not minimum <= wanted.cap <= QUANTITY_MAX:
        return "cap", msg("预售数量应在 %(low)s 至 %(high)s 件之间。", low=minimum, high=QUANTITY_MAX)
    return None
