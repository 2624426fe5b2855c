"""The reference rows: aisles, industries, schemes, storage classes, forms and the papers they need."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from marketplace.kernel.message import Name


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
    order_no: int
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
    ``reject_above_milli_c`` they are refused at once (GB 31605-2020, DB31/T 388). Crafts have no limit.
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
    """A paper that goods of a form need; ``scheme_code`` where it is kept as a certificate."""

    product_form: str
    code: str
    scheme_code: str | None
    level: SchemeLevel
    name: Name
    requirement: Requirement
    condition_zh: str
    condition_en: str
    legal_basis: str


class PaperState(StrEnum):
    """Whether a paper is there: held, not held though needed, needed only in some case, never allowed."""

    HELD = "held"
    MISSING = "missing"
    DEPENDS = "depends"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperCheck:
    """One line of 「能不能卖」; ``lots_lacking``: how many lots in store lack a paper of each lot."""

    paper: Paper
    state: PaperState
    lots_lacking: int = 0


class CriterionCheck(StrEnum):
    """How a criterion is looked at; one that is ``judged`` only people can see."""

    LISTED = "listed"
    ORIGIN = "origin"
    SELLABLE = "sellable"
    CERTIFIED = "certified"
    JUDGED = "judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """What goods must be to stand in the catalogue; ``scheme_codes`` are alternatives, one is enough.

    ``source`` says which article of the policy or which law it follows.
    """

    code: str
    order_no: int
    check: CriterionCheck
    scheme_codes: tuple[str, ...]
    text: Name
    source: Name

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "check": str(self.check),
            "scheme_codes": list(self.scheme_codes),
            "text": {"zh-Hans": self.text.hans, "en": self.text.en},
            "source": {"zh-Hans": self.source.hans, "en": self.source.en},
        }

    @classmethod
    def from_json(cls, order_no: int, kept: Mapping[str, Any]) -> "Criterion":
        return cls(
            code=kept["code"],
            order_no=order_no,
            check=CriterionCheck(kept["check"]),
            scheme_codes=tuple(kept["scheme_codes"]),
            text=Name(kept["text"]["zh-Hans"], "", kept["text"]["en"]),
            source=Name(kept["source"]["zh-Hans"], "", kept["source"]["en"]),
        )


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
    criteria: tuple[Criterion, ...]
