"""The columns of the sheet of goods: what may stand in them, and how a description fills them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.rules.contents import LINE_MAX, NAME_MAX, TEXT_MAX
from marketplace.catalogue.types import GoodsContent, OwnGoods, PackContent
from marketplace.flow.update_by_sheet.types import Choice, Column, Kind, Leaving, Shown
from marketplace.flow.update_by_sheet.words import key, words
from marketplace.kernel import money
from marketplace.kernel.message import Message, Name, msg
from marketplace.kernel.spreadsheets import Written
from marketplace.places import queries as places

Choices = Mapping[str, Mapping[str, Choice]]
Cells = list[Leaving]

FIELDS: Mapping[str, str] = {
    "product": "name",
    "name_en": "name_en",
    "county": "county_code",
    "aisle": "aisle_code",
    "product_form": "product_form",
    "industry": "industry_code",
    "picture_kind": "picture_kind",
    "storage": "storage_code",
    "shelf_life": "shelf_life_days",
    "harvest_months": "harvest_months",
    "sale_months": "sale_months",
    "allergens": "allergens",
    "description": "description",
    "description_en": "description_en",
    "keywords": "keywords",
}
"""Columns that speak of the goods, and what of a description they fill."""

PACK_FIELDS: Mapping[str, str] = {
    "pack": "pack",
    "pack_en": "pack_en",
    "cut": "cut",
    "unit": "unit_code",
    "net_weight": "net_weight_g",
    "price": "price_fen",
}
"""Columns that speak of one pack."""

_HELPS: Mapping[str, tuple[Kind, Message, Written | Message | Name, int]] = {
    "goods_no": (Kind.CODE, msg("导出的表格里有；新商品空着。同一商品的几种规格写几行。"), None, 20),
    "product": (Kind.LINE, msg("2 至 40 个字。"), msg("演示商品"), NAME_MAX),
    "name_en": (Kind.LINE, msg("不会写可以空着，平台审核时补上。"), "Demonstration goods", LINE_MAX),
    "county": (Kind.CHOICE, msg("贵州的一个县（市、区）。"), msg("从江县"), 0),
    "aisle": (Kind.CHOICE, msg("从“可选项”里选。"), None, 0),
    "product_form": (Kind.CHOICE, msg("从“可选项”里选，决定要哪些证件。"), None, 0),
    "industry": (Kind.CHOICE, msg("不属于十二大特色产业就空着。"), None, 0),
    "picture_kind": (Kind.CHOICE, msg("没有照片的地方会画这一种的示意图。"), None, 0),
    "storage": (Kind.CHOICE, msg("从“可选项”里选，运输也按它走。"), None, 0),
    "shelf_life": (Kind.COUNT, msg("不填按储存方式的一般天数。"), 180, 0),
    "harvest_months": (Kind.MONTHS, msg("例如 9、10 或 11-2。"), "9、10", 0),
    "sale_months": (Kind.MONTHS, msg("采收的月份自动算有货。"), "9、10、11、12", 0),
    "allergens": (Kind.CHOICES, msg("有几种用顿号隔开，都没有写“无”。"), msg("无"), 0),
    "description": (
        Kind.PROSE,
        msg("什么味道，怎么种的，怎么吃；至少 20 个字才能提交审核。"),
        None,
        TEXT_MAX,
    ),
    "description_en": (Kind.PROSE, msg("可以空着。"), None, TEXT_MAX),
    "keywords": (Kind.LINE, msg("买家还会怎么叫它，用空格隔开。"), None, LINE_MAX),
    "pack_no": (Kind.COUNT, msg("导出的表格里有；新规格空着。"), None, 0),
    "pack": (Kind.LINE, msg("每种规格一行，最多六种。"), msg("箱装 2.5 千克"), LINE_MAX),
    "pack_en": (Kind.LINE, msg("可以空着。"), "Case, 2.5 kg", LINE_MAX),
    "cut": (Kind.LINE, msg("肉类填，例如 五花、冷鲜。"), None, LINE_MAX),
    "unit": (Kind.CHOICE, msg("从“可选项”里选。"), msg("箱"), 0),
    "net_weight": (Kind.WEIGHT, msg("一件净重多少克；也可以写 5斤、2.5kg×4。"), 2500, 0),
    "price": (Kind.MONEY, msg("上架后的报价可在它上下浮动三成。"), Decimal("86.00"), 0),
    "hand_in": (Kind.FLAG, msg("填“是”就交给平台审核，其余存成草稿；要先有照片。"), None, 0),
}
_HEADS = {"price": "asked_price"}


def goods_columns(session: Session) -> tuple[Column, ...]:
    names, choices = words().names, choices_of(session)
    return tuple(
        Column(
            code=code,
            name=names[_HEADS.get(code, code)],
            kind=kind,
            help=help_text,
            example=example,
            choices=choices.get(code, {}),
            most=most,
        )
        for code, (kind, help_text, example, most) in _HELPS.items()
    )


def choices_of(session: Session) -> Choices:
    """Return what may be chosen in each column, by every name it goes by."""
    known = catalogue.reference(session)
    return {
        "county": _counties(session),
        "aisle": _named((code, one.name) for code, one in known.aisles.items()),
        "product_form": _named((code, one.name) for code, one in known.product_forms.items()),
        "industry": _named((code, one.name) for code, one in known.industries.items()),
        "picture_kind": _named((code, one.name) for code, one in known.picture_kinds.items()),
        "storage": _named((code, one.name) for code, one in known.storage_classes.items()),
        "unit": _named((code, one.name) for code, one in known.units.items()),
        "allergens": words().allergens,
    }


def names_by_code(choices: Choices) -> Mapping[str, Mapping[str, Name]]:
    return {column: {one.code: one.name for one in found.values()} for column, found in choices.items()}


def goods_cells(goods: OwnGoods, pack_no: int | None, names: Mapping[str, Mapping[str, Name]]) -> Cells:
    """Return a row of the export: the goods, and one pack of it (from 1) where it has any."""
    content = goods.content
    pack = PackContent() if pack_no is None else content.packs[pack_no - 1]
    said = [_cell(column, getattr(content, name), names) for column, name in FIELDS.items()]
    packed = [_cell(column, getattr(pack, name), names) for column, name in PACK_FIELDS.items()]
    return [goods.number, *said, pack_no, *packed, None]


def in_short(column: str, value: object, names: Mapping[str, Mapping[str, Name]]) -> Shown:
    """Say a value of a description for the list of what would change."""
    cell = _cell(column, value, names)
    if cell is None:
        return ""
    if column == "price" and isinstance(value, int):
        return money.format_yuan(value)
    if column == "net_weight":
        return f"{value} g"
    if isinstance(cell, str | Name | Message | tuple):
        return cell if not isinstance(cell, str) or len(cell) <= _SHORT else f"{cell[:_SHORT]}…"
    return str(cell)


_SHORT = 60


def _cell(
    column: str, value: object, names: Mapping[str, Mapping[str, Name]]
) -> Written | Name | tuple[Name, ...]:
    if value in ("", (), None, 0):
        return None
    if isinstance(value, tuple):
        return _several(column, value, names)
    if column == "price" and isinstance(value, int):
        return Decimal(value) / money.FEN_PER_YUAN
    if column in names:
        return names[column].get(str(value))
    return value if isinstance(value, int) else str(value)


def _several(
    column: str, value: tuple[object, ...], names: Mapping[str, Mapping[str, Name]]
) -> Written | tuple[Name, ...]:
    if column in names:
        return tuple(names[column][str(one)] for one in value if one in names[column])
    return ("、" if column.endswith("_months") else " ").join(map(str, value))


def _named(found: Iterable[tuple[str, Name]]) -> Mapping[str, Choice]:
    choices: dict[str, Choice] = {}
    for code, name in found:
        choices |= {key(word): Choice(code, name) for word in (*name, code) if word}
    return choices


def _counties(session: Session) -> Mapping[str, Choice]:
    """Return Guizhou's counties: by name, without 县, behind their prefecture's name or the province's."""
    atlas = places.atlas(session)
    choices: dict[str, Choice] = {}
    for county in atlas.counties:
        above = atlas.division(atlas.prefecture_of(county.code))
        ways = [*county.name, *county.short_name, str(county.code)]
        shorts = [f"{short}{kind}" for short in above.short_name[:2] for kind in ("", *words().prefecture)]
        whole = [f"{one}{name}" for one in ("", *above.name[:2], *shorts) for name in county.name[:2]]
        ways += [*whole, *(f"{province}{one}" for province in words().province for one in whole)]
        choices |= {key(way): Choice(str(county.code), county.name) for way in ways if way}
    return choices


def content_of(base: GoodsContent, said: Mapping[str, object]) -> Mapping[str, object]:
    """Return what a row's cells (by column) make other than it is of a description's fields."""
    found: dict[str, object] = {}
    for column, cell in said.items():
        name = FIELDS[column]
        value = tuple(dict.fromkeys(str(cell).split())) if column == "keywords" else cell
        if not _is_same(value, getattr(base, name)):
            found[name] = value
    return found


def pack_of(base: PackContent, said: Mapping[str, object]) -> Mapping[str, object]:
    return {
        PACK_FIELDS[column]: value
        for column, value in said.items()
        if not _is_same(value, getattr(base, PACK_FIELDS[column]))
    }


def _is_same(value: object, held: object) -> bool:
    """Tell whether a cell says what is there; how its blanks and items fall is none."""
    if isinstance(value, str) and isinstance(held, str):
        return value.split() == held.split()
    if isinstance(value, tuple) and isinstance(held, tuple):
        return set(value) == set(held)
    return value == held
