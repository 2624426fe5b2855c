"""Loading the catalogue: every file is checked against the others, then all of it is written or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue_queries
from marketplace.catalogue import service as catalogue
from marketplace.catalogue.types import ProductDraft
from marketplace.flow.load_catalogue.check import CatalogueRows, read_catalogue
from marketplace.flow.load_catalogue.goods_rows import PRODUCTS
from marketplace.freight import service as freight
from marketplace.kernel.message import Message, msg
from marketplace.kernel.refusals import ManyRefusals, RowRefusal
from marketplace.places import service as places

__all__ = ["CatalogueRows", "LoadReport", "LoadedPart", "load_catalogue", "read_catalogue", "write_catalogue"]


@dataclass(frozen=True, slots=True)
class LoadedPart:
    """One kind of rows: what it is called, how many the files have, how many had to change."""

    name: Message
    rows: int
    changed: int


@dataclass(frozen=True, slots=True)
class LoadReport:
    parts: tuple[LoadedPart, ...]

    @property
    def changed(self) -> int:
        return sum(part.changed for part in self.parts)


@dataclass(frozen=True, slots=True)
class _Step:
    name: Message
    rows: int
    load: Callable[[Session], int]


def load_catalogue(
    session: Session, directory: Path, on_part: Callable[[LoadedPart, int, int], None] | None = None
) -> LoadReport:
    """Bring the catalogue to what the files in a directory say.

    Refuses (ManyRefusals) with every error at once and has then changed nothing. Loading the same files again
    changes nothing. ``on_part`` hears of each part when it is done, with its number and the number of parts.
    """
    return write_catalogue(session, read_catalogue(directory), on_part)


def write_catalogue(
    session: Session, rows: CatalogueRows, on_part: Callable[[LoadedPart, int, int], None] | None = None
) -> LoadReport:
    """Write checked rows, those that others point at first."""
    _check_numbers(session, rows.goods.products)
    steps = _steps(rows)
    parts = []
    for number, step in enumerate(steps, start=1):
        part = LoadedPart(step.name, step.rows, step.load(session))
        parts.append(part)
        if on_part is not None:
            on_part(part, number, len(steps))
    return LoadReport(tuple(parts))


def _check_numbers(session: Session, drafts: list[ProductDraft]) -> None:
    """Refuse a product number that another address has in the database: addresses are never renamed."""
    held = catalogue_queries.slugs_by_number(session, {draft.number for draft in drafts})
    wrong = [draft for draft in drafts if held.get(draft.number, draft.slug) != draft.slug]
    if wrong:
        refusals = [
            RowRefusal(
                PRODUCTS,
                drafts.index(draft) + 2,
                "slug",
                msg(
                    "商品编号%(number)s已有网址名“%(slug)s”，不能改名",
                    number=draft.number,
                    slug=held[draft.number],
                ),
            )
            for draft in wrong
        ]
        raise ManyRefusals(msg("目录数据有%(count)d处错误，没有导入任何内容。", count=len(wrong)), refusals)


def _steps(rows: CatalogueRows) -> list[_Step]:
    place, reference, goods, card = rows.places, rows.reference, rows.goods, rows.freight
    return [
        _Step(msg("行政区划"), len(place.divisions), lambda s: places.load_divisions(s, place.divisions)),
        _Step(msg("结对关系"), len(place.pairings), lambda s: places.load_pairings(s, place.pairings)),
        _Step(msg("示意地图"), len(place.tiles), lambda s: places.load_tiles(s, place.tiles)),
        _Step(msg("里程与天数"), len(place.transit), lambda s: places.load_transit(s, place.transit)),
        _Step(msg("货架分类"), len(reference.aisles), lambda s: catalogue.load_aisles(s, reference.aisles)),
        _Step(
            msg("特色产业"),
            len(reference.industries),
            lambda s: catalogue.load_industries(s, reference.industries),
        ),
        _Step(msg("计量单位"), len(reference.units), lambda s: catalogue.load_units(s, reference.units)),
        _Step(
            msg("存储类别"),
            len(reference.storage),
            lambda s: catalogue.load_storage_classes(s, reference.storage),
        ),
        _Step(
            msg("认证制度"), len(reference.schemes), lambda s: catalogue.load_schemes(s, reference.schemes)
        ),
        _Step(
            msg("商品形态"), len(reference.forms), lambda s: catalogue.load_product_forms(s, reference.forms)
        ),
        _Step(msg("所需证件"), len(reference.papers), lambda s: catalogue.load_papers(s, reference.papers)),
        _Step(
            msg("名优目录条件"),
            len(reference.criteria),
            lambda s: catalogue.load_criteria(s, reference.criteria),
        ),
        _Step(
            msg("插图"),
            len(reference.pictures),
            lambda s: catalogue.load_picture_kinds(s, reference.pictures),
        ),
        _Step(msg("商品"), len(goods.products), lambda s: catalogue.load_products(s, goods.products)),
        _Step(msg("规格"), len(goods.variants), lambda s: catalogue.load_variants(s, goods.variants)),
        _Step(msg("运费表"), len(card.rates), lambda s: freight.load_rate_card(s, card.rates)),
        _Step(
            msg("云仓及配送城市"),
            len(card.warehouses) + sum(len(one.reach) for one in card.warehouses),
            lambda s: freight.load_warehouses(s, card.warehouses),
        ),
    ]
