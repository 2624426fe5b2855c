"""Attempts, captures, refunds, events."""

import sqlalchemy as sa
from alembic import op

revision = "0012_payment"
down_revision = "0011_orders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
