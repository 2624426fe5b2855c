"""What the API answers; the OpenAPI document is made from these types."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from marketplace.catalogue.types import CertificateState


class Answer(BaseModel):
    """An answer: every field documented, nothing added silently."""

    model_config = ConfigDict(frozen=True)


class Names(Answer):
    zh_hans: str = Field(description="Simplified Chinese")
    zh_hant: str = Field(description="Traditional Chinese (Hong Kong)")
    en: str = Field(description="English")


class CertificateBadge(Answer):
    scheme: str = Field(description="Code of the certification scheme")
    name: str = Field(description="Short name of the scheme, Simplified Chinese")
    names: Names
    number: str
    issuer: str
    valid_from: date
    valid_to: date | None = Field(description="Last day of validity in Shanghai; null is open-ended")


class ProductItem(Answer):
    slug: str = Field(description="Names the product in addresses")
    name: str = Field(description="Simplified Chinese")
    names: Names
    price_fen: int | None = Field(description="Lowest price of a listed offer for one pack, in fen (CNY)")
    county: str = Field(description="GB/T 2260 code of the county of origin")
    county_names: Names
    certificates: list[CertificateBadge] = Field(description="Certificates valid now")


class FacetCount(Answer):
    value: str = Field(description="What to send as the parameter of the facet's name")
    count: int = Field(description="How many products it leaves, the facet's own choice set aside")
    selected: bool


class Products(Answer):
    total: int = Field(description="Exact number of matching products")
    page: int
    pages: int = Field(description="At least 1; a page beyond the last has no items")
    items: list[ProductItem]
    facets: dict[str, list[FacetCount]] = Field(description="Each facet is counted without its own filter")
    dropped: list[str] = Field(description="Typed words that nothing matched")
    price: str | None = Field(description="The price among the words that narrows what is found, if any")


class PackOffer(Answer):
    pack: str = Field(description="Simplified Chinese")
    pack_names: Names
    net_weight_g: int = Field(description="Grams")
    cooperative: str = Field(description="Code of the cooperative that sells it")
    cooperative_names: Names
    price_fen: int = Field(description="Price of one pack in fen (CNY), without freight")


class Product(Answer):
    slug: str
    name: str = Field(description="Simplified Chinese")
    names: Names
    description: Names
    price_fen: int | None = Field(description="Lowest price of a listed offer for one pack, in fen (CNY)")
    county: str = Field(description="GB/T 2260 code of the county of origin")
    county_names: Names
    prefecture: str = Field(description="GB/T 2260 code")
    industry: str | None = Field(description="Code of one of the twelve industries")
    aisle: str
    storage: str = Field(description="ambient, chilled or frozen")
    temperature_min_milli_c: int | None = Field(description="Thousandths of a degree Celsius")
    temperature_max_milli_c: int | None = Field(description="Thousandths of a degree Celsius")
    season_months: list[int] = Field(description="1 to 12")
    shelf_life_days: int | None
    offers: list[PackOffer] = Field(description="Listed offers, the cheapest first")
    certificates: list[CertificateBadge] = Field(description="Certificates valid now")


class Certificate(Answer):
    scheme: str = Field(description="Code of the certification scheme")
    scheme_names: Names
    number: str
    holder: str = Field(description="Simplified Chinese")
    holder_names: Names
    issuer: str
    state: CertificateState = Field(
        description="What was last decided about it; valid_now also looks at the dates"
    )
    valid_now: bool
    valid_from: date
    valid_to: date | None = Field(description="Last day of validity in Shanghai; null is open-ended")
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
    key: str = Field(description="Code of the row: a pairing, a division, an industry or a month")
    label: str = Field(description="In the language asked for by Accept-Language")
    ordered_fen: int = Field(description="Goods ordered, without freight, in fen (CNY)")
    paid_fen: int = Field(description="Goods paid for, refunds taken off")
    completed_fen: int = Field(description="Goods received, refunds taken off")
    counted_fen: int = Field(description="What the rule counts of them")


class Totals(Answer):
    period: str
    by: By
    rule: str = Field(description="Code and version of the counting rule")
    as_of: datetime = Field(description="The moment of reading")
    total: TotalsRow
    states: list[TotalsRow] = Field(
        description="The total by pairing: paired, unpaired, hk_macao, unconfirmed; adds up to it"
    )
    rows: list[TotalsRow] = Field(description="The total by what was asked for; adds up to it")


class Problem(Answer):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    code: str = Field(description="Stable, for programs")
    detail: str = Field(description="For people, in the language asked for by Accept-Language")
