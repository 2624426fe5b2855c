"""Tables of what cooperatives say of their goods and themselves before, while and after it is looked at."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.catalogue.models.columns import State, one_of
from marketplace.catalogue.types import ProposalState, StoryState
from marketplace.kernel.database import Base, Key


class PictureRow(Base):
    """A picture that was received: the file store has both sizes under their digests."""

    __tablename__ = "catalogue_picture"
    __table_args__ = (CheckConstraint("width > 0 AND height > 0", name="size_positive"),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    small_digest: Mapped[str] = mapped_column(String(64))
    width: Mapped[int] = mapped_column(SmallInteger)
    height: Mapped[int] = mapped_column(SmallInteger)
    received_at: Mapped[datetime]


class ProposalRow(Base):
    """One description of one product at a time is open, and one is live."""

    __tablename__ = "catalogue_proposal"
    __table_args__ = (
        CheckConstraint(one_of("state", ProposalState), name="state_known"),
        CheckConstraint(
            "state NOT IN ('approved', 'listed', 'replaced') OR product_id IS NOT NULL",
            name="approved_is_a_product",
        ),
        CheckConstraint("state <> 'submitted' OR submitted_at IS NOT NULL", name="submitted_dated"),
        CheckConstraint("state <> 'returned' OR note <> ''", name="returned_noted"),
        Index(
            "uq_catalogue_proposal_open",
            "product_id",
            unique=True,
            postgresql_where=text("state IN ('draft', 'submitted', 'returned')"),
        ),
        Index(
            "uq_catalogue_proposal_live",
            "product_id",
            unique=True,
            postgresql_where=text("state = 'listed'"),
        ),
        Index(None, "product_id"),
        Index(None, "cooperative_id", "state", "id"),
        Index(None, "state", "submitted_at", "id"),
    )

    id: Mapped[Key]
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("parties_party.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_product.id"))
    state: Mapped[State]
    content: Mapped[dict[str, Any]]
    former: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    note: Mapped[str]
    begun_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]


class StoryRow(Base):
    """What a cooperative or a county tells of itself: what stands, and what waits to stand."""

    __tablename__ = "catalogue_story"
    __table_args__ = (
        CheckConstraint(one_of("state", StoryState), name="state_known"),
        CheckConstraint("(party_id IS NULL) <> (division_code IS NULL)", name="of_one_thing"),
        CheckConstraint("(live IS NULL) = (live_since IS NULL)", name="live_dated"),
        CheckConstraint("state = 'live' OR draft IS NOT NULL", name="something_said"),
        CheckConstraint("state <> 'returned' OR note <> ''", name="returned_noted"),
        UniqueConstraint("party_id"),
        UniqueConstraint("division_code"),
        Index(None, "state", "changed_at"),
    )

    id: Mapped[Key]
    party_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"))
    division_code: Mapped[str | None] = mapped_column(String(20), ForeignKey("places_division.code"))
    live: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    state: Mapped[State]
    note: Mapped[str]
    changed_at: Mapped[datetime]
    live_since: Mapped[datetime | None]
