"""The money ledger: append-only, each entry balanced when its transaction ends."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from marketplace.migrations.append_only import append_only

revision = "0015_settlement"
down_revision = "0014_reviews"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "settlement_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source_type", sa.String(length=20), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.CheckConstraint("extract(day FROM month) = 1", name="ck_settlement_entry_month_first_day"),
        sa.PrimaryKeyConstraint("id", name="pk_settlement_entry"),
        sa.UniqueConstraint(
            "source_type", "source_id", "purpose", name="uq_settlement_entry_source_type_source_id_purpose"
        ),
    )
    op.create_table(
        "settlement_posting",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("fulfilment_id", sa.BigInteger(), nullable=True),
        sa.Column("order_line_id", sa.BigInteger(), nullable=True),
        sa.Column("particulars", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint("amount_fen <> 0", name="ck_settlement_posting_amount_something"),
        sa.ForeignKeyConstraint(["entry_id"], ["settlement_entry.id"], name="fk_settlement_posting_entry_id"),
        sa.ForeignKeyConstraint(
            ["fulfilment_id"], ["orders_fulfilment.id"], name="fk_settlement_posting_fulfilment_id"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name="fk_settlement_posting_order_id"),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["orders_line.id"], name="fk_settlement_posting_order_line_id"
        ),
        sa.ForeignKeyConstraint(["party_id"], ["parties_party.id"], name="fk_settlement_posting_party_id"),
        sa.PrimaryKeyConstraint("id", name="pk_settlement_posting"),
    )
    op.create_index(
        "ix_settlement_posting_account_month_id",
        "settlement_posting",
        ["account", "month", "id"],
        unique=False,
    )
    op.create_index("ix_settlement_posting_entry_id", "settlement_posting", ["entry_id"], unique=False)
    op.create_index(
        "ix_settlement_posting_fulfilment_id", "settlement_posting", ["fulfilment_id"], unique=False
    )
    op.create_index("ix_settlement_posting_order_id", "settlement_posting", ["order_id"], unique=False)
    op.create_index(
        "ix_settlement_posting_order_line_id", "settlement_posting", ["order_line_id"], unique=False
    )
    op.create_index("ix_settlement_posting_party_id", "settlement_posting", ["party_id"], unique=False)
    op.create_table(
        "settlement_unfolded",
        sa.Column("posting_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["settlement_posting.id"], name="fk_settlement_unfolded_posting_id"
        ),
        sa.PrimaryKeyConstraint("posting_id", name="pk_settlement_unfolded"),
    )
    op.create_table(
        "settlement_balance",
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("posting_count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_settlement_balance"),
    )
    append_only(op, "settlement_entry")
    append_only(op, "settlement_posting")
    op.execute(
        """
        CREATE FUNCTION settlement_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            checked bigint := CASE TG_TABLE_NAME WHEN 'settlement_entry' THEN NEW.id ELSE NULL END;
            total bigint;
            postings bigint;
        BEGIN
            IF checked IS NULL THEN
                checked := (to_jsonb(NEW) ->> 'entry_id')::bigint;
            END IF;
            SELECT coalesce(sum(amount_fen), 0), count(*) INTO total, postings
            FROM settlement_posting WHERE entry_id = checked;
            IF total <> 0 OR postings < 2 THEN
                RAISE EXCEPTION 'entry % has % postings that add up to %', checked, postings, total
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_entry_balanced',
                          TABLE = 'settlement_entry';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    # An entry without postings is caught by the first trigger, a late posting by the second.
    for table in ("settlement_entry", "settlement_posting"):
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {table}_balanced AFTER INSERT ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION settlement_balanced()"
        )


def downgrade() -> None:
    op.drop_table("settlement_balance")
    op.drop_table("settlement_unfolded")
    op.drop_table("settlement_posting")
    op.drop_table("settlement_entry")
    op.execute("DROP FUNCTION settlement_balanced()")
