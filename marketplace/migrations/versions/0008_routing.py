"""Routing decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0008_routing"
down_revision = "0007_freight"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
