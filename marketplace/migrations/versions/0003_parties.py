"""People, parties, memberships, one-time codes."""

import sqlalchemy as sa
from alembic import op

revision = "0003_parties"
down_revision = "0002_places"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
