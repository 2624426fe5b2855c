"""The tables of baskets: one a visitor or a person, with its lines."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base, Key


class BasketRow(Base):
    """A basket belongs to a visitor's cookie or to a person, never to both."""

    __tablename__ = "basket_basket"
    __table_args__ = (
        CheckConstraint("(token IS NULL) <> (person_id IS NULL)", name="one_owner"),
        Index(None, "changed_at", postgresql_where=text("token IS NOT NULL")),
    )

    id: Mapped[Key]
    token: Mapped[str | None] = mapped_column(String(64), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("parties_person.id"), unique=True)
    changed_at: Mapped[datetime]


class BasketLineRow(Base):
    __tablename__ = "basket_line"
    __table_args__ = (
        CheckConstraint("quantity BETWEEN 1 AND 999", name="quantity_fits"),
        UniqueConstraint("basket_id", "variant_id", "offer_id", postgresql_nulls_not_distinct=True),
    )

    basket_id: Mapped[int] = mapped_column(
        ForeignKey("basket_basket.id", ondelete="CASCADE"), primary_key=True
    )
    no: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("catalogue_variant.id"), index=True)
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_offer.id"), index=True)
    quantity: Mapped[int]
    put_at: Mapped[datetime]
