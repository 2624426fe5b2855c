"""Products, variants, offers, lots, certificates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005_catalogue"
down_revision = "0004_notices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('catalogue_aisle',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('order_no', sa.SmallInteger(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_zh_hant', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_catalogue_aisle'))
    )
    op.create_table('catalogue_industry',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('order_no', sa.SmallInteger(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_zh_hant', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_catalogue_industry'))
    )
    op.create_table('catalogue_picture_kind',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('order_no', sa.SmallInteger(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_zh_hant', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_catalogue_picture_kind'))
    )
    op.create_table('catalogue_product_form',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('order_no', sa.SmallInteger(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_zh_hant', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_catalogue_product_form'))
    )
    op.create_table('catalogue_scheme',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('order_no', sa.SmallInteger(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_zh_hant', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('short_name_zh', sa.Text(), nullable=False),
    sa.Column('short_name_zh_hant', sa.Text(), nullable=False),
    sa.Column('short_name_en', sa.Text(), nullable=False),
    sa.Column('issuer_zh', sa.Text(), nullable=False),
    sa.Column('issuer_zh_hant', sa.Text(), nullable=False),
    sa.Column('issuer_en', sa.Text(), nullable=False),
    sa.Column('level', sa.String(length=20), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('validity_months', sa.SmallInteger(), nullable=True),
    sa.Column('renewal_days_before', sa.SmallInteger(), nullable=True),
    sa.Column('renewal_in_business_days', sa.Boolean(), nullable=False),
    sa.Column('number_pattern', sa.Text(), nullable=True),
    sa.Column('demo_prefix', sa.Text(), nullable=False),
    sa.Column('shows_badge', sa.Boolean(), nullable=False),
    sa.CheckConstraint("demo_prefix LIKE 'DEMO-%'", name=op.f('ck_catalogue_scheme_demo_marked')),
    sa.CheckConstraint("level IN ('product', 'base', 'enterprise', 'brand', 'lot')", name=op.f('ck_catalogue_scheme_level_known')),
    sa.CheckConstraint("status IN ('active', 'legacy', 'planned')", name=op.f('ck_catalogue_scheme_status_known')),
    sa.CheckConstraint('renewal_days_before > 0', name=op.f('ck_catalogue_scheme_renewal_positive')),
    sa.CheckConstraint('validity_months > 0', name=op.f('ck_catalogue_scheme_validity_positive')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_catalogue_scheme'))
    )
    op.create_table('catalogue_storage_class',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('order_no', sa.SmallInteger(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_zh_hant', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('advice_zh', sa.Text(), nullable=False),
    sa.Column('advice_zh_hant', sa.Text(), nullable=False),
    sa.Column('advice_en', sa.Text(), nullable=False),
    sa.Column('min_milli_c', sa.BigInteger(), nullable=True),
    sa.Column('max_milli_c', sa.BigInteger(), nullable=True),
    sa.Column('excursion_lower_milli_c', sa.BigInteger(), nullable=True),
    sa.Column('excursion_upper_milli_c', sa.BigInteger(), nullable=True),
    sa.Column('reject_above_milli_c', sa.BigInteger(), nullable=True),
    sa.Column('max_excursion_minutes', sa.BigInteger(), nullable=True),
    sa.Column('logger_interval_minutes', sa.BigInteger(), nullable=True),
    sa.Column('shelf_life_days', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("kind IN ('ambient', 'chilled', 'frozen')", name=op.f('ck_catalogue_storage_class_kind_known')),
    sa.CheckConstraint('(min_milli_c IS NULL) = (max_milli_c IS NULL) AND (min_milli_c IS NULL OR min_milli_c <= max_milli_c)', name=op.f('ck_catalogue_storage_class_range_in_order')),
    sa.CheckConstraint('max_excursion_minutes > 0 AND logger_interval_minutes > 0', name=op.f('ck_catalogue_storage_class_minutes_positive')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_catalogue_storage_class'))
    )
    op.create_table('catalogue_unit',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('order_no', sa.SmallInteger(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_zh_hant', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_catalogue_unit'))
    )
    op.create_table('catalogue_paper',
    sa.Column('product_form', sa.String(length=40), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('order_no', sa.SmallInteger(), nullable=False),
    sa.Column('scheme_code', sa.String(length=40), nullable=True),
    sa.Column('level', sa.String(length=20), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_zh_hant', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('requirement', sa.String(length=20), nullable=False),
    sa.Column('condition_zh', sa.Text(), nullable=False),
    sa.Column('condition_en', sa.Text(), nullable=False),
    sa.Column('legal_basis', sa.Text(), nullable=False),
    sa.CheckConstraint("level IN ('product', 'base', 'enterprise', 'brand', 'lot')", name=op.f('ck_catalogue_paper_level_known')),
    sa.CheckConstraint("requirement IN ('required', 'conditional', 'not_needed')", name=op.f('ck_catalogue_paper_requirement_known')),
    sa.ForeignKeyConstraint(['product_form'], ['catalogue_product_form.code'], name=op.f('fk_catalogue_paper_product_form')),
    sa.ForeignKeyConstraint(['scheme_code'], ['catalogue_scheme.code'], name=op.f('fk_catalogue_paper_scheme_code')),
    sa.PrimaryKeyConstraint('product_form', 'code', name=op.f('pk_catalogue_paper'))
    )
    op.create_index(op.f('ix_catalogue_paper_scheme_code'), 'catalogue_paper', ['scheme_code'], unique=False)
    op.create_table('catalogue_product',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_zh_hant', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('pinyin', sa.Text(), nullable=False),
    sa.Column('cut_zh', sa.Text(), nullable=True),
    sa.Column('cut_zh_hant', sa.Text(), nullable=True),
    sa.Column('cut_en', sa.Text(), nullable=True),
    sa.Column('county_code', sa.String(length=20), nullable=False),
    sa.Column('industry_code', sa.String(length=40), nullable=True),
    sa.Column('aisle_code', sa.String(length=40), nullable=False),
    sa.Column('picture_kind', sa.String(length=40), nullable=False),
    sa.Column('product_form', sa.String(length=40), nullable=False),
    sa.Column('storage_code', sa.String(length=40), nullable=False),
    sa.Column('min_milli_c', sa.BigInteger(), nullable=True),
    sa.Column('max_milli_c', sa.BigInteger(), nullable=True),
    sa.Column('excursion_lower_milli_c', sa.BigInteger(), nullable=True),
    sa.Column('excursion_upper_milli_c', sa.BigInteger(), nullable=True),
    sa.Column('shelf_life_days', sa.BigInteger(), nullable=True),
    sa.Column('harvest_months', postgresql.ARRAY(sa.SmallInteger()), nullable=False),
    sa.Column('sale_months', postgresql.ARRAY(sa.SmallInteger()), nullable=False),
    sa.Column('season_months', postgresql.ARRAY(sa.SmallInteger()), nullable=False),
    sa.Column('description_zh', sa.Text(), nullable=False),
    sa.Column('description_zh_hant', sa.Text(), nullable=False),
    sa.Column('description_en', sa.Text(), nullable=False),
    sa.Column('keywords', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('keywords_en', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('consumer_sellable', sa.Boolean(), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('photo_digest', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("consumer_sellable OR status <> 'listed'", name=op.f('ck_catalogue_product_listed_only_if_sellable')),
    sa.CheckConstraint("status IN ('draft', 'listed', 'withdrawn')", name=op.f('ck_catalogue_product_status_known')),
    sa.CheckConstraint('(min_milli_c IS NULL) = (max_milli_c IS NULL) AND (min_milli_c IS NULL OR min_milli_c <= max_milli_c)', name=op.f('ck_catalogue_product_range_in_order')),
    sa.CheckConstraint('excursion_lower_milli_c <= min_milli_c AND max_milli_c <= excursion_upper_milli_c', name=op.f('ck_catalogue_product_excursion_outside_range')),
    sa.CheckConstraint('harvest_months <@ ARRAY[1,2,3,4,5,6,7,8,9,10,11,12]::smallint[]', name=op.f('ck_catalogue_product_harvest_months_known')),
    sa.CheckConstraint('sale_months <@ ARRAY[1,2,3,4,5,6,7,8,9,10,11,12]::smallint[] AND cardinality(sale_months) > 0', name=op.f('ck_catalogue_product_sale_months_known')),
    sa.CheckConstraint('shelf_life_days > 0', name=op.f('ck_catalogue_product_shelf_life_positive')),
    sa.ForeignKeyConstraint(['aisle_code'], ['catalogue_aisle.code'], name=op.f('fk_catalogue_product_aisle_code')),
    sa.ForeignKeyConstraint(['county_code'], ['places_division.code'], name=op.f('fk_catalogue_product_county_code')),
    sa.ForeignKeyConstraint(['industry_code'], ['catalogue_industry.code'], name=op.f('fk_catalogue_product_industry_code')),
    sa.ForeignKeyConstraint(['picture_kind'], ['catalogue_picture_kind.code'], name=op.f('fk_catalogue_product_picture_kind')),
    sa.ForeignKeyConstraint(['product_form'], ['catalogue_product_form.code'], name=op.f('fk_catalogue_product_product_form')),
    sa.ForeignKeyConstraint(['storage_code'], ['catalogue_storage_class.code'], name=op.f('fk_catalogue_product_storage_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogue_product')),
    sa.UniqueConstraint('number', name=op.f('uq_catalogue_product_number')),
    sa.UniqueConstraint('slug', name=op.f('uq_catalogue_product_slug'))
    )
    op.create_index(op.f('ix_catalogue_product_aisle_code'), 'catalogue_product', ['aisle_code'], unique=False)
    op.create_index(op.f('ix_catalogue_product_county_code'), 'catalogue_product', ['county_code'], unique=False)
    op.create_index(op.f('ix_catalogue_product_industry_code'), 'catalogue_product', ['industry_code'], unique=False)
    op.create_index(op.f('ix_catalogue_product_picture_kind'), 'catalogue_product', ['picture_kind'], unique=False)
    op.create_index(op.f('ix_catalogue_product_product_form'), 'catalogue_product', ['product_form'], unique=False)
    op.create_index(op.f('ix_catalogue_product_season_months'), 'catalogue_product', ['season_months'], unique=False, postgresql_using='gin')
    op.create_index(op.f('ix_catalogue_product_status_aisle_code_number'), 'catalogue_product', ['status', 'aisle_code', 'number'], unique=False)
    op.create_index(op.f('ix_catalogue_product_status_county_code_number'), 'catalogue_product', ['status', 'county_code', 'number'], unique=False)
    op.create_index(op.f('ix_catalogue_product_status_industry_code_number'), 'catalogue_product', ['status', 'industry_code', 'number'], unique=False)
    op.create_index(op.f('ix_catalogue_product_status_number'), 'catalogue_product', ['status', 'number'], unique=False)
    op.create_index(op.f('ix_catalogue_product_storage_code'), 'catalogue_product', ['storage_code'], unique=False)
    op.create_table('catalogue_certificate',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('scheme_code', sa.String(length=40), nullable=False),
    sa.Column('number', sa.String(length=80), nullable=False),
    sa.Column('holder_id', sa.BigInteger(), nullable=False),
    sa.Column('issuer', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('evidence_digest', sa.String(length=64), nullable=True),
    sa.CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL)", name=op.f('ck_catalogue_certificate_revoked_dated')),
    sa.CheckConstraint("(state IN ('submitted', 'rejected')) = (verified_at IS NULL)", name=op.f('ck_catalogue_certificate_verified_dated')),
    sa.CheckConstraint("state IN ('submitted', 'verified', 'suspended', 'revoked', 'lapsed', 'rejected')", name=op.f('ck_catalogue_certificate_state_known')),
    sa.CheckConstraint('valid_from <= valid_to', name=op.f('ck_catalogue_certificate_days_in_order')),
    sa.ForeignKeyConstraint(['holder_id'], ['parties_party.id'], name=op.f('fk_catalogue_certificate_holder_id')),
    sa.ForeignKeyConstraint(['scheme_code'], ['catalogue_scheme.code'], name=op.f('fk_catalogue_certificate_scheme_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogue_certificate'))
    )
    op.create_index(op.f('ix_catalogue_certificate_holder_id_id'), 'catalogue_certificate', ['holder_id', 'id'], unique=False)
    op.create_index(op.f('ix_catalogue_certificate_number'), 'catalogue_certificate', ['number'], unique=False)
    op.create_index(op.f('ix_catalogue_certificate_state_valid_to'), 'catalogue_certificate', ['state', 'valid_to'], unique=False)
    op.create_index('uq_catalogue_certificate_standing', 'catalogue_certificate', ['scheme_code', 'number', 'holder_id'], unique=True, postgresql_where=sa.text("state <> 'rejected'"))
    op.create_table('catalogue_variant',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.String(length=120), nullable=False),
    sa.Column('order_no', sa.SmallInteger(), nullable=False),
    sa.Column('pack_zh', sa.Text(), nullable=False),
    sa.Column('pack_zh_hant', sa.Text(), nullable=False),
    sa.Column('pack_en', sa.Text(), nullable=False),
    sa.Column('unit_code', sa.String(length=40), nullable=False),
    sa.Column('net_weight_g', sa.BigInteger(), nullable=False),
    sa.Column('price_low_fen', sa.BigInteger(), nullable=False),
    sa.Column('price_high_fen', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('0 < price_low_fen AND price_low_fen <= price_high_fen', name=op.f('ck_catalogue_variant_band_in_order')),
    sa.CheckConstraint('net_weight_g > 0', name=op.f('ck_catalogue_variant_weight_positive')),
    sa.ForeignKeyConstraint(['product_id'], ['catalogue_product.id'], name=op.f('fk_catalogue_variant_product_id')),
    sa.ForeignKeyConstraint(['unit_code'], ['catalogue_unit.code'], name=op.f('fk_catalogue_variant_unit_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogue_variant')),
    sa.UniqueConstraint('code', name=op.f('uq_catalogue_variant_code')),
    sa.UniqueConstraint('id', 'product_id', name=op.f('uq_catalogue_variant_id_product_id'))
    )
    op.create_index(op.f('ix_catalogue_variant_product_id_order_no'), 'catalogue_variant', ['product_id', 'order_no'], unique=False)
    op.create_index(op.f('ix_catalogue_variant_unit_code'), 'catalogue_variant', ['unit_code'], unique=False)
    op.create_table('catalogue_certificate_product',
    sa.Column('certificate_id', sa.BigInteger(), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['certificate_id'], ['catalogue_certificate.id'], name=op.f('fk_catalogue_certificate_product_certificate_id')),
    sa.ForeignKeyConstraint(['product_id'], ['catalogue_product.id'], name=op.f('fk_catalogue_certificate_product_product_id')),
    sa.PrimaryKeyConstraint('certificate_id', 'product_id', name=op.f('pk_catalogue_certificate_product'))
    )
    op.create_index(op.f('ix_catalogue_certificate_product_product_id_certificate_id'), 'catalogue_certificate_product', ['product_id', 'certificate_id'], unique=False)
    op.create_table('catalogue_certificate_suspension',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('certificate_id', sa.BigInteger(), nullable=False),
    sa.Column('from_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('to_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.CheckConstraint('from_at <= to_at', name=op.f('ck_catalogue_certificate_suspension_times_in_order')),
    sa.ForeignKeyConstraint(['certificate_id'], ['catalogue_certificate.id'], name=op.f('fk_catalogue_certificate_suspension_certificate_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogue_certificate_suspension'))
    )
    op.create_index(op.f('ix_catalogue_certificate_suspension_certificate_id_from_at'), 'catalogue_certificate_suspension', ['certificate_id', 'from_at'], unique=False)
    op.create_index('uq_catalogue_certificate_suspension_open', 'catalogue_certificate_suspension', ['certificate_id'], unique=True, postgresql_where=sa.text('to_at IS NULL'))
    op.create_table('catalogue_offer',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('variant_id', sa.BigInteger(), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('cooperative_id', sa.BigInteger(), nullable=False),
    sa.Column('producer_id', sa.BigInteger(), nullable=False),
    sa.Column('price_fen', sa.BigInteger(), nullable=False),
    sa.Column('minimum', sa.BigInteger(), nullable=False),
    sa.Column('lead_days', sa.SmallInteger(), nullable=False),
    sa.Column('daily_capacity', sa.BigInteger(), nullable=False),
    sa.Column('cut_off_hour', sa.SmallInteger(), nullable=False),
    sa.Column('serves_hong_kong_macao', sa.Boolean(), nullable=False),
    sa.Column('declared_papers', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("status IN ('listed', 'paused', 'withdrawn')", name=op.f('ck_catalogue_offer_status_known')),
    sa.CheckConstraint('cut_off_hour BETWEEN 0 AND 23', name=op.f('ck_catalogue_offer_cut_off_an_hour')),
    sa.CheckConstraint('daily_capacity > 0', name=op.f('ck_catalogue_offer_capacity_positive')),
    sa.CheckConstraint('lead_days >= 0', name=op.f('ck_catalogue_offer_lead_not_negative')),
    sa.CheckConstraint('minimum > 0', name=op.f('ck_catalogue_offer_minimum_positive')),
    sa.CheckConstraint('price_fen > 0', name=op.f('ck_catalogue_offer_price_positive')),
    sa.ForeignKeyConstraint(['cooperative_id'], ['parties_party.id'], name=op.f('fk_catalogue_offer_cooperative_id')),
    sa.ForeignKeyConstraint(['producer_id'], ['parties_party.id'], name=op.f('fk_catalogue_offer_producer_id')),
    sa.ForeignKeyConstraint(['variant_id', 'product_id'], ['catalogue_variant.id', 'catalogue_variant.product_id'], name=op.f('fk_catalogue_offer_variant_id_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogue_offer'))
    )
    op.create_index(op.f('ix_catalogue_offer_cooperative_id_status_id'), 'catalogue_offer', ['cooperative_id', 'status', 'id'], unique=False)
    op.create_index(op.f('ix_catalogue_offer_producer_id'), 'catalogue_offer', ['producer_id'], unique=False)
    op.create_index(op.f('ix_catalogue_offer_product_id_status'), 'catalogue_offer', ['product_id', 'status'], unique=False)
    op.create_index(op.f('ix_catalogue_offer_variant_id_product_id'), 'catalogue_offer', ['variant_id', 'product_id'], unique=False)
    op.create_index('uq_catalogue_offer_standing', 'catalogue_offer', ['variant_id', 'cooperative_id', 'producer_id'], unique=True, postgresql_where=sa.text("status <> 'withdrawn'"))
    op.create_table('catalogue_lot',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('harvested_on', sa.Date(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("status IN ('open', 'on_hold', 'recalled')", name=op.f('ck_catalogue_lot_status_known')),
    sa.CheckConstraint('harvested_on <= expires_on', name=op.f('ck_catalogue_lot_days_in_order')),
    sa.ForeignKeyConstraint(['offer_id'], ['catalogue_offer.id'], name=op.f('fk_catalogue_lot_offer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogue_lot')),
    sa.UniqueConstraint('offer_id', 'code', name=op.f('uq_catalogue_lot_offer_id_code'))
    )
    op.create_table('catalogue_lot_paper',
    sa.Column('lot_id', sa.BigInteger(), nullable=False),
    sa.Column('paper_code', sa.String(length=40), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('evidence_digest', sa.String(length=64), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['lot_id'], ['catalogue_lot.id'], name=op.f('fk_catalogue_lot_paper_lot_id')),
    sa.PrimaryKeyConstraint('lot_id', 'paper_code', name=op.f('pk_catalogue_lot_paper'))
    )


def downgrade() -> None:
    op.drop_table('catalogue_lot_paper')
    op.drop_table('catalogue_lot')
    op.drop_index('uq_catalogue_offer_standing', table_name='catalogue_offer', postgresql_where=sa.text("status <> 'withdrawn'"))
    op.drop_index(op.f('ix_catalogue_offer_variant_id_product_id'), table_name='catalogue_offer')
    op.drop_index(op.f('ix_catalogue_offer_product_id_status'), table_name='catalogue_offer')
    op.drop_index(op.f('ix_catalogue_offer_producer_id'), table_name='catalogue_offer')
    op.drop_index(op.f('ix_catalogue_offer_cooperative_id_status_id'), table_name='catalogue_offer')
    op.drop_table('catalogue_offer')
    op.drop_index('uq_catalogue_certificate_suspension_open', table_name='catalogue_certificate_suspension', postgresql_where=sa.text('to_at IS NULL'))
    op.drop_index(op.f('ix_catalogue_certificate_suspension_certificate_id_from_at'), table_name='catalogue_certificate_suspension')
    op.drop_table('catalogue_certificate_suspension')
    op.drop_index(op.f('ix_catalogue_certificate_product_product_id_certificate_id'), table_name='catalogue_certificate_product')
    op.drop_table('catalogue_certificate_product')
    op.drop_index(op.f('ix_catalogue_variant_unit_code'), table_name='catalogue_variant')
    op.drop_index(op.f('ix_catalogue_variant_product_id_order_no'), table_name='catalogue_variant')
    op.drop_table('catalogue_variant')
    op.drop_index('uq_catalogue_certificate_standing', table_name='catalogue_certificate', postgresql_where=sa.text("state <> 'rejected'"))
    op.drop_index(op.f('ix_catalogue_certificate_state_valid_to'), table_name='catalogue_certificate')
    op.drop_index(op.f('ix_catalogue_certificate_number'), table_name='catalogue_certificate')
    op.drop_index(op.f('ix_catalogue_certificate_holder_id_id'), table_name='catalogue_certificate')
    op.drop_table('catalogue_certificate')
    op.drop_index(op.f('ix_catalogue_product_storage_code'), table_name='catalogue_product')
    op.drop_index(op.f('ix_catalogue_product_status_number'), table_name='catalogue_product')
    op.drop_index(op.f('ix_catalogue_product_status_industry_code_number'), table_name='catalogue_product')
    op.drop_index(op.f('ix_catalogue_product_status_county_code_number'), table_name='catalogue_product')
    op.drop_index(op.f('ix_catalogue_product_status_aisle_code_number'), table_name='catalogue_product')
    op.drop_index(op.f('ix_catalogue_product_season_months'), table_name='catalogue_product', postgresql_using='gin')
    op.drop_index(op.f('ix_catalogue_product_product_form'), table_name='catalogue_product')
    op.drop_index(op.f('ix_catalogue_product_picture_kind'), table_name='catalogue_product')
    op.drop_index(op.f('ix_catalogue_product_industry_code'), table_name='catalogue_product')
    op.drop_index(op.f('ix_catalogue_product_county_code'), table_name='catalogue_product')
    op.drop_index(op.f('ix_catalogue_product_aisle_code'), table_name='catalogue_product')
    op.drop_table('catalogue_product')
    op.drop_index(op.f('ix_catalogue_paper_scheme_code'), table_name='catalogue_paper')
    op.drop_table('catalogue_paper')
    op.drop_table('catalogue_unit')
    op.drop_table('catalogue_storage_class')
    op.drop_table('catalogue_scheme')
    op.drop_table('catalogue_product_form')
    op.drop_table('catalogue_picture_kind')
    op.drop_table('catalogue_industry')
    op.drop_table('catalogue_aisle')
