"""Guizhou's counties as tiles for the schematic map."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise
from weakref import WeakKeyDictionary

from flask import get_template_attribute
from markupsafe import Markup

from marketplace.places.atlas import Atlas
from marketplace.places.types import DivisionCode
from marketplace.web import language
from marketplace.web.language import gettext as _
from marketplace.web.present import text

GUIZHOU = "guizhou"
STEPS = 5
_origins: WeakKeyDictionary[Atlas, dict[tuple[str, str], Markup]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class TileView:
    """One square, as ``components/tilemap.html`` reads it; ``group`` is the prefecture."""

    code: str
    x: int
    y: int
    short: str
    level: int | None
    group: str
    value_text: str | None
    href: str | None


def county_tiles(
    atlas: Atlas,
    *,
    levels: Mapping[str, int],
    value_text: Callable[[str], str | None] = lambda _code: None,
    href: Callable[[str], str | None] = lambda _code: None,
) -> list[TileView]:
    """Return every county's square with its step of the quantity shown; a county without one is at 0."""
    return [
        TileView(
            code=tile.code,
            x=tile.x,
            y=tile.y,
            short=text(atlas.division(tile.code).short_name),
            level=levels.get(tile.code, 0),
            group=atlas.prefecture_of(tile.code),
            value_text=value_text(tile.code),
            href=href(tile.code),
        )
        for tile in atlas.tiles(GUIZHOU)
    ]


def origin(atlas: Atlas, county_code: DivisionCode) -> Markup:
    """Draw a county's own prefecture with the county ringed: once a language, kept with the atlas."""
    key = (language.current(), county_code)
    kept = _origins.setdefault(atlas, {})
    if key not in kept:
        prefecture = atlas.division(atlas.prefecture_of(county_code))
        draw = get_template_attribute("components/tilemap.html", "tile_map")
        kept[key] = draw(
            county_tiles(atlas, levels=neighbours(atlas, county_code)),
            _(
                "%(county)s在%(prefecture)s",
                county=text(atlas.division(county_code).name),
                prefecture=text(prefecture.name),
            ),
            [county_code],
            prefecture.code,
            ident="origin",
        )
    return kept[key]


def prefecture_groups(atlas: Atlas, href: Callable[[str], str]) -> list[tuple[str, str, str]]:
    """Return the prefectures' names that stand over the tiles on a phone, each leading to its own map."""
    return [(one.code, text(one.short_name), href(one.code)) for one in atlas.prefectures]


def steps_of(amounts: Mapping[str, int]) -> dict[str, int]:
    """Put each amount into one of five steps of equal width; nothing is step 0."""
    most = max(amounts.values(), default=0)
    return {code: -(-amount * STEPS // most) if amount else 0 for code, amount in amounts.items()}


def step_texts(amounts: Collection[int]) -> list[str]:
    """Say what each of the five steps holds, in whole numbers."""
    most = max(amounts, default=0)
    bounds = [most * step // STEPS for step in range(STEPS + 1)]
    return [_from_to(low + 1, high) for low, high in pairwise(bounds)]


def _from_to(low: int, high: int) -> str:
    if low > high:
        return "–"
    return str(high) if low == high else f"{low}–{high}"


def neighbours(atlas: Atlas, county_code: DivisionCode) -> dict[str, int]:
    """Shade a county's own prefecture, the county itself darkest: where on the map one is."""
    group = atlas.prefecture_of(county_code)
    return {one.code: 2 if one.code != county_code else STEPS for one in atlas.children(group)}
