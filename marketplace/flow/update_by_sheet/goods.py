"""The sheet of goods: a cooperative's own goods described or changed by the many, a row for each pack.

New goods become drafts, or are handed in where a column says so; live goods are changed as on their page:
by a change that is looked at before it shows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as descriptions
from marketplace.catalogue.types import GoodsContent, OwnGoods, ProductId, ProposalId, ProposalState
from marketplace.flow.update_by_sheet import goods_columns, goods_packs
from marketplace.flow.update_by_sheet.goods_columns import FIELDS, Cells, goods_cells, in_short
from marketplace.flow.update_by_sheet.goods_packs import Packs
from marketplace.flow.update_by_sheet.types import (
    By,
    Change,
    Column,
    Draft,
    Plan,
    Reading,
    ReadRow,
    Shown,
    Step,
)
from marketplace.flow.update_by_sheet.words import key, words
from marketplace.kernel.message import Name, msg
from marketplace.parties.types import PartyId

_HAND_IN = "hand_in"
_YES, _NO = msg("是"), msg("否")
_NO_PHOTO = msg("还没有照片。请先存成草稿，在商品页放上照片，再提交审核。")
_LAST = 2**62


@dataclass(slots=True)
class _Group:
    """The rows that speak of the same goods; without ``own`` these are new."""

    own: OwnGoods | None
    rows: list[ReadRow] = field(default_factory=list)

    @property
    def name(self) -> str:
        return key(self.rows[0].text("product")) if self.own is None else self.own.number

    @property
    def base(self) -> GoodsContent:
        return GoodsContent() if self.own is None else self.own.content


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be written of goods, once for all their rows."""

    own: OwnGoods | None
    content: GoodsContent
    is_changed: bool
    is_handed_in: bool


def columns(session: Session, _cooperative_id: PartyId) -> tuple[Column, ...]:
    return goods_columns.goods_columns(session)


def export(session: Session, cooperative_id: PartyId) -> Iterator[Cells]:
    """Yield a row for each pack of the cooperative's own goods; goods without a pack have one too."""
    names = goods_columns.names_by_code(goods_columns.choices_of(session))
    for one in catalogue.own_goods(session, cooperative_id):
        for pack_no in range(1, len(one.content.packs) + 1) or [None]:
            yield goods_cells(one, pack_no, names)


def plan(session: Session, by: By, reading: Reading) -> Plan:
    """Say which goods would be described and which changed; an empty cell leaves things as they are."""
    names = goods_columns.names_by_code(goods_columns.choices_of(session))
    draft = Draft(reading)
    wanted: dict[int, _Wanted] = {}
    for group in _groups(catalogue.own_goods(session, by.cooperative_id), draft):
        changes, read = _read(group, draft, names)
        found = _checked(session, group, read, draft)
        if found is None:
            continue
        if found.is_handed_in:
            change = Change(what=words().names[_HAND_IN], before=_NO, after=_YES)
            changes.setdefault(group.rows[0].number, []).append(change)
        for row, said in sorted(changes.items()):
            draft.steps.append(Step(row=row, about=_about(group, found, row), changes=tuple(said)))
        wanted[min(changes)] = found
    draft.steps.sort(key=lambda one: one.row)

    def write(opened: Session, rows: Sequence[int]) -> None:
        _write(opened, by.cooperative_id, [wanted[one] for one in rows if one in wanted])

    return draft.done(write, order=sorted((one.row for one in draft.steps), key=_in_locking_order(wanted)))


def _in_locking_order(wanted: Mapping[int, _Wanted]) -> Callable[[int], tuple[int, int, int]]:
    """Sort rows so that what is there already is locked in the order of its keys; the new comes last."""

    def place(row: int) -> tuple[int, int, int]:
        own = wanted[row].own if row in wanted else None
        return (_LAST, _LAST, row) if own is None else (own.product_id or _LAST, own.proposal_id or 0, row)

    return place


def _groups(own: Sequence[OwnGoods], draft: Draft) -> list[_Group]:
    """Put the rows of the same goods together, by number or by name; a row that fits none is refused."""
    by_number = {key(one.number): one for one in own}
    by_name: dict[str, list[OwnGoods]] = {}
    for one in own:
        by_name.setdefault(key(one.content.name), []).append(one)
    groups: dict[str, _Group] = {}
    for row in draft.reading.rows:
        number, name = row.text("goods_no"), row.text("product")
        if number and key(number) not in by_number:
            draft.refuse(row, "goods_no", msg("您没有编号为 %(number)s 的自有商品。", number=number))
            continue
        if not number and not name:
            draft.refuse(row, "product", msg("请填写商品名称。"))
            continue
        alike = by_name.get(key(name), []) if name else []
        if not number and len(alike) > 1:
            draft.refuse(row, "goods_no", msg("有几件商品都叫“%(name)s”，请填写商品编号。", name=name))
            continue
        found = by_number[key(number)] if number else next(iter(alike), None)
        if alike and found not in alike:
            draft.refuse(row, "goods_no", msg("编号 %(number)s 和这一行的商品对不上。", number=number))
            continue
        which = key(name) if found is None else found.number
        groups.setdefault(which, _Group(found)).rows.append(row)
    return list(groups.values())


def _read(
    group: _Group, draft: Draft, names: Mapping[str, Mapping[str, Name]]
) -> tuple[dict[int, list[Change]], _Wanted]:
    """Return what the rows of a group change, by row, and what the goods are then."""
    base, changes = group.base, dict[int, list[Change]]()
    said: dict[str, tuple[object, ReadRow]] = {}
    packs = Packs(base)
    for row in group.rows:
        for column in FIELDS:
            value = row.values.get(column)
            if value is None or (column == "product" and _only_names(group, row)):
                continue
            if not goods_columns.content_of(base, {column: value}):
                continue  # as it is: a change in one row of the goods is enough
            earlier, stated = said.setdefault(column, (value, row))
            if earlier != value:
                reason = msg("和第 %(row)s 行写的不一样，请改成一样，或者只写一次。", row=stated.number)
                draft.refuse(row, column, reason)
        for column, before, after in goods_packs.take(packs, row, draft, group.name):
            changes.setdefault(row.number, []).append(_change(column, before, after, names))
    values, where = _with_harvest(base, said)
    new = dict(goods_columns.content_of(base, values))
    for column, name in reversed(list(FIELDS.items())):
        if name in new:
            change = _change(column, getattr(base, name), new[name], names)
            changes.setdefault(where[column], []).insert(0, change)
    content = replace(base, **new, packs=tuple(packs.found))  # type: ignore[arg-type]  # columns name fields
    hands_in = any(row.values.get(_HAND_IN) is True for row in group.rows)
    return changes, _Wanted(group.own, content, bool(changes), hands_in)


def _with_harvest(
    base: GoodsContent, said: Mapping[str, tuple[object, ReadRow]]
) -> tuple[dict[str, object], dict[str, int]]:
    """Return what is said by column, and in which row; the months of a harvest are months on sale."""
    values = {column: value for column, (value, _row) in said.items()}
    where = {column: row.number for column, (_value, row) in said.items()}
    spoken = [one for one in ("sale_months", "harvest_months") if one in values]
    if spoken:
        sold, harvested = values.get("sale_months"), values.get("harvest_months")
        months = {*(sold if isinstance(sold, tuple) else base.sale_months)}
        months |= {*(harvested if isinstance(harvested, tuple) else base.harvest_months)}
        values["sale_months"] = tuple(sorted(months))
        where["sale_months"] = where[spoken[0]]
    return values, where


def _only_names(group: _Group, row: ReadRow) -> bool:
    """Tell whether a row's name only says which goods are meant: to be renamed they go by their number."""
    return group.own is not None and not row.text("goods_no")


def _checked(session: Session, group: _Group, found: _Wanted, draft: Draft) -> _Wanted | None:
    """Refuse what a form would refuse; None where nothing is to be written."""
    row, own = group.rows[0], group.own
    before = len(draft.problems)
    for column, problem in goods_packs.problems(found.content):
        draft.refuse(row, column, problem)
    if own is not None and own.state is ProposalState.SUBMITTED:
        if found.is_changed:
            draft.refuse(row, "product", msg("这件商品正在审核，请先在商品页取回再改。"))
        return None
    if not found.is_changed and (not found.is_handed_in or own is None or own.proposal_id is None):
        return None
    if found.is_handed_in and len(draft.problems) == before:
        columns_of = {name: column for column, name in FIELDS.items()} | {"packs": "pack"}
        for name, problem in catalogue.lacking(session, found.content).items():
            draft.refuse(row, columns_of.get(name, _HAND_IN), _NO_PHOTO if name == "photo" else problem)
    return found if len(draft.problems) == before else None


def _write(session: Session, cooperative_id: PartyId, wanted: Sequence[_Wanted]) -> None:
    """Begin, write and hand in the descriptions of some goods, each kind of doing at once."""
    new = [one for one in wanted if one.own is None]
    live = [one for one in wanted if one.own is not None and one.own.proposal_id is None]
    begun = [one for one in wanted if one.own is not None and one.own.proposal_id is not None]
    made = descriptions.begin_proposals(session, cooperative_id, [one.content for one in new])
    changed = descriptions.begin_changes(session, cooperative_id, [_product_of(one) for one in live])
    ids = [proposal.id for proposal in (*made, *changed)] + [_proposal_of(one) for one in begun]
    together = dict(zip(ids, (*new, *live, *begun), strict=True))
    descriptions.write_proposals(
        session, {key: one.content for key, one in together.items() if one.own is not None and one.is_changed}
    )
    descriptions.submit_proposals(session, [key for key, one in together.items() if one.is_handed_in])


def _product_of(one: _Wanted) -> ProductId:
    assert one.own is not None
    assert one.own.product_id is not None
    return one.own.product_id


def _proposal_of(one: _Wanted) -> ProposalId:
    assert one.own is not None
    assert one.own.proposal_id is not None
    return one.own.proposal_id


def _about(group: _Group, found: _Wanted, row: int) -> tuple[Shown, ...]:
    said = next(one for one in group.rows if one.number == row)
    pack = said.text("pack")
    name: tuple[Shown, ...] = (found.content.name, pack) if pack else (found.content.name,)
    return (msg("新商品"), *name) if group.own is None else name


def _change(column: str, before: object, after: object, names: Mapping[str, Mapping[str, Name]]) -> Change:
    what = words().names["asked_price" if column == "price" else column]
    return Change(what=what, before=in_short(column, before, names), after=in_short(column, after, names))
