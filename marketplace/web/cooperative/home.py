"""What a cooperative sees first: money not yet received, what came back, today's work, what runs low."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.catalogue import queries as catalogue
from marketplace.kernel import time
from marketplace.kernel.message import msg
from marketplace.orders.rules import AWAY, UNSENT
from marketplace.orders.types import FulfilmentState
from marketplace.parties import queries as parties
from marketplace.parties.rules import is_verification_due, may, selling_problem
from marketplace.parties.types import Permission
from marketplace.settlement import queries as settlement
from marketplace.settlement.types import cooperative_payable
from marketplace.stock import attention
from marketplace.web.cooperative import turned_back
from marketplace.web.cooperative.certificates import lapsing
from marketplace.web.cooperative.routes import acting_for, blueprint, counts, work
from marketplace.web.database import read
from marketplace.web.guard import actor, current_actor, require
from marketplace.web.language import render

SHOWN = 10
WORK = (
    (FulfilmentState.TO_ACCEPT, "inbox", msg("新订单，等您接单")),
    (FulfilmentState.ACCEPTED, "box", msg("已接单，等装箱")),
    (FulfilmentState.PACKED, "truck", msg("已装箱，等承运商来取")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Work of one kind that waits, and where it is done."""

    mark: str
    text: str
    count: int
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheWay:
    """What is packed or sent and not received: parts, what their goods are worth, the next arrival."""

    parts: int
    goods_fen: int
    next_on: date | None


@blueprint.get("")
@require(Permission.FULFIL)
def home() -> ResponseReturnValue:
    session, today, mine = read(), time.today(), acting_for()
    party = parties.get_party(session, mine)
    sees_money = may(current_actor(), Permission.SEE_STATEMENTS, mine)
    manages = may(current_actor(), Permission.MANAGE_OFFERS, mine)
    is_due = is_verification_due(party, today)
    low, lapsing_lots = attention.look(session, catalogue.offers_on_sale(mine), today, limit=SHOWN)
    return render_template(
        "cooperative/home.html",
        tasks=_tasks(catalogue.count_unanswered(session, mine)),
        owed_fen=-settlement.balance(session, cooperative_payable(mine)) if sees_money else None,
        on_the_way=_on_the_way(),
        account_ends=time.next_month(today) - timedelta(days=1),
        manages_offers=manages,
        returned=turned_back.lines(session, mine, actor().person.id, is_due=is_due) if manages else [],
        party=party,
        problem=selling_problem(party, today),
        is_due=is_due,
        low=low,
        lapsing_lots=lapsing_lots,
        lots=catalogue.lots_by_id(session, [one.lot_id for one in lapsing_lots]),
        titles=catalogue.offer_titles(
            session, {one.offer_id for one in low} | {one.offer_id for one in lapsing_lots}
        ),
        certificates=lapsing(session),
    )


def _on_the_way() -> OnTheWay:
    away = [one for state, one in work().items() if state in AWAY]
    return OnTheWay(
        parts=sum(one.parts for one in away),
        goods_fen=sum(one.goods_fen for one in away),
        next_on=min((one.next_on for one in away if one.next_on is not None), default=None),
    )


def _tasks(unanswered: int) -> list[Task]:
    """Say what is to be done: what must leave today first, then orders by step, then claims to answer."""
    due = sum(one.due_parts for state, one in work().items() if state in UNSENT)
    of_today = Task(
        mark="calendar",
        text=render(msg("今天要发出的")),
        count=due,
        href=url_for("cooperative.orders", state="all"),
    )
    claims = Task(
        mark="leaf",
        text=render(msg("有商家说卖的是您生产的，请确认")),
        count=unanswered,
        href=url_for("cooperative.producers"),
    )
    orders = [
        Task(
            mark=mark,
            text=render(text),
            count=counts()[state],
            href=url_for("cooperative.orders", state=state),
        )
        for state, mark, text in WORK
        if counts().get(state)
    ]
    return [one for one in (of_today, *orders, claims) if one.count]
