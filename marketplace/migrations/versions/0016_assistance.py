"""Assistance entries and roll-ups."""

import sqlalchemy as sa
from alembic import op

revision = "0016_assistance"
down_revision = "0015_settlement"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
