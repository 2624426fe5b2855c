"""The transparency log."""

import sqlalchemy as sa
from alembic import op

revision = "0001_transparency"
down_revision = "0001_jobs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
