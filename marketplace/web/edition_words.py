"""Editions of the 名优产品目录 in words, for all who read of them: the public, officials, the operator."""

from collections.abc import Iterable, Mapping

from marketplace.catalogue.types import (
    Criterion,
    Departure,
    EditionState,
    Entry,
    Left,
    ListedIn,
    NominationState,
    Product,
    Reference,
)
from marketplace.kernel.message import Message, msg
from marketplace.places.types import Side
from marketplace.web.language import as_written, render
from marketplace.web.language import gettext as _
from marketplace.web.present import text

EDITION_STATES: Mapping[EditionState, tuple[Message, str]] = {
    EditionState.NOMINATING: (msg("各县提名中"), "wait"),
    EditionState.REVIEWING: (msg("两省审核中"), "wait"),
    EditionState.PUBLISHED: (msg("已公布"), "good"),
}
NOMINATION_STATES: Mapping[NominationState, tuple[Message, str]] = {
    NominationState.NOMINATED: (msg("待审核"), "wait"),
    NominationState.WITHDRAWN: (msg("已撤回"), "plain"),
    NominationState.APPROVED: (msg("两省同意"), "good"),
    NominationState.REFUSED: (msg("未通过"), "stop"),
    NominationState.DROPPED: (msg("公布时不符合条件"), "stop"),
}
SIDES: Mapping[Side, Message] = {Side.GUIZHOU: msg("贵州省"), Side.GUANGDONG: msg("广东省")}
DEPARTURES: Mapping[Departure, Message] = {
    Departure.NOT_NOMINATED: msg("本年没有提名"),
    Departure.WITHDRAWN: msg("本年提名后撤回"),
    Departure.REFUSED: msg("审核未通过"),
    Departure.UNFIT: msg("公布时不符合条件"),
}


def edition_name(year: int, *, is_demo: bool) -> str:
    """Say 「2026年版」, marked as a demonstration's where it is one."""
    return _("%(year)s年版（演示）", year=year) if is_demo else _("%(year)s年版", year=year)


def number_name(year: int, no: int, *, is_demo: bool) -> str:
    """Say 「2026年版 · 第36号」."""
    return _("%(edition)s · 第%(no)s号", edition=edition_name(year, is_demo=is_demo), no=no)


def mark_of(listed: ListedIn | None, product: Product) -> str | None:
    """Say under which number goods stand in the newest edition; None where they do not."""
    no = listed.numbers.get(product.id) if listed is not None else None
    if listed is None or no is None:
        return None
    return number_name(listed.year, no, is_demo=listed.is_demo)


def why_left(one: Left, criteria: Iterable[Criterion]) -> str:
    """Say why goods left: 「审核未通过（广东省）：供货不稳」."""
    said = render(DEPARTURES[one.why])
    if one.side is not None:
        who = render(SIDES[one.side])
        return _("%(why)s（%(who)s）：%(reason)s", why=said, who=who, reason=as_written(one.detail))
    criterion = next((each for each in criteria if each.code == one.detail), None)
    if criterion is None:
        return said
    return _("%(why)s：%(criterion)s", why=said, criterion=text(criterion.text))


def certificates(entry: Entry, reference: Reference) -> str:
    """Say by which certificates goods stood in the edition: 「圳品 DEMO-ZP-000101、绿色食品 …」."""
    return _("、").join(
        f"{text(reference.schemes[held.scheme_code].short_name)} {held.number}"
        for held in entry.certificates
        if held.scheme_code in reference.schemes
    )


def digest_note() -> str:
    """Say what the digest is good for, to somebody who has never heard of one."""
    return _(
        "它由目录的全部内容算出，改一个字就完全不同。下载 JSON 文件，用任何 SHA-256 工具计算，"
        "结果应与它一致；下一版会记下它，前后相接。"
    )


def criterion_text(criterion: Criterion | None) -> str | None:
    """Say what goods do not meet; None where they meet all."""
    return None if criterion is None else text(criterion.text)
