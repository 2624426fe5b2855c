"""Pictures, cooperatives' own goods under review, stories, and what offers say beyond their price."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023_goods"
down_revision = "0022_brands"
branch_labels = None
depends_on = None

_JSON = postgresql.JSONB()
_ANY_WEEKDAY = "ARRAY[1,2,3,4,5,6,7]::smallint[]"


def upgrade() -> None:
    _pictures()
    _products()
    _proposals()
    _stories()
    _offers()


def downgrade() -> None:
    op.drop_index("ix_catalogue_offer_presale_on", "catalogue_offer")
    for name in (
        "ladder_matched",
        "weekdays_known",
        "free_freight_positive",
        "presale_whole",
    ):
        op.drop_constraint(op.f(f"ck_catalogue_offer_{name}"), "catalogue_offer")
    for column in (
        "ladder_from",
        "ladder_fen",
        "ship_weekdays",
        "served_cities",
        "free_freight_fen",
        "presale_on",
        "presale_cap",
    ):
        op.drop_column("catalogue_offer", column)
    op.drop_table("catalogue_story")
    op.drop_table("catalogue_proposal")
    for column in ("cut_zh", "cut_zh_hant", "cut_en"):
        op.drop_column("catalogue_variant", column)
    op.drop_index("ix_catalogue_product_owner_id_id", "catalogue_product")
    op.drop_constraint("fk_catalogue_product_owner_id_parties_party", "catalogue_product")
    for column in ("owner_id", "allergens", "picture_digests", "may_cross_border"):
        op.drop_column("catalogue_product", column)
    op.drop_table("catalogue_picture")


def _pictures() -> None:
    op.create_table(
        "catalogue_picture",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("small_digest", sa.String(64), nullable=False),
        sa.Column("width", sa.SmallInteger(), nullable=False),
        sa.Column("height", sa.SmallInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("width > 0 AND height > 0", name="ck_catalogue_picture_size_positive"),
        sa.PrimaryKeyConstraint("digest", name="pk_catalogue_picture"),
    )


def _products() -> None:
    op.add_column("catalogue_product", sa.Column("owner_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        "fk_catalogue_product_owner_id_parties_party",
        "catalogue_product",
        "parties_party",
        ["owner_id"],
        ["id"],
    )
    op.create_index("ix_catalogue_product_owner_id_id", "catalogue_product", ["owner_id", "id"])
    _filled("catalogue_product", "allergens", _JSON, "[]")
    _filled("catalogue_product", "picture_digests", _JSON, "[]")
    # The standard goods went wherever their sellers sent them; a cooperative's own wait for a person's word.
    _filled("catalogue_product", "may_cross_border", sa.Boolean(), "true")
    for column in ("cut_zh", "cut_zh_hant", "cut_en"):
        op.add_column("catalogue_variant", sa.Column(column, sa.Text(), nullable=True))


def _proposals() -> None:
    op.create_table(
        "catalogue_proposal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("cooperative_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("content", _JSON, nullable=False),
        sa.Column("former", _JSON, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'approved', 'listed', 'replaced', 'withdrawn')",
            name="ck_catalogue_proposal_state_known",
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'listed', 'replaced') OR product_id IS NOT NULL",
            name="ck_catalogue_proposal_approved_is_a_product",
        ),
        sa.CheckConstraint(
            "state <> 'submitted' OR submitted_at IS NOT NULL", name="ck_catalogue_proposal_submitted_dated"
        ),
        sa.CheckConstraint("state <> 'returned' OR note <> ''", name="ck_catalogue_proposal_returned_noted"),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["parties_party.id"],
            name="fk_catalogue_proposal_cooperative_id_parties_party",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["catalogue_product.id"],
            name="fk_catalogue_proposal_product_id_catalogue_product",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_proposal"),
    )
    op.create_index(
        "uq_catalogue_proposal_open",
        "catalogue_proposal",
        ["product_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'submitted', 'returned')"),
    )
    op.create_index(
        "uq_catalogue_proposal_live",
        "catalogue_proposal",
        ["product_id"],
        unique=True,
        postgresql_where=sa.text("state = 'listed'"),
    )
    op.create_index("ix_catalogue_proposal_product_id", "catalogue_proposal", ["product_id"])
    op.create_index(
        "ix_catalogue_proposal_cooperative_id_state_id",
        "catalogue_proposal",
        ["cooperative_id", "state", "id"],
    )
    op.create_index(
        "ix_catalogue_proposal_state_submitted_at_id",
        "catalogue_proposal",
        ["state", "submitted_at", "id"],
    )


def _stories() -> None:
    op.create_table(
        "catalogue_story",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("division_code", sa.String(20), nullable=True),
        sa.Column("live", _JSON, nullable=True),
        sa.Column("draft", _JSON, nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("live_since", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'live')", name="ck_catalogue_story_state_known"
        ),
        sa.CheckConstraint(
            "(party_id IS NULL) <> (division_code IS NULL)", name="ck_catalogue_story_of_one_thing"
        ),
        sa.CheckConstraint(
            "(live IS NULL) = (live_since IS NULL)", name="ck_catalogue_story_live_dated"
        ),
        sa.CheckConstraint(
            "state = 'live' OR draft IS NOT NULL", name="ck_catalogue_story_something_said"
        ),
        sa.CheckConstraint("state <> 'returned' OR note <> ''", name="ck_catalogue_story_returned_noted"),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties_party.id"], name="fk_catalogue_story_party_id_parties_party"
        ),
        sa.ForeignKeyConstraint(
            ["division_code"],
            ["places_division.code"],
            name="fk_catalogue_story_division_code_places_division",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_story"),
        sa.UniqueConstraint("party_id", name="uq_catalogue_story_party_id"),
        sa.UniqueConstraint("division_code", name="uq_catalogue_story_division_code"),
    )
    op.create_index("ix_catalogue_story_state_changed_at", "catalogue_story", ["state", "changed_at"])


def _offers() -> None:
    _filled("catalogue_offer", "ladder_from", postgresql.ARRAY(sa.BigInteger()), "{}")
    _filled("catalogue_offer", "ladder_fen", postgresql.ARRAY(sa.BigInteger()), "{}")
    _filled("catalogue_offer", "ship_weekdays", postgresql.ARRAY(sa.SmallInteger()), "{1,2,3,4,5,6,7}")
    _filled("catalogue_offer", "served_cities", postgresql.ARRAY(sa.String(20)), "{}")
    op.add_column("catalogue_offer", sa.Column("free_freight_fen", sa.BigInteger(), nullable=True))
    op.add_column("catalogue_offer", sa.Column("presale_on", sa.Date(), nullable=True))
    op.add_column("catalogue_offer", sa.Column("presale_cap", sa.BigInteger(), nullable=True))
    checks = {
        "ladder_matched": "cardinality(ladder_from) = cardinality(ladder_fen) "
        "AND 1 < ALL (ladder_from) AND 0 < ALL (ladder_fen)",
        "weekdays_known": f"ship_weekdays <@ {_ANY_WEEKDAY} AND cardinality(ship_weekdays) > 0",
        "free_freight_positive": "free_freight_fen > 0",
        "presale_whole": "(presale_on IS NULL) = (presale_cap IS NULL) AND presale_cap > 0",
    }
    for name, condition in checks.items():
        op.create_check_constraint(op.f(f"ck_catalogue_offer_{name}"), "catalogue_offer", condition)
    op.create_index(
        "ix_catalogue_offer_presale_on",
        "catalogue_offer",
        ["presale_on"],
        postgresql_where=sa.text("presale_on IS NOT NULL"),
    )


def _filled(table: str, column: str, kind: sa.types.TypeEngine, value: str) -> None:
    """Add a column that every row has, without leaving a default behind."""
    op.add_column(table, sa.Column(column, kind, nullable=False, server_default=value))
    op.alter_column(table, column, server_default=None)
