"""Tables of parties; private to the room."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base, Key
from marketplace.parties.types import CodePurpose, ContractMode, Language, PartyKind, PartyStatus, Role

_CODE = String(20)
_DIVISION = "places_division.code"


def one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(one)) for one in values)})"


class PartyRow(Base):
    __tablename__ = "parties_party"
    __table_args__ = (
        CheckConstraint(one_of("kind", PartyKind), name="kind_known"),
        CheckConstraint(one_of("status", PartyStatus), name="status_known"),
        CheckConstraint(one_of("contract_mode", ContractMode), name="contract_mode_known"),
        CheckConstraint("kind <> 'cooperative' OR contract_mode IS NOT NULL", name="seller_has_contract"),
        CheckConstraint("(kind = 'cooperative') = (verified_until IS NOT NULL)", name="seller_verified"),
        UniqueConstraint("code"),
        Index(None, "kind", "code"),
        Index(None, "status", "code"),
        Index(None, "division_code"),
        Index(None, "verified_until"),
    )

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(40))
    name_zh: Mapped[str]
    name_zh_hant: Mapped[str]
    name_en: Mapped[str]
    division_code: Mapped[str] = mapped_column(_CODE, ForeignKey(_DIVISION))
    status: Mapped[str] = mapped_column(String(20))
    contract_mode: Mapped[str | None] = mapped_column(String(20))
    licence_number: Mapped[str | None]
    verified_until: Mapped[date | None]
    is_demo: Mapped[bool]
    registered_at: Mapped[datetime]


class PersonRow(Base):
    """Somebody who signs in; ``session_epoch`` moves on to end every session they had before."""

    __tablename__ = "parties_person"
    __table_args__ = (
        CheckConstraint("phone ~ '^[+][1-9][0-9]{6,14}$'", name="phone_e164"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("phone IS NOT NULL OR email IS NOT NULL", name="reachable"),
        CheckConstraint(one_of("language", Language), name="language_known"),
        UniqueConstraint("phone"),
        UniqueConstraint("email"),
    )

    id: Mapped[Key]
    phone: Mapped[str | None] = mapped_column(String(20))
    display_name: Mapped[str]
    language: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str | None]
    session_epoch: Mapped[int]
    is_demo: Mapped[bool]
    registered_at: Mapped[datetime]


class MembershipRow(Base):
    """A person's role in a party; an official's has a scope. It ends, it is never deleted."""

    __tablename__ = "parties_membership"
    __table_args__ = (
        CheckConstraint(one_of("role", Role), name="role_known"),
        CheckConstraint("role <> 'consumer'", name="role_of_party"),
        CheckConstraint(
            "(scope_city_code IS NULL) = (scope_gz_code IS NULL) AND "
            "(scope_division_code IS NULL OR scope_city_code IS NULL)",
            name="scope_whole",
        ),
        CheckConstraint(
            "(role = 'official') = (num_nonnulls(scope_division_code, scope_city_code) = 1)",
            name="scope_of_officials",
        ),
        CheckConstraint("ended_at >= began_at", name="ends_later"),
        Index(
            "uq_parties_membership_live",
            "person_id",
            "party_id",
            "role",
            "scope_division_code",
            "scope_city_code",
            "scope_gz_code",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "party_id", "role"),
        Index(None, "scope_division_code"),
        Index(None, "scope_city_code"),
        Index(None, "scope_gz_code"),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("parties_person.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("parties_party.id"))
    role: Mapped[str] = mapped_column(String(30))
    scope_division_code: Mapped[str | None] = mapped_column(_CODE, ForeignKey(_DIVISION))
    scope_city_code: Mapped[str | None] = mapped_column(_CODE, ForeignKey(_DIVISION))
    scope_gz_code: Mapped[str | None] = mapped_column(_CODE, ForeignKey(_DIVISION))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class CodeRow(Base):
    """A one-time code sent to a phone, kept as a hash; at most one per phone and purpose is open."""

    __tablename__ = "parties_code"
    __table_args__ = (
        CheckConstraint(one_of("purpose", CodePurpose), name="purpose_known"),
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries_counted"),
        CheckConstraint("expires_at > issued_at", name="expires_later"),
        Index(
            "uq_parties_code_open",
            "phone",
            "purpose",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(None, "phone", "issued_at"),
        Index(None, "issued_at"),
    )

    id: Mapped[Key]
    phone: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(20))
    code_hash: Mapped[str]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int]
    closed_at: Mapped[datetime | None]


class FailedSignInRow(Base):
    """A wrong password for an account, counted until it is old."""

    __tablename__ = "parties_failed_sign_in"
    __table_args__ = (Index(None, "person_id", "at"), Index(None, "at"))

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("parties_person.id"))
    at: Mapped[datetime]
