"""Rate cards."""

import sqlalchemy as sa
from alembic import op

revision = "0007_freight"
down_revision = "0006_stock"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
