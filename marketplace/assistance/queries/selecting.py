"""Which rows a question is about, asked alike of entries and of roll-ups."""

from typing import Any

from sqlalchemy import ColumnElement, Select, select, union_all

from marketplace.assistance.models import ROLLUP_KEY, EntryRow, RollupRow, UnfoldedRow
from marketplace.assistance.types import CountingRule, OriginScope, Selection
from marketplace.places.types import PairingState


def kept_and_waiting(selection: Selection) -> Any:
    """Both halves of every total in one statement: a folding in between moves nothing in or out."""
    names = (*ROLLUP_KEY, "amount_fen")
    kept = select(*(getattr(RollupRow, name) for name in names)).where(*conditions(RollupRow, selection))
    waiting: Select[Any] = (
        select(*(getattr(EntryRow, name) for name in names))
        .join(UnfoldedRow, UnfoldedRow.entry_id == EntryRow.id)
        .where(*conditions(EntryRow, selection))
    )
    return union_all(kept, waiting).subquery()


def conditions(table: type[EntryRow] | type[RollupRow], selection: Selection) -> list[ColumnElement[bool]]:
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
