"""What cooperatives write of goods and of themselves: what is missing, what may not be said, what changed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, replace
from difflib import SequenceMatcher
from typing import Any

from marketplace.catalogue import unfit
from marketplace.catalogue.types import (
    Allergen,
    Difference,
    GoodsContent,
    PackContent,
    Reference,
    Segment,
    StoryContent,
)
from marketplace.kernel.message import Message, msg

NAME_MAX, TEXT_MAX, PACKS_MAX, PICTURES_MAX = 40, 2000, 6, 9
LINE_MAX, KEYWORDS_MAX, SHELF_LIFE_MAX_DAYS = 120, 8, 3650
MOST_GRAMS, MOST_FEN = 200_000, 10_000_000
"""The heaviest pack, and the dearest."""
TEXT_MIN = 20
_WORTH_KEEPING = 3
"""A run of fewer characters that two changed places share is read as changed too."""
_BAND_LOW, _BAND_HIGH, _PERCENT = 70, 130, 100
"""An offer is priced within 30 percent of what the description was approved with."""

# Nothing leads out of the shop: addresses, numbers, mail.
_LEADING_OUT = re.compile(r"https?://|www\.|[\w.]+@[\w.]+|(?<!\d)1[3-9]\d{9}(?!\d)|weixin", re.IGNORECASE)
_TAG = re.compile(r"<\s*[a-zA-Z/!]")
# Characters that turn the order of others around, or are not seen: nobody types them on purpose.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_BLANK_LINES = re.compile(r"\n\s*\n+")
_TEXTS = frozenset({"description", "description_en"})


def clean_text(text: str) -> str:
    """Return what somebody wrote as plain paragraphs: no unseen characters, line ends alike."""
    seen = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(line.strip() for line in seen.split("\n"))).strip()


def text_problem(text: str) -> Message | None:
    """Say what may not stand in a public text: tags, ways out of the shop, words that 广告法 forbids."""
    if _TAG.search(text):
        return msg("文字里不能有网页代码（<…>），直接写话就行。")
    found = next(((word, why) for word, why in unfit.words() if word in text), None)
    if _LEADING_OUT.search(text) or (found is not None and found[1] == unfit.LEADS_OUT):
        return msg("文字里不能放网址、电话、邮箱或微信号，买家会在平台上联系您。")
    if found is None:
        return None
    law = msg("广告法第9条") if found[1] == unfit.HIGHEST else msg("广告法第17条")
    return msg("“%(word)s”不能用（%(law)s），请换成实在的说法。", word=found[0], law=law)


def missing(content: GoodsContent, reference: Reference) -> dict[str, Message]:
    """Return what a description still lacks before it can be looked at, by field; empty when it is whole."""
    found: dict[str, Message] = {}
    for name, problem in (*_missing_words(content), *_missing_choices(content, reference)):
        found.setdefault(name, problem)
    return found


def story_problems(content: StoryContent) -> dict[str, Message]:
    found: dict[str, Message] = {}
    if not content.title:
        found["title"] = msg("请写一个标题。")
    if len(content.text) < TEXT_MIN:
        found["text"] = msg("至少写 %(count)s 个字。", count=TEXT_MIN)
    for name in ("title", "title_en", "text", "text_en"):
        problem = text_problem(getattr(content, name))
        if problem is not None:
            found.setdefault(name, problem)
    return found


def band(price_fen: int) -> tuple[int, int]:
    """Return the band in which offers may price a pack that was approved at a price."""
    return max(1, price_fen * _BAND_LOW // _PERCENT), -(-price_fen * _BAND_HIGH // _PERCENT)


def differences(before: GoodsContent | None, after: GoodsContent) -> tuple[Difference, ...]:
    """Return what a description says otherwise than what is live, in the order of the form.

    Of goods that are not live yet everything that is said is new.
    """
    former = before or GoodsContent()
    found = [
        Difference(one.name, "", was, now, _segments(one.name, was, now))
        for one in fields(GoodsContent)
        if one.name != "packs" and (was := getattr(former, one.name)) != (now := getattr(after, one.name))
    ]
    return (*found, *_pack_differences(former.packs, after.packs))


def text_difference(before: str, after: str) -> tuple[Segment, ...]:
    """Compare two texts character by character, as Chinese is written."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    found: list[Segment] = []
    gone, added = "", ""
    for kind, low, high, new_low, new_high in matcher.get_opcodes():
        stands_apart = high - low >= _WORTH_KEEPING or not (gone or added) or high == len(before)
        if kind == "equal" and stands_apart:
            found += [*_changed(gone, added), Segment("same", before[low:high])]
            gone, added = "", ""
        else:
            gone, added = gone + before[low:high], added + after[new_low:new_high]
    return (*found, *_changed(gone, added))


def _changed(gone: str, added: str) -> Iterator[Segment]:
    if gone:
        yield Segment("gone", gone)
    if added:
        yield Segment("added", added)


def to_plain(content: GoodsContent | StoryContent) -> dict[str, Any]:
    """Write a content as plain JSON."""
    return asdict(content)


def goods_content(plain: Mapping[str, Any]) -> GoodsContent:
    """Read what ``to_plain`` wrote; what an older version did not know is empty."""
    values = _known(GoodsContent, plain)
    packs = tuple(PackContent(**_known(PackContent, one)) for one in plain.get("packs", ()))
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list | tuple)}
    return replace(GoodsContent(**(values | lists)), packs=packs)


def story_content(plain: Mapping[str, Any]) -> StoryContent:
    values = _known(StoryContent, plain)
    return StoryContent(**(values | {"pictures": tuple(values.get("pictures", ()))}))


def _missing_words(content: GoodsContent) -> Iterator[tuple[str, Message]]:
    if not content.name:
        yield "name", msg("请填写商品名称。")
    if len(content.description) < TEXT_MIN:
        yield "description", msg("介绍至少写 %(count)s 个字：什么味道，怎么种的，怎么吃。", count=TEXT_MIN)
    for name in ("name", "name_en", "description", "description_en"):
        problem = text_problem(getattr(content, name))
        if problem is not None:
            yield name, problem
    if not content.pictures:
        yield "photo", msg("至少放一张照片。")


def _missing_choices(content: GoodsContent, reference: Reference) -> Iterator[tuple[str, Message]]:
    asked: tuple[tuple[str, Mapping[str, object], Message], ...] = (
        ("aisle_code", reference.aisles, msg("请选择货架分类。")),
        ("product_form", reference.product_forms, msg("请选择产品类型。")),
        ("storage_code", reference.storage_classes, msg("请选择储存方式。")),
        ("picture_kind", reference.picture_kinds, msg("请选择最像的一种。")),
    )
    for name, known, problem in asked:
        if getattr(content, name) not in known:
            yield name, problem
    if not content.county_code:
        yield "county_code", msg("请选择产地。")
    if content.industry_code and content.industry_code not in reference.industries:
        yield "industry_code", msg("请从列出的选项中选择。")
    if not content.sale_months:
        yield "sale_months", msg("请勾选哪几个月有货。")
    if not frozenset(content.allergens) <= frozenset(Allergen):
        yield "allergens", msg("请从列出的选项中选择。")
    if not content.packs:
        yield "packs", msg("至少填写一种规格。")
    for one in content.packs:
        if not one.pack or one.unit_code not in reference.units or not one.net_weight_g or not one.price_fen:
            yield "packs", msg("每种规格都要有名称、单位、净重和建议售价。")


def _pack_differences(
    before: tuple[PackContent, ...], after: tuple[PackContent, ...]
) -> Iterator[Difference]:
    former = {one.code: one for one in before if one.code}
    kept = {one.code for one in after}
    for pack in after:
        was = former.get(pack.code)
        if was is None:
            yield Difference("pack_added", pack.pack, None, pack)
            continue
        for one in fields(PackContent):
            old, new = getattr(was, one.name), getattr(pack, one.name)
            if old != new:
                yield Difference(one.name, pack.pack, old, new)
    for gone in before:
        if gone.code not in kept:
            yield Difference("pack_gone", gone.pack, gone, None)


def _segments(name: str, before: object, after: object) -> tuple[Segment, ...]:
    if name in _TEXTS and isinstance(before, str) and isinstance(after, str) and before:
        return text_difference(before, after)
    return ()


def _known(kind: type, plain: Mapping[str, Any]) -> dict[str, Any]:
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in plain.items() if name in names and name != "packs"}
