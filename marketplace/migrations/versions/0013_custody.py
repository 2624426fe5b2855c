"""Custody: consignments, hand-offs, quantities, breaches, waybills, regroupings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from marketplace.migrations.append_only import append_only

revision = "0013_custody"
down_revision = "0012_payment"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "custody_regrouping",
    "custody_moved",
    "custody_waybill",
    "custody_waybill_event",
    "custody_hand_off",
    "custody_quantity",
)


def upgrade() -> None:
    op.create_table(
        "custody_regrouping",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("holder_kind", sa.String(length=20), nullable=False),
        sa.Column("holder_party_id", sa.BigInteger(), nullable=True),
        sa.Column("holder_person_id", sa.BigInteger(), nullable=True),
        sa.Column("holder_name", postgresql.JSONB(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature", postgresql.JSONB(), nullable=False),
        sa.Column("salt", sa.String(length=40), nullable=False),
        sa.Column("schema_version", sa.SmallInteger(), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "holder_kind IN ('cooperative', 'carrier', 'warehouse', 'courier', 'buyer')",
            name="ck_custody_regrouping_holder_known",
        ),
        sa.CheckConstraint("at <= recorded_at", name="ck_custody_regrouping_not_in_the_future"),
        sa.ForeignKeyConstraint(
            ["holder_party_id"], ["parties_party.id"], name="fk_custody_regrouping_holder_party_id"
        ),
        sa.ForeignKeyConstraint(
            ["holder_person_id"], ["parties_person.id"], name="fk_custody_regrouping_holder_person_id"
        ),
        sa.ForeignKeyConstraint(["leaf_id"], ["transparency_leaf.id"], name="fk_custody_regrouping_leaf_id"),
        sa.PrimaryKeyConstraint("id", name="pk_custody_regrouping"),
        sa.UniqueConstraint("leaf_id", name="uq_custody_regrouping_leaf_id"),
        sa.UniqueConstraint("uid", name="uq_custody_regrouping_uid"),
    )
    op.create_index("ix_custody_regrouping_holder_party_id", "custody_regrouping", ["holder_party_id"])
    op.create_index("ix_custody_regrouping_holder_person_id", "custody_regrouping", ["holder_person_id"])
    op.create_table(
        "custody_consignment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("label_token", sa.String(length=64), nullable=False),
        sa.Column("trace_token", sa.String(length=64), nullable=False),
        sa.Column("fulfilment_id", sa.BigInteger(), nullable=True),
        sa.Column("regrouping_id", sa.BigInteger(), nullable=True),
        sa.Column("sender_id", sa.BigInteger(), nullable=False),
        sa.Column("destination_code", sa.String(length=20), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=True),
        sa.Column("storage_kind", sa.String(length=20), nullable=False),
        sa.Column("packages", sa.BigInteger(), nullable=False),
        sa.Column("seal_number", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("holder_kind", sa.String(length=20), nullable=False),
        sa.Column("holder_party_id", sa.BigInteger(), nullable=True),
        sa.Column("holder_person_id", sa.BigInteger(), nullable=True),
        sa.Column("holder_name", postgresql.JSONB(), nullable=True),
        sa.Column("held_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_hand_off_id", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'received') = (received_at IS NOT NULL)", name="ck_custody_consignment_received_when"
        ),
        sa.CheckConstraint(
            "holder_kind IN ('cooperative', 'carrier', 'warehouse', 'courier', 'buyer')",
            name="ck_custody_consignment_holder_known",
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'on_the_road', 'stored', 'with_courier', 'delivered', 'received', 'regrouped', 'lost')",
            name="ck_custody_consignment_state_known",
        ),
        sa.CheckConstraint(
            "storage_kind IN ('ambient', 'chilled', 'frozen')", name="ck_custody_consignment_storage_known"
        ),
        sa.CheckConstraint("packages > 0", name="ck_custody_consignment_packages_positive"),
        sa.ForeignKeyConstraint(
            ["destination_code"], ["places_division.code"], name="fk_custody_consignment_destination_code"
        ),
        sa.ForeignKeyConstraint(
            ["fulfilment_id"], ["orders_fulfilment.id"], name="fk_custody_consignment_fulfilment_id"
        ),
        sa.ForeignKeyConstraint(
            ["holder_party_id"], ["parties_party.id"], name="fk_custody_consignment_holder_party_id"
        ),
        sa.ForeignKeyConstraint(
            ["holder_person_id"], ["parties_person.id"], name="fk_custody_consignment_holder_person_id"
        ),
        sa.ForeignKeyConstraint(
            ["regrouping_id"], ["custody_regrouping.id"], name="fk_custody_consignment_regrouping_id"
        ),
        sa.ForeignKeyConstraint(["sender_id"], ["parties_party.id"], name="fk_custody_consignment_sender_id"),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["parties_party.id"], name="fk_custody_consignment_warehouse_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_custody_consignment"),
        sa.UniqueConstraint("label_token", name="uq_custody_consignment_label_token"),
        sa.UniqueConstraint("number", name="uq_custody_consignment_number"),
        sa.UniqueConstraint("trace_token", name="uq_custody_consignment_trace_token"),
    )
    op.create_index("ix_custody_consignment_destination_code", "custody_consignment", ["destination_code"])
    op.create_index("ix_custody_consignment_fulfilment_id", "custody_consignment", ["fulfilment_id"])
    op.create_index(
        "ix_custody_consignment_holder_party_id_state_id",
        "custody_consignment",
        ["holder_party_id", "state", "id"],
    )
    op.create_index(
        "ix_custody_consignment_holder_person_id_state_id",
        "custody_consignment",
        ["holder_person_id", "state", "id"],
    )
    op.create_index("ix_custody_consignment_regrouping_id", "custody_consignment", ["regrouping_id"])
    op.create_index("ix_custody_consignment_sender_id_id", "custody_consignment", ["sender_id", "id"])
    op.create_index("ix_custody_consignment_state_id", "custody_consignment", ["state", "id"])
    op.create_index(
        "ix_custody_consignment_warehouse_id_state_id", "custody_consignment", ["warehouse_id", "state", "id"]
    )
    op.create_index(
        "uq_custody_consignment_first",
        "custody_consignment",
        ["fulfilment_id"],
        unique=True,
        postgresql_where=sa.text("regrouping_id IS NULL"),
    )
    op.create_table(
        "custody_content",
        sa.Column("consignment_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("fulfilment_id", sa.BigInteger(), nullable=False),
        sa.Column("packed", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("min_milli_c", sa.BigInteger(), nullable=True),
        sa.Column("max_milli_c", sa.BigInteger(), nullable=True),
        sa.Column("excursion_lower_milli_c", sa.BigInteger(), nullable=True),
        sa.Column("excursion_upper_milli_c", sa.BigInteger(), nullable=True),
        sa.Column("reject_above_milli_c", sa.BigInteger(), nullable=True),
        sa.Column("tolerance_minutes", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "excursion_lower_milli_c <= min_milli_c AND max_milli_c <= excursion_upper_milli_c",
            name="ck_custody_content_excursion_outside_range",
        ),
        sa.CheckConstraint("min_milli_c <= max_milli_c", name="ck_custody_content_range_in_order"),
        sa.CheckConstraint(
            "num_nulls(min_milli_c, max_milli_c, excursion_lower_milli_c, excursion_upper_milli_c, tolerance_minutes) IN (0, 5)",
            name="ck_custody_content_limits_whole",
        ),
        sa.CheckConstraint(
            "packed > 0 AND quantity BETWEEN 0 AND packed", name="ck_custody_content_quantity_within_packed"
        ),
        sa.ForeignKeyConstraint(
            ["consignment_id"], ["custody_consignment.id"], name="fk_custody_content_consignment_id"
        ),
        sa.ForeignKeyConstraint(
            ["fulfilment_id"], ["orders_fulfilment.id"], name="fk_custody_content_fulfilment_id"
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["catalogue_lot.id"], name="fk_custody_content_lot_id"),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["orders_line.id"], name="fk_custody_content_order_line_id"
        ),
        sa.PrimaryKeyConstraint("consignment_id", "order_line_id", "lot_id", name="pk_custody_content"),
    )
    op.create_index("ix_custody_content_fulfilment_id", "custody_content", ["fulfilment_id"])
    op.create_index("ix_custody_content_lot_id", "custody_content", ["lot_id"])
    op.create_index("ix_custody_content_order_line_id", "custody_content", ["order_line_id"])
    op.create_table(
        "custody_moved",
        sa.Column("regrouping_id", sa.BigInteger(), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=False),
        sa.Column("to_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_id <> to_id", name="ck_custody_moved_moves"),
        sa.CheckConstraint("quantity > 0", name="ck_custody_moved_quantity_positive"),
        sa.ForeignKeyConstraint(["from_id"], ["custody_consignment.id"], name="fk_custody_moved_from_id"),
        sa.ForeignKeyConstraint(["lot_id"], ["catalogue_lot.id"], name="fk_custody_moved_lot_id"),
        sa.ForeignKeyConstraint(["order_line_id"], ["orders_line.id"], name="fk_custody_moved_order_line_id"),
        sa.ForeignKeyConstraint(
            ["regrouping_id"], ["custody_regrouping.id"], name="fk_custody_moved_regrouping_id"
        ),
        sa.ForeignKeyConstraint(["to_id"], ["custody_consignment.id"], name="fk_custody_moved_to_id"),
        sa.PrimaryKeyConstraint(
            "regrouping_id", "from_id", "to_id", "order_line_id", "lot_id", name="pk_custody_moved"
        ),
    )
    op.create_index("ix_custody_moved_from_id", "custody_moved", ["from_id"])
    op.create_index("ix_custody_moved_lot_id", "custody_moved", ["lot_id"])
    op.create_index("ix_custody_moved_order_line_id", "custody_moved", ["order_line_id"])
    op.create_index("ix_custody_moved_to_id", "custody_moved", ["to_id"])
    op.create_table(
        "custody_waybill",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("consignment_id", sa.BigInteger(), nullable=False),
        sa.Column("courier", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"], ["custody_consignment.id"], name="fk_custody_waybill_consignment_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_custody_waybill"),
        sa.UniqueConstraint("courier", "number", name="uq_custody_waybill_courier_number"),
    )
    op.create_index("ix_custody_waybill_consignment_id", "custody_waybill", ["consignment_id"])
    op.create_table(
        "custody_hand_off",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("consignment_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("from_kind", sa.String(length=20), nullable=False),
        sa.Column("from_party_id", sa.BigInteger(), nullable=True),
        sa.Column("from_person_id", sa.BigInteger(), nullable=True),
        sa.Column("from_name", postgresql.JSONB(), nullable=True),
        sa.Column("from_key", sa.String(length=60), nullable=False),
        sa.Column("to_kind", sa.String(length=20), nullable=False),
        sa.Column("to_party_id", sa.BigInteger(), nullable=True),
        sa.Column("to_person_id", sa.BigInteger(), nullable=True),
        sa.Column("to_name", postgresql.JSONB(), nullable=True),
        sa.Column("to_key", sa.String(length=60), nullable=False),
        sa.Column("holder_after_key", sa.String(length=60), nullable=False),
        sa.Column("place_code", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("packages", sa.BigInteger(), nullable=False),
        sa.Column("seal_number", sa.String(length=40), nullable=True),
        sa.Column("seal_intact", sa.Boolean(), nullable=True),
        sa.Column("plate", sa.String(length=20), nullable=True),
        sa.Column("surface_min_milli_c", sa.BigInteger(), nullable=True),
        sa.Column("surface_max_milli_c", sa.BigInteger(), nullable=True),
        sa.Column("core_milli_c", sa.BigInteger(), nullable=True),
        sa.Column("logger_number", sa.String(length=40), nullable=True),
        sa.Column("logger_min_milli_c", sa.BigInteger(), nullable=True),
        sa.Column("logger_max_milli_c", sa.BigInteger(), nullable=True),
        sa.Column("logger_mean_milli_c", sa.BigInteger(), nullable=True),
        sa.Column("minutes_outside", sa.BigInteger(), nullable=True),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("giver_signature", postgresql.JSONB(), nullable=True),
        sa.Column("receiver_signature", postgresql.JSONB(), nullable=True),
        sa.Column("salt", sa.String(length=40), nullable=False),
        sa.Column("photo_digests", postgresql.JSONB(), nullable=False),
        sa.Column("previous_id", sa.BigInteger(), nullable=True),
        sa.Column("waybill_id", sa.BigInteger(), nullable=True),
        sa.Column("schema_version", sa.SmallInteger(), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "decision = 'accept' OR reason IS NOT NULL", name="ck_custody_hand_off_reason_given"
        ),
        sa.CheckConstraint(
            "decision IN ('accept', 'accept_with_remark', 'refuse')",
            name="ck_custody_hand_off_decision_known",
        ),
        sa.CheckConstraint(
            "from_kind IN ('cooperative', 'carrier', 'warehouse', 'courier', 'buyer')",
            name="ck_custody_hand_off_from_known",
        ),
        sa.CheckConstraint(
            "holder_after_key = CASE WHEN decision = 'refuse' THEN from_key ELSE to_key END",
            name="ck_custody_hand_off_holder_follows_decision",
        ),
        sa.CheckConstraint(
            "kind IN ('pick_up', 'arrival', 'departure', 'dispatch', 'delivery', 'receipt', 'return')",
            name="ck_custody_hand_off_kind_known",
        ),
        sa.CheckConstraint(
            "to_kind IN ('cooperative', 'carrier', 'warehouse', 'courier', 'buyer')",
            name="ck_custody_hand_off_to_known",
        ),
        sa.CheckConstraint("at <= recorded_at", name="ck_custody_hand_off_not_in_the_future"),
        sa.CheckConstraint("from_key <> to_key", name="ck_custody_hand_off_changes_hands"),
        sa.CheckConstraint(
            "logger_min_milli_c <= logger_max_milli_c", name="ck_custody_hand_off_logger_in_order"
        ),
        sa.CheckConstraint("octet_length(leaf_hash) = 32", name="ck_custody_hand_off_leaf_whole"),
        sa.CheckConstraint("packages > 0", name="ck_custody_hand_off_packages_positive"),
        sa.CheckConstraint(
            "surface_min_milli_c <= surface_max_milli_c", name="ck_custody_hand_off_surface_in_order"
        ),
        sa.ForeignKeyConstraint(
            ["consignment_id"], ["custody_consignment.id"], name="fk_custody_hand_off_consignment_id"
        ),
        sa.ForeignKeyConstraint(
            ["from_party_id"], ["parties_party.id"], name="fk_custody_hand_off_from_party_id"
        ),
        sa.ForeignKeyConstraint(
            ["from_person_id"], ["parties_person.id"], name="fk_custody_hand_off_from_person_id"
        ),
        sa.ForeignKeyConstraint(["leaf_id"], ["transparency_leaf.id"], name="fk_custody_hand_off_leaf_id"),
        sa.ForeignKeyConstraint(
            ["place_code"], ["places_division.code"], name="fk_custody_hand_off_place_code"
        ),
        sa.ForeignKeyConstraint(
            ["previous_id", "consignment_id", "from_key"],
            ["custody_hand_off.id", "custody_hand_off.consignment_id", "custody_hand_off.holder_after_key"],
            name="fk_custody_hand_off_chain",
        ),
        sa.ForeignKeyConstraint(
            ["to_party_id"], ["parties_party.id"], name="fk_custody_hand_off_to_party_id"
        ),
        sa.ForeignKeyConstraint(
            ["to_person_id"], ["parties_person.id"], name="fk_custody_hand_off_to_person_id"
        ),
        sa.ForeignKeyConstraint(
            ["waybill_id"], ["custody_waybill.id"], name="fk_custody_hand_off_waybill_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_custody_hand_off"),
        sa.UniqueConstraint(
            "id",
            "consignment_id",
            "holder_after_key",
            name="uq_custody_hand_off_id_consignment_id_holder_after_key",
        ),
        sa.UniqueConstraint("leaf_id", name="uq_custody_hand_off_leaf_id"),
        sa.UniqueConstraint("number", name="uq_custody_hand_off_number"),
        sa.UniqueConstraint("previous_id", name="uq_custody_hand_off_previous_id"),
        sa.UniqueConstraint("uid", name="uq_custody_hand_off_uid"),
    )
    op.create_index("ix_custody_hand_off_consignment_id_id", "custody_hand_off", ["consignment_id", "id"])
    op.create_index("ix_custody_hand_off_from_party_id_at", "custody_hand_off", ["from_party_id", "at"])
    op.create_index("ix_custody_hand_off_from_person_id", "custody_hand_off", ["from_person_id"])
    op.create_index("ix_custody_hand_off_place_code", "custody_hand_off", ["place_code"])
    op.create_index("ix_custody_hand_off_to_party_id_at", "custody_hand_off", ["to_party_id", "at"])
    op.create_index("ix_custody_hand_off_to_person_id", "custody_hand_off", ["to_person_id"])
    op.create_index("ix_custody_hand_off_waybill_id", "custody_hand_off", ["waybill_id"])
    op.create_index(
        "uq_custody_hand_off_first",
        "custody_hand_off",
        ["consignment_id"],
        unique=True,
        postgresql_where=sa.text("previous_id IS NULL"),
    )
    op.create_table(
        "custody_waybill_event",
        sa.Column("waybill_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('collected', 'signed')", name="ck_custody_waybill_event_kind_known"),
        sa.CheckConstraint("at <= recorded_at", name="ck_custody_waybill_event_not_in_the_future"),
        sa.ForeignKeyConstraint(
            ["waybill_id"], ["custody_waybill.id"], name="fk_custody_waybill_event_waybill_id"
        ),
        sa.PrimaryKeyConstraint("waybill_id", "kind", name="pk_custody_waybill_event"),
    )
    op.create_table(
        "custody_breach",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("hand_off_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("measured_milli_c", sa.BigInteger(), nullable=True),
        sa.Column("min_milli_c", sa.BigInteger(), nullable=True),
        sa.Column("max_milli_c", sa.BigInteger(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(cause = 'refused') = (measured_milli_c IS NULL) AND num_nulls(measured_milli_c, min_milli_c, max_milli_c) IN (0, 3)",
            name="ck_custody_breach_measured_when_out_of_range",
        ),
        sa.CheckConstraint("cause IN ('high', 'low', 'refused')", name="ck_custody_breach_cause_known"),
        sa.CheckConstraint(
            "num_nulls(resolved_at, resolved_by_id, resolution) IN (0, 3)",
            name="ck_custody_breach_resolved_whole",
        ),
        sa.ForeignKeyConstraint(
            ["hand_off_id"], ["custody_hand_off.id"], name="fk_custody_breach_hand_off_id"
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["catalogue_lot.id"], name="fk_custody_breach_lot_id"),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["orders_line.id"], name="fk_custody_breach_order_line_id"
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["parties_person.id"], name="fk_custody_breach_resolved_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_custody_breach"),
        sa.UniqueConstraint(
            "hand_off_id",
            "order_line_id",
            "lot_id",
            "cause",
            name="uq_custody_breach_hand_off_id_order_line_id_lot_id_cause",
        ),
    )
    op.create_index("ix_custody_breach_lot_id", "custody_breach", ["lot_id"])
    op.create_index(
        "ix_custody_breach_open", "custody_breach", ["id"], postgresql_where=sa.text("resolved_at IS NULL")
    )
    op.create_index("ix_custody_breach_order_line_id", "custody_breach", ["order_line_id"])
    op.create_index("ix_custody_breach_resolved_by_id", "custody_breach", ["resolved_by_id"])
    op.create_table(
        "custody_quantity",
        sa.Column("hand_off_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("lost", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("given = received + lost + kept", name="ck_custody_quantity_conserved"),
        sa.CheckConstraint(
            "given > 0 AND received >= 0 AND lost >= 0 AND kept >= 0",
            name="ck_custody_quantity_quantities_not_negative",
        ),
        sa.ForeignKeyConstraint(
            ["hand_off_id"], ["custody_hand_off.id"], name="fk_custody_quantity_hand_off_id"
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["catalogue_lot.id"], name="fk_custody_quantity_lot_id"),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["orders_line.id"], name="fk_custody_quantity_order_line_id"
        ),
        sa.PrimaryKeyConstraint("hand_off_id", "order_line_id", "lot_id", name="pk_custody_quantity"),
    )
    op.create_index("ix_custody_quantity_lot_id_hand_off_id", "custody_quantity", ["lot_id", "hand_off_id"])
    op.create_index(
        "ix_custody_quantity_order_line_id_hand_off_id", "custody_quantity", ["order_line_id", "hand_off_id"]
    )
    for table in APPEND_ONLY:
        append_only(op, table)


def downgrade() -> None:
    for table in (
        "custody_quantity",
        "custody_breach",
        "custody_waybill_event",
        "custody_hand_off",
        "custody_waybill",
        "custody_moved",
        "custody_content",
        "custody_consignment",
        "custody_regrouping",
    ):
        op.drop_table(table)
