"""Tables of the search room: what was sold and asked, the index's position, the tokens PostgreSQL keeps."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, String
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base, Key


class SoldRow(Base):
    """Packs of a product that buyers received, folded from ``search_sale``."""

    __tablename__ = "search_sold"

    product_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    packs: Mapped[int]


class SaleRow(Base):
    """A sale not yet folded: a hot product is never updated by a buyer's transaction."""

    __tablename__ = "search_sale"

    id: Mapped[Key]
    product_id: Mapped[int]
    packs: Mapped[int]


class PositionRow(Base):
    """How far an index has read the change rows."""

    __tablename__ = "search_position"

    index_name: Mapped[str] = mapped_column(String(40), primary_key=True)
    transaction_id: Mapped[int]
    change_id: Mapped[int]


class TokensRow(Base):
    """A product's tokens for the engine that needs no file: the same tokens as the Whoosh index."""

    __tablename__ = "search_tokens"
    __table_args__ = (Index(None, "tokens", postgresql_using="gin"),)

    product_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    tokens: Mapped[Any] = mapped_column(TSVECTOR)
    weights: Mapped[dict[str, Any]] = mapped_column(JSONB)


class TokensStateRow(Base):
    """What the tokens were built with, and how often they changed."""

    __tablename__ = "search_tokens_state"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    signature: Mapped[str]
    generation: Mapped[int]


class AskedRow(Base):
    """How often something was asked on a Shanghai day, and how it was answered; never by whom."""

    __tablename__ = "search_asked"
    __table_args__ = (
        CheckConstraint("outcome IN ('found', 'relaxed', 'nothing')", name="outcome_known"),
        CheckConstraint("times > 0", name="times_positive"),
    )

    on: Mapped[date] = mapped_column("asked_on", Date, primary_key=True)
    outcome: Mapped[str] = mapped_column(String(10), primary_key=True)
    query: Mapped[str] = mapped_column(String(40), primary_key=True)
    language: Mapped[str] = mapped_column(String(12), primary_key=True)
    times: Mapped[int]
