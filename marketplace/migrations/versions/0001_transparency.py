"""The transparency log."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.append_only import append_only

revision = "0001_transparency"
down_revision = "0001_jobs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transparency_leaf",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("octet_length(leaf_hash) = 32", name="ck_transparency_leaf_hash_whole"),
        sa.PrimaryKeyConstraint("id", name="pk_transparency_leaf"),
    )
    op.create_table(
        "transparency_pending",
        sa.Column("leaf_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["leaf_id"], ["transparency_leaf.id"], name="fk_transparency_pending_leaf_id"
        ),
        sa.PrimaryKeyConstraint("leaf_id", name="pk_transparency_pending"),
    )
    op.create_table(
        "transparency_entry",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("leaf_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("position >= 0", name="ck_transparency_entry_position_not_negative"),
        sa.ForeignKeyConstraint(["leaf_id"], ["transparency_leaf.id"], name="fk_transparency_entry_leaf_id"),
        sa.PrimaryKeyConstraint("position", name="pk_transparency_entry"),
        sa.UniqueConstraint("leaf_id", name="uq_transparency_entry_leaf_id"),
    )
    op.create_table(
        "transparency_node",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("octet_length(hash) = 32", name="ck_transparency_node_hash_whole"),
        sa.PrimaryKeyConstraint("level", "index", name="pk_transparency_node"),
    )
    op.create_table(
        "transparency_head",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("size >= 0", name="ck_transparency_head_size_not_negative"),
        sa.CheckConstraint(
            "octet_length(root) = 32 AND octet_length(public_key) = 32 AND octet_length(signature) = 64",
            name="ck_transparency_head_bytes_whole",
        ),
        sa.PrimaryKeyConstraint("day", name="pk_transparency_head"),
    )
    for table in ("transparency_leaf", "transparency_entry", "transparency_node", "transparency_head"):
        append_only(op, table)


def downgrade() -> None:
    for table in (
        "transparency_head",
        "transparency_node",
        "transparency_entry",
        "transparency_pending",
        "transparency_leaf",
    ):
        op.drop_table(table)
