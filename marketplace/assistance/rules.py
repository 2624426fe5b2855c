"""Pure decisions of the record: what counts and why, what a period is, how cells become a table."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import TypeVar

from marketplace.assistance.refusals import UnknownDimension, UnknownPeriod, UnknownRule
from marketplace.assistance.shipped_rules import DEFAULT, SHIPPED
from marketplace.assistance.types import (
    Amounts,
    Cell,
    CountingRule,
    Dimension,
    Facts,
    Judgement,
    Mode,
    OriginScope,
    Period,
    Stage,
)
from marketplace.custody.types import CustodyEvidence
from marketplace.kernel.message import Message, msg
from marketplace.kernel.money import BASIS_POINTS
from marketplace.kernel.time import next_month
from marketplace.places.types import PairingState

K = TypeVar("K")

STAGE_NAMES: Mapping[Stage, Message] = {
    Stage.ORDERED: msg("已下单"),
    Stage.PAID: msg("已付款"),
    Stage.COMPLETED: msg("已完成"),
}
STATE_NAMES: Mapping[PairingState, Message] = {
    PairingState.PAIRED: msg("结对内"),
    PairingState.UNPAIRED: msg("粤黔非结对"),
    PairingState.HK_MACAO: msg("港澳"),
    PairingState.UNCONFIRMED: msg("结对待确认"),
}
EVIDENCE_NAMES: Mapping[CustodyEvidence, Message] = {
    CustodyEvidence.DOUBLE_SIGNED: msg("全程双签"),
    CustodyEvidence.CARRIER_TRACKED: msg("承运可查"),
    CustodyEvidence.RECEIPT_ONLY: msg("仅有收货"),
    CustodyEvidence.NONE: msg("没有凭据"),
}
MODE_NAMES: Mapping[Mode, Message] = {Mode.PURCHASE: msg("采购"), Mode.HELP_SELL: msg("帮助销售")}

_OUTSIDE: Mapping[PairingState, Message] = {
    PairingState.UNPAIRED: msg("不计入：产地与收货城市没有结对关系。"),
    PairingState.HK_MACAO: msg("不计入：送往港澳，列在港澳一行。"),
    PairingState.UNCONFIRMED: msg("暂不计入：结对关系待确认，确认后计入。"),
}


def judge(rule: CountingRule, facts: Facts) -> Judgement:
    """Say whether a line counts under a rule, and why; the first condition that fails is the reason."""
    if facts.stage is not rule.moment:
        return Judgement(
            counts=False,
            why=msg(
                "不计入：本口径在%(moment)s时计入，这一笔记的是%(stage)s。",
                moment=STAGE_NAMES[rule.moment],
                stage=STAGE_NAMES[facts.stage],
            ),
        )
    missing = _mode_missing(rule, facts) or _origin_missing(rule, facts) or _evidence_missing(rule, facts)
    if missing is not None:
        return Judgement(counts=False, why=missing)
    return Judgement(
        counts=True,
        why=msg("计入：%(stage)s，符合“%(rule)s”。", stage=STAGE_NAMES[facts.stage], rule=rule.name),
    )


def _mode_missing(rule: CountingRule, facts: Facts) -> Message | None:
    if facts.mode in rule.modes:
        return None
    return msg("不计入：本口径不含%(mode)s。", mode=MODE_NAMES[facts.mode])


def _origin_missing(rule: CountingRule, facts: Facts) -> Message | None:
    if rule.origins is OriginScope.PAIRED and facts.pairing_state is not PairingState.PAIRED:
        return _OUTSIDE[facts.pairing_state]
    if rule.origins is OriginScope.POVERTY_ALLEVIATED and not facts.poverty_alleviated:
        return msg("不计入：产地不是脱贫县。")
    if rule.origins is OriginScope.KEY and not facts.key_county:
        return msg("不计入：产地不是国家乡村振兴重点帮扶县。")
    return None


def _evidence_missing(rule: CountingRule, facts: Facts) -> Message | None:
    if rule.evidence is None or facts.evidence in rule.evidence:
        return None
    return msg("不计入：交接凭据是%(evidence)s，未达到本口径要求。", evidence=EVIDENCE_NAMES[facts.evidence])


def rules_on(day: date) -> tuple[CountingRule, ...]:
    """Return the rules in force on a day, the one officials report by first."""
    valid = [
        one for one in SHIPPED if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)
    ]
    return tuple(sorted(valid, key=lambda one: one.code != DEFAULT))


def find_rule(text: str | None, day: date) -> CountingRule:
    """Return a rule by its key or its code (then the version of the day); the default for nothing.

    Refuses (UnknownRule).
    """
    valid = rules_on(day)
    if not text:
        return valid[0]
    found = next((one for one in SHIPPED if one.key == text), None) or next(
        (one for one in valid if one.code == text), None
    )
    if found is None:
        raise UnknownRule(text)
    return found


def parse_dimension(text: str) -> Dimension:
    """Refuses (UnknownDimension)."""
    try:
        return Dimension(text)
    except ValueError:
        raise UnknownDimension(text) from None


_PERIOD = re.compile(
    r"(?P<year>2\d{3})(?:-(?:H(?P<half>[12])|Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?"
)


EVER = Period(text="2000-01..2999-12", first_month=date(2000, 1, 1), last_month=date(2999, 12, 1))


def parse_period(text: str) -> Period:
    """Read ``2026``, ``2026-H1``, ``2026-Q4``, ``2026-11``, ``2026-01..2026-11``. Refuses (UnknownPeriod)."""
    first_text, dots, last_text = text.partition("..")
    first = _months(first_text)
    last = _months(last_text) if dots else first
    if first is None or last is None or first[0] > last[1]:
        raise UnknownPeriod(text)
    return Period(text=text, first_month=first[0], last_month=last[1])


def _months(text: str) -> tuple[date, date] | None:
    found = _PERIOD.fullmatch(text)
    if found is None:
        return None
    year = int(found["year"])
    if found["month"]:
        low = high = int(found["month"])
    elif found["quarter"]:
        high = 3 * int(found["quarter"])
        low = high - 2
    elif found["half"]:
        high = 6 * int(found["half"])
        low = high - 5
    else:
        low, high = 1, 12
    return date(year, low, 1), date(year, high, 1)


def months_of(period: Period) -> list[date]:
    """Return the first day of every month of a period."""
    months = [period.first_month]
    while months[-1] < period.last_month:
        months.append(next_month(months[-1]))
    return months


def last_day(period: Period) -> date:
    return next_month(period.last_month) - timedelta(days=1)


def year_day_bp(day: date) -> int:
    """Return how much of the year has passed at the end of a day, in basis points."""
    begin, end = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return ((day - begin).days + 1) * BASIS_POINTS // (end - begin).days


def add_up(cells: Iterable[Cell], rule: CountingRule) -> Amounts:
    """Add cells to the three stages, to what the rule counts, and the completed ones by evidence."""
    stages = dict.fromkeys(Stage, 0)
    by_evidence = dict.fromkeys(CustodyEvidence, 0)
    counted = 0
    for cell in cells:
        stages[cell.facts.stage] += cell.amount_fen
        if cell.facts.stage is Stage.COMPLETED:
            by_evidence[cell.facts.evidence] += cell.amount_fen
        if judge(rule, cell.facts).counts:
            counted += cell.amount_fen
    return Amounts(
        ordered_fen=stages[Stage.ORDERED],
        paid_fen=stages[Stage.PAID],
        completed_fen=stages[Stage.COMPLETED],
        counted_fen=counted,
        by_evidence=by_evidence,
    )


def split(cells: Iterable[Cell], rule: CountingRule, key: Callable[[Cell], K]) -> dict[K, Amounts]:
    """Split cells by a key and add each part up; the parts add up to the whole."""
    parts: dict[K, list[Cell]] = defaultdict(list)
    for cell in cells:
        parts[key(cell)].append(cell)
    return {one: add_up(part, rule) for one, part in parts.items()}
