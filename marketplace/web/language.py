"""The reader's language: Simplified Chinese is the source, Traditional made from it, English by hand."""

import csv
import re
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Any

from babel.support import NullTranslations
from flask import Flask, Response, has_request_context, request
from flask_babel import Babel, Domain, get_locale
from flask_babel import gettext as babel_gettext
from markupsafe import Markup
from opencc import OpenCC
from werkzeug.datastructures import LanguageAccept

from marketplace.kernel import paths
from marketplace.kernel.message import Message, Name
from marketplace.translations import english

COOKIE = "lang"
LANGUAGES = (("zh-Hans", "简体中文"), ("zh-Hant-HK", "繁體中文（香港）"), ("en", "English"))
_LOCALES = {"zh-Hans": "zh_Hans_CN", "zh-Hant-HK": "zh_Hant_HK", "en": "en"}
_CODES = {locale: code for code, locale in _LOCALES.items()}
_ACCEPTED = {
    "zh-hk": "zh-Hant-HK",
    "zh-tw": "zh-Hant-HK",
    "zh-mo": "zh-Hant-HK",
    "zh-hant": "zh-Hant-HK",
    "en": "en",
}
_SIGN = r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
_CHINESE = re.compile(rf"{_SIGN}(?:.*{_SIGN})?", re.DOTALL)


# The language of the request being answered: asked some hundred times a page.
_chosen: ContextVar[str | None] = ContextVar("language", default=None)
_AROUND = "marketplace.language_around"  # where one request is answered within another


def gettext(text: str, /, **parameters: object) -> str:
    """Write a sentence of the source in the reader's language; views import it as ``_``."""
    chosen = _chosen.get()
    if chosen is None:
        return str(babel_gettext(text, **parameters))
    written = _translations(chosen).gettext(text)
    return str(written % parameters) if parameters else str(written)


def ngettext(one: str, many: str, num: int, /, **parameters: object) -> str:
    """Write a sentence that counts; the number is there as ``num``."""
    written = str(_translations(current()).ngettext(one, many, num))
    return written % ({"num": num} | parameters)


def current() -> str:
    """Return the code of the language of this request: cookie first, then what the browser asks for."""
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    if not has_request_context():
        return "zh-Hans"
    return choose(request.cookies.get(COOKIE, ""), request.accept_languages)


def locale_of(code: str) -> str:
    """Return Babel's name of a language."""
    return _LOCALES[code]


def choose(cookie: str, accepted: LanguageAccept) -> str:
    """Choose by what was picked before, else by what the browser accepts, else Simplified Chinese."""
    if cookie in _LOCALES:
        return cookie
    for wanted, _quality in accepted:
        low = wanted.lower()
        if low in {"zh", "zh-cn", "zh-sg"} or low.startswith("zh-hans"):
            return "zh-Hans"
        for prefix, code in _ACCEPTED.items():
            if low == prefix or low.startswith(prefix + "-"):
                return code
    return "zh-Hans"


def install(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = "zh_Hans_CN"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"
    babel = Babel(app, locale_selector=lambda: _LOCALES[current()])
    # Flask-Babel makes a domain of a name; this one finds its words by itself.
    babel.domain_instance = _HouseDomain()

    @app.before_request
    def choose_once() -> None:
        request.environ[_AROUND] = _chosen.get()
        _chosen.set(choose(request.cookies.get(COOKIE, ""), request.accept_languages))

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        if _AROUND in request.environ:
            _chosen.set(request.environ[_AROUND])

    @app.after_request
    def name_language(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.headers.setdefault("Content-Language", current())
        return response


def as_written(text: str | Name) -> str:
    """Mark Chinese that somebody typed as such: no page in another writing vouches for its characters.

    A name that the catalogue has in each language is given in the reader's.
    """
    if isinstance(text, Name):
        return name_in_language(text)
    found = None if current() == "zh-Hans" else _CHINESE.search(text)
    if found is None:
        return text
    start, end = found.span() if current() == "en" else (0, len(text))
    return Markup('{}<span lang="zh">{}</span>{}').format(text[:start], text[start:end], text[end:])


def name_in_language(name: Name) -> str:
    """Pick a proper name in the reader's language; the data's own Traditional form, never a conversion."""
    language = current()
    if language == "en":
        return name.en or name.hans
    return (name.hant or to_hant(name.hans)) if language == "zh-Hant-HK" else name.hans


def in_script(words: str) -> str:
    """Write words that search has folded to Simplified in the script of the reader."""
    return to_hant(words) if current() == "zh-Hant-HK" else words


def render(message: Message) -> str:
    """Write a message in the reader's language, its parameters too."""
    return gettext(message.template, **{key: _parameter(value) for key, value in message.parameters.items()})


def _parameter(value: object) -> object:
    if isinstance(value, Message):
        return render(value)
    return name_in_language(value) if isinstance(value, Name) else value


@cache
def _converter() -> OpenCC:
    return OpenCC("s2hk")


@cache
def _corrections(scope: str) -> tuple[tuple[str, str], ...]:
    """Read where OpenCC's choice is not what Hong Kong writes, longest first."""
    path = paths.CATALOG_DATA / "hant_corrections.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            (row["opencc_output"], row["hong_kong_form"])
            for row in csv.DictReader(file)
            if row["scope"] == scope
        ]
    return tuple(sorted(rows, key=lambda row: -len(row[0])))


@lru_cache(maxsize=20_000)
def to_hant(text: str) -> str:
    """Write Simplified text as Hong Kong writes it: whole values first, then characters, then phrases."""
    converted = str(_converter().convert(text))
    whole = dict(_corrections("whole")).get(converted)
    if whole is not None:
        return whole
    for scope in ("character", "phrase"):
        for wrong, right in _corrections(scope):
            converted = converted.replace(wrong, right)
    return converted


class _HantTranslations(NullTranslations):
    """Traditional Chinese made from the Simplified source at the moment it is asked for."""

    def gettext(self, message: str) -> str:
        return to_hant(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return to_hant(msgid1 if n == 1 else msgid2)

    ugettext = gettext
    ungettext = ngettext


_HANT = _HantTranslations()
_SOURCE = NullTranslations()


def _translations(code: str) -> NullTranslations:
    if code == "zh-Hans":
        return _SOURCE
    return english() if code == "en" else _HANT


class _HouseDomain(Domain):  # type: ignore[misc]  # the package ships no types
    """Chooses where words come from: the source, its Traditional form, or the English by hand."""

    def get_translations(self) -> Any:
        return _translations(_CODES.get(str(get_locale()), "zh-Hans"))
