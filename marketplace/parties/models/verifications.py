"""The table of verifications of sellers."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base, Key
from marketplace.parties.models.parties import one_of
from marketplace.parties.types import VerificationState


class VerificationRow(Base):
    """A party has one open question at most; what was decided stays."""

    __tablename__ = "parties_verification"
    __table_args__ = (
        CheckConstraint(one_of("state", VerificationState), name="state_known"),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_dated"),
        CheckConstraint("(state = 'verified') = (valid_until IS NOT NULL)", name="verified_until"),
        CheckConstraint("state <> 'refused' OR reason <> ''", name="refusal_has_reason"),
        Index(
            "uq_parties_verification_open",
            "party_id",
            unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
        Index(None, "party_id", "id"),
        Index(None, "state", "asked_at"),
    )

    id: Mapped[Key]
    party_id: Mapped[int] = mapped_column(ForeignKey("parties_party.id"))
    state: Mapped[str] = mapped_column(String(20))
    note: Mapped[str]
    against: Mapped[str]
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    valid_until: Mapped[date | None]
    warned_at: Mapped[datetime | None]
    lapsed_at: Mapped[datetime | None]
