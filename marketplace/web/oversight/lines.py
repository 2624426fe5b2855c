"""From a figure to its lines, and from a line to its order, hand-offs, certificates and payment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.assistance import queries as record
from marketplace.assistance import rules
from marketplace.assistance.types import BuyerKind, Entry, Judgement, Reason
from marketplace.custody import queries as custody
from marketplace.custody.types import HandOff
from marketplace.kernel.message import Message, Name, msg
from marketplace.orders import queries as orders
from marketplace.orders.types import Order, OrderLine
from marketplace.parties import queries as parties
from marketplace.parties.types import Permission
from marketplace.payment import queries as payments
from marketplace.places import queries as places
from marketplace.web import guard, paging, wording
from marketplace.web.database import read
from marketplace.web.oversight import asked as question
from marketplace.web.oversight.asked import address
from marketplace.web.oversight.routes import blueprint
from marketplace.web.oversight.tables import choices

PER_PAGE = 50

REASON_NAMES: Mapping[Reason, Message] = {
    Reason.REACHED: msg("计入"),
    Reason.REFUNDED: msg("冲减：退款"),
    Reason.UNPAID: msg("冲减：未付款"),
    Reason.RESTATED: msg("调整：结对关系"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """An entry with what its order says of it; nothing in it says who the buyer is, save for a unit."""

    entry: Entry
    order_number: str
    line: OrderLine
    county: Name
    city: Name
    judgement: Judgement


@blueprint.get("/lines")
@guard.require(Permission.SEE_TOTALS)
def lines() -> ResponseReturnValue:
    asked = question.asked()
    found = record.lines(read(), asked.selection, page=paging.page_number(), per_page=PER_PAGE)
    return render_template(
        "oversight/lines.html",
        asked=asked,
        lines=line_views(read(), found.items, asked),
        page=found,
        sums=record.sums_by_stage(read(), asked.selection),
        address=address,
        choices=choices(),
        reasons=REASON_NAMES,
        stages=rules.STAGE_NAMES,
        states=rules.STATE_NAMES,
    )


@blueprint.get("/lines/<int:entry_id>")
@guard.require(Permission.SEE_TOTALS)
def line(entry_id: int) -> ResponseReturnValue:
    """Show what is behind an entry; one outside the scope is not there."""
    reach = record.selection_in(read(), rules.EVER, guard.scope())
    entry = record.get_entry(read(), entry_id, reach)
    order = orders.get_order(read(), entry.order_id)
    bought = next(one for one in order.lines if one.id == entry.order_line_id)
    atlas = places.atlas(read())
    return render_template(
        "oversight/line.html",
        entry=entry,
        entries=record.entries_of_line(read(), entry.order_line_id),
        order=order,
        line=bought,
        part=next(one for one in order.fulfilments if one.id == bought.fulfilment_id),
        county=atlas.division(entry.origin_county).name,
        city=atlas.division(entry.city_code).short_name,
        buyer=_buyer(read(), entry, order),
        judgements=[(one, rules.judge(one, entry.facts)) for one in record.list_rules()],
        hand_offs=_hand_offs(read(), bought),
        attempts=payments.attempts_of_order(read(), order.id),
        refunds=[one for one in payments.refunds_of_order(read(), order.id) if one.lines],
        reasons=REASON_NAMES,
        stages=rules.STAGE_NAMES,
        states=rules.STATE_NAMES,
        evidence=rules.EVIDENCE_NAMES,
        modes=rules.MODE_NAMES,
        wording=wording,
        address=address,
    )


def line_views(session: Session, entries: Sequence[Entry], asked: question.Asked) -> list[LineView]:
    """Put entries beside what their orders say, in as many statements for fifty as for one."""
    bought = orders.lines_by_id(session, {one.order_line_id for one in entries})
    found = orders.orders_by_id(session, {one.order_id for one in entries})
    atlas = places.atlas(session)
    return [
        LineView(
            entry=one,
            order_number=found[one.order_id].number,
            line=bought[one.order_line_id],
            county=atlas.division(one.origin_county).short_name,
            city=atlas.division(one.city_code).short_name,
            judgement=rules.judge(asked.rule, one.facts),
        )
        for one in entries
    ]


def _buyer(session: Session, entry: Entry, order: Order) -> Message | Name:
    """Name a purchasing unit; a person stays a person."""
    if entry.buyer_kind is BuyerKind.PERSON or order.unit_id is None:
        return msg("个人消费者")
    return parties.get_party(session, order.unit_id).name


def _hand_offs(session: Session, line: OrderLine) -> Sequence[HandOff]:
    return custody.hand_offs_of_lines(session, [line.id]).get(line.id, ())
