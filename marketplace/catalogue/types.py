"""What others may hold of the catalogue: products, packs, offers, lots, certificates and the reference rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from marketplace.kernel.message import Name
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode

ProductId = NewType("ProductId", int)
VariantId = NewType("VariantId", int)
OfferId = NewType("OfferId", int)
LotId = NewType("LotId", int)
CertificateId = NewType("CertificateId", int)


class StorageKind(StrEnum):
    """How goods travel; goods of different kinds never share a parcel."""

    AMBIENT = "ambient"
    CHILLED = "chilled"
    FROZEN = "frozen"


class SchemeLevel(StrEnum):
    """What a certificate of a scheme speaks about."""

    PRODUCT = "product"
    BASE = "base"
    ENTERPRISE = "enterprise"
    BRAND = "brand"
    LOT = "lot"


class SchemeStatus(StrEnum):
    ACTIVE = "active"
    LEGACY = "legacy"
    PLANNED = "planned"


class Requirement(StrEnum):
    REQUIRED = "required"
    CONDITIONAL = "conditional"
    NOT_NEEDED = "not_needed"


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


class CertificateState(StrEnum):
    """Where a certificate stands in review; whether it is valid at an instant is ``rules.is_valid``."""

    SUBMITTED = "submitted"
    VERIFIED = "verified"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    LAPSED = "lapsed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureRange:
    """The range that goods keep, in milli-degrees Celsius, both ends included."""

    min_milli_c: int
    max_milli_c: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Aisle:
    """货架分类: how people shop."""

    code: str
    order_no: int
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Industry:
    """One of the twelve industries (十二大特色产业): how officials count."""

    code: str
    order_no: int
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What one pack is counted in: 箱, 罐, 袋."""

    code: str
    order_no: int
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductForm:
    """What kind of goods it is in law; decides the papers it needs."""

    code: str
    order_no: int
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureKind:
    """One drawn illustration, shown as 示意图 until the seller has a photo."""

    code: str
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A certification scheme. ``validity_months`` None: each certificate says its own end."""

    code: str
    order_no: int
    name: Name
    short_name: Name
    issuer: Name
    level: SchemeLevel
    status: SchemeStatus
    validity_months: int | None
    renewal_days_before: int | None
    renewal_in_business_days: bool
    number_pattern: str | None
    demo_prefix: str
    shows_badge: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageClass:
    """Storage and transport limits of a class; temperatures in milli-degrees Celsius, times in minutes.

    Outside ``range`` but inside the excursion limits goods may stay ``max_excursion_minutes``; above
    ``reject_above_milli_c`` they are refused at once (GB 31605-2020, DB31/T 388). Crafts have no limit at all.
    """

    code: str
    order_no: int
    kind: StorageKind
    name: Name
    advice: Name
    range: TemperatureRange | None
    excursion_lower_milli_c: int | None
    excursion_upper_milli_c: int | None
    reject_above_milli_c: int | None
    max_excursion_minutes: int | None
    logger_interval_minutes: int | None
    shelf_life_days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper that goods of a form need before they are sold; ``scheme_code`` where we keep it as a certificate."""

    product_form: str
    code: str
    scheme_code: str | None
    level: SchemeLevel
    name: Name
    requirement: Requirement
    condition_zh: str
    condition_en: str
    legal_basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The reference rows whole, in memory, in their shown order."""

    aisles: Mapping[str, Aisle]
    industries: Mapping[str, Industry]
    schemes: Mapping[str, Scheme]
    storage_classes: Mapping[str, StorageClass]
    product_forms: Mapping[str, ProductForm]
    units: Mapping[str, Unit]
    picture_kinds: Mapping[str, PictureKind]
    papers: Mapping[str, tuple[Paper, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A speciality of one county, whoever sells it.

    Temperatures are the product's own where it differs from its storage class. ``excursion_*`` are the limits
    of a short departure. Months are 1 to 12. ``description`` has no Traditional text of its own when ``hant``
    is empty: the edge converts it.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One pack of a product with the band in which offers price it, in fen a pack."""

    id: VariantId
    product_id: ProductId
    code: str
    order_no: int
    pack: Name
    unit_code: str
    net_weight_g: int
    price_low_fen: int
    price_high_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """供货报价: a cooperative's standing offer of one pack. ``cut_off_hour`` is Shanghai time; ``minimum`` in packs.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """批次 (GS1 lot): one harvest or making of an offer."""

    id: LotId
    offer_id: OfferId
    code: str
    harvested_on: date
    expires_on: date | None
    status: LotStatus


@dataclass(frozen=True, slots=True)
class Period:
    """From an instant (included) to an instant (no longer included); None is open."""

    from_at: datetime
    to_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate as the marketplace knows it; ``valid_from`` and ``valid_to`` are Shanghai days, both included.

    ``product_ids`` empty on an enterprise's certificate means everything its holder offers.
    """

    id: CertificateId
    scheme_code: str
    number: str
    holder_id: PartyId
    issuer: str
    valid_from: date
    valid_to: date | None
    state: CertificateState
    product_ids: frozenset[ProductId]
    verified_at: datetime | None = None
    revoked_at: datetime | None = None
    suspensions: tuple[Period, ...] = field(default=())
    evidence_digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateProof:
    """What an order line keeps of a certificate that was valid when it was ordered."""

    scheme_code: str
    scheme_name: Name
    number: str
    issuer: str
    valid_from: date
    valid_to: date | None

    def as_json(self) -> dict[str, object]:
        return {
            "scheme_code": self.scheme_code,
            "scheme_name": list(self.scheme_name),
            "number": self.number,
            "issuer": self.issuer,
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> "CertificateProof":
        hans, hant, en = (str(part) for part in _items(kept["scheme_name"]))
        return cls(
            scheme_code=str(kept["scheme_code"]),
            scheme_name=Name(hans, hant, en),
            number=str(kept["number"]),
            issuer=str(kept["issuer"]),
            valid_from=date.fromisoformat(str(kept["valid_from"])),
            valid_to=date.fromisoformat(str(kept["valid_to"])) if kept["valid_to"] else None,
        )


def _items(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("a kept name is a list of three texts")
    return value
