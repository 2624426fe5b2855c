"""Certificates say what they were checked against and by whom, which base they speak about, what they renew.

A number belongs to one certificate of its scheme: whoever shares one with another holder today keeps the
earliest; the later ones are turned down with that reason. Terms of one holder under one number become a chain.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024_certificates"
down_revision = "0023_goods"
branch_labels = None
depends_on = None

TABLE = "catalogue_certificate"
_NEVER = "state NOT IN ('submitted', 'rejected')"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("base_name", sa.Text(), nullable=False, server_default=""))
    op.add_column(TABLE, sa.Column("base_county_code", sa.String(20), nullable=True))
    op.add_column(TABLE, sa.Column("renews_id", sa.BigInteger(), nullable=True))
    op.add_column(TABLE, sa.Column("checked_by", sa.BigInteger(), nullable=True))
    op.add_column(TABLE, sa.Column("checked_against", sa.String(20), nullable=True))
    op.add_column(TABLE, sa.Column("check_note", sa.Text(), nullable=False, server_default=""))
    op.add_column(TABLE, sa.Column("reminded_on", sa.Date(), nullable=True))
    for column in ("base_name", "check_note"):
        op.alter_column(TABLE, column, server_default=None)
    op.execute(f"UPDATE {TABLE} SET checked_against = 'unrecorded' WHERE verified_at IS NOT NULL")
    op.execute(
        f"UPDATE {TABLE} later SET state = 'rejected', verified_at = NULL, revoked_at = NULL,"
        " checked_against = NULL, reason = '同一编号已登记在其他持证方名下'"
        f" FROM {TABLE} first WHERE later.{_NEVER} AND first.{_NEVER}"
        " AND (later.scheme_code, later.number) = (first.scheme_code, first.number)"
        " AND later.holder_id <> first.holder_id AND first.id < later.id"
    )
    op.drop_index("uq_catalogue_certificate_standing", table_name=TABLE)
    op.create_check_constraint(
        op.f("ck_catalogue_certificate_checked_against_known"),
        TABLE,
        "checked_against IN ('register', 'issuer', 'original', 'unrecorded')",
    )
    op.create_check_constraint(
        op.f("ck_catalogue_certificate_check_recorded"),
        TABLE,
        "(verified_at IS NULL) = (checked_against IS NULL)",
    )
    op.create_check_constraint(
        op.f("ck_catalogue_certificate_base_whole"), TABLE, "(base_name = '') = (base_county_code IS NULL)"
    )
    op.create_unique_constraint(
        op.f("uq_catalogue_certificate_id_scheme_code_number_holder_id"),
        TABLE,
        ["id", "scheme_code", "number", "holder_id"],
    )
    op.create_foreign_key(
        op.f("fk_catalogue_certificate_renews_id_scheme_code_number_holder_id"),
        TABLE,
        TABLE,
        ["renews_id", "scheme_code", "number", "holder_id"],
        ["id", "scheme_code", "number", "holder_id"],
    )
    op.create_foreign_key(
        op.f("fk_catalogue_certificate_base_county_code"),
        TABLE,
        "places_division",
        ["base_county_code"],
        ["code"],
    )
    op.create_foreign_key(
        op.f("fk_catalogue_certificate_checked_by"), TABLE, "parties_person", ["checked_by"], ["id"]
    )
    op.create_index(
        "uq_catalogue_certificate_verified",
        TABLE,
        ["scheme_code", "number"],
        unique=True,
        postgresql_where=sa.text(f"{_NEVER} AND renews_id IS NULL"),
    )
    op.create_index(
        "uq_catalogue_certificate_submitted",
        TABLE,
        ["scheme_code", "number", "holder_id"],
        unique=True,
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_index(
        "uq_catalogue_certificate_renewed",
        TABLE,
        ["renews_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'rejected'"),
    )
    op.create_index(
        op.f("ix_catalogue_certificate_holder_id_state_valid_to"), TABLE, ["holder_id", "state", "valid_to"]
    )
    op.create_index(
        "ix_catalogue_certificate_waiting",
        TABLE,
        ["submitted_at"],
        postgresql_where=sa.text("state = 'submitted'"),
    )


def downgrade() -> None:
    """Go back; of a renewed certificate only the newest term stays, the former ones never were."""
    op.drop_index("ix_catalogue_certificate_waiting", table_name=TABLE)
    op.drop_index(op.f("ix_catalogue_certificate_holder_id_state_valid_to"), table_name=TABLE)
    op.drop_index("uq_catalogue_certificate_renewed", table_name=TABLE)
    op.drop_index("uq_catalogue_certificate_submitted", table_name=TABLE)
    op.drop_index("uq_catalogue_certificate_verified", table_name=TABLE)
    op.execute(
        f"UPDATE {TABLE} former SET state = 'rejected', verified_at = NULL, revoked_at = NULL,"
        f" checked_against = NULL FROM {TABLE} later"
        " WHERE later.renews_id = former.id AND later.state <> 'rejected'"
    )
    for name, kind in (
        ("fk_catalogue_certificate_checked_by", "foreignkey"),
        ("fk_catalogue_certificate_base_county_code", "foreignkey"),
        ("fk_catalogue_certificate_renews_id_scheme_code_number_holder_id", "foreignkey"),
        ("uq_catalogue_certificate_id_scheme_code_number_holder_id", "unique"),
        ("ck_catalogue_certificate_base_whole", "check"),
        ("ck_catalogue_certificate_check_recorded", "check"),
        ("ck_catalogue_certificate_checked_against_known", "check"),
    ):
        op.drop_constraint(op.f(name), TABLE, type_=kind)
    op.create_index(
        "uq_catalogue_certificate_standing",
        TABLE,
        ["scheme_code", "number", "holder_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'rejected'"),
    )
    for column in (
        "reminded_on",
        "check_note",
        "checked_against",
        "checked_by",
        "renews_id",
        "base_county_code",
        "base_name",
    ):
        op.drop_column(TABLE, column)
