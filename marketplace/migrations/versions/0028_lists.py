"""Lists that are sorted and paged; large spreadsheets, looked at by a job that keeps what it found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028_lists"
down_revision = "0027_search_numbers"
branch_labels = None
depends_on = None

_INDEXES = {
    "catalogue_brand_use": (["user_id", "state", "id"],),
    "catalogue_producer_claim": (["producer_id", "id"], ["seller_id", "state", "id"]),
    "catalogue_nomination": (["edition_id", "county_code", "id"], ["edition_id", "id"]),
}
_UNCLEAR = "ix_payment_capture_unclear"
_STATE = "ck_kernel_upload_state_known"
_FORMER_STATE = f"ck_kernel_upload_{_STATE}"  # as the table was made
_CHECKS = {
    "ck_kernel_upload_look_kept": "(looked_at IS NULL) = (seen IS NULL)",
    "ck_kernel_upload_refusal_kept": "(state = 'unreadable') = (refusal IS NOT NULL)",
}


def upgrade() -> None:
    for table, indexes in _INDEXES.items():
        for columns in indexes:
            op.create_index(_name(table, columns), table, columns)
    op.create_index(_UNCLEAR, "payment_capture", ["id"], postgresql_where=sa.text("kind <> 'applied'"))
    op.add_column("kernel_upload", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("kernel_upload", sa.Column("seen", sa.LargeBinary(), nullable=True))
    op.add_column("kernel_upload", sa.Column("outcome", sa.LargeBinary(), nullable=True))
    op.add_column("kernel_upload", sa.Column("refusal", postgresql.JSONB(), nullable=True))
    op.drop_constraint(op.f(_FORMER_STATE), "kernel_upload")
    op.create_check_constraint(
        op.f(_STATE), "kernel_upload", "state IN ('looking','unreadable','read','waiting','applied')"
    )
    for name, condition in _CHECKS.items():
        op.create_check_constraint(op.f(name), "kernel_upload", condition)


def downgrade() -> None:
    for name in _CHECKS:
        op.drop_constraint(op.f(name), "kernel_upload")
    # What nobody has looked at yet changes nothing: it is sent again.
    op.execute("DELETE FROM kernel_upload WHERE state IN ('looking', 'unreadable')")
    op.drop_constraint(op.f(_STATE), "kernel_upload")
    op.create_check_constraint(
        op.f(_FORMER_STATE), "kernel_upload", "state IN ('read','waiting','applied')"
    )
    for column in ("refusal", "outcome", "seen", "looked_at"):
        op.drop_column("kernel_upload", column)
    op.drop_index(_UNCLEAR, table_name="payment_capture")
    for table, indexes in _INDEXES.items():
        for columns in indexes:
            op.drop_index(_name(table, columns), table_name=table)


def _name(table: str, columns: list[str]) -> str:
    return f"ix_{table}_{'_'.join(columns)}"
