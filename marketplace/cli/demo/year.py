"""The year, day by day: buyers buy, cooperatives pack, goods travel, officials decide, books are kept."""

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy.orm import Session

from marketplace.assistance import queries as assistance
from marketplace.assistance import rules as counting
from marketplace.assistance import service as record
from marketplace.assistance.types import Dimension
from marketplace.cli.demo import cast as casting
from marketplace.cli.demo import catalogue as named
from marketplace.cli.demo import certificates as papers
from marketplace.cli.demo import evening, joining, lots, own_goods, searches
from marketplace.cli.demo import shelf as shelving
from marketplace.cli.demo.cast import Cast, Member
from marketplace.cli.demo.road import Road, decide_breaches
from marketplace.cli.demo.shelf import Shelf
from marketplace.cli.demo.shopping import buy
from marketplace.cli.demo.stage import Stage, analyse
from marketplace.flow.decide_pairing import confirm
from marketplace.parties import queries as parties
from marketplace.places import queries as places
from marketplace.places.types import PairingLevel, PairingStatus

_UNCONFIRMED_CITY = "441300"  # 惠州: its pairing waits for an official's word
_DECIDED_ON = (1, 8)
_SEASONAL = (0.9, 1.3, 0.7, 0.7, 0.8, 0.9, 1.0, 1.1, 1.3, 1.2, 1.1, 1.0)
_OPEN_DAYS = 3


def play(stage: Stage, orders: int, *, show: Callable[[str], None]) -> Cast:
    """Play the whole history up to the last day; about so many orders, growing through the year."""
    stage.at(stage.first, 8)
    cast = casting.enter(stage)
    stage.write(lambda session: joining.record_licences(session, cast))
    shelf = shelving.fill(stage, cast)
    show(f"演示 {len(cast.cooperatives)} 家合作社、{len(shelf.goods)} 个供货报价")
    named.publish_last_year(stage, cast)
    road = Road(stage, cast)
    per_day = _per_day(stage, orders)
    middle = stage.first + (stage.last - stage.first) // 2
    day, bought, confirmed = stage.first, 0, False
    waiting = 0.0
    while day <= stage.last:
        if stage.last - day == evening.AGO:
            evening.buy_ahead(stage, cast, shelf, road)
        if day == middle:
            named.publish_this_year(stage, cast, day)
        if not confirmed and (day.month, day.day) >= _DECIDED_ON and day.year == stage.last.year:
            confirm_pairings(stage, cast, day)
            confirmed = True
        waiting += per_day[day]
        bought += _day(stage, cast, shelf, road, day, int(waiting))
        waiting -= int(waiting)
        if day == stage.last or (day + timedelta(days=1)).day == 1:
            _month_end(stage, cast, day)
            show(f"演示 {day:%Y-%m} … {bought} 笔已付款订单")
        day += timedelta(days=1)
    if not confirmed:
        confirm_pairings(stage, cast, stage.last)
    _restock(stage, shelf)
    papers.change(stage, cast, shelf.papers)
    evening.leave_work(stage, cast, shelf, road)
    papers.submit(stage, shelf.papers, shelf.goods.values(), 3)
    named.review_next_year(stage, cast)
    own_goods.bring(stage, cast, shelf)
    joining.leave(stage, cast, shelf)
    lots.mind(stage, cast, shelf)
    stage.write(lambda session: _agree_targets(session, stage, cast))
    for name in ("assistance.fold", "settlement.fold", "search.fold_sales", "transparency.sequence"):
        stage.run(name)
    searches.ask(stage)
    analyse(stage)
    return cast


def _per_day(stage: Stage, orders: int) -> dict[date, float]:
    """Spread the orders over the days: more in season, more towards the end."""
    days = [stage.first + timedelta(days=n) for n in range((stage.last - stage.first).days + 1)]
    weights = {
        day: _SEASONAL[day.month - 1] * (0.6 + 0.8 * place / len(days)) for place, day in enumerate(days)
    }
    whole = sum(weights.values())
    return {day: orders * weight / whole for day, weight in weights.items()}


def _day(stage: Stage, cast: Cast, shelf: Shelf, road: Road, day: date, buyers: int) -> int:
    bought = 0
    stage.at(day, 9)
    for _ in range(buyers):
        stage.pass_minutes(stage.chance.randint(2, 25))
        found = buy(stage, cast, shelf, day)
        if found is not None:
            road.plan(found, day + timedelta(days=1) if found.order.fulfilments else day)
            bought += 1
    if stage.clock.instant.hour < 17:
        stage.at(day, 17)
    road.play(day)
    stage.drain()
    if day.weekday() == 0:
        stage.run("completion.confirm_due")
        operator = stage.chance.choice(cast.operators)
        before = day - timedelta(days=_OPEN_DAYS)
        stage.write(lambda session: decide_breaches(session, operator, before))
    return bought


def _month_end(stage: Stage, cast: Cast, day: date) -> None:
    stage.at(day, 23, 30)
    stage.write(lambda session: joining.verify_again(session, stage, cast, day))
    stage.drain()
    for name in (
        "completion.confirm_due",
        "assistance.fold",
        "settlement.fold",
        "transparency.sequence",
        "transparency.sign_head",
        "catalogue.lapse_certificates",
        "parties.watch_verifications",
    ):
        stage.run(name)


def confirm_pairings(stage: Stage, cast: Cast, day: date) -> None:
    """The province's officials confirm this year's city pairings, all but one."""
    official = cast.officials[0]
    stage.write(lambda session: _confirm(session, official, day))


def _confirm(session: Session, official: Member, day: date) -> None:
    actor = parties.actor(session, official.person.id)
    for pairing in places.list_pairings(session, on=day):
        if (
            pairing.level is PairingLevel.CITY
            and pairing.status is PairingStatus.TO_BE_CONFIRMED
            and pairing.gd_code != _UNCONFIRMED_CITY
        ):
            confirm(session, pairing.id, actor)


def _restock(stage: Stage, shelf: Shelf) -> None:
    """Today the shelves are full of what the season brings, and a few things are sold out.

    The goods of the story come from the cold store where their season is over.
    """
    stage.at(stage.last, 8)
    famous = [good for good in shelf.goods.values() if shelving.is_famous(good)]
    shelving.ensure(stage, [(good, 80) for good in famous])
    for good in shelving.on_sale(shelf, stage.last):
        if stage.chance.random() > 0.06:
            shelving.ensure(stage, [(good, 40)])


def _agree_targets(session: Session, stage: Stage, cast: Cast) -> None:
    """Note the yearly task of each official: the province is ahead of the year's day, a county behind it."""
    for official, times in zip(cast.officials, (1.05, 1.3, 0.95, 1.1, 1.6), strict=True):
        assert official.scope is not None
        period = counting.parse_period(str(stage.last.year))
        done = assistance.totals(session, Dimension.MONTH, period, scope=official.scope).total.counted_fen
        task = max(1_000_000, int(done * times) // 100_000 * 100_000)
        record.set_target(session, official.scope, stage.last.year, task, official.person.id)
