"""Assistance entries, append-only, and the roll-ups folded from them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from marketplace.migrations.append_only import append_only

revision = "0016_assistance"
down_revision = "0015_settlement"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assistance_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("cause_type", sa.String(length=20), nullable=True),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("county_code", sa.String(length=20), nullable=False),
        sa.Column("prefecture_code", sa.String(length=20), nullable=False),
        sa.Column("city_code", sa.String(length=20), nullable=False),
        sa.Column("pairing_state", sa.String(length=20), nullable=False),
        sa.Column("pairing_id", sa.BigInteger(), nullable=True),
        sa.Column("industry_code", sa.String(length=40), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("buyer_kind", sa.String(length=20), nullable=False),
        sa.Column("buyer_id", sa.BigInteger(), nullable=False),
        sa.Column("poverty_alleviated", sa.Boolean(), nullable=False),
        sa.Column("key_county", sa.Boolean(), nullable=False),
        sa.Column("certificates", postgresql.JSONB(), nullable=False),
        sa.Column("evidence", sa.String(length=20), nullable=False),
        sa.Column("recognition_version", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "(pairing_id IS NOT NULL) = (pairing_state IN ('paired', 'unconfirmed'))",
            name="ck_assistance_entry_pairing_named",
        ),
        sa.CheckConstraint(
            "CASE reason WHEN 'reached' THEN reverses_id IS NULL AND amount_fen > 0 WHEN 'restated' THEN reverses_id IS NOT NULL ELSE reverses_id IS NOT NULL AND amount_fen < 0 END",
            name="ck_assistance_entry_reversal_negative",
        ),
        sa.CheckConstraint("buyer_kind IN ('person', 'unit')", name="ck_assistance_entry_buyer_kind_known"),
        sa.CheckConstraint("channel IN ('platform')", name="ck_assistance_entry_channel_known"),
        sa.CheckConstraint(
            "evidence IN ('double_signed', 'carrier_tracked', 'receipt_only', 'none')",
            name="ck_assistance_entry_evidence_known",
        ),
        sa.CheckConstraint("mode IN ('purchase', 'help_sell')", name="ck_assistance_entry_mode_known"),
        sa.CheckConstraint(
            "pairing_state IN ('paired', 'unpaired', 'hk_macao', 'unconfirmed')",
            name="ck_assistance_entry_pairing_state_known",
        ),
        sa.CheckConstraint(
            "reason IN ('reached', 'refunded', 'unpaid', 'restated')", name="ck_assistance_entry_reason_known"
        ),
        sa.CheckConstraint(
            "stage IN ('ordered', 'paid', 'completed')", name="ck_assistance_entry_stage_known"
        ),
        sa.CheckConstraint("amount_fen <> 0", name="ck_assistance_entry_amount_something"),
        sa.CheckConstraint("extract(day FROM month) = 1", name="ck_assistance_entry_month_first_day"),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name="fk_assistance_entry_order_id"),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["orders_line.id"], name="fk_assistance_entry_order_line_id"
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["assistance_entry.id"], name="fk_assistance_entry_reverses_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_assistance_entry"),
    )
    op.create_index(
        "ix_assistance_entry_county_code_month", "assistance_entry", ["county_code", "month"], unique=False
    )
    op.create_index("ix_assistance_entry_month_id", "assistance_entry", ["month", "id"], unique=False)
    op.create_index("ix_assistance_entry_order_id", "assistance_entry", ["order_id"], unique=False)
    op.create_index(
        "ix_assistance_entry_pairing_id_month", "assistance_entry", ["pairing_id", "month"], unique=False
    )
    op.create_index("ix_assistance_entry_reverses_id", "assistance_entry", ["reverses_id"], unique=False)
    op.create_index(
        "uq_assistance_entry_cause",
        "assistance_entry",
        ["order_line_id", "stage", "cause_type", "cause_id"],
        unique=True,
        postgresql_where=sa.text("cause_id IS NOT NULL AND reason <> 'restated'"),
    )
    op.create_index(
        "uq_assistance_entry_reached",
        "assistance_entry",
        ["order_line_id", "stage"],
        unique=True,
        postgresql_where=sa.text("reason = 'reached'"),
    )
    op.create_table(
        "assistance_unfolded",
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["assistance_entry.id"], name="fk_assistance_unfolded_entry_id"
        ),
        sa.PrimaryKeyConstraint("entry_id", name="pk_assistance_unfolded"),
    )
    op.create_table(
        "assistance_rollup",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("city_code", sa.String(length=20), nullable=False),
        sa.Column("county_code", sa.String(length=20), nullable=False),
        sa.Column("prefecture_code", sa.String(length=20), nullable=False),
        sa.Column("industry_code", sa.String(length=40), nullable=True),
        sa.Column("pairing_state", sa.String(length=20), nullable=False),
        sa.Column("pairing_id", sa.BigInteger(), nullable=True),
        sa.Column("evidence", sa.String(length=20), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("buyer_kind", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("poverty_alleviated", sa.Boolean(), nullable=False),
        sa.Column("key_county", sa.Boolean(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("entry_count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("entry_count > 0", name="ck_assistance_rollup_count_positive"),
        sa.CheckConstraint("extract(day FROM month) = 1", name="ck_assistance_rollup_month_first_day"),
        sa.PrimaryKeyConstraint("id", name="pk_assistance_rollup"),
    )
    op.create_index(
        "uq_assistance_rollup_dimensions",
        "assistance_rollup",
        [
            "month",
            "stage",
            "city_code",
            "county_code",
            "prefecture_code",
            "industry_code",
            "pairing_state",
            "pairing_id",
            "evidence",
            "mode",
            "buyer_kind",
            "channel",
            "poverty_alleviated",
            "key_county",
        ],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "assistance_target",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("division_code", sa.String(length=20), nullable=True),
        sa.Column("city_code", sa.String(length=20), nullable=True),
        sa.Column("gz_code", sa.String(length=20), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.BigInteger(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(division_code IS NOT NULL) <> (city_code IS NOT NULL) AND (city_code IS NULL) = (gz_code IS NULL)",
            name="ck_assistance_target_scope_whole",
        ),
        sa.CheckConstraint("amount_fen > 0", name="ck_assistance_target_amount_positive"),
        sa.CheckConstraint("year BETWEEN 2000 AND 2999", name="ck_assistance_target_year_plausible"),
        sa.ForeignKeyConstraint(
            ["city_code"], ["places_division.code"], name="fk_assistance_target_city_code"
        ),
        sa.ForeignKeyConstraint(
            ["division_code"], ["places_division.code"], name="fk_assistance_target_division_code"
        ),
        sa.ForeignKeyConstraint(["gz_code"], ["places_division.code"], name="fk_assistance_target_gz_code"),
        sa.ForeignKeyConstraint(["set_by"], ["parties_person.id"], name="fk_assistance_target_set_by"),
        sa.PrimaryKeyConstraint("id", name="pk_assistance_target"),
    )
    op.create_index("ix_assistance_target_city_code", "assistance_target", ["city_code"], unique=False)
    op.create_index(
        "ix_assistance_target_division_code", "assistance_target", ["division_code"], unique=False
    )
    op.create_index("ix_assistance_target_gz_code", "assistance_target", ["gz_code"], unique=False)
    op.create_index("ix_assistance_target_set_by", "assistance_target", ["set_by"], unique=False)
    op.create_index(
        "uq_assistance_target_scope",
        "assistance_target",
        ["year", "division_code", "city_code", "gz_code"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    append_only(op, "assistance_entry")


def downgrade() -> None:
    op.drop_table("assistance_target")
    op.drop_table("assistance_rollup")
    op.drop_table("assistance_unfolded")
    op.drop_table("assistance_entry")
