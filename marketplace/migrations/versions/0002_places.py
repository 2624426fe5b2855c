"""Divisions, pairings, tiles, distances."""

import sqlalchemy as sa
from alembic import op

revision = "0002_places"
down_revision = "0001_transparency"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
