"""What others may hold of the search."""

from marketplace.search.types.asking import (
    DEFAULT_PER_PAGE,
    PRICE_BANDS_FEN,
    AskedPrice,
    Facet,
    FacetValue,
    Relaxation,
    SearchPage,
    SearchRequest,
    Sort,
    Suggestion,
    SuggestionKind,
)
from marketplace.search.types.counting import (
    AskedCount,
    AskedFilter,
    AskedKey,
    Outcome,
)
from marketplace.search.types.explaining import (
    Explanation,
    Multiplier,
    MultiplierKind,
    QueryWord,
    Reading,
    TokenShare,
    Understanding,
    WordShare,
)
from marketplace.search.types.keeping import (
    SearchDocument,
    SearchRow,
    Validity,
)

__all__ = [
    "DEFAULT_PER_PAGE",
    "PRICE_BANDS_FEN",
    "AskedCount",
    "AskedFilter",
    "AskedKey",
    "AskedPrice",
    "Explanation",
    "Facet",
    "FacetValue",
    "Multiplier",
    "MultiplierKind",
    "Outcome",
    "QueryWord",
    "Reading",
    "Relaxation",
    "SearchDocument",
    "SearchPage",
    "SearchRequest",
    "SearchRow",
    "Sort",
    "Suggestion",
    "SuggestionKind",
    "TokenShare",
    "Understanding",
    "Validity",
    "WordShare",
]
