"""Reviews."""

import sqlalchemy as sa
from alembic import op

revision = "0014_reviews"
down_revision = "0013_custody"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reviews_review",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(text) <= 500", name="ck_reviews_review_text_short"),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name="ck_reviews_review_rating_range"),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["orders_line.id"], name="fk_reviews_review_order_line_id"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["parties_person.id"], name="fk_reviews_review_person_id"),
        sa.ForeignKeyConstraint(
            ["product_id"], ["catalogue_product.id"], name="fk_reviews_review_product_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reviews_review"),
        sa.UniqueConstraint("order_line_id", name="uq_reviews_review_order_line_id"),
    )
    op.create_index("ix_reviews_review_person_id", "reviews_review", ["person_id"], unique=False)
    op.create_index("ix_reviews_review_product_id_id", "reviews_review", ["product_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("reviews_review")
