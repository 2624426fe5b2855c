"""Goods: their season and temperature, what an offer may cost, and what may be sold to consumers at all."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from marketplace.catalogue.types import (
    LotStatus,
    OfferStatus,
    OfferTerms,
    Paper,
    Product,
    ProductStatus,
    Requirement,
    SchemeLevel,
    TemperatureRange,
    Variant,
)
from marketplace.kernel import money
from marketplace.kernel.message import Message, msg

ALL_MONTHS = frozenset(range(1, 13))
GRAMS_PER_500 = 500
HOURS_A_DAY = 24
MAX_LEAD_DAYS = 30
NOT_FOR_CONSUMERS = "not_for_consumers"

PRODUCT_TRANSITIONS: Mapping[ProductStatus, frozenset[ProductStatus]] = {
    ProductStatus.DRAFT: frozenset({ProductStatus.LISTED, ProductStatus.WITHDRAWN}),
    ProductStatus.LISTED: frozenset({ProductStatus.WITHDRAWN}),
    ProductStatus.WITHDRAWN: frozenset({ProductStatus.LISTED}),
}
OFFER_TRANSITIONS: Mapping[OfferStatus, frozenset[OfferStatus]] = {
    OfferStatus.LISTED: frozenset({OfferStatus.PAUSED, OfferStatus.WITHDRAWN}),
    OfferStatus.PAUSED: frozenset({OfferStatus.LISTED, OfferStatus.WITHDRAWN}),
    OfferStatus.WITHDRAWN: frozenset(),
}


LOT_TRANSITIONS: Mapping[LotStatus, frozenset[LotStatus]] = {
    LotStatus.OPEN: frozenset({LotStatus.ON_HOLD, LotStatus.RECALLED}),
    LotStatus.ON_HOLD: frozenset({LotStatus.OPEN, LotStatus.RECALLED}),
    LotStatus.RECALLED: frozenset(),
}


def season_months(harvest_months: Collection[int], sale_months: Collection[int]) -> tuple[int, ...]:
    """Return the months in which goods are in season (应季).

    Harvest months always; for goods that cannot be had the whole year, every month in which they are sold.
    """
    sold = frozenset(sale_months)
    return tuple(sorted(frozenset(harvest_months) | (sold if sold != ALL_MONTHS else frozenset())))


def in_season(product: Product, day: date) -> bool:
    return day.month in season_months(product.harvest_months, product.sale_months)


def is_sold_on(product: Product, day: date) -> bool:
    """Tell whether goods are to be had in the month of a day, fresh or stored."""
    return day.month in product.sale_months


def is_within(milli_c: int, limits: TemperatureRange | None) -> bool:
    """Tell whether a temperature lies in a range; goods without a range keep at any."""
    return limits is None or limits.min_milli_c <= milli_c <= limits.max_milli_c


def intersection(ranges: Iterable[TemperatureRange | None]) -> TemperatureRange | None:
    """Return the range that a mixed load keeps; None where nothing in it has a limit.

    Refuses (ValueError) goods that no single temperature suits: they need another parcel.
    """
    limits = [one for one in ranges if one is not None]
    if not limits:
        return None
    common = TemperatureRange(
        min_milli_c=max(one.min_milli_c for one in limits), max_milli_c=min(one.max_milli_c for one in limits)
    )
    if common.min_milli_c > common.max_milli_c:
        raise ValueError("no temperature suits all goods of the load")
    return common


def price_problem(variant: Variant, price_fen: int) -> Message | None:
    """Say why a price a pack is not one of the variant's band, both ends included."""
    if variant.price_low_fen <= price_fen <= variant.price_high_fen:
        return None
    return msg(
        "%(pack)s的价格应在%(low)s至%(high)s之间。",
        pack=variant.pack,
        low=money.format_yuan(variant.price_low_fen),
        high=money.format_yuan(variant.price_high_fen),
    )


def terms_problem(terms: OfferTerms) -> Message | None:
    """Say why an offer cannot stand on these terms."""
    if terms.minimum < 1:
        return msg("起订数量至少为1。")
    if terms.daily_capacity < terms.minimum:
        return msg("每日供货量不能少于起订数量。")
    if not 0 <= terms.lead_days <= MAX_LEAD_DAYS:
        return msg("备货天数应在0至%(most)d天之间。", most=MAX_LEAD_DAYS)
    if not 0 <= terms.cut_off_hour < HOURS_A_DAY:
        return msg("截单时间应为0至23时的整点。")
    return None


def price_per_500g(price_fen: int, net_weight_g: int) -> int:
    """Return the price of 500 g in fen, rounded half up (每500克, 价签 by law names the unit price)."""
    return (price_fen * GRAMS_PER_500 * 2 + net_weight_g) // (2 * net_weight_g)


def expires_on(harvested_on: date, shelf_life_days: int | None) -> date | None:
    """Return the last day of a lot's shelf life; None for goods that do not spoil."""
    return None if shelf_life_days is None else harvested_on + timedelta(days=shelf_life_days)


def barred(product: Product, papers: Iterable[Paper]) -> Message | None:
    """Say why goods may not be sold to consumers at all (药品管理法; 食品安全法第38条)."""
    if not product.consumer_sellable or any(
        paper.code == NOT_FOR_CONSUMERS and paper.requirement is Requirement.REQUIRED for paper in papers
    ):
        return msg("%(product)s不得向消费者零售，不能上架。", product=product.name)
    return None


def missing_papers(papers: Iterable[Paper], held: Collection[str]) -> tuple[Paper, ...]:
    """Return the papers of product and enterprise that goods must have and nobody has shown.

    Papers of a lot belong to each lot; conditional ones depend on what only a person can see.
    """
    return tuple(
        paper
        for paper in papers
        if paper.requirement is Requirement.REQUIRED
        and paper.level is not SchemeLevel.LOT
        and paper.code not in held
    )


def sellable(product: Product, papers: Collection[Paper], held: Collection[str]) -> Message | None:
    """Say why an offer of goods may not be listed with the papers held (their codes); None when it may."""
    problem = barred(product, papers)
    if problem is not None:
        return problem
    missing = missing_papers(papers, held)
    if not missing:
        return None
    first = missing[0].name
    if len(missing) == 1:
        return msg("%(product)s缺少%(paper)s，不能上架。", product=product.name, paper=first)
    return msg(
        "%(product)s缺少%(paper)s等%(count)d项证件，不能上架。",
        product=product.name,
        paper=first,
        count=len(missing),
    )


def missing_lot_papers(papers: Iterable[Paper], held: Collection[str]) -> tuple[Paper, ...]:
    """Return the papers that a lot must carry and does not (农业农村部令2025年第4号)."""
    return tuple(
        paper
        for paper in papers
        if paper.requirement is Requirement.REQUIRED
        and paper.level is SchemeLevel.LOT
        and paper.code not in held
    )
