"""Sellers are verified again every half year: asked for, decided, warned of, lapsed."""

import sqlalchemy as sa
from alembic import op

revision = "0022_verifications"
down_revision = "0022_applications"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "parties_verification",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("note", "against", "reason")),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_parties_verification_{name}"))
            for name, condition in (
                ("state_known", "state IN ('asked', 'verified', 'refused')"),
                ("decided_dated", "(state = 'asked') = (decided_at IS NULL)"),
                ("verified_until", "(state = 'verified') = (valid_until IS NOT NULL)"),
                ("refusal_has_reason", "state <> 'refused' OR reason <> ''"),
            )
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties_party.id"], name=op.f("fk_parties_verification_party_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties_verification")),
    )
    op.create_index(
        "uq_parties_verification_open",
        "parties_verification",
        ["party_id"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_index(op.f("ix_parties_verification_party_id_id"), "parties_verification", ["party_id", "id"])
    op.create_index(
        op.f("ix_parties_verification_state_asked_at"), "parties_verification", ["state", "asked_at"]
    )
    op.execute(
        """
        INSERT INTO parties_verification
            (party_id, state, note, against, reason, asked_at, decided_at, valid_until)
        SELECT id, 'verified', '', '', '', registered_at, registered_at, verified_until
        FROM parties_party WHERE kind = 'cooperative'
        """
    )


def downgrade() -> None:
    op.drop_table("parties_verification")
