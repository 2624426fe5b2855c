"""From cells to tables: which rows a table has, how they are called, and in which order they stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from marketplace.assistance import rules
from marketplace.assistance.types import (
    Amounts,
    Cell,
    CountingRule,
    Dimension,
    Key,
    Row,
    Selection,
    Table,
)
from marketplace.kernel.message import Message, Name, msg
from marketplace.places.atlas import Atlas
from marketplace.places.types import Pairing, PairingLevel, PairingState, Side

OTHER_INDUSTRIES = "other"

# Pairings first, then what waits for a word, then what no pairing holds.
_STANDING: Mapping[PairingState | None, int] = {
    PairingState.PAIRED: 0,
    PairingState.UNCONFIRMED: 1,
    PairingState.UNPAIRED: 2,
    PairingState.HK_MACAO: 3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a table is drawn on: the places, the twelve industries' names, and the moment of reading."""

    atlas: Atlas
    industries: Mapping[str, Name]
    as_of: datetime

    @property
    def today(self) -> date:
        return self.as_of.date()


def tabulate(
    cells: Sequence[Cell], dimension: Dimension, selection: Selection, rule: CountingRule, frame: Frame
) -> Table:
    """Make the table of one dimension; its four state rows and its own rows add up to the same total."""
    states = rules.split(cells, rule, lambda cell: cell.facts.pairing_state)
    nothing = rules.add_up((), rule)
    return Table(
        dimension=dimension,
        period=selection.period,
        rule=rule,
        as_of=frame.as_of,
        total=rules.add_up(cells, rule),
        states=tuple(
            Row(key=state, label=name, amounts=states.get(state, nothing), state=state)
            for state, name in rules.STATE_NAMES.items()
        ),
        rows=_rows(cells, dimension, selection, rule, frame),
    )


def _rows(
    cells: Sequence[Cell], dimension: Dimension, selection: Selection, rule: CountingRule, frame: Frame
) -> tuple[Row, ...]:
    if dimension is Dimension.PAIRING:
        return _pairing_rows(cells, selection, rule, frame)
    found = rules.split(cells, rule, lambda cell: cell.keys[dimension])
    nothing = rules.add_up((), rule)
    keys = list(dict.fromkeys([*_expected(dimension, selection, frame), *found]))
    rows = [
        Row(key=_text(key), label=_label(dimension, key, frame), amounts=found.get(key, nothing))
        for key in keys
    ]
    if dimension is Dimension.MONTH:
        return tuple(sorted(rows, key=lambda row: row.key))
    return tuple(sorted(rows, key=_largest_first))


def _expected(dimension: Dimension, selection: Selection, frame: Frame) -> Iterable[Key]:
    """Return the keys that have a row even where nothing was sold, as far as the reader's reach goes."""
    if dimension is Dimension.MONTH:
        return [month for month in rules.months_of(selection.period) if month <= frame.today]
    if dimension is Dimension.INDUSTRY:
        return [] if selection.industry_code or selection.without_industry else list(frame.industries)
    if dimension is Dimension.PREFECTURE:
        if selection.county_code or selection.prefecture_code or selection.pairing_ids is not None:
            return []
        origins = selection.origins
        return [
            one.code
            for one in frame.atlas.prefectures
            if origins is None or any(child.code in origins for child in frame.atlas.children(one.code))
        ]
    return []


def _pairing_rows(
    cells: Sequence[Cell], selection: Selection, rule: CountingRule, frame: Frame
) -> tuple[Row, ...]:
    """One row for each pairing and its standing; what no pairing holds stands below, in its own rows."""
    by_id: dict[Key, Pairing] = {one.id: one for one in frame.atlas.pairings}

    def place(cell: Cell) -> tuple[str, PairingState]:
        pairing = by_id.get(cell.keys[Dimension.PAIRING])
        return (pairing.code if pairing else "", cell.facts.pairing_state)

    found: dict[tuple[str, PairingState], Amounts] = rules.split(cells, rule, place)
    nothing = rules.add_up((), rule)
    codes = {one.code: one for one in frame.atlas.pairings}
    expected = [] if selection.pairing_state else _pairings_in_reach(selection, frame)
    keys = dict.fromkeys([*expected, *found])
    rows = [
        _pairing_row(code, state, codes.get(code), found.get((code, state), nothing), frame)
        for code, state in keys
    ]
    return tuple(sorted(rows, key=lambda row: (_STANDING.get(row.state, 0), *_largest_first(row))))


def _pairings_in_reach(selection: Selection, frame: Frame) -> list[tuple[str, PairingState]]:
    """Return the city-level pairings in force at the period's end that the reader may see."""
    day = min(rules.last_day(selection.period), frame.today)
    return [
        (one.code, PairingState.PAIRED if one.is_proven else PairingState.UNCONFIRMED)
        for one in frame.atlas.pairings
        if one.level is PairingLevel.CITY and one.covers(day) and _touches(one, selection, frame.atlas)
    ]


def _touches(pairing: Pairing, selection: Selection, atlas: Atlas) -> bool:
    if selection.pairing_ids is not None and pairing.id not in selection.pairing_ids:
        return False
    if selection.cities is not None and pairing.gd_code not in selection.cities:
        return False
    narrowed = {code for code in (selection.county_code, selection.prefecture_code) if code}
    if any(not atlas.within(code, pairing.gz_code) for code in narrowed):
        return False
    return selection.origins is None or any(atlas.within(code, pairing.gz_code) for code in selection.origins)


def _pairing_row(
    code: str, state: PairingState, pairing: Pairing | None, amounts: Amounts, frame: Frame
) -> Row:
    if pairing is None:
        return Row(key=state, label=rules.STATE_NAMES[state], amounts=amounts, state=state)
    is_open = state is PairingState.UNCONFIRMED
    city = frame.atlas.division(pairing.gd_code).short_name
    origin = frame.atlas.division(pairing.gz_code).short_name
    label = (
        msg("%(city)s—%(prefecture)s（待确认）", city=city, prefecture=origin)
        if is_open
        else msg("%(city)s—%(prefecture)s", city=city, prefecture=origin)
    )
    return Row(key=f"{code}~{state}" if is_open else code, label=label, amounts=amounts, state=state)


def _label(dimension: Dimension, key: Key, frame: Frame) -> Message | Name:
    if isinstance(key, date):
        return msg("%(year)s年%(month)s月", year=key.year, month=key.month)
    if dimension is Dimension.INDUSTRY:
        return frame.industries.get(str(key), msg("十二大产业之外")) if key else msg("十二大产业之外")
    division = frame.atlas.find(str(key))
    if division is None:
        return msg("%(code)s", code=str(key))
    return division.name if division.side is Side.GUIZHOU else division.short_name


def _text(key: Key) -> str:
    if isinstance(key, date):
        return f"{key:%Y-%m}"
    return OTHER_INDUSTRIES if key is None else str(key)


def _largest_first(row: Row) -> tuple[int, int, int, str]:
    amounts = row.amounts
    return (-amounts.completed_fen, -amounts.paid_fen, -amounts.ordered_fen, row.key)
