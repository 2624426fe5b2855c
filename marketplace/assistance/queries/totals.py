"""Reads of the assistance record: roll-up plus what waits to be folded, in one statement, so it is exact."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.assistance import rules
from marketplace.assistance.models import TargetRow, UnfoldedRow
from marketplace.assistance.queries.selecting import kept_and_waiting
from marketplace.assistance.tables import Frame, tabulate
from marketplace.assistance.types import (
    BuyerKind,
    Cell,
    CountingRule,
    Dimension,
    Facts,
    Mode,
    Period,
    Selection,
    Stage,
    Table,
    Target,
)
from marketplace.catalogue import queries as catalogue
from marketplace.custody.types import CustodyEvidence
from marketplace.kernel import time
from marketplace.parties.rules import reach
from marketplace.parties.types import Scope
from marketplace.places import queries as places
from marketplace.places.types import PairingId, PairingState

_COLUMN_OF: Mapping[Dimension, str] = {
    Dimension.PAIRING: "pairing_id",
    Dimension.PREFECTURE: "prefecture_code",
    Dimension.COUNTY: "county_code",
    Dimension.INDUSTRY: "industry_code",
    Dimension.MONTH: "month",
}
_FACTS = ("stage", "mode", "buyer_kind", "poverty_alleviated", "key_county", "pairing_state", "evidence")


def totals(
    session: Session,
    by: Dimension,
    period: Period,
    *,
    scope: Scope | None = None,
    rule: CountingRule | None = None,
) -> Table:
    """Return ordered, paid, completed and counted of a period, split by one dimension; all where no scope."""
    return tables(session, [by], selection_in(session, period, scope), rule)[by]


def tables(
    session: Session, by: Collection[Dimension], selection: Selection, rule: CountingRule | None = None
) -> Mapping[Dimension, Table]:
    """Return several tables of one snapshot: whatever is added meanwhile, they show the same total."""
    now = time.now()
    rule = rule or rules.find_rule(None, time.business_day(now))
    frame = Frame(
        atlas=places.atlas(session),
        industries={
            code: industry.name for code, industry in catalogue.reference(session).industries.items()
        },
        as_of=now,
    )
    found = cells(session, by, selection)
    return {one: tabulate(found, one, selection, rule, frame) for one in by}


def selection_in(session: Session, period: Period, scope: Scope | None) -> Selection:
    """Return everything of a period that a scope may see; all of it where there is no scope."""
    if scope is None:
        return Selection(period=period)
    reaches = reach(scope, places.atlas(session))
    return Selection(period=period, origins=reaches.origin_counties, cities=reaches.city_codes)


def cells(session: Session, by: Collection[Dimension], selection: Selection) -> list[Cell]:
    """Add up what is selected by the dimensions and by all that a counting rule may ask."""
    names = [_COLUMN_OF[one] for one in by]
    both = kept_and_waiting(selection)
    columns = [both.c[name] for name in dict.fromkeys([*names, *_FACTS])]
    rows = session.execute(
        select(*columns, func.sum(both.c.amount_fen).label("amount_fen"))
        .group_by(*columns)
        .having(func.sum(both.c.amount_fen) != 0)
    ).mappings()
    return [
        Cell(
            keys={one: row[_COLUMN_OF[one]] for one in by},
            facts=_facts(row),
            amount_fen=int(row["amount_fen"]),
        )
        for row in rows
    ]


def pairings_in_doubt(session: Session) -> list[PairingId]:
    """Return the pairings under which anything is counted as not confirmed."""
    both = kept_and_waiting(Selection(period=rules.EVER, pairing_state=PairingState.UNCONFIRMED))
    rows = session.scalars(
        select(both.c.pairing_id)
        .group_by(both.c.pairing_id, both.c.stage, both.c.month)
        .having(func.sum(both.c.amount_fen) != 0)
    )
    return sorted({PairingId(one) for one in rows})


def unfolded_count(session: Session) -> int:
    """Return how many entries wait to be folded."""
    return session.scalar(select(func.count()).select_from(UnfoldedRow)) or 0


def find_target(session: Session, scope: Scope, year: int) -> Target | None:
    """Return what the yearly agreement asks of a scope, where somebody has noted it."""
    row = session.scalars(
        select(TargetRow).where(
            TargetRow.year == year,
            TargetRow.division_code.is_not_distinct_from(scope.division_code),
            TargetRow.city_code.is_not_distinct_from(scope.city_code),
            TargetRow.gz_code.is_not_distinct_from(scope.gz_code),
        )
    ).one_or_none()
    if row is None:
        return None
    return Target(year=row.year, scope=scope, amount_fen=row.amount_fen, set_at=row.set_at)


def find_rule(text: str | None) -> CountingRule:
    """Return a rule in force today by key or code, the default for nothing. Refuses (UnknownRule)."""
    return rules.find_rule(text, time.today())


def list_rules() -> Sequence[CountingRule]:
    """Return the rules in force today, the one officials report by first."""
    return rules.rules_on(time.today())


def _facts(row: Mapping[str, Any] | Any) -> Facts:
    return Facts(
        stage=Stage(row["stage"]),
        mode=Mode(row["mode"]),
        buyer_kind=BuyerKind(row["buyer_kind"]),
        poverty_alleviated=row["poverty_alleviated"],
        key_county=row["key_county"],
        pairing_state=PairingState(row["pairing_state"]),
        evidence=CustodyEvidence(row["evidence"]),
    )
