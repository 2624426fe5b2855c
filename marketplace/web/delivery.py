"""「送至」: the city that prices and days are shown for, kept in a cookie, never asked for."""

from dataclasses import dataclass

from flask import has_request_context, request

from marketplace.kernel.message import Name
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode
from marketplace.web.database import read

COOKIE = "city"
DEFAULT_CITY = DivisionCode("440600")  # 佛山


@dataclass(frozen=True, slots=True)
class City:
    code: DivisionCode
    name: Name


def chosen_city() -> City:
    """Return the chosen city, or the default where none or an unknown one was chosen."""
    atlas = places.atlas(read())
    wanted = request.cookies.get(COOKIE, "") if has_request_context() else ""
    division = next((city for city in atlas.cities if city.code == wanted), None)
    if division is None:
        division = atlas.find(DEFAULT_CITY)
    return (
        City(DEFAULT_CITY, Name("佛山", "佛山", "Foshan"))
        if division is None
        else City(division.code, division.short_name)
    )
