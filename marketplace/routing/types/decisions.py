"""What was decided, as it is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from marketplace.kernel.message import Message
from marketplace.kernel.money import Fen
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode
from marketplace.routing.types.plans import PlanLine, RunnerUp, ScoreTerm
from marketplace.stock.types import Cause

DecisionId = NewType("DecisionId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedPart:
    """A part as it was decided, with its reasons, for operator, cooperative and official."""

    no: int
    cooperative_id: PartyId
    warehouse_id: PartyId | None
    origin_code: DivisionCode
    goods_fen: Fen
    freight_fen: Fen
    lines: tuple[PlanLine, ...]
    reasons: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A stored routing decision: what was chosen for which cause, by which policy, and what came second."""

    id: DecisionId
    cause: Cause
    decided_at: datetime
    destination_code: DivisionCode
    policy_version: str
    optimal: bool
    score_fen: int
    score_terms: tuple[ScoreTerm, ...]
    parts: tuple[DecidedPart, ...]
    runner_up: RunnerUp | None
