"""Who may sell: the one rule that offers, routing and pages ask, and when a seller is verified again.

A seller's identity and licences are checked before it sells and every six months after
(网络交易监督管理办法 art. 24).
"""

from datetime import date, timedelta

from marketplace.kernel.time import next_month
from marketplace.parties.types import Party, PartyKind, PartyStatus

VERIFICATION_MONTHS = 6
WARN_BEFORE = timedelta(days=30)


def verified_until(day: date) -> date:
    """Return the last day on which a verification of this day still counts: six months, the last included."""
    month = day.replace(day=1)
    for _ in range(VERIFICATION_MONTHS):
        month = next_month(month)
    last = next_month(month) - timedelta(days=1)
    return month.replace(day=min(day.day, last.day))


def may_sell(party: Party, day: date) -> bool:
    """Tell whether a party's offers are sold on a day: a cooperative, not suspended, verified in time."""
    return (
        party.kind is PartyKind.COOPERATIVE
        and party.status is PartyStatus.ACTIVE
        and party.verified_until is not None
        and day <= party.verified_until
    )


def is_verification_due(party: Party, day: date) -> bool:
    """Tell whether a seller is to be verified again: within 30 days of the end, or after it."""
    return party.verified_until is not None and day >= party.verified_until - WARN_BEFORE
