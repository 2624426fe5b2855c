"""Products, variants, offers, lots, certificates."""

import sqlalchemy as sa
from alembic import op

revision = "0005_catalogue"
down_revision = "0004_notices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
