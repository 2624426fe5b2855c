"""Lots are held for a reason, tested, promised by a certificate, and listed by the cooperative they belong to."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.append_only import append_only

revision = "0025_lots"
down_revision = "0024_certificates"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_catalogue_lot_cooperative_id_id": ["cooperative_id", "id"],
    "ix_catalogue_lot_cooperative_id_expires_on_id": ["cooperative_id", "expires_on", "id"],
    "ix_catalogue_lot_cooperative_id_code_id": ["cooperative_id", "code", "id"],
}


def upgrade() -> None:
    _add_cooperative()
    _create_reports()
    _create_holds()
    _create_commitments()
    # A lot that was held before keeps its hold, which until now stood in the journal alone.
    op.execute(
        """
        INSERT INTO catalogue_lot_hold (lot_id, cause, reason, held_at)
        SELECT lot.id, 'authority', COALESCE(entry.detail ->> 'reason', ''), COALESCE(entry.at, lot.recorded_at)
        FROM catalogue_lot lot
        LEFT JOIN LATERAL (
            SELECT at, detail FROM kernel_journal
            WHERE subject_type = 'lot' AND subject_id = lot.id AND action = 'on_hold'
            ORDER BY id DESC LIMIT 1
        ) entry ON true
        WHERE lot.status = 'on_hold'
        """
    )


def _add_cooperative() -> None:
    op.add_column("catalogue_lot", sa.Column("cooperative_id", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE catalogue_lot SET cooperative_id = offer.cooperative_id "
        "FROM catalogue_offer offer WHERE offer.id = catalogue_lot.offer_id"
    )
    op.alter_column("catalogue_lot", "cooperative_id", nullable=False)
    op.create_foreign_key(
        "fk_catalogue_lot_cooperative_id_parties_party",
        "catalogue_lot",
        "parties_party",
        ["cooperative_id"],
        ["id"],
    )
    for name, columns in _INDEXES.items():
        op.create_index(name, "catalogue_lot", columns)
    op.create_index(
        "ix_catalogue_lot_status_id",
        "catalogue_lot",
        ["status", "id"],
        postgresql_where=sa.text("status <> 'open'"),
    )


def _create_reports() -> None:
    op.create_table(
        "catalogue_lot_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("paper_code", sa.String(40), nullable=False),
        sa.Column("number", sa.String(80), nullable=False),
        sa.Column("issuer", sa.String(120), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("result", sa.String(20), nullable=False),
        sa.Column("findings", sa.String(400), nullable=False),
        sa.Column("evidence_digest", sa.String(64), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("result IN ('passed', 'failed')", name="ck_catalogue_lot_report_result_known"),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["catalogue_lot.id"], name="fk_catalogue_lot_report_lot_id_catalogue_lot"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_lot_report"),
    )
    op.create_index("ix_catalogue_lot_report_lot_id_id", "catalogue_lot_report", ["lot_id", "id"])
    append_only(op, "catalogue_lot_report")


def _create_holds() -> None:
    op.create_table(
        "catalogue_lot_hold",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release_reason", sa.String(400), nullable=True),
        sa.CheckConstraint(
            "cause IN ('seller', 'authority', 'failed_test')", name="ck_catalogue_lot_hold_cause_known"
        ),
        sa.CheckConstraint(
            "(cause = 'failed_test') = (report_id IS NOT NULL)", name="ck_catalogue_lot_hold_test_named"
        ),
        sa.CheckConstraint(
            "(released_at IS NULL) = (release_reason IS NULL)",
            name="ck_catalogue_lot_hold_release_reasoned",
        ),
        sa.CheckConstraint("held_at <= released_at", name="ck_catalogue_lot_hold_times_in_order"),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["catalogue_lot.id"], name="fk_catalogue_lot_hold_lot_id_catalogue_lot"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["catalogue_lot_report.id"],
            name="fk_catalogue_lot_hold_report_id_catalogue_lot_report",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_lot_hold"),
    )
    op.create_index("ix_catalogue_lot_hold_lot_id_id", "catalogue_lot_hold", ["lot_id", "id"])
    op.create_index("ix_catalogue_lot_hold_report_id", "catalogue_lot_hold", ["report_id"])
    op.create_index(
        "uq_catalogue_lot_hold_open",
        "catalogue_lot_hold",
        ["lot_id", "cause"],
        unique=True,
        postgresql_where=sa.text("released_at IS NULL"),
    )


def _create_commitments() -> None:
    words = [
        sa.Column(f"{name}_{language}", sa.Text(), nullable=False)
        for name in ("product_name", "pack", "promiser", "producer")
        for language in ("zh", "zh_hant", "en")
    ]
    op.create_table(
        "catalogue_commitment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.String(40), nullable=False),
        sa.Column("number", sa.String(80), nullable=False),
        *words,
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.Column("net_weight_g", sa.BigInteger(), nullable=False),
        sa.Column("county_code", sa.String(20), nullable=False),
        sa.Column("promiser_id", sa.BigInteger(), nullable=False),
        sa.Column("contact", sa.String(40), nullable=False),
        sa.Column("basis", sa.String(20), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "basis IN ('controlled', 'own_test', 'entrusted_test')",
            name="ck_catalogue_commitment_basis_known",
        ),
        sa.CheckConstraint(
            "packs > 0 AND net_weight_g > 0", name="ck_catalogue_commitment_quantity_positive"
        ),
        sa.CheckConstraint("issued_at <= replaced_at", name="ck_catalogue_commitment_times_in_order"),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["catalogue_lot.id"], name="fk_catalogue_commitment_lot_id_catalogue_lot"
        ),
        sa.ForeignKeyConstraint(
            ["promiser_id"], ["parties_party.id"], name="fk_catalogue_commitment_promiser_id_parties_party"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_commitment"),
        sa.UniqueConstraint("token", name="uq_catalogue_commitment_token"),
        sa.UniqueConstraint("lot_id", "number", name="uq_catalogue_commitment_lot_id_number"),
    )
    op.create_index("ix_catalogue_commitment_promiser_id", "catalogue_commitment", ["promiser_id"])
    op.create_index(
        "uq_catalogue_commitment_standing",
        "catalogue_commitment",
        ["lot_id"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("catalogue_commitment")
    op.drop_table("catalogue_lot_hold")
    op.drop_table("catalogue_lot_report")
    op.drop_index("ix_catalogue_lot_status_id", "catalogue_lot")
    for name in reversed(_INDEXES):
        op.drop_index(name, "catalogue_lot")
    op.drop_constraint("fk_catalogue_lot_cooperative_id_parties_party", "catalogue_lot")
    op.drop_column("catalogue_lot", "cooperative_id")
