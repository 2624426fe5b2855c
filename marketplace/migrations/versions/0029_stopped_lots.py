"""Lots that are out of sale, found without looking at those that are not."""

import sqlalchemy as sa
from alembic import op

revision = "0029_stopped_lots"
down_revision = "0028_lists"
branch_labels = None
depends_on = None

_NAME = "ix_stock_lot_lot_id"


def upgrade() -> None:
    op.create_index(_NAME, "stock_lot", ["lot_id"], postgresql_where=sa.text("blocked"))


def downgrade() -> None:
    op.drop_index(_NAME, "stock_lot")
