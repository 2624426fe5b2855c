"""How a cooperative comes in: the application, the licences it shows, and what is registered of it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from marketplace.parties.types.parties import ContractMode, PartyId, PersonId
from marketplace.places.types import DivisionCode

ApplicationId = NewType("ApplicationId", int)


class ApplicationState(StrEnum):
    """``RETURNED``: to be corrected by the applicant, then it begins anew with the county."""

    SUBMITTED = "submitted"
    RECOMMENDED = "recommended"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class LicenceKind(StrEnum):
    """Food licences that an applicant may show; the value is the certificate scheme that they become."""

    PRODUCTION = "sc_license"
    OPERATION = "food_operation"
    PREPACKED = "prepack_filing"


class Registrant(StrEnum):
    """Who a credit code belongs to, by its first two characters (GB 32100-2015)."""

    COOPERATIVE = "cooperative"
    ENTERPRISE = "enterprise"
    INDIVIDUAL = "individual"
    COLLECTIVE = "collective"
    OTHER = "other"
    DEMONSTRATION = "demonstration"


class Region(StrEnum):
    """How the region in a number stands to the county where somebody applies."""

    HERE = "here"
    ABOVE = "above"
    ELSEWHERE = "elsewhere"
    DEMONSTRATION = "demonstration"


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceDraft:
    """A food licence as typed from the paper; both days belong to it, no last day is long-term."""

    kind: LicenceKind
    number: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationDraft:
    """What somebody says who wants to sell here.

    ``licence_ends_on`` None is a business licence without end; ``note`` explains what a reviewer would ask,
    such as a registration in another county; ``scan_digest`` is a picture of the business licence.
    """

    name: str
    name_en: str
    county_code: DivisionCode
    credit_code: str
    legal_representative: str
    address: str
    licence_ends_on: date | None
    contact_name: str
    goods: str
    note: str
    contract_mode: ContractMode
    licences: tuple[LicenceDraft, ...] = ()
    scan_digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application to sell here; ``reason`` is what was last said to the applicant."""

    id: ApplicationId
    number: str
    applicant_id: PersonId
    draft: ApplicationDraft
    state: ApplicationState
    reason: str
    recommendation: str
    is_demo: bool
    submitted_at: datetime
    changed_at: datetime
    party_id: PartyId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessLicence:
    """营业执照 of a party, as 电子商务法 art. 15 wants it shown; ``ends_on`` None is without end."""

    party_id: PartyId
    credit_code: str
    legal_representative: str
    address: str
    ends_on: date | None
    scan_digest: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A number of an application with what it says of its place; ``licence`` None is the credit code."""

    licence: LicenceKind | None
    number: str
    region: Region
    region_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFilter:
    """Which applications a list shows; None sets no limit."""

    states: frozenset[ApplicationState] | None = None
    county_codes: frozenset[DivisionCode] | None = None
    applicant_id: PersonId | None = None
