"""What a cooperative sees first: money not yet received, what came back, today's work, what runs low."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.catalogue import queries as catalogue
from marketplace.kernel import time
from marketplace.kernel.message import msg
from marketplace.orders import queries as orders
from marketplace.orders.types import FulfilmentState, OnTheWay
from marketplace.parties import queries as parties
from marketplace.parties.rules import is_verification_due, may, selling_problem
from marketplace.parties.types import Permission
from marketplace.settlement import queries as settlement
from marketplace.settlement.types import cooperative_payable
from marketplace.web.cooperative import shelf, turned_back
from marketplace.web.cooperative.certificates import lapsing
from marketplace.web.cooperative.routes import acting_for, blueprint, counts
from marketplace.web.database import read
from marketplace.web.guard import current_actor, require
from marketplace.web.language import render

LOOKED_AT = 100
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


@blueprint.get("")
@require(Permission.FULFIL)
def home() -> ResponseReturnValue:
    party = parties.get_party(read(), acting_for())
    sees_money = may(current_actor(), Permission.SEE_STATEMENTS, acting_for())
    manages = may(current_actor(), Permission.MANAGE_OFFERS, acting_for())
    today = time.today()
    is_due = is_verification_due(party, today)
    away = orders.on_the_way(read(), acting_for(), today)
    offers = catalogue.offers_of_cooperative(read(), acting_for(), per_page=LOOKED_AT)
    rows = shelf.offer_rows(read(), offers.items)
    return render_template(
        "cooperative/home.html",
        tasks=_tasks(away, counts(), catalogue.count_unanswered(read(), acting_for())),
        owed_fen=-settlement.balance(read(), cooperative_payable(acting_for())) if sees_money else None,
        manages_offers=manages,
        returned=turned_back.lines(read(), acting_for(), current_actor().person.id, is_due=is_due)
        if manages
        else [],
        party=party,
        problem=selling_problem(party, today),
        is_due=is_due,
        on_the_way=away,
        account_ends=time.next_month(today) - timedelta(days=1),
        low=[row for row in rows if row.is_listed and row.level is not shelf.Level.ENOUGH],
        lapsing_lots=[(row, lot) for row in rows for lot in row.lots if lot.is_lapsing],
        certificates=lapsing(read()),
    )


def _tasks(away: OnTheWay, by_state: Mapping[FulfilmentState, int], unanswered: int) -> list[Task]:
    due = Task(
        mark="calendar",
        text=render(msg("今天要发出的")),
        count=away.to_send_today,
        href=url_for("cooperative.orders", state="all"),
    )
    claims = Task(
        mark="leaf",
        text=render(msg("有商家说卖的是您生产的，请确认")),
        count=unanswered,
        href=url_for("cooperative.producers"),
    )
    return [*([due] if due.count else []), *_orders(by_state), *([claims] if unanswered else [])]


def _orders(by_state: Mapping[FulfilmentState, int]) -> list[Task]:
    return [
        Task(
            mark=mark,
            text=render(text),
            count=by_state[state],
            href=url_for("cooperative.orders", state=state),
        )
        for state, mark, text in WORK
        if by_state.get(state)
    ]
