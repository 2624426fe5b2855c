"""Who may sell: the one rule that offers, routing and pages ask, and when a seller is verified again.

A seller's identity and licences are checked before it sells and every six months after
(网络交易监督管理办法 art. 24).
"""

from datetime import date, timedelta

from marketplace.kernel.message import Message, msg
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
    return selling_problem(party, day) is None


def selling_problem(party: Party, day: date) -> Message | None:
    """Say why a party's offers are not sold on a day; None where they are."""
    if party.kind is not PartyKind.COOPERATIVE or party.verified_until is None:
        return msg("%(party)s不能供货，请先完成合作社入驻审核。", party=party.name)
    if party.status is not PartyStatus.ACTIVE:
        return msg("%(party)s已暂停营业，商品不再销售。", party=party.name)
    if day > party.verified_until:
        return msg("%(party)s的证照复核已过期，复核通过前商品不再销售。", party=party.name)
    return None


def is_verification_due(party: Party, day: date) -> bool:
    """Tell whether a seller is to be verified again: within 30 days of the end, or after it."""
    return party.verified_until is not None and day >= party.verified_until - WARN_BEFORE
