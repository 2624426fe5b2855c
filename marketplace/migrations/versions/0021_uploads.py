"""Files that people send to change many things at once, with what became of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021_uploads"
down_revision = "0020_editions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kernel_upload",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("subject", sa.String(20), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("is_turned_back", sa.Boolean(), nullable=False),
        sa.Column("rows_done", sa.BigInteger(), nullable=False),
        sa.Column("rows_all", sa.BigInteger(), nullable=False),
        sa.Column("changed_rows", postgresql.JSONB(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('read','waiting','applied')", name="ck_kernel_upload_state_known"),
        sa.CheckConstraint(
            "rows_done >= 0 AND rows_done <= rows_all", name="ck_kernel_upload_progress_within"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_kernel_upload"),
        sa.UniqueConstraint("party_id", "key", name="uq_kernel_upload_party_id_key"),
    )
    op.create_index("ix_kernel_upload_party_id_id", "kernel_upload", ["party_id", "id"])
    op.create_index("ix_kernel_upload_sent_at", "kernel_upload", ["sent_at"])


def downgrade() -> None:
    op.drop_table("kernel_upload")
