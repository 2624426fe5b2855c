"""The money ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0015_settlement"
down_revision = "0014_reviews"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
