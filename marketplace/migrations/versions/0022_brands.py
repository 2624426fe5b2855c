"""Brands of three kinds, and their holders' word on who may use one on what."""

import sqlalchemy as sa
from alembic import op

revision = "0022_brands"
down_revision = "0022_producers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalogue_brand",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name_zh", "name_zh_hant", "name_en")),
        sa.Column("holder_id", sa.BigInteger(), nullable=True),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("division_code", sa.String(20), nullable=True),
        sa.Column("registration", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        *_checks(
            "catalogue_brand",
            kind_known="kind IN ('regional', 'enterprise', 'product')",
            state_known="state IN ('submitted', 'listed', 'refused', 'ended')",
            region_placed="kind <> 'regional' OR division_code IS NOT NULL",
            holder_named="holder_id IS NOT NULL OR holder_name <> ''",
        ),
        *_keys("catalogue_brand", holder_id="parties_party.id", division_code="places_division.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_brand")),
    )
    _open("uq_catalogue_brand_name", "catalogue_brand", ["kind", "name_zh"], "'submitted', 'listed'")
    _indexes("catalogue_brand", ["state", "kind", "id"], ["holder_id", "id"], ["division_code"])
    op.create_table(
        "catalogue_brand_use",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("brand_id", "user_id")),
        sa.Column("state", sa.String(20), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("note", "document", "reason")),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("valid_from", "valid_to")),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        *_checks(
            "catalogue_brand_use",
            state_known="state IN ('asked', 'authorised', 'refused', 'withdrawn')",
            authorised_dated="state <> 'authorised' OR valid_from IS NOT NULL",
            days_in_order="valid_from <= valid_to",
            refusal_has_reason="state <> 'refused' OR reason <> ''",
        ),
        *_keys("catalogue_brand_use", brand_id="catalogue_brand.id", user_id="parties_party.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_brand_use")),
    )
    _open(
        "uq_catalogue_brand_use_open", "catalogue_brand_use", ["brand_id", "user_id"], "'asked', 'authorised'"
    )
    _indexes("catalogue_brand_use", ["brand_id", "state", "id"], ["user_id", "id"], ["state", "id"])
    op.create_table(
        "catalogue_brand_product",
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("use_id", "product_id")),
        *_keys("catalogue_brand_product", use_id="catalogue_brand_use.id", product_id="catalogue_product.id"),
        sa.PrimaryKeyConstraint("use_id", "product_id", name=op.f("pk_catalogue_brand_product")),
    )
    _indexes("catalogue_brand_product", ["product_id", "use_id"])


def downgrade() -> None:
    for table in ("catalogue_brand_product", "catalogue_brand_use", "catalogue_brand"):
        op.drop_table(table)


def _checks(table: str, **conditions: str) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))
        for name, condition in conditions.items()
    ]


def _keys(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))
        for column, target in targets.items()
    ]


def _indexes(table: str, *every: list[str]) -> None:
    for columns in every:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)


def _open(name: str, table: str, columns: list[str], states: str) -> None:
    op.create_index(
        name, table, columns, unique=True, postgresql_where=sa.text(f"state IN ({states})")
    )
