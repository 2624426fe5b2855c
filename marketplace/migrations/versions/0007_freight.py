"""Rate cards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007_freight"
down_revision = "0006_stock"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('freight_rate',
    sa.Column('code', sa.String(length=80), nullable=False),
    sa.Column('leg', sa.String(length=20), nullable=False),
    sa.Column('carrier', sa.String(length=20), nullable=False),
    sa.Column('storage_kind', sa.String(length=20), nullable=False),
    sa.Column('side', sa.String(length=20), nullable=False),
    sa.Column('min_km', sa.BigInteger(), nullable=False),
    sa.Column('max_km', sa.BigInteger(), nullable=False),
    sa.Column('first_weight_g', sa.BigInteger(), nullable=False),
    sa.Column('first_fee_fen', sa.BigInteger(), nullable=False),
    sa.Column('step_weight_g', sa.BigInteger(), nullable=False),
    sa.Column('step_fee_fen', sa.BigInteger(), nullable=False),
    sa.Column('packing_percent', sa.SmallInteger(), nullable=False),
    sa.Column('packing_fee_fen', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("carrier IN ('express','cold_express','truck','cold_truck')", name=op.f('ck_freight_rate_carrier_known')),
    sa.CheckConstraint("leg IN ('direct','line_haul','last_mile')", name=op.f('ck_freight_rate_leg_known')),
    sa.CheckConstraint("side IN ('guangdong','hong_kong','macao')", name=op.f('ck_freight_rate_side_known')),
    sa.CheckConstraint("storage_kind IN ('ambient','chilled','frozen')", name=op.f('ck_freight_rate_storage_kind_known')),
    sa.CheckConstraint('0 <= min_km AND min_km <= max_km', name=op.f('ck_freight_rate_band_in_order')),
    sa.CheckConstraint('first_fee_fen >= 0 AND step_fee_fen >= 0 AND packing_fee_fen >= 0', name=op.f('ck_freight_rate_fees_not_negative')),
    sa.CheckConstraint('first_weight_g > 0 AND step_weight_g > 0', name=op.f('ck_freight_rate_weights_positive')),
    sa.CheckConstraint('packing_percent >= 0', name=op.f('ck_freight_rate_packing_not_negative')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_freight_rate'))
    )
    op.create_index(op.f('ix_freight_rate_leg_storage_kind_side_min_km'), 'freight_rate', ['leg', 'storage_kind', 'side', 'min_km'], unique=True)
    op.create_table('freight_warehouse',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_zh_hant', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('division_code', sa.String(length=20), nullable=False),
    sa.Column('storage_kinds', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('handling_days', sa.SmallInteger(), nullable=False),
    sa.Column('cut_off_hour', sa.SmallInteger(), nullable=False),
    sa.Column('party_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('cut_off_hour BETWEEN 0 AND 23', name=op.f('ck_freight_warehouse_cut_off_an_hour')),
    sa.CheckConstraint('handling_days >= 0', name=op.f('ck_freight_warehouse_handling_not_negative')),
    sa.ForeignKeyConstraint(['division_code'], ['places_division.code'], name=op.f('fk_freight_warehouse_division_code')),
    sa.ForeignKeyConstraint(['party_id'], ['parties_party.id'], name=op.f('fk_freight_warehouse_party_id')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_freight_warehouse')),
    sa.UniqueConstraint('party_id', name=op.f('uq_freight_warehouse_party_id'))
    )
    op.create_index(op.f('ix_freight_warehouse_division_code'), 'freight_warehouse', ['division_code'], unique=False)
    op.create_table('freight_reach',
    sa.Column('warehouse_code', sa.String(length=40), nullable=False),
    sa.Column('city_code', sa.String(length=20), nullable=False),
    sa.Column('road_km', sa.BigInteger(), nullable=False),
    sa.Column('days', sa.SmallInteger(), nullable=False),
    sa.CheckConstraint('road_km >= 0 AND days >= 0', name=op.f('ck_freight_reach_way_not_negative')),
    sa.ForeignKeyConstraint(['city_code'], ['places_division.code'], name=op.f('fk_freight_reach_city_code')),
    sa.ForeignKeyConstraint(['warehouse_code'], ['freight_warehouse.code'], name=op.f('fk_freight_reach_warehouse_code')),
    sa.PrimaryKeyConstraint('warehouse_code', 'city_code', name=op.f('pk_freight_reach'))
    )
    op.create_index(op.f('ix_freight_reach_city_code'), 'freight_reach', ['city_code'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_freight_reach_city_code'), table_name='freight_reach')
    op.drop_table('freight_reach')
    op.drop_index(op.f('ix_freight_warehouse_division_code'), table_name='freight_warehouse')
    op.drop_table('freight_warehouse')
    op.drop_index(op.f('ix_freight_rate_leg_storage_kind_side_min_km'), table_name='freight_rate')
    op.drop_table('freight_rate')
