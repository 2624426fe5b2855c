"""Reviews."""

import sqlalchemy as sa
from alembic import op

revision = "0014_reviews"
down_revision = "0013_custody"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
