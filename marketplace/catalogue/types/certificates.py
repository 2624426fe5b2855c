"""Certificates, and the proof of one that an order line keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from marketplace.catalogue.types.goods import ProductId
from marketplace.kernel.message import Name
from marketplace.parties.types import PartyId, PersonId
from marketplace.places.types import DivisionCode

CertificateId = NewType("CertificateId", int)


class CertificateState(StrEnum):
    """Where a certificate stands in review; whether it is valid at an instant is ``rules.is_valid``."""

    SUBMITTED = "submitted"
    VERIFIED = "verified"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    LAPSED = "lapsed"
    REJECTED = "rejected"


class Standing(StrEnum):
    """Where a certificate stands at an instant, as pages say it; one that is ``expiring`` is still valid."""

    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    NOT_YET = "not_yet"


class CheckedAgainst(StrEnum):
    """What a certificate was laid beside when verified; ``UNRECORDED``: before that was written down."""

    REGISTER = "register"
    ISSUER = "issuer"
    ORIGINAL = "original"
    UNRECORDED = "unrecorded"


class CertificateQueue(StrEnum):
    """Where a certificate waits for somebody: to be verified, to be renewed in time, or too late for that.

    ``LAPSING_30``: at most 30 days left; ``LAPSING_60``: up to 60, or due for renewal by the scheme's rule.
    """

    TO_VERIFY = "to_verify"
    LAPSING_30 = "lapsing_30"
    LAPSING_60 = "lapsing_60"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How a certificate was checked; ``note`` says where or with whom: a register's address, an office."""

    against: CheckedAgainst
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The place a base certificate speaks about: its name as on the paper, and the county it lies in."""

    name: str
    county_code: DivisionCode


@dataclass(frozen=True, slots=True)
class Period:
    """From an instant (included) to an instant (no longer included); None is open."""

    from_at: datetime
    to_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate of a holder; ``valid_from`` and ``valid_to`` are Shanghai days, both included.

    ``product_ids`` empty on an enterprise's certificate means everything its holder offers. ``base`` is the
    place that a base certificate speaks about. ``renews_id``: the term before, of the same number and holder.
    ``checked_by`` None: verified by the marketplace itself (a demonstration), or not verified.
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
    base: Base | None = None
    renews_id: CertificateId | None = None
    check: Check | None = None
    checked_by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFilter:
    """What the register shows; None sets no limit."""

    states: frozenset[CertificateState] = frozenset(CertificateState)
    scheme_code: str | None = None
    holder_id: PartyId | None = None
    holder_ids: frozenset[PartyId] | None = None
    product_id: ProductId | None = None
    valid_at: datetime | None = None
    ends_before: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSearch:
    """What somebody looks up in the public register; None sets no limit.

    ``number_start`` (as ``rules.normal_number`` writes it) and ``holder_ids`` are alternatives: whoever types
    into one field means either. ``standing`` is that of the instant ``at``.
    """

    at: datetime
    number_start: str | None = None
    holder_ids: frozenset[PartyId] | None = None
    scheme_code: str | None = None
    standing: Standing | None = None


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
