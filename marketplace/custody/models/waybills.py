"""Tables of express: parcels and what the courier reports of them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.custody.models.columns import NUMBER, STATE, one_of
from marketplace.custody.types import WaybillEventKind
from marketplace.kernel.database import Base, Key


class WaybillRow(Base):
    """An express parcel. Append-only."""

    __tablename__ = "custody_waybill"
    __table_args__ = (UniqueConstraint("courier", "number"),)

    id: Mapped[Key]
    consignment_id: Mapped[int] = mapped_column(ForeignKey("custody_consignment.id"), index=True)
    courier: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(NUMBER)
    recorded_at: Mapped[datetime]


class WaybillEventRow(Base):
    """揽收 or 签收. Append-only."""

    __tablename__ = "custody_waybill_event"
    __table_args__ = (
        CheckConstraint(one_of("kind", WaybillEventKind), name="kind_known"),
        CheckConstraint("at <= recorded_at", name="not_in_the_future"),
    )

    waybill_id: Mapped[int] = mapped_column(ForeignKey("custody_waybill.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(STATE, primary_key=True)
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
