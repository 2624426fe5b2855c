"""Outgoing notices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_notices"
down_revision = "0003_parties"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('notices_notice',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('to_phone', sa.String(length=20), nullable=True),
    sa.Column('to_person_id', sa.BigInteger(), nullable=True),
    sa.Column('template', sa.Text(), nullable=False),
    sa.Column('parameters', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('is_secret', sa.Boolean(), nullable=False),
    sa.Column('link', sa.Text(), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('tries', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'delivered') = (delivered_at IS NOT NULL)", name=op.f('ck_notices_notice_delivery_dated')),
    sa.CheckConstraint("kind IN ('code', 'account', 'order', 'fulfilment', 'hand_off', 'refund', 'certificate', 'pairing', 'settlement', 'operation')", name=op.f('ck_notices_notice_kind_known')),
    sa.CheckConstraint("link ~ '^/([^/\\\\]|$)'", name=op.f('ck_notices_notice_link_stays_here')),
    sa.CheckConstraint("state IN ('waiting', 'delivered', 'failed')", name=op.f('ck_notices_notice_state_known')),
    sa.CheckConstraint('to_phone IS NOT NULL OR to_person_id IS NOT NULL', name=op.f('ck_notices_notice_addressed')),
    sa.CheckConstraint('tries >= 0', name=op.f('ck_notices_notice_tries_counted')),
    sa.ForeignKeyConstraint(['to_person_id'], ['parties_person.id'], name=op.f('fk_notices_notice_to_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices_notice'))
    )
    op.create_index(op.f('ix_notices_notice_to_person_id_id'), 'notices_notice', ['to_person_id', 'id'], unique=False)
    op.create_index(op.f('ix_notices_notice_to_phone_id'), 'notices_notice', ['to_phone', 'id'], unique=False)
    op.create_index('ix_notices_notice_waiting', 'notices_notice', ['id'], unique=False, postgresql_where=sa.text("state = 'waiting'"))


def downgrade() -> None:
    op.drop_index('ix_notices_notice_waiting', table_name='notices_notice', postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index(op.f('ix_notices_notice_to_phone_id'), table_name='notices_notice')
    op.drop_index(op.f('ix_notices_notice_to_person_id_id'), table_name='notices_notice')
    op.drop_table('notices_notice')
