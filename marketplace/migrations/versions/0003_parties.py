"""People, parties, memberships, one-time codes."""

import sqlalchemy as sa
from alembic import op

revision = "0003_parties"
down_revision = "0002_places"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('parties_code',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('code_hash', sa.Text(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.BigInteger(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("purpose IN ('sign_in', 'guest_order')", name=op.f('ck_parties_code_purpose_known')),
    sa.CheckConstraint('expires_at > issued_at', name=op.f('ck_parties_code_expires_later')),
    sa.CheckConstraint('tries BETWEEN 0 AND 5', name=op.f('ck_parties_code_tries_counted')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parties_code'))
    )
    op.create_index(op.f('ix_parties_code_issued_at'), 'parties_code', ['issued_at'], unique=False)
    op.create_index(op.f('ix_parties_code_phone_issued_at'), 'parties_code', ['phone', 'issued_at'], unique=False)
    op.create_index('uq_parties_code_open', 'parties_code', ['phone', 'purpose'], unique=True, postgresql_where=sa.text('closed_at IS NULL'))
    op.create_table('parties_person',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=True),
    sa.Column('display_name', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=20), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('password_hash', sa.Text(), nullable=True),
    sa.Column('session_epoch', sa.BigInteger(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('registered_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("language IN ('zh-Hans', 'zh-Hant-HK', 'en')", name=op.f('ck_parties_person_language_known')),
    sa.CheckConstraint("phone ~ '^[+][1-9][0-9]{6,14}$'", name=op.f('ck_parties_person_phone_e164')),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_parties_person_email_lower')),
    sa.CheckConstraint('phone IS NOT NULL OR email IS NOT NULL', name=op.f('ck_parties_person_reachable')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parties_person')),
    sa.UniqueConstraint('email', name=op.f('uq_parties_person_email')),
    sa.UniqueConstraint('phone', name=op.f('uq_parties_person_phone'))
    )
    op.create_table('parties_failed_sign_in',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['parties_person.id'], name=op.f('fk_parties_failed_sign_in_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parties_failed_sign_in'))
    )
    op.create_index(op.f('ix_parties_failed_sign_in_at'), 'parties_failed_sign_in', ['at'], unique=False)
    op.create_index(op.f('ix_parties_failed_sign_in_person_id_at'), 'parties_failed_sign_in', ['person_id', 'at'], unique=False)
    op.create_table('parties_party',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_zh_hant', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('division_code', sa.String(length=20), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('contract_mode', sa.String(length=20), nullable=True),
    sa.Column('licence_number', sa.Text(), nullable=True),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('registered_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("contract_mode IN ('resale', 'agency')", name=op.f('ck_parties_party_contract_mode_known')),
    sa.CheckConstraint("kind <> 'cooperative' OR contract_mode IS NOT NULL", name=op.f('ck_parties_party_seller_has_contract')),
    sa.CheckConstraint("kind IN ('cooperative', 'purchasing_unit', 'carrier', 'warehouse', 'authority', 'operator')", name=op.f('ck_parties_party_kind_known')),
    sa.CheckConstraint("status IN ('active', 'suspended')", name=op.f('ck_parties_party_status_known')),
    sa.ForeignKeyConstraint(['division_code'], ['places_division.code'], name=op.f('fk_parties_party_division_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parties_party')),
    sa.UniqueConstraint('code', name=op.f('uq_parties_party_code'))
    )
    op.create_index(op.f('ix_parties_party_division_code'), 'parties_party', ['division_code'], unique=False)
    op.create_index(op.f('ix_parties_party_kind_code'), 'parties_party', ['kind', 'code'], unique=False)
    op.create_table('parties_membership',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('party_id', sa.BigInteger(), nullable=False),
    sa.Column('role', sa.String(length=30), nullable=False),
    sa.Column('scope_division_code', sa.String(length=20), nullable=True),
    sa.Column('scope_city_code', sa.String(length=20), nullable=True),
    sa.Column('scope_gz_code', sa.String(length=20), nullable=True),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(role = 'official') = (num_nonnulls(scope_division_code, scope_city_code) = 1)", name=op.f('ck_parties_membership_scope_of_officials')),
    sa.CheckConstraint("role <> 'consumer'", name=op.f('ck_parties_membership_role_of_party')),
    sa.CheckConstraint("role IN ('consumer', 'purchasing_member', 'cooperative_member', 'carrier_member', 'warehouse_member', 'official', 'operator')", name=op.f('ck_parties_membership_role_known')),
    sa.CheckConstraint('(scope_city_code IS NULL) = (scope_gz_code IS NULL) AND (scope_division_code IS NULL OR scope_city_code IS NULL)', name=op.f('ck_parties_membership_scope_whole')),
    sa.CheckConstraint('ended_at >= began_at', name=op.f('ck_parties_membership_ends_later')),
    sa.ForeignKeyConstraint(['party_id'], ['parties_party.id'], name=op.f('fk_parties_membership_party_id')),
    sa.ForeignKeyConstraint(['person_id'], ['parties_person.id'], name=op.f('fk_parties_membership_person_id')),
    sa.ForeignKeyConstraint(['scope_city_code'], ['places_division.code'], name=op.f('fk_parties_membership_scope_city_code')),
    sa.ForeignKeyConstraint(['scope_division_code'], ['places_division.code'], name=op.f('fk_parties_membership_scope_division_code')),
    sa.ForeignKeyConstraint(['scope_gz_code'], ['places_division.code'], name=op.f('fk_parties_membership_scope_gz_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parties_membership'))
    )
    op.create_index(op.f('ix_parties_membership_party_id_role'), 'parties_membership', ['party_id', 'role'], unique=False)
    op.create_index(op.f('ix_parties_membership_scope_city_code'), 'parties_membership', ['scope_city_code'], unique=False)
    op.create_index(op.f('ix_parties_membership_scope_division_code'), 'parties_membership', ['scope_division_code'], unique=False)
    op.create_index(op.f('ix_parties_membership_scope_gz_code'), 'parties_membership', ['scope_gz_code'], unique=False)
    op.create_index('uq_parties_membership_live', 'parties_membership', ['person_id', 'party_id', 'role', 'scope_division_code', 'scope_city_code', 'scope_gz_code'], unique=True, postgresql_nulls_not_distinct=True, postgresql_where=sa.text('ended_at IS NULL'))


def downgrade() -> None:
    op.drop_index('uq_parties_membership_live', table_name='parties_membership', postgresql_nulls_not_distinct=True, postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_index(op.f('ix_parties_membership_scope_gz_code'), table_name='parties_membership')
    op.drop_index(op.f('ix_parties_membership_scope_division_code'), table_name='parties_membership')
    op.drop_index(op.f('ix_parties_membership_scope_city_code'), table_name='parties_membership')
    op.drop_index(op.f('ix_parties_membership_party_id_role'), table_name='parties_membership')
    op.drop_table('parties_membership')
    op.drop_index(op.f('ix_parties_party_kind_code'), table_name='parties_party')
    op.drop_index(op.f('ix_parties_party_division_code'), table_name='parties_party')
    op.drop_table('parties_party')
    op.drop_index(op.f('ix_parties_failed_sign_in_person_id_at'), table_name='parties_failed_sign_in')
    op.drop_index(op.f('ix_parties_failed_sign_in_at'), table_name='parties_failed_sign_in')
    op.drop_table('parties_failed_sign_in')
    op.drop_table('parties_person')
    op.drop_index('uq_parties_code_open', table_name='parties_code', postgresql_where=sa.text('closed_at IS NULL'))
    op.drop_index(op.f('ix_parties_code_phone_issued_at'), table_name='parties_code')
    op.drop_index(op.f('ix_parties_code_issued_at'), table_name='parties_code')
    op.drop_table('parties_code')
