"""Reads of the assistance record: roll-up plus what waits to be folded, in one statement, so it is exact."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union_all
from sqlalchemy.orm import Session

from marketplace.assistance import rules
from marketplace.assistance.models import ROLLUP_KEY, EntryRow, RollupRow, TargetRow, UnfoldedRow
from marketplace.assistance.refusals import UnknownEntry
from marketplace.assistance.tables import Frame, tabulate
from marketplace.assistance.types import (
    BuyerKind,
    Cell,
    Channel,
    CountingRule,
    Dimension,
    Entry,
    EntryId,
    Facts,
    Mode,
    OriginScope,
    Period,
    Reason,
    Selection,
    Stage,
    Table,
    Target,
)
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import CertificateProof
from marketplace.custody.types import CustodyEvidence
from marketplace.kernel import time
from marketplace.kernel.paging import Page, offset
from marketplace.orders.types import OrderId, OrderLineId
from marketplace.parties.rules import reach
from marketplace.parties.types import Scope
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode, PairingId, PairingState

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
    both = _kept_and_waiting(selection)
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


def lines(session: Session, selection: Selection, *, page: int = 1, per_page: int = 50) -> Page[Entry]:
    """Return the entries behind a figure, newest first."""
    wanted = _conditions(EntryRow, selection)
    total = session.scalar(select(func.count()).select_from(EntryRow).where(*wanted)) or 0
    rows = session.scalars(
        select(EntryRow)
        .where(*wanted)
        .order_by(EntryRow.id.desc())
        .limit(per_page)
        .offset(offset(page, per_page))
    )
    return Page([entry_from_row(row) for row in rows], total, page, per_page)


def sum_of_lines(session: Session, selection: Selection) -> int:
    """Add up the entries behind a figure, in fen: what the figure itself shows."""
    wanted = _conditions(EntryRow, selection)
    return int(session.scalar(select(func.coalesce(func.sum(EntryRow.amount_fen), 0)).where(*wanted)) or 0)


def each_line(session: Session, selection: Selection) -> Iterator[Entry]:
    """Go through the entries behind a figure, oldest first, a thousand at a time."""
    rows = session.scalars(
        select(EntryRow)
        .where(*_conditions(EntryRow, selection))
        .order_by(EntryRow.id)
        .execution_options(yield_per=1000)
    )
    return map(entry_from_row, rows)


def get_entry(session: Session, entry_id: int, selection: Selection) -> Entry:
    """Return an entry within a reader's reach; refuses (UnknownEntry) any other."""
    row = session.scalars(
        select(EntryRow).where(EntryRow.id == entry_id, *_conditions(EntryRow, selection))
    ).one_or_none()
    if row is None:
        raise UnknownEntry
    return entry_from_row(row)


def entries_of_order(session: Session, order_id: OrderId) -> list[Entry]:
    """Return everything recorded of an order, oldest first."""
    rows = session.scalars(select(EntryRow).where(EntryRow.order_id == order_id).order_by(EntryRow.id))
    return [entry_from_row(row) for row in rows]


def entries_of_line(session: Session, order_line_id: OrderLineId) -> list[Entry]:
    """Return everything recorded of an order line, oldest first."""
    rows = session.scalars(
        select(EntryRow).where(EntryRow.order_line_id == order_line_id).order_by(EntryRow.id)
    )
    return [entry_from_row(row) for row in rows]


def standing_by(
    session: Session, pairing_id: PairingId, state: PairingState, *, after: int = 0, limit: int = 500
) -> list[Entry]:
    """Return lines counted under a pairing in a state, each by its first entry, in order of lines."""
    standing = (
        select(EntryRow.order_line_id, func.min(EntryRow.id).label("first_id"))
        .where(
            EntryRow.pairing_id == pairing_id,
            EntryRow.pairing_state == state,
            EntryRow.order_line_id > after,
        )
        .group_by(EntryRow.order_line_id, EntryRow.stage, EntryRow.month)
        .having(func.sum(EntryRow.amount_fen) != 0)
        .subquery()
    )
    firsts = select(func.min(standing.c.first_id)).group_by(standing.c.order_line_id)
    rows = session.scalars(
        select(EntryRow).where(EntryRow.id.in_(firsts)).order_by(EntryRow.order_line_id).limit(limit)
    )
    return [entry_from_row(row) for row in rows]


def pairings_in_doubt(session: Session) -> list[PairingId]:
    """Return the pairings under which anything is counted as not confirmed."""
    both = _kept_and_waiting(Selection(period=rules.EVER, pairing_state=PairingState.UNCONFIRMED))
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


def _kept_and_waiting(selection: Selection) -> Any:
    """Both halves of every total in one statement: a folding in between moves nothing in or out."""
    names = (*ROLLUP_KEY, "amount_fen")
    kept = select(*(getattr(RollupRow, name) for name in names)).where(*_conditions(RollupRow, selection))
    waiting: Select[Any] = (
        select(*(getattr(EntryRow, name) for name in names))
        .join(UnfoldedRow, UnfoldedRow.entry_id == EntryRow.id)
        .where(*_conditions(EntryRow, selection))
    )
    return union_all(kept, waiting).subquery()


def _conditions(table: type[EntryRow] | type[RollupRow], selection: Selection) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [
        table.month >= selection.period.first_month,
        table.month <= selection.period.last_month,
    ]
    sets = (
        (table.county_code, selection.origins),
        (table.city_code, selection.cities),
        (table.pairing_id, selection.pairing_ids),
    )
    wanted += [column.in_(allowed) for column, allowed in sets if allowed is not None]
    equals = (
        (table.pairing_state, selection.pairing_state),
        (table.prefecture_code, selection.prefecture_code),
        (table.county_code, selection.county_code),
        (table.industry_code, selection.industry_code),
        (table.stage, selection.stage),
        (table.evidence, selection.evidence),
    )
    wanted += [column == value for column, value in equals if value is not None]
    if selection.without_industry:
        wanted.append(table.industry_code.is_(None))
    if selection.counted_under is not None:
        wanted += _counted(table, selection.counted_under)
    return wanted


def _counted(table: type[EntryRow] | type[RollupRow], rule: CountingRule) -> list[ColumnElement[bool]]:
    """Ask of rows what ``rules.judge`` asks of facts."""
    wanted: list[ColumnElement[bool]] = [table.stage == rule.moment, table.mode.in_(rule.modes)]
    if rule.origins is OriginScope.PAIRED:
        wanted.append(table.pairing_state == PairingState.PAIRED)
    elif rule.origins is OriginScope.POVERTY_ALLEVIATED:
        wanted.append(table.poverty_alleviated.is_(True))
    elif rule.origins is OriginScope.KEY:
        wanted.append(table.key_county.is_(True))
    if rule.evidence is not None:
        wanted.append(table.evidence.in_(rule.evidence))
    return wanted


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


def entry_from_row(row: EntryRow) -> Entry:
    return Entry(
        id=EntryId(row.id),
        stage=Stage(row.stage),
        reason=Reason(row.reason),
        reverses_id=EntryId(row.reverses_id) if row.reverses_id is not None else None,
        order_line_id=OrderLineId(row.order_line_id),
        order_id=OrderId(row.order_id),
        ordered_on=row.ordered_on,
        amount_fen=row.amount_fen,
        at=row.at,
        month=row.month,
        origin_county=DivisionCode(row.county_code),
        prefecture_code=DivisionCode(row.prefecture_code),
        city_code=DivisionCode(row.city_code),
        pairing_state=PairingState(row.pairing_state),
        pairing_id=PairingId(row.pairing_id) if row.pairing_id is not None else None,
        industry_code=row.industry_code,
        channel=Channel(row.channel),
        mode=Mode(row.mode),
        buyer_kind=BuyerKind(row.buyer_kind),
        buyer_id=row.buyer_id,
        poverty_alleviated=row.poverty_alleviated,
        key_county=row.key_county,
        certificates=tuple(CertificateProof.from_json(kept) for kept in row.certificates),
        evidence=CustodyEvidence(row.evidence),
        recognition_version=row.recognition_version,
    )


def find_rule(text: str | None) -> CountingRule:
    """Return a rule in force today by key or code, the default for nothing. Refuses (UnknownRule)."""
    return rules.find_rule(text, time.today())


def list_rules() -> Sequence[CountingRule]:
    """Return the rules in force today, the one officials report by first."""
    return rules.rules_on(time.today())
