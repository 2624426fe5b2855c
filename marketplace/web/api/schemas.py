"""What the API answers; the OpenAPI document is made from these types."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """An answer: every field documented, nothing added silently."""

    model_config = ConfigDict(frozen=True)


class Names(Answer):
    zh_hans: str = Field(description="Simplified Chinese")
    zh_hant: str = Field(description="Traditional Chinese (Hong Kong)")
    en: str = Field(description="English")


class CertificateBadge(Answer):
    scheme: str = Field(description="Code of the certification scheme")
    name: Names
    number: str
    issuer: str
    valid_from: date
    valid_to: date | None = Field(description="Last day of validity in Shanghai; null is open-ended")


class ProductItem(Answer):
    slug: str
    name: Names
    price_fen: int | None = Field(description="Lowest price of a listed offer for one pack, in fen (CNY)")
    county: str = Field(description="GB/T 2260 code of the county of origin")
    certificates: list[CertificateBadge] = Field(description="Certificates valid now")


class FacetCount(Answer):
    value: str
    count: int
    selected: bool


class Products(Answer):
    total: int = Field(description="Exact number of matching products")
    page: int
    pages: int
    items: list[ProductItem]
    facets: dict[str, list[FacetCount]] = Field(description="Each facet is counted without its own filter")
    dropped: list[str] = Field(description="Typed words that nothing matched")


class PackOffer(Answer):
    pack: Names
    net_weight_g: int
    cooperative: str
    price_fen: int


class Product(Answer):
    slug: str
    name: Names
    description: Names
    county: str
    county_name: Names
    prefecture: str
    industry: str | None
    aisle: str
    storage: str
    temperature_min_milli_c: int | None
    temperature_max_milli_c: int | None
    season_months: list[int]
    shelf_life_days: int | None
    offers: list[PackOffer]
    certificates: list[CertificateBadge]


class Certificate(Answer):
    scheme: str
    scheme_name: Names
    number: str
    holder: Names
    issuer: str
    state: str
    valid_now: bool
    valid_from: date
    valid_to: date | None
    products: list[str] = Field(description="Slugs of the products in scope")


class Certificates(Answer):
    items: list[Certificate]


class By(StrEnum):
    """What totals are grouped by."""

    PAIRING = "pairing"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    INDUSTRY = "industry"
    MONTH = "month"


class TotalsRow(Answer):
    key: str
    label: str
    ordered_fen: int
    paid_fen: int
    completed_fen: int


class Totals(Answer):
    period: str
    by: By
    rule: str = Field(description="Counting rule under which the amounts are counted")
    total: TotalsRow
    rows: list[TotalsRow]


class Problem(Answer):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    code: str
    detail: str
