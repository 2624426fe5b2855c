"""What others may hold of parties: who somebody is, for whom they act, and what they may do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from marketplace.kernel.message import Name
from marketplace.kernel.refusals import Refusal
from marketplace.places.types import DivisionCode

PersonId = NewType("PersonId", int)
PartyId = NewType("PartyId", int)
MembershipId = NewType("MembershipId", int)


class PartyKind(StrEnum):
    COOPERATIVE = "cooperative"
    PURCHASING_UNIT = "purchasing_unit"
    CARRIER = "carrier"
    WAREHOUSE = "warehouse"
    AUTHORITY = "authority"
    OPERATOR = "operator"


class PartyStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


class ContractMode(StrEnum):
    """Who sells and invoices: the marketplace's operator (购销) or the cooperative itself (代销)."""

    RESALE = "resale"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """``verified_until``: the last day a cooperative sells on its latest verification; others have none."""

    id: PartyId
    kind: PartyKind
    code: str
    name: Name
    division_code: DivisionCode
    status: PartyStatus
    contract_mode: ContractMode | None
    licence_number: str | None
    verified_until: date | None
    is_demo: bool
    registered_at: datetime


class Language(StrEnum):
    """Written languages of the pages, as BCP 47 tags."""

    HANS = "zh-Hans"
    HANT = "zh-Hant-HK"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who signs in; ``phone`` is E.164 and shown only masked."""

    id: PersonId
    phone: str | None
    display_name: str
    language: Language | None
    email: str | None
    has_password: bool
    is_demo: bool


class Role(StrEnum):
    """Of a cooperative's people the manager (负责人) decides who is in, the packer (发货员) only ships."""

    CONSUMER = "consumer"
    PURCHASING_MEMBER = "purchasing_member"
    COOPERATIVE_MANAGER = "cooperative_manager"
    COOPERATIVE_MEMBER = "cooperative_member"
    COOPERATIVE_PACKER = "cooperative_packer"
    CARRIER_MEMBER = "carrier_member"
    WAREHOUSE_MEMBER = "warehouse_member"
    OFFICIAL = "official"
    OPERATOR = "operator"


class Permission(StrEnum):
    """What a route or use case asks for; the table role → permissions stands in ``rules.py``."""

    BUY = "buy"
    BUY_FOR_UNIT = "buy_for_unit"
    MANAGE_UNIT = "manage_unit"
    MANAGE_OFFERS = "manage_offers"
    FULFIL = "fulfil"
    SEE_STATEMENTS = "see_statements"
    MANAGE_COOPERATIVE = "manage_cooperative"
    TAKE_CUSTODY = "take_custody"
    SEE_TOTALS = "see_totals"
    CONFIRM_PAIRING = "confirm_pairing"
    RECOMMEND_COOPERATIVE = "recommend_cooperative"
    NOMINATE_GOODS = "nominate_goods"
    REVIEW_EDITION = "review_edition"
    PUBLISH_EDITION = "publish_edition"
    REVIEW_CATALOGUE = "review_catalogue"
    MANAGE_PARTIES = "manage_parties"
    RELEASE_HELD_LOT = "release_held_lot"
    OPERATE = "operate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What an official may see: a division, or the goods of one pairing.

    Either ``division_code`` alone, or ``city_code`` (Guangdong side) with ``gz_code`` (Guizhou side).
    """

    division_code: DivisionCode | None = None
    city_code: DivisionCode | None = None
    gz_code: DivisionCode | None = None

    def __post_init__(self) -> None:
        pair = (self.city_code is not None, self.gz_code is not None)
        if (self.division_code is not None) == any(pair) or any(pair) != all(pair):
            raise ValueError("a scope is a division, or a city with a Guizhou division")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A scope spelled out for a query: both conditions hold together; None sets no limit."""

    origin_counties: frozenset[DivisionCode] | None
    city_codes: frozenset[DivisionCode] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    id: MembershipId
    party_id: PartyId
    party_name: Name
    party_kind: PartyKind
    role: Role
    scope: Scope | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person of a request with what they belong to; nobody signed in is None, never an actor.

    ``chosen_id`` is the membership they act for just now, None where they act for themselves.
    """

    person: Person
    memberships: tuple[Membership, ...] = ()
    chosen_id: MembershipId | None = None

    @property
    def roles(self) -> frozenset[Role]:
        """Everybody is a consumer; memberships add to it."""
        return frozenset({Role.CONSUMER, *(one.role for one in self.memberships)})

    @property
    def scopes(self) -> tuple[Scope, ...]:
        return tuple(one.scope for one in self.memberships if one.scope is not None)

    @property
    def chosen(self) -> Membership | None:
        """The membership acted for: the chosen one, or the only one of somebody who chose nothing."""
        found = next((one for one in self.memberships if one.id == self.chosen_id), None)
        return found or (self.memberships[0] if len(self.memberships) == 1 else None)

    def party_ids(self, *roles: Role) -> tuple[PartyId, ...]:
        """Return the parties of these roles, the chosen one first."""
        chosen = self.chosen
        ordered: Iterable[Membership] = sorted(self.memberships, key=lambda one: one != chosen)
        return tuple(dict.fromkeys(one.party_id for one in ordered if one.role in roles))


class CodePurpose(StrEnum):
    SIGN_IN = "sign_in"
    GUEST_ORDER = "guest_order"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """The outcome of a try to sign in: a person, or the refusal to show.

    It is a value and no exception because the failed try is counted in the same transaction, which must
    therefore commit.
    """

    person: Person | None = None
    refusal: Refusal | None = None
    is_new: bool = False
