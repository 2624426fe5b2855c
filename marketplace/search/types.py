"""What a search asks and answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """Products of one page in order, the exact total, and every facet counted without its own filter.

    ``dropped`` are words that play no part; ``corrected`` is what was understood instead of what was typed;
    ``full`` is how many match all that was typed, before filters: they come first.
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


class Reading(StrEnum):
    """How a typed word was read, decided by what the index knows of it."""

    WORD = "word"
    PARTS = "parts"
    PINYIN = "pinyin"
    ENGLISH = "english"
    NUMBER = "number"
    GUESS = "guess"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class QueryWord:
    """One typed word: as typed, as meant (another where a synonym stands for it), and how it was read."""

    typed: str
    meant: str
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """How a query is understood: certification schemes taken out as filters, and the words that are left."""

    scheme_codes: tuple[str, ...] = ()
    words: tuple[QueryWord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenShare:
    """A token of the index that a word matched in a product.

    ``weight`` is the sum of the weights of the fields that carry it, ``rarity`` grows the fewer products have
    it, ``factor`` is 1 where the token is exactly what was typed and less the looser it fits. ``score`` is in
    points: what the token would give alone; of one word's tokens only the best counts.
    """

    token: str
    weight: float
    rarity: float
    factor: float
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WordShare:
    """What one typed word gives a product: tokens, the best first, and the points that count."""

    word: str
    tokens: tuple[TokenShare, ...]
    score: float


class MultiplierKind(StrEnum):
    SALES = "sales"
    SEASON = "season"
    VALIDITY = "validity"
    STOCK = "stock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiplier:
    """What the points of all words are multiplied by; 1 changes nothing."""

    kind: MultiplierKind
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a product stands where it does in the answer to a request.

    ``place`` counts from 1 in the order asked for, None where the product is not among the results. ``total``
    is the score: the sum of the words' points times every multiplier. What is not ``in_stock`` stands behind
    everything that is, whatever its score.
    """

    product_id: ProductId
    place: int | None
    words: tuple[WordShare, ...]
    multipliers: tuple[Multiplier, ...]
    total: float
    in_stock: bool


class Outcome(StrEnum):
    """How a search without any filter was answered."""

    FOUND = "found"
    RELAXED = "relaxed"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class AskedKey:
    """What is counted of a search: nothing in it says by whom. ``on`` is a Shanghai day."""

    on: date
    query: str
    language: str
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCount:
    """How often a query was asked in a period and in the one before of the same length."""

    query: str
    language: str
    times: int
    times_before: int
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """A certificate of a scheme is valid from an instant to another, which no longer belongs to it."""

    scheme_code: str
    from_at: datetime
    to_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRow:
    """What filters, facets and sorts know of a product: a row of the side tables, at its slot.

    ``version`` grows with every change heard of; ``price_fen`` is the lowest price of a listed offer, None
    where nobody offers it; ``available`` and ``sold`` are packs; ``months`` has bit 0 for a January of sale.
    """

    product_id: ProductId
    slot: int
    version: int
    is_listed: bool
    aisle_code: str
    industry_code: str | None
    county_code: str
    prefecture_code: str
    storage: str
    is_key_county: bool
    months: int
    cooperative_codes: tuple[str, ...]
    validities: tuple[Validity, ...]
    price_fen: int | None
    available: int
    sold: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchDocument:
    """Everything search knows of one listed product.

    Texts go to the index; the rest goes to side tables and never makes the index change. ``price_fen`` is the
    lowest price of a listed offer, None where nobody offers it.
    """

    product_id: ProductId
    slug: str
    name: Name
    name_pinyin: str
    keywords: tuple[str, ...]
    keywords_en: tuple[str, ...]
    description: str
    place_names: tuple[Name, ...]
    group_names: tuple[Name, ...]
    cooperative_names: tuple[Name, ...]
    certificate_numbers: tuple[str, ...]
    scheme_names: tuple[Name, ...]
    aisle_code: str
    industry_code: str | None
    county_code: str
    prefecture_code: str
    storage: str
    is_key_county: bool
    sale_months: tuple[int, ...]
    cooperative_codes: tuple[str, ...]
    validities: tuple[Validity, ...]
    price_fen: int | None
    available: int
    sold: int
    created_at: datetime
