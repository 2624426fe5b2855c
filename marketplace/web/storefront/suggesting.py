"""Suggestions while typing: goods, places, certificates and sellers; what many ask where nothing is typed."""

from collections.abc import Iterable

from flask import Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue.types import RegisterSearch
from marketplace.kernel import time
from marketplace.kernel.message import msg
from marketplace.search.types import Suggestion, SuggestionKind
from marketplace.web.asked import asked
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.language import gettext as _
from marketplace.web.present import text
from marketplace.web.searching import printable
from marketplace.web.storefront.routes import blueprint, search_engine

_MOST_TYPED = 60
_FOUND = 8
_NUMBERS = 3
_SHORTEST_NUMBER = 4
_MANY_DIGITS = 4
# In the order in which they stand; what is certified and the certificates themselves stand together.
_GROUPS = {
    SuggestionKind.PRODUCT: msg("商品"),
    SuggestionKind.COUNTY: msg("产地"),
    SuggestionKind.CERTIFICATION: msg("认证和证书"),
    SuggestionKind.COOPERATIVE: msg("合作社"),
}
Shown = dict[str, str]


@blueprint.get("/search/suggest")
@public
def suggest() -> ResponseReturnValue:
    """Answer what the typed beginning may become, each with its group and where it leads."""
    typed = printable(request.args.get("q", ""))[:_MOST_TYPED]
    answer = jsonify(suggestions=_typed(read(), typed) if typed else _popular(read()))
    return _private(answer)


def _private(answer: Response) -> Response:
    """Let the reader's own browser keep an answer for the moment in which it is typed again."""
    answer.headers["Cache-Control"] = "private, max-age=30"
    answer.headers["Vary"] = "Cookie, Accept-Language"
    return answer


def _typed(session: Session, typed: str) -> list[Shown]:
    found = search_engine().suggest(session, typed, limit=_FOUND)
    shown = []
    for kind, name in _GROUPS.items():
        shown += [_suggestion(one, text(name)) for one in found if one.kind is kind]
        if kind is SuggestionKind.CERTIFICATION:
            shown += _numbered(session, typed, text(name))
    return shown


def _popular(session: Session) -> list[Shown]:
    return [
        {"text": one, "note": "", "group": _("大家在搜"), "href": url_for("storefront.search", q=one)}
        for one in asked().popular(session)
    ]


def _suggestion(one: Suggestion, group: str) -> Shown:
    href = {
        SuggestionKind.PRODUCT: lambda: url_for("storefront.product", slug=one.key),
        SuggestionKind.COUNTY: lambda: url_for("storefront.county", code=one.key),
        SuggestionKind.COOPERATIVE: lambda: url_for("storefront.cooperative", code=one.key),
        SuggestionKind.CERTIFICATION: lambda: url_for("storefront.search", certification=one.key),
    }[one.kind]()
    return {"text": text(one.name), "note": "", "group": group, "href": href}


def _numbered(session: Session, typed: str, group: str) -> Iterable[Shown]:
    """Return certificates whose number begins so; only what looks like a number asks the database."""
    number = rules.normal_number(typed)
    if not _may_begin_number(number):
        return ()
    schemes = catalogue.reference(session).schemes
    wanted = RegisterSearch(at=time.now(), number_start=number)
    return [
        {
            "text": one.number,
            "note": text(schemes[one.scheme_code].short_name),
            "group": group,
            "href": url_for("storefront.certificate", scheme=one.scheme_code, number=one.number),
        }
        for one in catalogue.search_register(session, wanted, 1, _NUMBERS).items
    ]


def looks_like_number(typed: str) -> bool:
    """Tell whether what was typed is most likely a certificate's number: zp000101, lb-15, not 10kg rice."""
    is_code = not any(one.isspace() for one in typed.strip()) and "-" in typed
    digits = sum(one.isdigit() for one in typed)
    return typed.isascii() and (digits >= _MANY_DIGITS or (is_code and digits > 0))


def _may_begin_number(typed: str) -> bool:
    """Tell whether a number may begin so, normalised."""
    return (
        len(typed) >= _SHORTEST_NUMBER
        and typed.isascii()
        and any(one.isdigit() or one == "-" for one in typed)
    )
