"""The table of producers named by sellers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.catalogue.models.columns import State, one_of
from marketplace.catalogue.types import ClaimState
from marketplace.kernel.database import Base, Key


class ProducerClaimRow(Base):
    """One word for each producer, seller and product, however many packs are offered."""

    __tablename__ = "catalogue_producer_claim"
    __table_args__ = (
        CheckConstraint(one_of("state", ClaimState), name="state_known"),
        CheckConstraint("producer_id <> seller_id", name="of_another"),
        CheckConstraint("(state = 'named') = (answered_at IS NULL)", name="answered_dated"),
        CheckConstraint("state <> 'denied' OR reason <> ''", name="denial_has_reason"),
        UniqueConstraint("producer_id", "seller_id", "product_id"),
        Index(None, "producer_id", "state", "id"),
        Index(None, "producer_id", "id"),
        Index(None, "seller_id", "state", "id"),
        Index(None, "seller_id", "id"),
        Index(None, "product_id"),
    )

    id: Mapped[Key]
    producer_id: Mapped[int] = mapped_column(ForeignKey("parties_party.id"))
    seller_id: Mapped[int] = mapped_column(ForeignKey("parties_party.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("catalogue_product.id"))
    state: Mapped[State]
    reason: Mapped[str]
    named_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
