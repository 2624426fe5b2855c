"""Tables of the search room: what was sold and asked, and what search knows of every product."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, TSVECTOR
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


class StateRow(Base):
    """How far the one indexer has come.

    ``version`` grows with each batch of changes written. ``epoch`` grows whenever everything was written anew
    and is a time, so that no two databases share one: an index of another is told by it. ``signature`` names
    the language the tokens were made with, null until they were first made. The position is where the change
    rows are read on.
    """

    __tablename__ = "search_state"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    version: Mapped[int]
    epoch: Mapped[int]
    signature: Mapped[str | None]
    transaction_id: Mapped[int]
    change_id: Mapped[int]


class ProductRow(Base):
    """A product as filters, facets and sorts see it; its slot is its own for good."""

    __tablename__ = "search_product"
    __table_args__ = (
        Index(None, "version"),
        Index(None, "text_version"),
        CheckConstraint("slot >= 0", name="slot_positive"),
    )

    product_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column(BigInteger, unique=True)
    version: Mapped[int]
    text_version: Mapped[int]
    text_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    is_listed: Mapped[bool]
    aisle_code: Mapped[str] = mapped_column(String(40))
    industry_code: Mapped[str | None] = mapped_column(String(40))
    county_code: Mapped[str] = mapped_column(String(20))
    prefecture_code: Mapped[str] = mapped_column(String(20))
    storage: Mapped[str] = mapped_column(String(20))
    is_key_county: Mapped[bool]
    months: Mapped[int] = mapped_column(SmallInteger)
    cooperative_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    scheme_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    valid_from: Mapped[list[datetime]] = mapped_column(ARRAY(TIMESTAMP(timezone=True)))
    valid_to: Mapped[list[datetime | None]] = mapped_column(ARRAY(TIMESTAMP(timezone=True)))
    certificate_numbers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    price_fen: Mapped[int | None]
    available: Mapped[int]
    sold: Mapped[int]
    created_at: Mapped[datetime]


class TokensRow(Base):
    """The tokens of a listed product, each with its level as its only position, and roughly as its letter.

    The text every index is built from; with its own index it is a text engine that needs no file.
    """

    __tablename__ = "search_tokens"
    __table_args__ = (Index(None, "tokens", postgresql_using="gin"),)

    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    tokens: Mapped[Any] = mapped_column(TSVECTOR)


class WordRow(Base):
    """A token and how many listed products carry it; 0 is kept so that readers hear that it is gone."""

    __tablename__ = "search_word"
    __table_args__ = (Index(None, "version"),)

    token: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    documents: Mapped[int]
    version: Mapped[int]


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
