"""Producers whom sellers name are told, and confirm or deny."""

import sqlalchemy as sa
from alembic import op

revision = "0022_producers"
down_revision = "0022_verifications"
branch_labels = None
depends_on = None

_TABLE = "catalogue_producer_claim"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("producer_id", "seller_id", "product_id")
        ),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_{_TABLE}_{name}"))
            for name, condition in (
                ("state_known", "state IN ('named', 'confirmed', 'denied')"),
                ("of_another", "producer_id <> seller_id"),
                ("answered_dated", "(state = 'named') = (answered_at IS NULL)"),
                ("denial_has_reason", "state <> 'denied' OR reason <> ''"),
            )
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{_TABLE}_{column}"))
            for column, target in (
                ("producer_id", "parties_party.id"),
                ("seller_id", "parties_party.id"),
                ("product_id", "catalogue_product.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TABLE}")),
        sa.UniqueConstraint(
            "producer_id", "seller_id", "product_id", name=op.f(f"uq_{_TABLE}_producer_id_seller_id_product_id")
        ),
    )
    for columns in (["producer_id", "state", "id"], ["seller_id", "id"], ["product_id"]):
        op.create_index(op.f(f"ix_{_TABLE}_{'_'.join(columns)}"), _TABLE, columns)
    # What sellers have said already is said now; the producers find it waiting for their answer.
    op.execute(
        f"""
        INSERT INTO {_TABLE} (producer_id, seller_id, product_id, state, reason, named_at)
        SELECT producer_id, cooperative_id, product_id, 'named', '', min(created_at) FROM catalogue_offer
        WHERE producer_id <> cooperative_id AND status <> 'withdrawn'
        GROUP BY producer_id, cooperative_id, product_id
        """  # noqa: S608 - the name stands above
    )


def downgrade() -> None:
    op.drop_table(_TABLE)
