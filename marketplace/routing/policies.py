"""The policies by which orders are routed: dated versions, never edited, only followed by another."""

from datetime import date

from marketplace.routing.types import Policy

POLICIES: tuple[Policy, ...] = (
    Policy(
        version="2026-1",
        valid_from=date(2020, 1, 1),
        price_bp=10_000,
        freight_bp=10_000,
        # The paired cities carry the cooperation (policy art. 7, 19): a paired county may cost 8 % more.
        pairing_bp=800,
        # Support leans towards the key counties (policy art. 2).
        key_county_bp=300,
        # A cooperative that had every order of the last 30 days stands 5 % behind one that had none.
        fair_share_bp=500,
        # Goods that spend their whole shelf life on the way would cost a fifth more.
        freshness_bp=2_000,
        distance_fen_per_100_km=10,
        part_fen=200,
        waiting_day_fen=30,
    ),
)


def policy_on(day: date) -> Policy:
    """Return the policy in force on a day: the last that had begun."""
    begun = [policy for policy in POLICIES if policy.valid_from <= day]
    return max(begun, key=lambda policy: (policy.valid_from, policy.version), default=POLICIES[0])
