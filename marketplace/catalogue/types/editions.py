"""黔货入粤名优产品目录: what counties nominate, both provinces review, and a year's edition publishes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from marketplace.catalogue.types.goods import ProductId
from marketplace.catalogue.types.reference import Criterion
from marketplace.kernel.message import Name
from marketplace.parties.types import PersonId
from marketplace.places.types import DivisionCode, Side

EditionId = NewType("EditionId", int)
NominationId = NewType("NominationId", int)


class EditionState(StrEnum):
    """Counties nominate, then the provinces review, then it is published and never changes again."""

    NOMINATING = "nominating"
    REVIEWING = "reviewing"
    PUBLISHED = "published"


class NominationState(StrEnum):
    """Where a nomination stands; one that is ``dropped`` was approved and no longer fitted when published."""

    NOMINATED = "nominated"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"
    REFUSED = "refused"
    DROPPED = "dropped"


class Verdict(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"


class Departure(StrEnum):
    """Why goods of the former edition are not in this one."""

    NOT_NOMINATED = "not_nominated"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    UNFIT = "unfit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How goods stand to a criterion; ``is_met`` None where only people can tell."""

    criterion: Criterion
    is_met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The word that closed an edition: its number, and the digest of exactly what was published.

    ``digest`` is the lower-case hexadecimal SHA-256 of the canonical bytes (RFC 8785) that the JSON file has;
    they name the digest of the edition before.
    """

    issue_no: int
    published_at: datetime
    digest: str
    former_digest: str | None
    entry_count: int
    left_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One year's edition; its criteria are those of the day it was opened."""

    id: EditionId
    year: int
    state: EditionState
    criteria: tuple[Criterion, ...]
    is_demo: bool
    opened_at: datetime
    closed_at: datetime | None
    publication: Publication | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The word of one province on one nomination; a refusal has a reason, which is published."""

    side: Side
    verdict: Verdict
    reason: str
    person_id: PersonId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NominationFilter:
    """Which nominations of an edition a list shows; ``undecided_by``: what waits for a province's word."""

    edition_id: EditionId
    county_codes: frozenset[DivisionCode] | None = None
    undecided_by: Side | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nomination:
    """Goods that their county (or the operator for it) puts forward, and what the provinces said so far."""

    id: NominationId
    edition_id: EditionId
    product_id: ProductId
    county_code: DivisionCode
    state: NominationState
    reason: str
    on_behalf: bool
    nominated_at: datetime
    reviews: tuple[Review, ...]

    def review_of(self, side: Side) -> Review | None:
        return next((one for one in self.reviews if one.side is side), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCertificate:
    """What an entry keeps of a certificate that was valid when it was published."""

    scheme_code: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """「第36号」 of an edition; ``former_no`` is its number in the edition before, None if new."""

    no: int
    product_id: ProductId
    product_number: str
    name: Name
    county_code: DivisionCode
    prefecture_code: DivisionCode
    industry_code: str | None
    certificates: tuple[HeldCertificate, ...]
    former_no: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Goods of the edition before that are not in this one, and why.

    ``detail`` is the province's reason for a refusal, or the code of the criterion no longer met.
    """

    former_no: int
    product_id: ProductId
    product_number: str
    name: Name
    county_code: DivisionCode
    why: Departure
    side: Side | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """Which entries a page shows; None sets no limit."""

    prefecture_code: str | None = None
    industry_code: str | None = None
    county_codes: frozenset[DivisionCode] | None = None
    only_new: bool = False


@dataclass(frozen=True, slots=True)
class ListedIn:
    """The newest published edition, and the number of each product in it; kept in memory whole."""

    year: int
    is_demo: bool
    numbers: Mapping[ProductId, int]
