"""Cooperatives apply to come in; whoever sells is verified every half year; roles within a cooperative."""

import sqlalchemy as sa
from alembic import op

revision = "0022_applications"
down_revision = "0021_uploads"
branch_labels = None
depends_on = None

_ROLES = "'consumer', 'purchasing_member', {}'carrier_member', 'warehouse_member', 'official', 'operator'"
_FORMER = _ROLES.format("'cooperative_member', ")
_ROLES_NOW = _ROLES.format("'cooperative_manager', 'cooperative_member', 'cooperative_packer', ")
_IS_ROLE = "ck_parties_membership_role_known"


def upgrade() -> None:
    op.drop_constraint(op.f(_IS_ROLE), "parties_membership", type_="check")
    op.create_check_constraint(op.f(_IS_ROLE), "parties_membership", f"role IN ({_ROLES_NOW})")
    # Whoever worked for a cooperative did everything there; the first of them is its manager from now on.
    op.execute(
        """
        UPDATE parties_membership SET role = 'cooperative_manager' WHERE id IN (
            SELECT min(id) FROM parties_membership
            WHERE role = 'cooperative_member' AND ended_at IS NULL GROUP BY party_id
        )
        """
    )
    op.add_column("parties_party", sa.Column("verified_until", sa.Date(), nullable=True))
    # Those who sell already get half a year from the day on which the rule came in.
    op.execute(
        "UPDATE parties_party SET verified_until = (current_date + interval '6 months')::date "
        "WHERE kind = 'cooperative'"
    )
    op.create_check_constraint(
        op.f("ck_parties_party_seller_verified"),
        "parties_party",
        "(kind = 'cooperative') = (verified_until IS NOT NULL)",
    )
    op.create_index(op.f("ix_parties_party_verified_until"), "parties_party", ["verified_until"])
    _create_applications()
    op.create_table(
        "parties_business_licence",
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("credit_code", sa.String(40), nullable=False),
        sa.Column("legal_representative", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("scan_digest", sa.String(64), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties_party.id"], name=op.f("fk_parties_business_licence_party_id")
        ),
        sa.PrimaryKeyConstraint("party_id", name=op.f("pk_parties_business_licence")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_parties_business_licence_credit_code")),
    )


def _create_applications() -> None:
    op.create_table(
        "parties_application",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(30), nullable=False),
        sa.Column("applicant_id", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "name_en")),
        sa.Column("county_code", sa.String(20), nullable=False),
        sa.Column("credit_code", sa.String(40), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("legal_representative", "address")),
        sa.Column("licence_ends_on", sa.Date(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("contact_name", "goods", "note")),
        sa.Column("contract_mode", sa.String(20), nullable=False),
        sa.Column("scan_digest", sa.String(64), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("reason", "recommendation")),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('submitted', 'recommended', 'returned', 'accepted', 'refused', 'withdrawn')",
            name=op.f("ck_parties_application_state_known"),
        ),
        sa.CheckConstraint(
            "contract_mode IN ('resale', 'agency')", name=op.f("ck_parties_application_contract_mode_known")
        ),
        sa.CheckConstraint(
            "(state = 'accepted') = (party_id IS NOT NULL)",
            name=op.f("ck_parties_application_accepted_has_party"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('returned', 'refused') OR reason <> ''",
            name=op.f("ck_parties_application_refusal_has_reason"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_parties_application_{column}"))
            for column, target in (
                ("applicant_id", "parties_person.id"),
                ("county_code", "places_division.code"),
                ("party_id", "parties_party.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties_application")),
        sa.UniqueConstraint("number", name=op.f("uq_parties_application_number")),
    )
    op.create_index(
        "uq_parties_application_open",
        "parties_application",
        ["credit_code"],
        unique=True,
        postgresql_where=sa.text("state IN ('submitted', 'recommended', 'returned')"),
    )
    for columns in (["state", "id"], ["county_code", "state", "id"], ["applicant_id", "id"], ["party_id"]):
        op.create_index(
            op.f(f"ix_parties_application_{'_'.join(columns)}"), "parties_application", columns
        )
    op.create_table(
        "parties_application_licence",
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("number", sa.String(80), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('sc_license', 'food_operation', 'prepack_filing')",
            name=op.f("ck_parties_application_licence_kind_known"),
        ),
        sa.CheckConstraint(
            "valid_from <= valid_to", name=op.f("ck_parties_application_licence_days_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["parties_application.id"],
            name=op.f("fk_parties_application_licence_application_id"),
        ),
        sa.PrimaryKeyConstraint("application_id", "kind", name=op.f("pk_parties_application_licence")),
    )


def downgrade() -> None:
    op.drop_table("parties_business_licence")
    op.drop_table("parties_application_licence")
    op.drop_table("parties_application")
    op.drop_index(op.f("ix_parties_party_verified_until"), table_name="parties_party")
    op.drop_constraint(op.f("ck_parties_party_seller_verified"), "parties_party", type_="check")
    op.drop_column("parties_party", "verified_until")
    op.execute(
        "DELETE FROM parties_membership one USING parties_membership other "
        "WHERE one.role IN ('cooperative_manager', 'cooperative_packer') AND one.ended_at IS NULL "
        "AND other.person_id = one.person_id AND other.party_id = one.party_id AND other.ended_at IS NULL "
        "AND other.role = 'cooperative_member'"
    )
    op.execute(
        "UPDATE parties_membership SET role = 'cooperative_member' "
        "WHERE role IN ('cooperative_manager', 'cooperative_packer')"
    )
    op.drop_constraint(op.f(_IS_ROLE), "parties_membership", type_="check")
    op.create_check_constraint(op.f(_IS_ROLE), "parties_membership", f"role IN ({_FORMER})")
