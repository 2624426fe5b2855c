"""Tables of how cooperatives come in: applications with their licences, and the business licences kept."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base, Key
from marketplace.parties.models.parties import one_of
from marketplace.parties.types import ApplicationState, ContractMode, LicenceKind

_OPEN = "state IN ('submitted', 'recommended', 'returned')"


class ApplicationRow(Base):
    """One credit code has one application under way; refused ones stay and do not hinder a new one."""

    __tablename__ = "parties_application"
    __table_args__ = (
        CheckConstraint(one_of("state", ApplicationState), name="state_known"),
        CheckConstraint(one_of("contract_mode", ContractMode), name="contract_mode_known"),
        CheckConstraint("(state = 'accepted') = (party_id IS NOT NULL)", name="accepted_has_party"),
        CheckConstraint("state NOT IN ('returned', 'refused') OR reason <> ''", name="refusal_has_reason"),
        UniqueConstraint("number"),
        Index("uq_parties_application_open", "credit_code", unique=True, postgresql_where=text(_OPEN)),
        Index(None, "state", "changed_at", "id"),
        Index(None, "county_code", "state", "changed_at", "id"),
        Index(None, "applicant_id", "id"),
        Index(None, "party_id"),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(String(30))
    applicant_id: Mapped[int] = mapped_column(ForeignKey("parties_person.id"))
    name: Mapped[str]
    name_en: Mapped[str]
    county_code: Mapped[str] = mapped_column(String(20), ForeignKey("places_division.code"))
    credit_code: Mapped[str] = mapped_column(String(40))
    legal_representative: Mapped[str]
    address: Mapped[str]
    licence_ends_on: Mapped[date | None]
    contact_name: Mapped[str]
    goods: Mapped[str]
    note: Mapped[str]
    contract_mode: Mapped[str] = mapped_column(String(20))
    scan_digest: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str]
    recommendation: Mapped[str]
    is_demo: Mapped[bool]
    submitted_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    party_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"))


class ApplicationLicenceRow(Base):
    __tablename__ = "parties_application_licence"
    __table_args__ = (
        CheckConstraint(one_of("kind", LicenceKind), name="kind_known"),
        CheckConstraint("valid_from <= valid_to", name="days_in_order"),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("parties_application.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(30), primary_key=True)
    number: Mapped[str] = mapped_column(String(80))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class BusinessLicenceRow(Base):
    """What a party's 营业执照 says; no two parties have one credit code."""

    __tablename__ = "parties_business_licence"
    __table_args__ = (UniqueConstraint("credit_code"),)

    party_id: Mapped[int] = mapped_column(ForeignKey("parties_party.id"), primary_key=True)
    credit_code: Mapped[str] = mapped_column(String(40))
    legal_representative: Mapped[str]
    address: Mapped[str]
    ends_on: Mapped[date | None]
    scan_digest: Mapped[str | None] = mapped_column(String(64))
    recorded_at: Mapped[datetime]
