"""Editions of the 名优产品目录: criteria, nominations, reviews by both provinces, and what was published."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from marketplace.migrations.append_only import append_only

revision = "0020_editions"
down_revision = "0019_certificate_numbers"
branch_labels = None
depends_on = None

_NAMES = ("name_zh", "name_zh_hant", "name_en")


def upgrade() -> None:
    _working_tables()
    _published_tables()
    for table in (
        "catalogue_nomination_review",
        "catalogue_edition_entry",
        "catalogue_edition_left",
        "catalogue_edition_publication",
    ):
        append_only(op, table)
    _close_when_published()


def _working_tables() -> None:
    op.create_table(
        "catalogue_criterion",
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("order_no", sa.SmallInteger(), nullable=False),
        sa.Column("check_kind", sa.String(20), nullable=False),
        sa.Column("scheme_codes", postgresql.JSONB(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("text_zh", "text_en", "source_zh", "source_en")),
        sa.CheckConstraint(
            "check_kind IN ('listed', 'origin', 'sellable', 'certified', 'judged')",
            name="ck_catalogue_criterion_check_kind_known",
        ),
        sa.PrimaryKeyConstraint("code", name="pk_catalogue_criterion"),
    )
    op.create_table(
        "catalogue_edition",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("criteria", postgresql.JSONB(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('nominating', 'reviewing', 'published')", name="ck_catalogue_edition_state_known"
        ),
        sa.CheckConstraint("year BETWEEN 2000 AND 2999", name="ck_catalogue_edition_year_plausible"),
        sa.CheckConstraint(
            "(state = 'nominating') = (closed_at IS NULL)", name="ck_catalogue_edition_closed_dated"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_edition"),
        sa.UniqueConstraint("year", name="uq_catalogue_edition_year"),
    )
    op.create_table(
        "catalogue_nomination",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("edition_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("county_code", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("nominated_by", sa.BigInteger(), nullable=False),
        sa.Column("nominated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('nominated', 'withdrawn', 'approved', 'refused', 'dropped')",
            name="ck_catalogue_nomination_state_known",
        ),
        _to("catalogue_nomination", "edition_id", "catalogue_edition.id"),
        _to("catalogue_nomination", "product_id", "catalogue_product.id"),
        _to("catalogue_nomination", "county_code", "places_division.code"),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_nomination"),
        sa.UniqueConstraint("id", "edition_id", name="uq_catalogue_nomination_id_edition_id"),
    )
    op.create_index(
        "uq_catalogue_nomination_standing",
        "catalogue_nomination",
        ["edition_id", "product_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    _index("catalogue_nomination", "edition_id", "state", "county_code")
    _index("catalogue_nomination", "product_id")
    _index("catalogue_nomination", "county_code")
    op.create_table(
        "catalogue_edition_reviewer",
        sa.Column("edition_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("side", sa.String(20), nullable=False),
        _reviews("catalogue_edition_reviewer"),
        _to("catalogue_edition_reviewer", "edition_id", "catalogue_edition.id"),
        _to("catalogue_edition_reviewer", "person_id", "parties_person.id"),
        sa.PrimaryKeyConstraint("edition_id", "person_id", name="pk_catalogue_edition_reviewer"),
        sa.UniqueConstraint(
            "edition_id", "person_id", "side", name="uq_catalogue_edition_reviewer_edition_id_person_id_side"
        ),
    )
    op.create_table(
        "catalogue_nomination_review",
        sa.Column("nomination_id", sa.BigInteger(), nullable=False),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("edition_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('approve', 'refuse')", name="ck_catalogue_nomination_review_verdict_known"
        ),
        sa.CheckConstraint(
            "(verdict = 'refuse') = (reason <> '')", name="ck_catalogue_nomination_review_refusal_reasoned"
        ),
        sa.ForeignKeyConstraint(
            ["nomination_id", "edition_id"],
            ["catalogue_nomination.id", "catalogue_nomination.edition_id"],
            name="fk_catalogue_nomination_review_nomination_id_edition_id",
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "person_id", "side"],
            [f"catalogue_edition_reviewer.{name}" for name in ("edition_id", "person_id", "side")],
            name="fk_catalogue_nomination_review_edition_id_person_id_side",
        ),
        sa.PrimaryKeyConstraint("nomination_id", "side", name="pk_catalogue_nomination_review"),
    )
    _index("catalogue_nomination_review", "edition_id", "person_id", "side")


def _published_tables() -> None:
    op.create_table(
        "catalogue_edition_entry",
        sa.Column("edition_id", sa.BigInteger(), nullable=False),
        sa.Column("no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("product_number", sa.String(20), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _NAMES),
        sa.Column("county_code", sa.String(20), nullable=False),
        sa.Column("prefecture_code", sa.String(20), nullable=False),
        sa.Column("industry_code", sa.String(40), nullable=True),
        sa.Column("certificates", postgresql.JSONB(), nullable=False),
        sa.Column("former_no", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("no > 0", name="ck_catalogue_edition_entry_no_positive"),
        _to("catalogue_edition_entry", "edition_id", "catalogue_edition.id"),
        _to("catalogue_edition_entry", "product_id", "catalogue_product.id"),
        sa.PrimaryKeyConstraint("edition_id", "no", name="pk_catalogue_edition_entry"),
        sa.UniqueConstraint("edition_id", "product_id", name="uq_catalogue_edition_entry_edition_id_product_id"),
    )
    _index("catalogue_edition_entry", "edition_id", "prefecture_code", "no")
    _index("catalogue_edition_entry", "edition_id", "industry_code", "no")
    _index("catalogue_edition_entry", "product_id")
    op.create_table(
        "catalogue_edition_left",
        sa.Column("edition_id", sa.BigInteger(), nullable=False),
        sa.Column("former_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("product_number", sa.String(20), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _NAMES),
        sa.Column("county_code", sa.String(20), nullable=False),
        sa.Column("why", sa.String(20), nullable=False),
        sa.Column("side", sa.String(20), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "why IN ('not_nominated', 'withdrawn', 'refused', 'unfit')",
            name="ck_catalogue_edition_left_why_known",
        ),
        sa.CheckConstraint(
            "(why = 'refused') = (side IS NOT NULL)", name="ck_catalogue_edition_left_refused_by_a_side"
        ),
        _reviews("catalogue_edition_left"),
        _to("catalogue_edition_left", "edition_id", "catalogue_edition.id"),
        _to("catalogue_edition_left", "product_id", "catalogue_product.id"),
        sa.PrimaryKeyConstraint("edition_id", "former_no", name="pk_catalogue_edition_left"),
    )
    _index("catalogue_edition_left", "product_id")
    op.create_table(
        "catalogue_edition_publication",
        sa.Column("edition_id", sa.BigInteger(), nullable=False),
        sa.Column("issue_no", sa.SmallInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("former_digest", sa.String(64), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("entry_count", sa.BigInteger(), nullable=False),
        sa.Column("left_count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "issue_no > 0 AND entry_count > 0 AND left_count >= 0",
            name="ck_catalogue_edition_publication_counts_plausible",
        ),
        sa.CheckConstraint(
            "digest = encode(sha256(content), 'hex')", name="ck_catalogue_edition_publication_digest_of_content"
        ),
        _to("catalogue_edition_publication", "edition_id", "catalogue_edition.id"),
        sa.PrimaryKeyConstraint("edition_id", name="pk_catalogue_edition_publication"),
        sa.UniqueConstraint("issue_no", name="uq_catalogue_edition_publication_issue_no"),
    )


def _close_when_published() -> None:
    """Append-only is not enough here: once published, nothing may join an edition either."""
    op.execute(
        """
        CREATE FUNCTION catalogue_refuse_late_entry() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM catalogue_edition_publication WHERE edition_id = NEW.edition_id) THEN
                RAISE EXCEPTION 'edition % is published', NEW.edition_id USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    for table in ("catalogue_edition_entry", "catalogue_edition_left"):
        op.execute(
            f"CREATE TRIGGER {table}_closed BEFORE INSERT ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION catalogue_refuse_late_entry()"
        )


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _reviews(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint("side IN ('guizhou', 'guangdong')", name=f"ck_{table}_side_reviews")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def downgrade() -> None:
    for table in (
        "catalogue_edition_publication",
        "catalogue_edition_left",
        "catalogue_edition_entry",
        "catalogue_nomination_review",
        "catalogue_edition_reviewer",
        "catalogue_nomination",
        "catalogue_edition",
        "catalogue_criterion",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION catalogue_refuse_late_entry()")
