"""A description in words: states, allergens, and what it says otherwise than what is live."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import (
    Allergen,
    Difference,
    GoodsContent,
    PackContent,
    ProposalState,
    Reference,
    Segment,
    StoryState,
)
from marketplace.kernel.message import Message, Name, msg
from marketplace.kernel.money import format_yuan
from marketplace.places import queries as places
from marketplace.web.language import gettext as _
from marketplace.web.language import name_in_language, render
from marketplace.web.present import weight
from marketplace.web.wording import Toned

STATES: Mapping[ProposalState, Toned] = {
    ProposalState.DRAFT: (msg("草稿"), "plain"),
    ProposalState.SUBMITTED: (msg("审核中"), "wait"),
    ProposalState.RETURNED: (msg("退回修改"), "stop"),
    ProposalState.APPROVED: (msg("已通过，待上架"), "mark"),
    ProposalState.LISTED: (msg("已上架"), "good"),
    ProposalState.REPLACED: (msg("已有新版"), "plain"),
    ProposalState.WITHDRAWN: (msg("已下架"), "plain"),
}
STORY_STATES: Mapping[StoryState, Toned] = {
    StoryState.DRAFT: (msg("草稿"), "plain"),
    StoryState.SUBMITTED: (msg("审核中"), "wait"),
    StoryState.RETURNED: (msg("退回修改"), "stop"),
    StoryState.LIVE: (msg("已公开"), "good"),
}
ALLERGENS: Mapping[Allergen, Message] = {
    Allergen.GLUTEN: msg("含麸质的谷物"),
    Allergen.CRUSTACEAN: msg("甲壳纲类动物"),
    Allergen.FISH: msg("鱼类"),
    Allergen.EGG: msg("蛋类"),
    Allergen.PEANUT: msg("花生"),
    Allergen.SOY: msg("大豆"),
    Allergen.MILK: msg("乳"),
    Allergen.NUT: msg("坚果"),
}
_FIELDS: Mapping[str, Message] = {
    "name": msg("名称"),
    "name_en": msg("英文名"),
    "county_code": msg("产地"),
    "industry_code": msg("特色产业"),
    "aisle_code": msg("货架分类"),
    "product_form": msg("产品类型"),
    "picture_kind": msg("示意图"),
    "storage_code": msg("储存方式"),
    "shelf_life_days": msg("保质期（天）"),
    "harvest_months": msg("采收月份"),
    "sale_months": msg("有货月份"),
    "allergens": msg("致敏物质"),
    "description": msg("介绍"),
    "description_en": msg("英文介绍"),
    "keywords": msg("关键词"),
    "pictures": msg("照片"),
    "pack": msg("规格名称"),
    "pack_en": msg("规格英文"),
    "cut": msg("部位或状态"),
    "cut_en": msg("部位或状态英文"),
    "unit_code": msg("单位"),
    "net_weight_g": msg("净重"),
    "price_fen": msg("建议售价"),
    "pack_added": msg("新增规格"),
    "pack_gone": msg("去掉规格"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference in words; ``pictures`` are digests that came, the others' addresses are theirs."""

    what: str
    part: str
    before: str
    after: str
    segments: tuple[Segment, ...]
    pictures_before: tuple[str, ...] = ()
    pictures_after: tuple[str, ...] = ()


def changes(session: Session, found: Iterable[Difference]) -> list[Change]:
    """Say differences in words, codes by the names people know."""
    known = catalogue.reference(session)
    return [
        Change(
            what=render(_FIELDS[one.what]),
            part=one.part,
            before="" if one.what == "pictures" else in_words(session, known, one.what, one.before),
            after="" if one.what == "pictures" else in_words(session, known, one.what, one.after),
            segments=one.segments,
            pictures_before=_digests(one, one.before),
            pictures_after=_digests(one, one.after),
        )
        for one in found
    ]


def told(session: Session, content: GoodsContent) -> list[tuple[str, str]]:
    """Say everything that a description says, label and text, in the order of the form."""
    known = catalogue.reference(session)
    said = [
        (render(_FIELDS[one.name]), in_words(session, known, one.name, getattr(content, one.name)))
        for one in fields(GoodsContent)
        if one.name not in {"packs", "pictures"}
    ]
    packs = [(pack.pack, in_words(session, known, "packs", pack)) for pack in content.packs]
    return [(label, text) for label, text in (*said, *packs) if text]


def in_words(session: Session, known: Reference, what: str, value: object) -> str:
    """Write one value of a description as people read it; nothing where nothing was said."""
    if value is None or value in ("", ()):
        return ""
    if isinstance(value, PackContent):
        return f"{value.pack} · {weight(value.net_weight_g)} · {format_yuan(value.price_fen)}"
    if isinstance(value, int):
        return {"net_weight_g": weight, "price_fen": format_yuan}.get(what, str)(value)
    if isinstance(value, tuple):
        return _("、").join(_item(what, one) for one in value)
    return _named(session, known, what, str(value))


def _item(what: str, value: object) -> str:
    if what == "allergens" and value in set(Allergen):
        return render(ALLERGENS[Allergen(str(value))])
    if what.endswith("_months"):
        return _("%(month)s月", month=value)
    return str(value)


def _named(session: Session, known: Reference, what: str, code: str) -> str:
    tables: Mapping[str, Mapping[str, object]] = {
        "industry_code": known.industries,
        "aisle_code": known.aisles,
        "product_form": known.product_forms,
        "picture_kind": known.picture_kinds,
        "storage_code": known.storage_classes,
        "unit_code": known.units,
    }
    if what == "county_code":
        found = places.atlas(session).find(code)
        return name_in_language(found.name) if found else code
    named = tables.get(what, {}).get(code)
    name = getattr(named, "name", None)
    return name_in_language(name) if isinstance(name, Name) else code


def _digests(one: Difference, value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if one.what == "pictures" and isinstance(value, tuple) else ()
