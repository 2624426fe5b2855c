"""Consignments, hand-offs, readings."""

import sqlalchemy as sa
from alembic import op

revision = "0013_custody"
down_revision = "0012_payment"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
