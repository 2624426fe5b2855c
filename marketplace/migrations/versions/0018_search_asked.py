"""What was asked of the search, counted by day."""

import sqlalchemy as sa
from alembic import op

revision = "0018_search_asked"
down_revision = "0017_search_side_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_asked",
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("query", sa.String(40), nullable=False),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('found', 'relaxed', 'nothing')", name="ck_search_asked_outcome_known"
        ),
        sa.CheckConstraint("times > 0", name="ck_search_asked_times_positive"),
        sa.PrimaryKeyConstraint("asked_on", "outcome", "query", "language", name="pk_search_asked"),
    )


def downgrade() -> None:
    op.drop_table("search_asked")
