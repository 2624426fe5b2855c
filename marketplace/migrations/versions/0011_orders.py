"""Orders, lines, fulfilments."""

import sqlalchemy as sa
from alembic import op

revision = "0011_orders"
down_revision = "0010_basket"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
