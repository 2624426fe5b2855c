"""Brands of the policy's three kinds (art. 7), and who may put one on what goods."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from marketplace.catalogue.types.goods import ProductId
from marketplace.kernel.message import Name
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode

BrandId = NewType("BrandId", int)
BrandUseId = NewType("BrandUseId", int)


class BrandKind(StrEnum):
    """区域公用品牌, 农业企业品牌, 农产品品牌."""

    REGIONAL = "regional"
    ENTERPRISE = "enterprise"
    PRODUCT = "product"


class BrandState(StrEnum):
    SUBMITTED = "submitted"
    LISTED = "listed"
    REFUSED = "refused"
    ENDED = "ended"


class UseState(StrEnum):
    ASKED = "asked"
    AUTHORISED = "authorised"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandDraft:
    """What is said of a brand. ``holder_id`` None: the holder has no account here, only ``holder_name``.

    ``registration`` is the number of the trade mark or certificate, as the paper has it.
    """

    kind: BrandKind
    name: Name
    holder_id: PartyId | None
    holder_name: str
    division_code: DivisionCode | None
    registration: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    id: BrandId
    kind: BrandKind
    name: Name
    holder_id: PartyId | None
    holder_name: str
    division_code: DivisionCode | None
    registration: str
    state: BrandState
    reason: str
    submitted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandUse:
    """A cooperative's use of a brand on named goods; both days belong to it, ``document`` proves it."""

    id: BrandUseId
    brand_id: BrandId
    user_id: PartyId
    product_ids: frozenset[ProductId]
    state: UseState
    note: str
    document: str
    reason: str
    valid_from: date | None
    valid_to: date | None
    asked_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """The holder's word: until when (None is without end), by what document."""

    valid_from: date
    valid_to: date | None
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandFilter:
    """Which brands a list shows; None sets no limit."""

    states: frozenset[BrandState] | None = None
    kind: BrandKind | None = None
    holder_id: PartyId | None = None
