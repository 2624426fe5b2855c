"""The packs in a sheet of goods: which one a row means, what it makes of it, and what no pack can be."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from marketplace.catalogue.rules.contents import (
    KEYWORDS_MAX,
    MOST_FEN,
    MOST_GRAMS,
    PACKS_MAX,
    SHELF_LIFE_MAX_DAYS,
)
from marketplace.catalogue.types import GoodsContent, PackContent
from marketplace.flow.update_by_sheet.goods_columns import PACK_FIELDS, pack_of
from marketplace.flow.update_by_sheet.types import Draft, Mend, ReadRow
from marketplace.flow.update_by_sheet.understood import weight_g
from marketplace.flow.update_by_sheet.words import key, words
from marketplace.kernel.message import Message, msg

NAME_MIN = 2


@dataclass(slots=True)
class Packs:
    """The packs of goods while their rows are read: those that are there, then the new ones."""

    base: GoodsContent
    found: list[PackContent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.found = list(self.base.packs)


def take(packs: Packs, row: ReadRow, draft: Draft, goods: Hashable) -> Iterator[tuple[str, object, object]]:
    """Read a row's pack into the others; yields what it changes: column, before, after."""
    said: dict[str, object] = {column: row.values[column] for column in PACK_FIELDS if column in row.values}
    number = row.number_in("pack_no")
    if not said and number is None:
        draft.is_second(row, (goods, None))
        return
    place = _place(packs, row, number, draft)
    if place is None or draft.is_second(row, (goods, place, row.text("pack") if place < 0 else "")):
        return
    if place < 0:
        _mend_weight(row, said, draft)
        before = PackContent()
    else:
        before = packs.found[place]
        if number is None:
            said.pop("pack", None)  # it names the pack, by its words or its weight, and changes nothing of it
    new = pack_of(before, said)
    after = replace(before, **new)  # type: ignore[arg-type]  # columns name fields
    if place < 0:
        packs.found.append(after)
    else:
        packs.found[place] = after
    for column, name in PACK_FIELDS.items():
        if name in new:
            yield column, getattr(before, name), new[name]


def problems(content: GoodsContent) -> Iterator[tuple[str, Message]]:
    """Yield what a form would not let stand, by column."""
    if len(content.name) < NAME_MIN:
        yield "product", msg("商品名称至少 %(count)s 个字。", count=NAME_MIN)
    if content.shelf_life_days is not None and not 1 <= content.shelf_life_days <= SHELF_LIFE_MAX_DAYS:
        yield "shelf_life", msg("保质期请填 1 至 %(most)s 天。", most=SHELF_LIFE_MAX_DAYS)
    if len(content.keywords) > KEYWORDS_MAX:
        yield "keywords", msg("关键词最多 %(count)s 个。", count=KEYWORDS_MAX)
    if len(content.packs) > PACKS_MAX:
        yield "pack", msg("一件商品最多 %(count)s 种规格。", count=PACKS_MAX)
    for one in content.packs:
        if not one.pack:
            yield "pack", msg("每种规格都要有名称。")
        if one.net_weight_g > MOST_GRAMS:
            yield "net_weight", msg("一件净重最多 %(most)s 克。", most=MOST_GRAMS)
        if one.price_fen > MOST_FEN:
            yield "price", msg("建议售价最多 %(most)s 元。", most=MOST_FEN // 100)


def _place(packs: Packs, row: ReadRow, number: int | None, draft: Draft) -> int | None:
    """Return which pack a row means, -1 for a new one; None (and a problem) where it cannot be told."""
    base, name = packs.base.packs, row.text("pack")
    named = [place for place, one in enumerate(base) if name and key(one.pack) == key(name)]
    if number is not None:
        return _numbered(len(base), number, named, row, draft)
    grams = weight_g(name, words())
    alike = named or [place for place, one in enumerate(base) if not name or one.net_weight_g == grams]
    if len(named) > 1 or (not name and len(alike) != 1):
        draft.refuse(row, "pack", msg("请写明是哪一种规格，或者填写规格序号。"))
        return None
    return alike[0] if len(alike) == 1 else -1


def _numbered(count: int, number: int, named: Sequence[int], row: ReadRow, draft: Draft) -> int | None:
    """Return the pack of a number; columns sorted apart from each other name another one beside it."""
    if not 1 <= number <= count:
        draft.refuse(row, "pack_no", msg("这件商品没有第 %(number)s 种规格。新规格请空着。", number=number))
    elif named and number - 1 not in named:
        draft.refuse(row, "pack_no", msg("第 %(number)s 种规格和这一行的规格对不上。", number=number))
    else:
        return number - 1
    return None


def _mend_weight(row: ReadRow, said: dict[str, object], draft: Draft) -> None:
    """Take a new pack's net weight from its name, 「5斤/件」, where no column says it."""
    grams = weight_g(row.text("pack"), words()) if "net_weight" not in said else None
    if grams is not None:
        said["net_weight"] = grams
        column = draft.reading.headings["pack"]
        draft.mends.append(Mend(row=row.number, column=column, before=row.text("pack"), after=f"{grams} g"))
