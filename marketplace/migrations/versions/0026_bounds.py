"""Lists and queues of the supply side find their first page and their oldest entry by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0026_bounds"
down_revision = "0025_lots"
branch_labels = None
depends_on = None

_INDEXES = {
    "parties_application": (["state", "changed_at", "id"], ["county_code", "state", "changed_at", "id"]),
    "parties_party": (["status", "code"],),
    "catalogue_certificate": (["valid_to", "id"],),
    "catalogue_brand": (["state", "submitted_at", "id"],),
    "catalogue_brand_use": (["state", "asked_at"],),
}
_FORMER = {"parties_application": (["state", "id"], ["county_code", "state", "id"])}
_HELD = "ix_catalogue_lot_hold_held_at"


def upgrade() -> None:
    for table, indexes in _INDEXES.items():
        for columns in indexes:
            op.create_index(_name(table, columns), table, columns)
    for table, indexes in _FORMER.items():
        for columns in indexes:
            op.drop_index(_name(table, columns), table_name=table)
    op.create_index(
        _HELD, "catalogue_lot_hold", ["held_at"], postgresql_where=sa.text("released_at IS NULL")
    )


def downgrade() -> None:
    op.drop_index(_HELD, table_name="catalogue_lot_hold")
    for table, indexes in _FORMER.items():
        for columns in indexes:
            op.create_index(_name(table, columns), table, columns)
    for table, indexes in _INDEXES.items():
        for columns in indexes:
            op.drop_index(_name(table, columns), table_name=table)


def _name(table: str, columns: list[str]) -> str:
    return f"ix_{table}_{'_'.join(columns)}"
