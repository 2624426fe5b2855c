"""What is sold: a product, its packs, the offers of them and their lots."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, NewType

from marketplace.catalogue.types.reference import StorageKind, TemperatureRange
from marketplace.kernel.message import Name
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode

ProductId = NewType("ProductId", int)
VariantId = NewType("VariantId", int)
OfferId = NewType("OfferId", int)
LotId = NewType("LotId", int)

EVERY_WEEKDAY = (1, 2, 3, 4, 5, 6, 7)
"""Monday to Sunday, as ISO 8601 numbers them."""


class ProductStatus(StrEnum):
    DRAFT = "draft"
    LISTED = "listed"
    WITHDRAWN = "withdrawn"


class OfferStatus(StrEnum):
    LISTED = "listed"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"


class LotStatus(StrEnum):
    OPEN = "open"
    ON_HOLD = "on_hold"
    RECALLED = "recalled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A speciality of one county, whoever sells it.

    Temperatures are the product's own where it differs from its storage class. ``excursion_*`` are the limits
    of a short departure. Months are 1 to 12. ``description`` has no Traditional text of its own when ``hant``
    is empty: the edge converts it. ``owner_id`` is the cooperative whose own goods they are; None are the
    marketplace's standard goods. ``may_cross_border``: offers of them may serve Hong Kong and Macao.
    ``photo_digest`` is the first of ``picture_digests`` where there are several.
    """

    id: ProductId
    slug: str
    number: str
    name: Name
    pinyin: str
    cut: Name | None
    county_code: DivisionCode
    industry_code: str | None
    aisle_code: str
    picture_kind: str
    product_form: str
    storage_code: str
    storage_kind: StorageKind
    range: TemperatureRange | None
    excursion_lower_milli_c: int | None
    excursion_upper_milli_c: int | None
    shelf_life_days: int | None
    harvest_months: tuple[int, ...]
    sale_months: tuple[int, ...]
    description: Name
    keywords: tuple[str, ...]
    keywords_en: tuple[str, ...]
    consumer_sellable: bool
    status: ProductStatus
    photo_digest: str | None
    created_at: datetime
    picture_digests: tuple[str, ...] = ()
    allergens: tuple[str, ...] = ()
    may_cross_border: bool = True
    owner_id: PartyId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One pack of a product with the band in which offers price it, in fen a pack; ``cut`` of meat."""

    id: VariantId
    product_id: ProductId
    code: str
    order_no: int
    pack: Name
    unit_code: str
    net_weight_g: int
    price_low_fen: int
    price_high_fen: int
    cut: Name | None = None


class Step(NamedTuple):
    """阶梯价: from so many packs in one line on, each costs so much."""

    quantity: int
    price_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SellingTerms:
    """What an offer says beyond price and stock.

    ``ladder`` in rising quantity and falling price. ``ship_weekdays``: ISO weekdays on which it packs and
    ships. ``served_cities``: cities it sends to, empty for all of the mainland. ``free_freight_fen``: from
    this amount of one line on, freight is inside the price (包邮).
    """

    ladder: tuple[Step, ...] = ()
    ship_weekdays: tuple[int, ...] = EVERY_WEEKDAY
    served_cities: tuple[str, ...] = ()
    free_freight_fen: int | None = None


class Presale(NamedTuple):
    """预售: packs promised from a harvest to come, and not more than the cap."""

    harvest_on: date
    cap: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """供货报价: a cooperative's standing offer of one pack.

    ``price_fen`` a pack; ``minimum`` and ``daily_capacity`` in packs; ``cut_off_hour`` is Shanghai time;
    ``cooperative_id`` sells and ships, ``producer_id`` grew or made it (often the same party).
    """

    id: OfferId
    variant_id: VariantId
    product_id: ProductId
    cooperative_id: PartyId
    producer_id: PartyId
    price_fen: int
    minimum: int
    lead_days: int
    daily_capacity: int
    cut_off_hour: int
    serves_hong_kong_macao: bool
    status: OfferStatus
    selling: SellingTerms = SellingTerms()
    presale: Presale | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """批次 (GS1 lot): one harvest or making of an offer."""

    id: LotId
    offer_id: OfferId
    cooperative_id: PartyId
    code: str
    harvested_on: date
    expires_on: date | None
    status: LotStatus


class ProductOrder(StrEnum):
    NUMBER = "number"
    NEWEST = "newest"
    PINYIN = "pinyin"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFilter:
    """What a plain list shows; None sets no limit.

    ``season_month`` is 1 to 12; ``offered`` asks for a listed offer; ``open_to`` leaves out what others have
    described for themselves; ``text`` stands in the name.
    """

    statuses: frozenset[ProductStatus] = frozenset({ProductStatus.LISTED})
    aisle_code: str | None = None
    industry_code: str | None = None
    county_codes: frozenset[DivisionCode] | None = None
    season_month: int | None = None
    storage: StorageKind | None = None
    cooperative_id: PartyId | None = None
    offered: bool = False
    open_to: PartyId | None = None
    text: str = ""
    order: ProductOrder = ProductOrder.NUMBER


@dataclass(frozen=True, slots=True)
class ProductTitle:
    """What a product is called and where it stands: enough to lead to it."""

    name: Name
    slug: str
