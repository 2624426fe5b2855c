"""What others may hold of routing: the question, the possible sources, the plan and its reasons."""

from marketplace.routing.types.decisions import (
    DecidedPart,
    Decision,
    DecisionId,
)
from marketplace.routing.types.plans import (
    Plan,
    PlanLine,
    PlanPart,
    PlanRequest,
    PriceWithFreight,
    RunnerUp,
    ScoreTerm,
    Shipment,
)
from marketplace.routing.types.sources import (
    Destination,
    LineProblem,
    Need,
    Policy,
    Reason,
    Source,
    Term,
)

__all__ = [
    "DecidedPart",
    "Decision",
    "DecisionId",
    "Destination",
    "LineProblem",
    "Need",
    "Plan",
    "PlanLine",
    "PlanPart",
    "PlanRequest",
    "Policy",
    "PriceWithFreight",
    "Reason",
    "RunnerUp",
    "ScoreTerm",
    "Shipment",
    "Source",
    "Term",
]
