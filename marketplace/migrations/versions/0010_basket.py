"""Baskets."""

import sqlalchemy as sa
from alembic import op

revision = "0010_basket"
down_revision = "0009_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('basket_basket',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('token', sa.String(length=64), nullable=True),
    sa.Column('person_id', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(token IS NULL) <> (person_id IS NULL)', name=op.f('ck_basket_basket_one_owner')),
    sa.ForeignKeyConstraint(['person_id'], ['parties_person.id'], name=op.f('fk_basket_basket_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_basket_basket')),
    sa.UniqueConstraint('person_id', name=op.f('uq_basket_basket_person_id')),
    sa.UniqueConstraint('token', name=op.f('uq_basket_basket_token'))
    )
    op.create_index(op.f('ix_basket_basket_changed_at'), 'basket_basket', ['changed_at'], unique=False, postgresql_where=sa.text('token IS NOT NULL'))
    op.create_table('basket_line',
    sa.Column('basket_id', sa.BigInteger(), nullable=False),
    sa.Column('no', sa.SmallInteger(), nullable=False),
    sa.Column('variant_id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=True),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('put_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('quantity BETWEEN 1 AND 999', name=op.f('ck_basket_line_quantity_fits')),
    sa.ForeignKeyConstraint(['basket_id'], ['basket_basket.id'], name=op.f('fk_basket_line_basket_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['offer_id'], ['catalogue_offer.id'], name=op.f('fk_basket_line_offer_id')),
    sa.ForeignKeyConstraint(['variant_id'], ['catalogue_variant.id'], name=op.f('fk_basket_line_variant_id')),
    sa.PrimaryKeyConstraint('basket_id', 'no', name=op.f('pk_basket_line')),
    sa.UniqueConstraint('basket_id', 'variant_id', 'offer_id', name=op.f('uq_basket_line_basket_id_variant_id_offer_id'), postgresql_nulls_not_distinct=True)
    )
    op.create_index(op.f('ix_basket_line_offer_id'), 'basket_line', ['offer_id'], unique=False)
    op.create_index(op.f('ix_basket_line_variant_id'), 'basket_line', ['variant_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_basket_line_variant_id'), table_name='basket_line')
    op.drop_index(op.f('ix_basket_line_offer_id'), table_name='basket_line')
    op.drop_table('basket_line')
    op.drop_index(op.f('ix_basket_basket_changed_at'), table_name='basket_basket', postgresql_where=sa.text('token IS NOT NULL'))
    op.drop_table('basket_basket')
