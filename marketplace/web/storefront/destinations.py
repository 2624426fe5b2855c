"""Where goods can be sent, as one list of places grouped by city: districts, towns where a city has none."""

from collections.abc import Iterator

from marketplace.places.atlas import Atlas
from marketplace.places.types import Division, DivisionCode, Side
from marketplace.web.present import text

Group = tuple[str, list[tuple[str, str]]]


def groups(atlas: Atlas, city_code: DivisionCode) -> list[Group]:
    """Return every place by city, the visitor's own city first, as the select macro reads them."""
    cities = sorted(atlas.cities, key=lambda one: one.code != city_code)
    return [
        (text(city.name), [(str(one.code), text(one.name)) for one in _leaves(atlas, city)])
        for city in cities
    ]


def is_place(atlas: Atlas, code: str) -> bool:
    """Tell whether an address may name it: a place with no smaller ones that we know."""
    return atlas.is_destination(code) and not atlas.children(code)


def first_place(atlas: Atlas, city_code: DivisionCode) -> DivisionCode:
    return next(_leaves(atlas, atlas.division(city_code))).code


def phone_region(atlas: Atlas, code: DivisionCode) -> str:
    """Return where mobile numbers of a destination are from."""
    side = atlas.division(code).side
    return {Side.HONG_KONG: "HK", Side.MACAO: "MO"}.get(side, "CN")


def _leaves(atlas: Atlas, division: Division) -> Iterator[Division]:
    below = atlas.children(division.code)
    if not below:
        yield division
    for one in below:
        yield from _leaves(atlas, one)
