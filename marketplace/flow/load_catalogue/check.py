"""Reading the whole catalogue and holding every row against the others, before anything is written."""

from dataclasses import dataclass
from pathlib import Path

from marketplace.catalogue.types import (
    Aisle,
    Criterion,
    Industry,
    Paper,
    PictureKind,
    ProductDraft,
    ProductForm,
    Scheme,
    StorageClass,
    Unit,
    VariantDraft,
)
from marketplace.flow.load_catalogue import (
    freight_rows,
    goods_rows,
    places_rows,
    reference_rows,
    words_rows,
)
from marketplace.flow.load_catalogue.freight_rows import RATES, REACH, WAREHOUSES
from marketplace.flow.load_catalogue.goods_rows import PRODUCTS, VARIANTS
from marketplace.flow.load_catalogue.places_rows import DIVISIONS, PAIRINGS, TILES, TRANSIT, Places
from marketplace.flow.load_catalogue.reference_rows import (
    AISLES,
    CRITERIA,
    FORMS,
    INDUSTRIES,
    PAPERS,
    PICTURES,
    SCHEMES,
    STORAGE,
    UNITS,
)
from marketplace.flow.load_catalogue.sheet import Findings, Sheet, read_sheet
from marketplace.flow.load_catalogue.words_rows import (
    CORRECTIONS,
    QUERY_WORDS,
    QUIET,
    READINGS,
    SCHEME_WORDS,
    SHEET_COLUMNS,
    SHEET_WORDS,
    SYNONYMS,
)
from marketplace.freight.types import CloudWarehouse, Rate
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import ManyRefusals, RowRefusal
from marketplace.places.types import Division, PairingEntry, Tile, Transit

COLUMNS = {
    **places_rows.COLUMNS,
    **reference_rows.COLUMNS,
    **goods_rows.COLUMNS,
    **freight_rows.COLUMNS,
    **words_rows.COLUMNS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRows:
    divisions: list[Division]
    pairings: list[PairingEntry]
    tiles: list[Tile]
    transit: list[Transit]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRows:
    aisles: list[Aisle]
    industries: list[Industry]
    units: list[Unit]
    forms: list[ProductForm]
    pictures: list[PictureKind]
    storage: list[StorageClass]
    schemes: list[Scheme]
    papers: list[Paper]
    criteria: list[Criterion]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsRows:
    products: list[ProductDraft]
    variants: list[VariantDraft]


@dataclass(frozen=True, slots=True, kw_only=True)
class FreightRows:
    rates: list[Rate]
    warehouses: list[CloudWarehouse]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRows:
    """A catalogue without a single error; ``words`` counts the rows that others read from their files."""

    places: PlaceRows
    reference: ReferenceRows
    goods: GoodsRows
    freight: FreightRows
    words: int


def read_catalogue(directory: Path) -> CatalogueRows:
    """Read and check every file; refuses (ManyRefusals) with all errors at once, by file and row."""
    findings = Findings()
    sheets = {file: read_sheet(directory, file, columns, findings) for file, columns in COLUMNS.items()}
    rows = _check(sheets)
    if len(findings):
        raise ManyRefusals(
            msg("目录数据有%(count)d处错误，没有导入任何内容。", count=len(findings)),
            [RowRefusal(one.file, one.row, one.column, one.reason) for one in findings],
        )
    return rows


def _check(sheets: dict[str, Sheet]) -> CatalogueRows:
    places = places_rows.known_places(sheets[DIVISIONS])
    place_rows = PlaceRows(
        divisions=places_rows.divisions(sheets[DIVISIONS], places),
        pairings=places_rows.pairings(sheets[PAIRINGS], places),
        tiles=places_rows.tiles(sheets[TILES], places),
        transit=places_rows.transit(sheets[TRANSIT], places),
    )
    words = (
        words_rows.synonyms(sheets[SYNONYMS], sheets[PRODUCTS], sheets[SCHEMES])
        + words_rows.readings(sheets[READINGS])
        + words_rows.corrections(sheets[CORRECTIONS])
        + words_rows.quiet_words(sheets[QUIET])
        + words_rows.query_words(sheets[QUERY_WORDS])
        + words_rows.scheme_words(sheets[SCHEME_WORDS], sheets[SCHEMES])
        + words_rows.sheet_columns(sheets[SHEET_COLUMNS])
        + words_rows.sheet_words(sheets[SHEET_WORDS])
    )
    return CatalogueRows(
        places=place_rows,
        reference=_reference(sheets),
        goods=_goods(sheets, places),
        freight=_freight(sheets, places, place_rows.transit),
        words=words,
    )


def _reference(sheets: dict[str, Sheet]) -> ReferenceRows:
    return ReferenceRows(
        aisles=reference_rows.aisles(sheets[AISLES]),
        industries=reference_rows.industries(sheets[INDUSTRIES], sheets[STORAGE].codes()),
        units=reference_rows.units(sheets[UNITS]),
        forms=reference_rows.product_forms(sheets[FORMS]),
        pictures=reference_rows.picture_kinds(sheets[PICTURES], sheets[PRODUCTS].codes("picture_kind")),
        storage=reference_rows.storage_classes(sheets[STORAGE]),
        schemes=reference_rows.schemes(sheets[SCHEMES]),
        papers=reference_rows.papers(sheets[PAPERS], sheets[FORMS].codes(), sheets[SCHEMES]),
        criteria=reference_rows.criteria(sheets[CRITERIA], sheets[SCHEMES].codes()),
    )


def _goods(sheets: dict[str, Sheet], places: Places) -> GoodsRows:
    known = goods_rows.Known(
        places=places,
        industries=sheets[INDUSTRIES].codes(),
        aisles=sheets[AISLES].codes(),
        pictures=sheets[PICTURES].codes(),
        forms=sheets[FORMS].codes(),
        storage=sheets[STORAGE],
    )
    return GoodsRows(
        products=goods_rows.products(sheets[PRODUCTS], known, sheets[VARIANTS].codes("product_slug")),
        variants=goods_rows.variants(sheets[VARIANTS], sheets[PRODUCTS].codes("slug"), sheets[UNITS].codes()),
    )


def _freight(sheets: dict[str, Sheet], places: Places, ways: list[Transit]) -> FreightRows:
    rates = freight_rows.rates(sheets[RATES])
    houses = freight_rows.warehouses(sheets[WAREHOUSES], sheets[REACH], places)
    freight_rows.check_coverage(sheets[RATES], rates, ways, houses, places)
    return FreightRows(rates=rates, warehouses=houses)
