"""Tables of the log: all of them only grow, except the queue of leaves that wait for their position."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base, Key


class LeafRow(Base):
    __tablename__ = "transparency_leaf"
    __table_args__ = (CheckConstraint("octet_length(leaf_hash) = 32", name="hash_whole"),)

    id: Mapped[Key]
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary)
    recorded_at: Mapped[datetime]


class PendingRow(Base):
    """A leaf without a position; gone once the sequencer has given it one."""

    __tablename__ = "transparency_pending"

    leaf_id: Mapped[int] = mapped_column(
        ForeignKey("transparency_leaf.id"), primary_key=True, autoincrement=False
    )


class EntryRow(Base):
    """A leaf's position in the log, from 0 and without gaps."""

    __tablename__ = "transparency_entry"
    __table_args__ = (CheckConstraint("position >= 0", name="position_not_negative"),)

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    leaf_id: Mapped[int] = mapped_column(ForeignKey("transparency_leaf.id"), unique=True)


class NodeRow(Base):
    """The hash of a complete subtree."""

    __tablename__ = "transparency_node"
    __table_args__ = (CheckConstraint("octet_length(hash) = 32", name="hash_whole"),)

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class HeadRow(Base):
    """The log at the end of a business day, signed."""

    __tablename__ = "transparency_head"
    __table_args__ = (
        CheckConstraint("size >= 0", name="size_not_negative"),
        CheckConstraint(
            "octet_length(root) = 32 AND octet_length(public_key) = 32 AND octet_length(signature) = 64",
            name="bytes_whole",
        ),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    size: Mapped[int]
    root: Mapped[bytes] = mapped_column(LargeBinary)
    signed_at: Mapped[datetime]
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
