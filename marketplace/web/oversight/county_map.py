"""Guizhou's counties shaded by what of their goods was completed, as far as the official's scope reaches."""

from dataclasses import dataclass

from marketplace.assistance.types import Selection, Stage, Table
from marketplace.kernel import money
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode
from marketplace.web.database import read
from marketplace.web.oversight.asked import address
from marketplace.web.present import text, wan
from marketplace.web.storefront.maps import GUIZHOU, STEPS, TileView, prefecture_groups, steps_of

_LARGE_FEN = 100 * money.FEN_PER_WAN


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyMap:
    """Tiles with the texts of the five steps; ``zoom`` names the one prefecture that is shown alone."""

    tiles: tuple[TileView, ...]
    groups: tuple[tuple[str, str, str], ...]
    zoom: str | None
    steps: tuple[str, ...]


def draw(table: Table, selection: Selection) -> CountyMap:
    """Shade each county in reach by its completed amount; hatched where the scope does not reach."""
    atlas = places.atlas(read())
    amounts = {row.key: max(0, row.amounts.completed_fen) for row in table.rows}
    levels = steps_of(amounts)
    tiles = []
    for tile in atlas.tiles(GUIZHOU):
        is_reached = _is_reached(selection, tile.code)
        tiles.append(
            TileView(
                code=tile.code,
                x=tile.x,
                y=tile.y,
                short=text(atlas.division(tile.code).short_name),
                level=levels.get(tile.code, 0) if is_reached else None,
                group=atlas.prefecture_of(tile.code),
                value_text=money.format_yuan(amounts.get(tile.code, 0)) if is_reached else None,
                href=address("oversight.lines", county=tile.code, stage=Stage.COMPLETED)
                if is_reached
                else None,
            )
        )
    reached = {one.group for one in tiles if one.level is not None}
    return CountyMap(
        tiles=tuple(tiles),
        groups=tuple(prefecture_groups(atlas, lambda code: address("oversight.table", prefecture=code))),
        zoom=reached.pop() if len(reached) == 1 else None,
        steps=_steps(max(amounts.values(), default=0)),
    )


def _is_reached(selection: Selection, code: DivisionCode) -> bool:
    if selection.origins is not None and code not in selection.origins:
        return False
    return selection.county_code in {None, code}


def _steps(most_fen: int) -> tuple[str, ...]:
    """Say up to what amount each step goes; large ones in 万元."""
    shown = wan if most_fen >= _LARGE_FEN else money.format_yuan
    return tuple(f"≤ {shown(most_fen * step // STEPS)}" for step in range(1, STEPS + 1))
