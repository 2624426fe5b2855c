"""Quantities, holds, movements."""

import sqlalchemy as sa
from alembic import op

revision = "0006_stock"
down_revision = "0005_catalogue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
