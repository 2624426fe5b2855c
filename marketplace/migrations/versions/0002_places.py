"""Divisions, pairings, tiles, distances."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002_places"
down_revision = "0001_transparency"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('places_division',
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('parent_code', sa.String(length=20), nullable=True),
    sa.Column('level', sa.String(length=20), nullable=False),
    sa.Column('side', sa.String(length=20), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_zh_hant', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('short_name_zh', sa.Text(), nullable=False),
    sa.Column('short_name_zh_hant', sa.Text(), nullable=False),
    sa.Column('short_name_en', sa.Text(), nullable=False),
    sa.Column('pinyin', sa.Text(), nullable=False),
    sa.Column('is_official_code', sa.Boolean(), nullable=False),
    sa.Column('gba', sa.Boolean(), nullable=False),
    sa.Column('key_county', sa.Boolean(), nullable=False),
    sa.Column('poverty_alleviated', sa.Boolean(), nullable=False),
    sa.Column('demonstration_zone', sa.Text(), nullable=True),
    sa.Column('located_in_code', sa.String(length=20), nullable=True),
    sa.CheckConstraint("NOT is_official_code OR code ~ '^([0-9]{6}|[0-9]{9})$'", name=op.f('ck_places_division_code_marked')),
    sa.CheckConstraint("level IN ('province', 'prefecture', 'county', 'city', 'district', 'town', 'sar', 'special_zone', 'development_zone')", name=op.f('ck_places_division_level_known')),
    sa.CheckConstraint("side IN ('guizhou', 'guangdong', 'hong_kong', 'macao')", name=op.f('ck_places_division_side_known')),
    sa.CheckConstraint('parent_code <> code', name=op.f('ck_places_division_parent_other')),
    sa.ForeignKeyConstraint(['located_in_code'], ['places_division.code'], name=op.f('fk_places_division_located_in_code')),
    sa.ForeignKeyConstraint(['parent_code'], ['places_division.code'], name=op.f('fk_places_division_parent_code')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_places_division'))
    )
    op.create_index(op.f('ix_places_division_located_in_code'), 'places_division', ['located_in_code'], unique=False)
    op.create_index(op.f('ix_places_division_parent_code'), 'places_division', ['parent_code'], unique=False)
    op.create_table('places_pairing',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('gd_code', sa.String(length=20), nullable=False),
    sa.Column('gz_code', sa.String(length=20), nullable=False),
    sa.Column('level', sa.String(length=20), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('documented_as_of', sa.Text(), nullable=True),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('is_proven', sa.Boolean(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.BigInteger(), nullable=True),
    postgresql.ExcludeConstraint((sa.text("int8range(hashtextextended(code, 0) / 2, hashtextextended(code, 0) / 2, '[]')"), '&&'), (sa.text("daterange(valid_from, valid_to, '[]')"), '&&'), where=sa.text("status <> 'ended' OR is_proven"), using='gist', name='places_pairing_days_apart'),
    sa.CheckConstraint("level IN ('city', 'county')", name=op.f('ck_places_pairing_level_known')),
    sa.CheckConstraint("status <> 'ended' OR valid_to IS NOT NULL OR NOT is_proven", name=op.f('ck_places_pairing_end_dated')),
    sa.CheckConstraint("status <> 'to_be_confirmed' OR NOT is_proven", name=op.f('ck_places_pairing_doubt_kept')),
    sa.CheckConstraint("status IN ('documented', 'to_be_confirmed', 'confirmed', 'ended')", name=op.f('ck_places_pairing_status_known')),
    sa.CheckConstraint("status NOT IN ('documented', 'confirmed') OR is_proven", name=op.f('ck_places_pairing_proof_kept')),
    sa.CheckConstraint('valid_from <= valid_to', name=op.f('ck_places_pairing_days_in_order')),
    sa.ForeignKeyConstraint(['gd_code'], ['places_division.code'], name=op.f('fk_places_pairing_gd_code')),
    sa.ForeignKeyConstraint(['gz_code'], ['places_division.code'], name=op.f('fk_places_pairing_gz_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_places_pairing')),
    sa.UniqueConstraint('code', 'valid_from', name=op.f('uq_places_pairing_code_valid_from'), postgresql_nulls_not_distinct=True)
    )
    op.create_index(op.f('ix_places_pairing_gd_code'), 'places_pairing', ['gd_code'], unique=False)
    op.create_index(op.f('ix_places_pairing_gz_code'), 'places_pairing', ['gz_code'], unique=False)
    op.create_table('places_tile',
    sa.Column('map', sa.String(length=40), nullable=False),
    sa.Column('division_code', sa.String(length=20), nullable=False),
    sa.Column('x', sa.BigInteger(), nullable=False),
    sa.Column('y', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('x >= 0 AND y >= 0', name=op.f('ck_places_tile_square_on_map')),
    sa.ForeignKeyConstraint(['division_code'], ['places_division.code'], name=op.f('fk_places_tile_division_code')),
    sa.PrimaryKeyConstraint('map', 'division_code', name=op.f('pk_places_tile')),
    sa.UniqueConstraint('map', 'x', 'y', name=op.f('uq_places_tile_map_x_y'))
    )
    op.create_index(op.f('ix_places_tile_division_code'), 'places_tile', ['division_code'], unique=False)
    op.create_table('places_transit',
    sa.Column('prefecture_code', sa.String(length=20), nullable=False),
    sa.Column('city_code', sa.String(length=20), nullable=False),
    sa.Column('road_km', sa.BigInteger(), nullable=False),
    sa.Column('cold_truck_days', sa.BigInteger(), nullable=False),
    sa.Column('express_days', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('cold_truck_days > 0 AND express_days > 0', name=op.f('ck_places_transit_days_positive')),
    sa.CheckConstraint('road_km > 0', name=op.f('ck_places_transit_road_positive')),
    sa.ForeignKeyConstraint(['city_code'], ['places_division.code'], name=op.f('fk_places_transit_city_code')),
    sa.ForeignKeyConstraint(['prefecture_code'], ['places_division.code'], name=op.f('fk_places_transit_prefecture_code')),
    sa.PrimaryKeyConstraint('prefecture_code', 'city_code', name=op.f('pk_places_transit'))
    )
    op.create_index(op.f('ix_places_transit_city_code'), 'places_transit', ['city_code'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_places_transit_city_code'), table_name='places_transit')
    op.drop_table('places_transit')
    op.drop_index(op.f('ix_places_tile_division_code'), table_name='places_tile')
    op.drop_table('places_tile')
    op.drop_index(op.f('ix_places_pairing_gz_code'), table_name='places_pairing')
    op.drop_index(op.f('ix_places_pairing_gd_code'), table_name='places_pairing')
    op.drop_table('places_pairing')
    op.drop_index(op.f('ix_places_division_parent_code'), table_name='places_division')
    op.drop_index(op.f('ix_places_division_located_in_code'), table_name='places_division')
    op.drop_table('places_division')
