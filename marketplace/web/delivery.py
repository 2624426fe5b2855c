"""「送至」: the city that prices and days are shown for, kept in a cookie, never asked for."""

from dataclasses import dataclass

from flask import has_request_context, request
from sqlalchemy.exc import SQLAlchemyError

from marketplace.kernel.message import Name
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode
from marketplace.web.database import read

COOKIE = "city"


@dataclass(frozen=True, slots=True)
class City:
    code: DivisionCode
    name: Name


_DEFAULT = City(DivisionCode("440600"), Name("佛山", "佛山", "Foshan"))


def cities() -> tuple[tuple[DivisionCode, Name], ...]:
    """Return where goods can be sent, the Greater Bay Area first; nothing while the database is away."""
    try:
        atlas = places.atlas(read())
    except SQLAlchemyError:
        return ()
    return tuple((city.code, city.short_name) for city in atlas.cities)


def chosen_city() -> City:
    """Return the chosen city, or the default where none or an unknown one was chosen."""
    wanted = request.cookies.get(COOKIE, "") if has_request_context() else ""
    found = next((City(code, name) for code, name in cities() if code == wanted), None)
    return found or _DEFAULT
