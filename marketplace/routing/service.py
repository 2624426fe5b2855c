"""Writes of routing, and the plan itself: asked at checkout, stored when the order is placed."""

from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from marketplace.kernel import time
from marketplace.kernel.time import business_day
from marketplace.notices.rules import encode
from marketplace.routing import rules
from marketplace.routing.models import (
    DecidedLineRow,
    DecidedPartRow,
    DecisionReasonRow,
    DecisionRow,
    DecisionTermRow,
    RunnerUpRow,
)
from marketplace.routing.queries import CHOSEN, SECOND
from marketplace.routing.sources import frame_for, sources_of_variants
from marketplace.routing.types import DecisionId, Plan, PlanRequest, RunnerUp
from marketplace.stock.types import Cause


def plan(session: Session, request: PlanRequest) -> Plan:
    """Plan an order: who supplies each line, in which parts and parcels, for what freight, by which day.

    Writes nothing and holds nothing. Refuses CannotSupply with every line that nobody can supply,
    NothingToPlan, and UnknownPlace.
    """
    frame = frame_for(session, request.destination_code, request.at, request.policy)
    sources = sources_of_variants(session, frame, {need.variant_id for need in request.needs})
    willing = [one for one in sources if one.cooperative_id not in request.without]
    return rules.choose(frame, request.needs, willing)


def record_decision(session: Session, cause: Cause, plan: Plan) -> DecisionId:
    """Store a plan that became an order, with its terms, reasons and runner-up, once and for good."""
    now = time.now()
    row = DecisionRow(
        cause_type=cause.type,
        cause_id=cause.id,
        cause_kind=cause.kind,
        decided_at=now,
        destination_code=plan.destination_code,
        policy_version=plan.policy_version,
        optimal=plan.optimal,
        score_fen=plan.score_fen,
        goods_fen=plan.goods_fen,
        freight_fen=plan.freight_fen,
    )
    session.add(row)
    session.flush()
    session.execute(
        insert(DecidedPartRow),
        [
            {
                "decision_id": row.id,
                "no": part.no,
                "cooperative_id": part.cooperative_id,
                "warehouse_id": part.warehouse_id,
                "origin_code": part.origin_code,
                "goods_fen": part.goods_fen,
                "freight_fen": part.freight_fen,
                "decided_on": business_day(now),
            }
            for part in plan.parts
        ],
    )
    session.execute(insert(DecidedLineRow), _lines(row.id, plan))
    session.execute(insert(DecisionReasonRow), _reasons(row.id, plan))
    session.execute(insert(DecisionTermRow), _terms(row.id, plan))
    if plan.runner_up is not None:
        session.add(_runner_up(row.id, plan.runner_up))
        session.flush()
    return DecisionId(row.id)


def _lines(decision_id: int, plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "decision_id": decision_id,
            "part_no": part.no,
            "line_no": line.line_no,
            "offer_id": line.offer_id,
            "quantity": line.quantity,
            "unit_price_fen": line.unit_price_fen,
        }
        for part in plan.parts
        for line in part.lines
    ]


def _reasons(decision_id: int, plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "decision_id": decision_id,
            "part_no": part.no,
            "position": position,
            "template": reason.template,
            "parameters": encode(reason.parameters),
        }
        for part in plan.parts
        for position, reason in enumerate(part.reasons)
    ]


def _terms(decision_id: int, plan: Plan) -> list[dict[str, Any]]:
    ranked = [(CHOSEN, plan.score_terms)]
    if plan.runner_up is not None:
        ranked.append((SECOND, plan.runner_up.score_terms))
    return [
        {"decision_id": decision_id, "rank": rank, "term": one.term, "amount_fen": one.amount_fen}
        for rank, terms in ranked
        for one in terms
    ]


def _runner_up(decision_id: int, other: RunnerUp) -> RunnerUpRow:
    return RunnerUpRow(
        decision_id=decision_id,
        score_fen=other.score_fen,
        total_fen=other.total_fen,
        offers=[list(pair) for pair in other.offer_ids],
        template=other.reason.template,
        parameters=encode(other.reason.parameters),
    )
