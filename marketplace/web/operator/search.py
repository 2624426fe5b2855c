"""How the search understands what buyers type, why goods stand where they do, and what nobody finds."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Product
from marketplace.flow.ports import Ports
from marketplace.kernel import time
from marketplace.kernel.message import Message, msg
from marketplace.parties.types import Permission
from marketplace.search import asked_queries
from marketplace.search.engine import SearchEngine
from marketplace.search.language import ENGLISH, NUMBER, PINYIN
from marketplace.search.types import (
    AskedCount,
    AskedFilter,
    Explanation,
    MultiplierKind,
    Outcome,
    QueryWord,
    Reading,
    SearchPage,
    SearchRequest,
)
from marketplace.web import list_words, listing
from marketplace.web.database import read
from marketplace.web.guard import require
from marketplace.web.language import LANGUAGES, render
from marketplace.web.language import gettext as _
from marketplace.web.operator.routes import blueprint
from marketplace.web.present import text
from marketplace.web.searching import printable

EXPLAINED = 12
PER_PAGE = 50
PERIODS = (7, 30, 90)
_MOST_TYPED = 200
_TOKENS = 4
OUTCOMES: Mapping[Outcome, Message] = {
    Outcome.NOTHING: msg("没有结果"),
    Outcome.RELAXED: msg("放宽后才有"),
    Outcome.FOUND: msg("有结果"),
}
READINGS: Mapping[Reading, Message] = {
    Reading.WORD: msg("商品目录里的词"),
    Reading.PARTS: msg("拆成更短的词"),
    Reading.PINYIN: msg("拼音或首字母"),
    Reading.ENGLISH: msg("英文"),
    Reading.NUMBER: msg("证书编号"),
    Reading.GUESS: msg("按读音猜的"),
    Reading.NOTHING: msg("没有商品带这个词"),
}
MULTIPLIERS: Mapping[MultiplierKind, Message] = {
    MultiplierKind.SALES: msg("销量系数"),
    MultiplierKind.SEASON: msg("当季系数"),
    MultiplierKind.VALIDITY: msg("证书系数"),
    MultiplierKind.STOCK: msg("有货系数"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a score: points of a word, what was matched, and how much of the page's best it is."""

    label: str
    detail: str
    points: float
    percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A product on the first page, and why it stands there; ``times`` are the multipliers in words."""

    product: Product
    place: int
    total: float
    parts: list[Part]
    times: list[str]
    in_stock: bool


@blueprint.get("/search", endpoint="search")
@require(Permission.OPERATE)
def explain_search() -> ResponseReturnValue:
    """Search as a buyer does, and say for each product of the first page why it stands there."""
    session, typed = read(), printable(request.args.get("q", ""))[:_MOST_TYPED]
    if not typed:
        return render_template("operator/search.html", typed="", found=None)
    engine = _engine()
    asked = SearchRequest(at=time.now(), q=typed, per_page=EXPLAINED)
    found, understood = engine.search(session, asked), engine.understanding(session, typed)
    schemes = catalogue.reference(session).schemes
    return render_template(
        "operator/search.html",
        typed=typed,
        found=found,
        words=[(one, render(READINGS[one.reading])) for one in understood.words],
        synonyms=[one for one in understood.words if _is_synonym(one)],
        schemes=[text(schemes[code].name) for code in understood.scheme_codes if code in schemes],
        explained=_explained(session, engine, asked, found),
    )


@blueprint.get("/searches")
@require(Permission.OPERATE)
def searches() -> ResponseReturnValue:
    """Show what buyers asked and did not find, found only in parts, or found; the most asked first."""
    outcome, days = _outcome(), _days()
    tools = listing.asked(list_words.ASKED, PER_PAGE, search=list_words.ASKED_WORD)
    found = asked_queries.list_asked(
        read(),
        AskedFilter(outcome=outcome, today=time.today(), days=days),
        sought=tools.sought,
        page=tools.page,
        per_page=tools.per_page,
    )
    return listing.answer(
        "operator/searches.html",
        tools,
        found,
        outcome=outcome,
        outcomes=list(OUTCOMES.items()),
        days=days,
        periods=PERIODS,
        languages=dict(LANGUAGES),
        trend=trend,
    )


def trend(one: AskedCount) -> tuple[str, str]:
    """Say how a count stands to that of the period before, with its tone."""
    if not one.times_before:
        return _("新出现"), "wait"
    change = one.times - one.times_before
    if change > 0:
        return _("多 %(count)s 次", count=change), "wait"
    return (_("少 %(count)s 次", count=-change), "good") if change else (_("持平"), "plain")


def _explained(
    session: Session, engine: SearchEngine, asked: SearchRequest, found: SearchPage
) -> list[Explained]:
    products = catalogue.products_by_id(session, found.product_ids)
    asked_about = (engine.explain(session, asked, one) for one in found.product_ids if one in products)
    why = [one for one in asked_about if one is not None]
    best = max((sum(word.score for word in one.words) for one in why), default=0.0)
    return [_one(products[one.product_id], place, one, best) for place, one in enumerate(why, 1)]


def _one(product: Product, place: int, why: Explanation, best: float) -> Explained:
    parts = [
        Part(
            label=word.word,
            detail=_("、").join(said(one.token) for one in word.tokens[:_TOKENS]),
            points=word.score,
            percent=100 * word.score / best if best else 0.0,
        )
        for word in why.words
    ]
    times = [
        _("%(what)s × %(factor)s", what=render(MULTIPLIERS[one.kind]), factor=f"{one.factor:.2f}")
        for one in why.multipliers
    ]
    return Explained(
        product=product,
        place=why.place or place,
        total=why.total,
        parts=parts,
        times=times,
        in_stock=why.in_stock,
    )


def said(token: str) -> str:
    """Write a token of the index as people read it."""
    for prefix, template in (
        (PINYIN, msg("拼音 %(token)s", token=token.removeprefix(PINYIN))),
        (ENGLISH, msg("英文 %(token)s", token=token.removeprefix(ENGLISH))),
        (NUMBER, msg("编号 %(token)s", token=token.removeprefix(NUMBER))),
    ):
        if token.startswith(prefix):
            return render(template)
    return token


def _is_synonym(one: QueryWord) -> bool:
    return one.typed != one.meant


def _outcome() -> Outcome:
    asked = request.args.get("outcome")
    return Outcome(asked) if asked in set(Outcome) else Outcome.NOTHING


def _days() -> int:
    asked = request.args.get("days", PERIODS[0], type=int)
    return asked if asked in PERIODS else PERIODS[0]


def _engine() -> SearchEngine:
    ports: Ports = current_app.extensions["ports"]
    return ports.search
