"""Reads of routing: what goods cost delivered, and why an order was routed as it was."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.types import OfferId, ProductId, VariantId
from marketplace.kernel import time
from marketplace.kernel.message import Message
from marketplace.kernel.money import Fen
from marketplace.notices.rules import decode
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode
from marketplace.routing import shelf
from marketplace.routing.models import (
    DecidedLineRow,
    DecidedPartRow,
    DecisionReasonRow,
    DecisionRow,
    DecisionTermRow,
    RunnerUpRow,
)
from marketplace.routing.refusals import NoDecision
from marketplace.routing.rules import best_of, price_offers
from marketplace.routing.sources import frame_for, make_sources
from marketplace.routing.types import (
    DecidedPart,
    Decision,
    DecisionId,
    PlanLine,
    PriceWithFreight,
    RunnerUp,
    ScoreTerm,
    Source,
    Term,
)
from marketplace.stock.types import Cause

CHOSEN, SECOND = 1, 2
"""The ranks under which a decision's terms are kept."""


def price_with_freight(
    session: Session, product_ids: Collection[ProductId], destination_code: str, day: date
) -> Mapping[ProductId, PriceWithFreight]:
    """Return what each product's cheapest pack costs delivered: for cards, in two statements.

    A plan for the same quantity of the same pack chooses the same offer at the same total. Products that
    nobody offers are left out. Refuses (UnknownPlace) where nothing is sold.
    """
    frame = frame_for(session, destination_code, instant_of(day))
    prices = shelf.prices_of(session, frame, product_ids)
    return {product: best_of(prices[product]) for product in product_ids if product in prices}


def variant_prices(
    session: Session, product_ids: Collection[ProductId], destination_code: str, day: date
) -> Mapping[VariantId, PriceWithFreight]:
    """Return what every pack of these products costs delivered, in two statements."""
    frame = frame_for(session, destination_code, instant_of(day))
    prices = shelf.prices_of(session, frame, product_ids)
    return {one.variant_id: one for of_product in prices.values() for one in of_product}


def offer_prices(
    session: Session, product_ids: Collection[ProductId], destination_code: str, day: date
) -> Mapping[OfferId, PriceWithFreight]:
    """Return what every cooperative's offer costs delivered, each by itself, in two statements."""
    frame = frame_for(session, destination_code, instant_of(day))
    terms, supplies = shelf.read(session, frame, product_ids)
    listed = [one for of_product in terms.values() for one in of_product]
    sources = make_sources(session, frame, listed, supplies)
    return {source.offer_id: price_offers(frame, [source]) for source in sources}


def shelf_prices(
    session: Session, product_ids: Collection[ProductId], destination_code: str, day: date
) -> tuple[Mapping[VariantId, PriceWithFreight], Mapping[OfferId, PriceWithFreight]]:
    """Return both, what every pack and what every offer of it costs delivered, in two statements."""
    frame = frame_for(session, destination_code, instant_of(day))
    terms, supplies = shelf.read(session, frame, product_ids)
    listed = [one for of_product in terms.values() for one in of_product]
    by_variant: dict[VariantId, list[Source]] = {}
    for source in make_sources(session, frame, listed, supplies):
        by_variant.setdefault(source.variant_id, []).append(source)
    packs = {variant: price_offers(frame, together) for variant, together in by_variant.items()}
    offers = {one.offer_id: price_offers(frame, [one]) for found in by_variant.values() for one in found}
    return packs, offers


def instant_of(day: date) -> datetime:
    """Return the instant at which a day's prices are asked: now for today, else as the day begins."""
    return time.now() if day == time.today() else time.start_of_day(day)


def decision(session: Session, order_id: int) -> Decision:
    """Return the newest routing decision of an order; refuses NoDecision."""
    found = decisions_of(session, "order", order_id)
    if not found:
        raise NoDecision
    return found[-1]


def decisions_of(session: Session, cause_type: str, cause_id: int) -> list[Decision]:
    """Return every decision for a cause, oldest first, in six statements."""
    rows = session.scalars(
        select(DecisionRow)
        .where(DecisionRow.cause_type == cause_type, DecisionRow.cause_id == cause_id)
        .order_by(DecisionRow.id)
    ).all()
    ids = [row.id for row in rows]
    if not ids:
        return []
    terms = _by_decision(session, DecisionTermRow, ids)
    parts = _by_decision(session, DecidedPartRow, ids)
    lines = _by_decision(session, DecidedLineRow, ids)
    reasons = _by_decision(session, DecisionReasonRow, ids)
    runners = _by_decision(session, RunnerUpRow, ids)
    return [
        Decision(
            id=DecisionId(row.id),
            cause=Cause(row.cause_type, row.cause_id, row.cause_kind),
            decided_at=row.decided_at,
            destination_code=DivisionCode(row.destination_code),
            policy_version=row.policy_version,
            optimal=row.optimal,
            score_fen=row.score_fen,
            score_terms=_terms(terms[row.id], CHOSEN),
            parts=tuple(_part(part, lines[row.id], reasons[row.id]) for part in parts[row.id]),
            runner_up=_runner_up(runners[row.id], terms[row.id]),
        )
        for row in rows
    ]


def _by_decision(session: Session, table: Any, ids: Sequence[int]) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = {one: [] for one in ids}
    for row in session.scalars(
        select(table).where(table.decision_id.in_(ids)).order_by(*table.__table__.primary_key)
    ):
        grouped[row.decision_id].append(row)
    return grouped


def _terms(rows: Sequence[DecisionTermRow], rank: int) -> tuple[ScoreTerm, ...]:
    order = list(Term)
    kept = [ScoreTerm(term=Term(row.term), amount_fen=row.amount_fen) for row in rows if row.rank == rank]
    return tuple(sorted(kept, key=lambda one: order.index(one.term)))


def _part(
    row: DecidedPartRow, lines: Sequence[DecidedLineRow], reasons: Sequence[DecisionReasonRow]
) -> DecidedPart:
    return DecidedPart(
        no=row.no,
        cooperative_id=PartyId(row.cooperative_id),
        warehouse_id=None if row.warehouse_id is None else PartyId(row.warehouse_id),
        origin_code=DivisionCode(row.origin_code),
        goods_fen=Fen(row.goods_fen),
        freight_fen=Fen(row.freight_fen),
        lines=tuple(
            PlanLine(
                line_no=line.line_no,
                offer_id=OfferId(line.offer_id),
                quantity=line.quantity,
                unit_price_fen=Fen(line.unit_price_fen),
            )
            for line in lines
            if line.part_no == row.no
        ),
        reasons=tuple(
            Message(reason.template, decode(reason.parameters))
            for reason in reasons
            if reason.part_no == row.no
        ),
    )


def _runner_up(rows: Sequence[RunnerUpRow], terms: Sequence[DecisionTermRow]) -> RunnerUp | None:
    if not rows:
        return None
    row = rows[0]
    return RunnerUp(
        offer_ids=tuple((line_no, OfferId(offer_id)) for line_no, offer_id in row.offers),
        score_fen=row.score_fen,
        total_fen=Fen(row.total_fen),
        score_terms=_terms(terms, SECOND),
        reason=Message(row.template, decode(row.parameters)),
    )
