"""Baskets."""

import sqlalchemy as sa
from alembic import op

revision = "0010_basket"
down_revision = "0009_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
