"""The search room's tables."""

import sqlalchemy as sa
from alembic import op

revision = "0009_search"
down_revision = "0008_routing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
