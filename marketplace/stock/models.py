"""The tables of the stock: quantities per lot, holds with their lines, packing days, movements."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base, Key

_MOVEMENTS = "'received','corrected','held','released','expired','moved','shipped','blocked','unblocked'"


class LotRow(Base):
    """One lot's quantities: on hand is what is available plus what is held, whenever it is looked at."""

    __tablename__ = "stock_lot"
    __table_args__ = (
        CheckConstraint("held >= 0", name="held_not_negative"),
        CheckConstraint("held <= on_hand", name="held_within_on_hand"),
        Index(None, "offer_id", "expires_on", "lot_id", postgresql_where=text("on_hand > 0")),
        Index(None, "expires_on", postgresql_where=text("on_hand > 0")),
        Index(None, "lot_id", postgresql_where=text("blocked")),
    )

    lot_id: Mapped[int] = mapped_column(ForeignKey("catalogue_lot.id"), primary_key=True, autoincrement=False)
    offer_id: Mapped[int] = mapped_column(ForeignKey("catalogue_offer.id"), index=True)
    on_hand: Mapped[int]
    held: Mapped[int]
    blocked: Mapped[bool]
    expires_on: Mapped[date | None]
    available: Mapped[int] = mapped_column(
        Computed("CASE WHEN blocked THEN (0)::bigint ELSE (on_hand - held) END", persisted=True)
    )


class HoldRow(Base):
    __tablename__ = "stock_hold"
    __table_args__ = (
        CheckConstraint("state IN ('active','committed','released','expired','shipped')", name="state_known"),
        CheckConstraint("prolonged >= 0", name="prolonged_not_negative"),
        Index(None, "cause_type", "cause_id"),
        Index(None, "expires_at", "id", postgresql_where=text("state = 'active'")),
    )

    id: Mapped[Key]
    cause_type: Mapped[str] = mapped_column(String(40))
    cause_id: Mapped[int]
    cause_kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20))
    expires_at: Mapped[datetime]
    prolonged: Mapped[int]
    held_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class HoldLineRow(Base):
    """The part of a hold on one lot; what is open is what the lot counts as held."""

    __tablename__ = "stock_hold_line"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND released >= 0 AND shipped >= 0", name="quantities_positive"),
        CheckConstraint("released + shipped <= quantity", name="nothing_twice"),
        Index(
            "ix_stock_hold_line_open",
            "lot_id",
            postgresql_where=text("open > 0"),
            postgresql_include=["open"],
        ),
    )

    hold_id: Mapped[int] = mapped_column(ForeignKey("stock_hold.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("stock_lot.lot_id"), primary_key=True, index=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("catalogue_offer.id"), index=True)
    quantity: Mapped[int]
    released: Mapped[int]
    shipped: Mapped[int]
    open: Mapped[int] = mapped_column(Computed("((quantity - released) - shipped)", persisted=True))


class PackingDayRow(Base):
    """How many packs of an offer are promised for a packing day, within what it can pack."""

    __tablename__ = "stock_packing_day"
    __table_args__ = (CheckConstraint("taken >= 0 AND taken <= capacity", name="within_capacity"),)

    offer_id: Mapped[int] = mapped_column(ForeignKey("catalogue_offer.id"), primary_key=True)
    packs_on: Mapped[date] = mapped_column(primary_key=True)
    taken: Mapped[int]
    capacity: Mapped[int]


class HoldPackingRow(Base):
    """Which packing days a hold uses, so that a release gives them back."""

    __tablename__ = "stock_hold_packing"
    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity_not_negative"),)

    hold_id: Mapped[int] = mapped_column(ForeignKey("stock_hold.id"), primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("catalogue_offer.id"), primary_key=True, index=True)
    packs_on: Mapped[date] = mapped_column(primary_key=True)
    quantity: Mapped[int]


class MovementRow(Base):
    """Every change of a lot's quantities, with its cause. Append-only."""

    __tablename__ = "stock_movement"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_MOVEMENTS})", name="kind_known"),
        Index(None, "lot_id", "id"),
        Index(None, "cause_type", "cause_id"),
    )

    id: Mapped[Key]
    lot_id: Mapped[int] = mapped_column(ForeignKey("stock_lot.lot_id"))
    kind: Mapped[str] = mapped_column(String(20))
    on_hand_change: Mapped[int]
    held_change: Mapped[int]
    cause_type: Mapped[str] = mapped_column(String(40))
    cause_id: Mapped[int]
    cause_kind: Mapped[str] = mapped_column(String(40))
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("stock_hold.id"), index=True)
    at: Mapped[datetime]
