"""What every template may say: names, amounts, moments and weights in the reader's language."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from babel.dates import format_date
from flask_babel import format_datetime

from marketplace.kernel import money, time
from marketplace.kernel.message import Message, Name
from marketplace.kernel.time import SHANGHAI
from marketplace.web import language
from marketplace.web.language import gettext as _

GRAMS_PER_KILOGRAM = 1000
_YEAR_GOES_WITHOUT_SAYING = timedelta(days=182)


def celsius(milli: int) -> str:
    """Write milli-degrees Celsius as ``2.5 ℃``."""
    text = f"{milli / 1000:.1f}"
    return f"{text.removesuffix('.0')} ℃"


def weight(grams: int) -> str:
    if grams < GRAMS_PER_KILOGRAM:
        return f"{grams} g"
    return f"{grams / GRAMS_PER_KILOGRAM:.2f}".rstrip("0").rstrip(".") + " kg"


def moment(instant: datetime) -> str:
    """Write an instant in Shanghai time, to the minute."""
    local = instant.astimezone(SHANGHAI)
    return str(format_datetime(local, "yyyy-MM-dd HH:mm", rebase=False))


def day(value: date) -> str:
    """Write a business day as the language writes it: 11月23日, Nov 23; with its year half a year away."""
    if abs(value - time.today()) > _YEAR_GOES_WITHOUT_SAYING:
        return full_day(value)
    return _date(value, language.current(), "M月d日", "MMM d")


def full_day(value: date) -> str:
    return _date(value, language.current(), "yyyy年M月d日", "MMM d, yyyy")


def month_name(value: date) -> str:
    """Write the month of a day: 11月, Nov."""
    return _date(value, language.current(), "M月", "MMM")


@lru_cache(maxsize=4_000)
def _date(value: date, code: str, chinese: str, english: str) -> str:
    """Write a date by a pattern; kept, for the same few days stand on every card."""
    pattern = english if code == "en" else chinese
    return str(format_date(value, pattern, locale=language.locale_of(code)))


def wan(fen: int) -> str:
    """Write an amount in 万元; less than one is written in 元, to the cent."""
    if abs(fen) < money.FEN_PER_WAN:
        return _("%(amount)s 元", amount=money.format_plain(fen))
    return _("%(amount)s 万元", amount=money.format_wan(fen))


def to_the_cent(fen: int) -> str | None:
    """Write what stands in 万元 above once more exactly; None where that was exact already."""
    return None if abs(fen) < money.FEN_PER_WAN else money.format_yuan(fen)


def percent_bp(rate_bp: int) -> str:
    """Write basis points as a percentage with one decimal."""
    return f"{rate_bp / 100:.1f}%"


def text(value: Message | Name | str) -> str:
    """Render whatever a present module hands over: message, name or ready text."""
    if isinstance(value, Message):
        return language.render(value)
    return language.name_in_language(value) if isinstance(value, Name) else value


FILTERS = {
    "name": text,
    "message": text,
    "yuan": money.format_yuan,
    "yuan_plain": money.format_plain,
    "wan": wan,
    "to_the_cent": to_the_cent,
    "celsius": celsius,
    "weight": weight,
    "moment": moment,
    "date": day,
    "full_date": full_day,
    "percent_bp": percent_bp,
    "as_written": language.as_written,
}
