"""The tables of freight: the rate card, cloud warehouses and the cities they reach."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base

_KINDS = "'ambient','chilled','frozen'"


class RateRow(Base):
    """One row of the rate card (运价): a first weight and steps within a distance band."""

    __tablename__ = "freight_rate"
    __table_args__ = (
        CheckConstraint("leg IN ('direct','line_haul','last_mile')", name="leg_known"),
        CheckConstraint(f"storage_kind IN ({_KINDS})", name="storage_kind_known"),
        CheckConstraint("carrier IN ('express','cold_express','truck','cold_truck')", name="carrier_known"),
        CheckConstraint("side IN ('guangdong','hong_kong','macao')", name="side_known"),
        CheckConstraint("0 <= min_km AND min_km <= max_km", name="band_in_order"),
        CheckConstraint("first_weight_g > 0 AND step_weight_g > 0", name="weights_positive"),
        CheckConstraint(
            "first_fee_fen >= 0 AND step_fee_fen >= 0 AND packing_fee_fen >= 0", name="fees_not_negative"
        ),
        CheckConstraint("packing_percent >= 0", name="packing_not_negative"),
        Index(None, "leg", "storage_kind", "side", "min_km", unique=True),
    )

    code: Mapped[str] = mapped_column(String(80), primary_key=True)
    leg: Mapped[str] = mapped_column(String(20))
    carrier: Mapped[str] = mapped_column(String(20))
    storage_kind: Mapped[str] = mapped_column(String(20))
    side: Mapped[str] = mapped_column(String(20))
    min_km: Mapped[int]
    max_km: Mapped[int]
    first_weight_g: Mapped[int]
    first_fee_fen: Mapped[int]
    step_weight_g: Mapped[int]
    step_fee_fen: Mapped[int]
    packing_percent: Mapped[int] = mapped_column(SmallInteger)
    packing_fee_fen: Mapped[int]


class WarehouseRow(Base):
    """A cloud warehouse (销地云仓); a party runs it from the day it is opened."""

    __tablename__ = "freight_warehouse"
    __table_args__ = (
        CheckConstraint("handling_days >= 0", name="handling_not_negative"),
        CheckConstraint("cut_off_hour BETWEEN 0 AND 23", name="cut_off_an_hour"),
    )

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_zh: Mapped[str]
    name_zh_hant: Mapped[str]
    name_en: Mapped[str]
    division_code: Mapped[str] = mapped_column(String(20), ForeignKey("places_division.code"), index=True)
    storage_kinds: Mapped[list[str]]
    handling_days: Mapped[int] = mapped_column(SmallInteger)
    cut_off_hour: Mapped[int] = mapped_column(SmallInteger)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"), unique=True)


class ReachRow(Base):
    """A city that a cloud warehouse delivers to, with road and days of the last mile."""

    __tablename__ = "freight_reach"
    __table_args__ = (CheckConstraint("road_km >= 0 AND days >= 0", name="way_not_negative"),)

    warehouse_code: Mapped[str] = mapped_column(
        String(40), ForeignKey("freight_warehouse.code"), primary_key=True
    )
    city_code: Mapped[str] = mapped_column(
        String(20), ForeignKey("places_division.code"), primary_key=True, index=True
    )
    road_km: Mapped[int]
    days: Mapped[int] = mapped_column(SmallInteger)
