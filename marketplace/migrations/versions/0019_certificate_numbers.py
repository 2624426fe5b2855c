"""Numbers of certificates are codes: in the order of their characters, an index finds their beginnings too."""

import sqlalchemy as sa
from alembic import op

revision = "0019_certificate_numbers"
down_revision = "0018_search_asked"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("catalogue_certificate", "number", type_=sa.String(80, collation="C"))


def downgrade() -> None:
    op.alter_column("catalogue_certificate", "number", type_=sa.String(80, collation="default"))
