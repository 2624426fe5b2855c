"""What a search asks and answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from marketplace.catalogue.types import ProductId
from marketplace.kernel.message import Name

DEFAULT_PER_PAGE = 24


class Sort(StrEnum):
    RELEVANCE = "relevance"
    SALES = "sales"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    NEWEST = "newest"
    SEASON = "season"


class Facet(StrEnum):
    """What a page of results can be narrowed by; several values of one facet are alternatives."""

    CERTIFICATION = "certification"
    AISLE = "aisle"
    INDUSTRY = "industry"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    STORAGE = "storage"
    COOPERATIVE = "cooperative"
    KEY_COUNTY = "key_county"
    IN_SEASON = "in_season"
    IN_STOCK = "in_stock"
    PRICE = "price"


class Relaxation(StrEnum):
    """How far an answer goes beyond what was typed."""

    NONE = "none"  # everything shown matches all of it
    FILLED_UP = "filled_up"  # very little does: what comes near follows
    CORRECTED = "corrected"  # another spelling was meant
    WITHIN = "within"  # only words within the words match
    DROPPED = "dropped"  # some words play no part
    NOTHING = "nothing"  # nothing is called anything like it


# Upper bounds of the price bands in fen; the last band is open.
PRICE_BANDS_FEN = (2_000, 5_000, 10_000, 20_000, 50_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A page of results asked for; prices in fen, ``at`` decides season and which certificates are valid."""

    at: datetime
    q: str = ""
    chosen: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    price_min_fen: int | None = None
    price_max_fen: int | None = None
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    per_page: int = DEFAULT_PER_PAGE


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class AskedPrice:
    """A price that was typed, in fen a pack; ``without`` is what else was typed."""

    typed: str
    low_fen: int | None
    high_fen: int | None
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """Products of one page in order, the exact total, and every facet counted without its own filter.

    ``dropped`` are words that play no part; ``corrected`` is what was understood instead of what was typed;
    ``full`` is how many match all that was typed, before filters: they come first; ``price`` narrows them.
    """

    total: int
    product_ids: tuple[ProductId, ...]
    facets: Mapping[Facet, tuple[FacetValue, ...]]
    page: int
    per_page: int
    dropped: tuple[str, ...] = ()
    corrected: str | None = None
    relaxation: Relaxation = Relaxation.NONE
    full: int = 0
    price: AskedPrice | None = None
    generation: int = 0

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))


class SuggestionKind(StrEnum):
    PRODUCT = "product"
    COUNTY = "county"
    COOPERATIVE = "cooperative"
    CERTIFICATION = "certification"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that what was typed may become; ``key`` is a slug or code."""

    kind: SuggestionKind
    name: Name
    key: str
