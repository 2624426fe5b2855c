"""What search knows of products in tables of its own: rows for side tables, tokens by slot, the vocabulary."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017_search_side_tables"
down_revision = "0016_assistance"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # All of this is a copy of the catalogue: the indexer makes it anew.
    for table in ("search_tokens_state", "search_tokens", "search_position"):
        op.drop_table(table)
    op.create_table(
        "search_state",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_search_state_single"),
        sa.PrimaryKeyConstraint("id", name="pk_search_state"),
    )
    op.execute("INSERT INTO search_state VALUES (1, 0, 0, NULL, 0, 0)")
    op.create_table(
        "search_product",
        sa.Column("product_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slot", sa.BigInteger(), sa.Identity(always=False, start=0, minvalue=0), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("text_version", sa.BigInteger(), nullable=False),
        sa.Column("text_digest", sa.LargeBinary(), nullable=True),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("aisle_code", sa.String(40), nullable=False),
        sa.Column("industry_code", sa.String(40), nullable=True),
        sa.Column("county_code", sa.String(20), nullable=False),
        sa.Column("prefecture_code", sa.String(20), nullable=False),
        sa.Column("storage", sa.String(20), nullable=False),
        sa.Column("is_key_county", sa.Boolean(), nullable=False),
        sa.Column("months", sa.SmallInteger(), nullable=False),
        sa.Column("cooperative_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("scheme_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("valid_from", postgresql.ARRAY(postgresql.TIMESTAMP(timezone=True)), nullable=False),
        sa.Column("valid_to", postgresql.ARRAY(postgresql.TIMESTAMP(timezone=True)), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=True),
        sa.Column("available", sa.BigInteger(), nullable=False),
        sa.Column("sold", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("slot >= 0", name="ck_search_product_slot_positive"),
        sa.PrimaryKeyConstraint("product_id", name="pk_search_product"),
        sa.UniqueConstraint("slot", name="uq_search_product_slot"),
    )
    op.create_index("ix_search_product_version", "search_product", ["version"])
    op.create_index("ix_search_product_text_version", "search_product", ["text_version"])
    op.create_table(
        "search_tokens",
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tokens", postgresql.TSVECTOR(), nullable=False),
        sa.PrimaryKeyConstraint("slot", name="pk_search_tokens"),
    )
    op.create_index("ix_search_tokens_tokens", "search_tokens", ["tokens"], postgresql_using="gin")
    op.create_table(
        "search_word",
        sa.Column("token", sa.Text(collation="C"), nullable=False),
        sa.Column("documents", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_search_word"),
    )
    op.create_index("ix_search_word_version", "search_word", ["version"])


def downgrade() -> None:
    for table in ("search_word", "search_tokens", "search_product", "search_state"):
        op.drop_table(table)
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
