"""What is known of a lot beside its days: why it is held, what was tested, what its seller promised."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from marketplace.catalogue.types.goods import LotId
from marketplace.kernel.message import Name
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode

LotHoldId = NewType("LotHoldId", int)
LotReportId = NewType("LotReportId", int)
CommitmentId = NewType("CommitmentId", int)


class HoldCause(StrEnum):
    """By whose word a lot is held: the seller's own, an authority's, or that of a test that failed."""

    SELLER = "seller"
    AUTHORITY = "authority"
    FAILED_TEST = "failed_test"


class ReportResult(StrEnum):
    PASSED = "passed"
    FAILED = "failed"


class CommitmentBasis(StrEnum):
    """On what a promise stands: the seller's own control, a test of its own, a laboratory's test."""

    CONTROLLED = "controlled"
    OWN_TEST = "own_test"
    ENTRUSTED_TEST = "entrusted_test"


class CommitmentStanding(StrEnum):
    """What a 承诺达标合格证 is worth today; the lot decides as well as the paper."""

    STANDS = "stands"
    REPLACED = "replaced"
    LOT_HELD = "lot_held"
    LOT_RECALLED = "lot_recalled"


@dataclass(frozen=True, slots=True, kw_only=True)
class LotHold:
    """One reason for which a lot may not be used; open until ``released_at``."""

    id: LotHoldId
    lot_id: LotId
    cause: HoldCause
    reason: str
    report_id: LotReportId | None
    held_at: datetime
    released_at: datetime | None
    release_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDraft:
    """A report as it is handed in; ``paper_code`` says of what kind, ``issued_on`` the day of its finding."""

    paper_code: str
    number: str
    issuer: str
    issued_on: date
    result: ReportResult
    findings: str = ""
    evidence_digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotReport:
    """A quarantine or test report of a lot; never changed, only followed by another."""

    id: LotReportId
    lot_id: LotId
    paper_code: str
    number: str
    issuer: str
    issued_on: date
    result: ReportResult
    findings: str
    evidence_digest: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentDraft:
    """What a 承诺达标合格证 will say; ``packs`` of ``net_weight_g`` each."""

    product_name: Name
    pack: Name
    packs: int
    net_weight_g: int
    county_code: DivisionCode
    promiser_id: PartyId
    promiser_name: Name
    producer_name: Name
    contact: str
    basis: CommitmentBasis
    is_demo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """承诺达标合格证 (农业农村部令2025年第4号): what a seller promised of a lot, as of that day."""

    id: CommitmentId
    lot_id: LotId
    lot_code: str
    token: str
    number: str
    product_name: Name
    pack: Name
    packs: int
    net_weight_g: int
    county_code: DivisionCode
    promiser_id: PartyId
    promiser_name: Name
    producer_name: Name
    contact: str
    basis: CommitmentBasis
    is_demo: bool
    issued_at: datetime
    replaced_at: datetime | None


class LotView(StrEnum):
    """Which of a cooperative's lots a list shows."""

    IN_STORE = "in_store"
    LAPSING = "lapsing"
    LAPSED = "lapsed"
    STOPPED = "stopped"
    UNPROMISED = "unpromised"
    ALL = "all"


class LotOrder(StrEnum):
    EXPIRY = "expiry"
    NEWEST = "newest"
    CODE = "code"
