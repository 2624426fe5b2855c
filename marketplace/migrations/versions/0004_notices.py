"""Outgoing notices."""

import sqlalchemy as sa
from alembic import op

revision = "0004_notices"
down_revision = "0003_parties"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
