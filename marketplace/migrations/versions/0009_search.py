"""The search room's tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009_search"
down_revision = "0008_routing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_sold",
        sa.Column("product_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("product_id", name="pk_search_sold"),
    )
    op.create_table(
        "search_sale",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_sale"),
    )
    op.create_table(
        "search_position",
        sa.Column("index_name", sa.String(40), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("index_name", name="pk_search_position"),
    )
    op.create_table(
        "search_tokens",
        sa.Column("product_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tokens", postgresql.TSVECTOR(), nullable=False),
        sa.Column("weights", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("product_id", name="pk_search_tokens"),
    )
    op.create_index("ix_search_tokens_tokens", "search_tokens", ["tokens"], postgresql_using="gin")
    op.create_table(
        "search_tokens_state",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_search_tokens_state_single"),
        sa.PrimaryKeyConstraint("id", name="pk_search_tokens_state"),
    )


def downgrade() -> None:
    for table in ("search_tokens_state", "search_tokens", "search_position", "search_sale", "search_sold"):
        op.drop_table(table)
