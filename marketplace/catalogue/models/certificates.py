"""Tables of certificates: the certificate, the products it names, the times it was suspended.

A row is one term of a certificate: a renewal under the same number is another row that names the one before.
"""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.catalogue.models.columns import Code, State, one_of
from marketplace.catalogue.types import CertificateState, CheckedAgainst
from marketplace.kernel.database import Base, Key


class CertificateRow(Base):
    __tablename__ = "catalogue_certificate"
    __table_args__ = (
        CheckConstraint(one_of("state", CertificateState), name="state_known"),
        CheckConstraint("valid_from <= valid_to", name="days_in_order"),
        CheckConstraint(
            "(state IN ('submitted', 'rejected')) = (verified_at IS NULL)", name="verified_dated"
        ),
        CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL)", name="revoked_dated"),
        CheckConstraint(one_of("checked_against", CheckedAgainst), name="checked_against_known"),
        CheckConstraint("(verified_at IS NULL) = (checked_against IS NULL)", name="check_recorded"),
        CheckConstraint("(base_name = '') = (base_county_code IS NULL)", name="base_whole"),
        # A term follows one of the same certificate: same scheme, number and holder.
        UniqueConstraint("id", "scheme_code", "number", "holder_id"),
        ForeignKeyConstraint(
            ["renews_id", "scheme_code", "number", "holder_id"],
            [
                "catalogue_certificate.id",
                "catalogue_certificate.scheme_code",
                "catalogue_certificate.number",
                "catalogue_certificate.holder_id",
            ],
        ),
        # Anybody may hand a number in, but only one certificate of a scheme was ever verified under it.
        Index(
            "uq_catalogue_certificate_verified",
            "scheme_code",
            "number",
            unique=True,
            postgresql_where=text("state NOT IN ('submitted', 'rejected') AND renews_id IS NULL"),
        ),
        Index(
            "uq_catalogue_certificate_submitted",
            "scheme_code",
            "number",
            "holder_id",
            unique=True,
            postgresql_where=text("state = 'submitted'"),
        ),
        Index(
            "uq_catalogue_certificate_renewed",
            "renews_id",
            unique=True,
            postgresql_where=text("state <> 'rejected'"),
        ),
        Index(None, "holder_id", "state", "valid_to"),
        Index(
            "ix_catalogue_certificate_waiting", "submitted_at", postgresql_where=text("state = 'submitted'")
        ),
        Index(None, "number"),
        Index(None, "holder_id", "id"),
        Index(None, "state", "valid_to"),
        Index(None, "valid_to", "id"),
    )

    id: Mapped[Key]
    scheme_code: Mapped[Code] = mapped_column(ForeignKey("catalogue_scheme.code"))
    # A code, not a word of a language: in the order of its characters an index finds beginnings too.
    number: Mapped[str] = mapped_column(String(80, collation="C"))
    holder_id: Mapped[int] = mapped_column(ForeignKey("parties_party.id"))
    issuer: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    state: Mapped[State]
    submitted_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    reason: Mapped[str]
    evidence_digest: Mapped[str | None] = mapped_column(String(64))
    base_name: Mapped[str]
    base_county_code: Mapped[str | None] = mapped_column(String(20), ForeignKey("places_division.code"))
    renews_id: Mapped[int | None]
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("parties_person.id"))
    checked_against: Mapped[str | None] = mapped_column(String(20))
    check_note: Mapped[str]
    # The day its holder was last told that it ends, so that nobody is told twice.
    reminded_on: Mapped[date | None]


class CertificateProductRow(Base):
    __tablename__ = "catalogue_certificate_product"
    __table_args__ = (Index(None, "product_id", "certificate_id"),)

    certificate_id: Mapped[int] = mapped_column(ForeignKey("catalogue_certificate.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("catalogue_product.id"), primary_key=True)


class CertificateSuspensionRow(Base):
    __tablename__ = "catalogue_certificate_suspension"
    __table_args__ = (
        CheckConstraint("from_at <= to_at", name="times_in_order"),
        Index(None, "certificate_id", "from_at"),
        Index(
            "uq_catalogue_certificate_suspension_open",
            "certificate_id",
            unique=True,
            postgresql_where=text("to_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("catalogue_certificate.id"))
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]
    reason: Mapped[str]
