"""What people and files say before it becomes a product, an offer or a certificate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from marketplace.catalogue.types.certificates import Base
from marketplace.catalogue.types.goods import OfferId, OfferStatus, ProductId, VariantId
from marketplace.catalogue.types.reference import TemperatureRange
from marketplace.kernel.message import Name
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDraft:
    """What a cooperative says when it offers a pack; ``producer_id`` None means it produces the goods itself.

    ``declared_papers`` are codes of papers it declares to have, such as the label; papers that are kept as
    certificates (食品生产许可证) are not declared but looked up.
    """

    variant_id: VariantId
    cooperative_id: PartyId
    price_fen: int
    declared_papers: frozenset[str]
    producer_id: PartyId | None = None
    minimum: int = 1
    lead_days: int = 1
    daily_capacity: int = 200
    cut_off_hour: int = 16
    serves_hong_kong_macao: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTerms:
    """What a cooperative may change about a standing offer apart from its price."""

    minimum: int
    lead_days: int
    daily_capacity: int
    cut_off_hour: int
    serves_hong_kong_macao: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferChange:
    """What becomes of a standing offer; what is None stays. ``reason`` is why it is paused.

    ``status``: only between on sale and paused; an offer ends by its own use case.
    """

    offer_id: OfferId
    price_fen: int | None = None
    terms: OfferTerms | None = None
    status: OfferStatus | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotDraft:
    """A harvest or making as it is recorded; without a last day it follows from the goods' shelf life.

    ``papers`` are paper codes with their numbers, all that each lot of such goods carries; None where they
    follow by themselves.
    """

    offer_id: OfferId
    code: str
    harvested_on: date
    expires_on: date | None = None
    papers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDraft:
    """A speciality as the catalogue's file or an operator describes it; fields as in ``Product``."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantDraft:
    """A pack as the catalogue's file or an operator describes it; fields as in ``Variant``."""

    product_slug: str
    code: str
    order_no: int
    pack: Name
    unit_code: str
    net_weight_g: int
    price_low_fen: int
    price_high_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateDraft:
    """What a holder submits; both days belong to the term. ``issuer`` in Chinese as the paper names it.

    ``base``: for a base certificate only.
    """

    scheme_code: str
    number: str
    holder_id: PartyId
    valid_from: date
    valid_to: date | None = None
    product_ids: frozenset[ProductId] = frozenset()
    issuer: str | None = None
    evidence_digest: str | None = None
    base: Base | None = None
