"""The table of reviews; private to the room."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base, Key


class ReviewRow(Base):
    """One review for a line, by whoever ordered it."""

    __tablename__ = "reviews_review"
    __table_args__ = (
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating_range"),
        CheckConstraint("length(text) <= 500", name="text_short"),
        Index(None, "product_id", "id"),
    )

    id: Mapped[Key]
    order_line_id: Mapped[int] = mapped_column(ForeignKey("orders_line.id"), unique=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("catalogue_product.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("parties_person.id"), index=True)
    rating: Mapped[int] = mapped_column(Integer)
    text: Mapped[str]
    at: Mapped[datetime]
