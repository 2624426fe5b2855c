"""What search knows of every product."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from marketplace.catalogue.types import ProductId
from marketplace.kernel.message import Name


class Validity(NamedTuple):
    """A certificate of a scheme is valid from an instant to another, which no longer belongs to it.

    ``number`` is its number as search compares numbers (``language.number_key``).
    """

    scheme_code: str
    from_at: datetime
    to_at: datetime | None
    number: str = ""


class SearchRow(NamedTuple):
    """What filters, facets and sorts know of a product: a row of the side tables, at its slot.

    ``version`` grows with every change heard of; ``price_fen`` is the lowest price of a listed offer, None
    where nobody offers it; ``available`` and ``sold`` are packs; ``months`` has bit 0 for a January of sale.
    A process makes one for every product as it starts: a tuple is made several times as fast as a dataclass.
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
