"""Orders, lines, fulfilments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011_orders"
down_revision = "0010_basket"
branch_labels = None
depends_on = None

_FROZEN = {
    "orders_order": "number, token, person_id, destination_code, goods_fen, freight_fen, total_fen, placed_at",
    "orders_fulfilment": "number, order_id, part_no, cooperative_id, freight_fen, label_token",
    "orders_line": (
        "no, order_id, fulfilment_id, product_id, product_slug, product_name_zh, product_name_zh_hant, "
        "product_name_en, pack_zh, pack_zh_hant, pack_en, variant_id, offer_id, cooperative_id, "
        "cooperative_name_zh, cooperative_name_zh_hant, cooperative_name_en, producer_id, producer_name_zh, "
        "producer_name_zh_hant, producer_name_en, county_code, prefecture_code, industry_code, storage_code, "
        "storage_kind, range_min_milli_c, range_max_milli_c, unit_price_fen, quantity, goods_fen, "
        "net_weight_g, certificates"
    ),
}


def _freeze() -> None:
    """What was agreed or reported does not change, whoever asks; what moves on is left out of the list."""
    for table, columns in _FROZEN.items():
        op.execute(
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OF {columns} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change()"
        )


def upgrade() -> None:
    op.create_table('orders_order',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('token', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('unit_id', sa.BigInteger(), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('contact_phone', sa.String(length=20), nullable=False),
    sa.Column('contact_language', sa.String(length=12), nullable=False),
    sa.Column('contact_email', sa.Text(), nullable=True),
    sa.Column('recipient', sa.Text(), nullable=False),
    sa.Column('recipient_phone', sa.String(length=20), nullable=False),
    sa.Column('destination_code', sa.String(length=20), nullable=False),
    sa.Column('address_line', sa.Text(), nullable=False),
    sa.Column('goods_fen', sa.BigInteger(), nullable=False),
    sa.Column('freight_fen', sa.BigInteger(), nullable=False),
    sa.Column('total_fen', sa.BigInteger(), nullable=False),
    sa.Column('hold_id', sa.BigInteger(), nullable=True),
    sa.Column('policy_version', sa.String(length=40), nullable=False),
    sa.Column('placed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('completed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'completed') = (completed_at IS NOT NULL)", name=op.f('ck_orders_order_completed_when')),
    sa.CheckConstraint("(state IN ('cancelled', 'expired')) = (closed_at IS NOT NULL)", name=op.f('ck_orders_order_closed_when')),
    sa.CheckConstraint("(state IN ('paid', 'completed')) <= (paid_at IS NOT NULL)", name=op.f('ck_orders_order_paid_when')),
    sa.CheckConstraint("state IN ('awaiting_payment', 'paid', 'completed', 'cancelled', 'expired')", name=op.f('ck_orders_order_state_known')),
    sa.CheckConstraint('goods_fen > 0 AND freight_fen >= 0', name=op.f('ck_orders_order_amounts_positive')),
    sa.CheckConstraint('total_fen = goods_fen + freight_fen', name=op.f('ck_orders_order_total_adds_up')),
    sa.ForeignKeyConstraint(['destination_code'], ['places_division.code'], name=op.f('fk_orders_order_destination_code')),
    sa.ForeignKeyConstraint(['hold_id'], ['stock_hold.id'], name=op.f('fk_orders_order_hold_id')),
    sa.ForeignKeyConstraint(['person_id'], ['parties_person.id'], name=op.f('fk_orders_order_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['parties_party.id'], name=op.f('fk_orders_order_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_orders_order')),
    sa.UniqueConstraint('number', name=op.f('uq_orders_order_number')),
    sa.UniqueConstraint('token', name=op.f('uq_orders_order_token'))
    )
    op.create_index(op.f('ix_orders_order_destination_code'), 'orders_order', ['destination_code'], unique=False)
    op.create_index(op.f('ix_orders_order_hold_id'), 'orders_order', ['hold_id'], unique=False)
    op.create_index(op.f('ix_orders_order_person_id_id'), 'orders_order', ['person_id', 'id'], unique=False)
    op.create_index(op.f('ix_orders_order_state_id'), 'orders_order', ['state', 'id'], unique=False)
    op.create_index(op.f('ix_orders_order_unit_id_id'), 'orders_order', ['unit_id', 'id'], unique=False)
    op.create_table('orders_fulfilment',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.String(length=50), nullable=False),
    sa.Column('order_id', sa.BigInteger(), nullable=False),
    sa.Column('part_no', sa.BigInteger(), nullable=False),
    sa.Column('shipment_no', sa.BigInteger(), nullable=False),
    sa.Column('cooperative_id', sa.BigInteger(), nullable=False),
    sa.Column('warehouse_id', sa.BigInteger(), nullable=True),
    sa.Column('storage_kind', sa.String(length=20), nullable=False),
    sa.Column('weight_g', sa.BigInteger(), nullable=False),
    sa.Column('freight_fen', sa.BigInteger(), nullable=False),
    sa.Column('refunded_freight_fen', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('ships_on', sa.Date(), nullable=False),
    sa.Column('arrives_on', sa.Date(), nullable=False),
    sa.Column('reasons', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('label_token', sa.String(length=64), nullable=False),
    sa.Column('decline_reason', sa.Text(), nullable=True),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('packed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('shipped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'declined') = (decline_reason IS NOT NULL)", name=op.f('ck_orders_fulfilment_declined_why')),
    sa.CheckConstraint("(state = 'received') = (received_at IS NOT NULL)", name=op.f('ck_orders_fulfilment_received_when')),
    sa.CheckConstraint("state IN ('awaiting_payment', 'to_accept', 'accepted', 'packed', 'in_transit', 'delivered', 'received', 'declined', 'cancelled')", name=op.f('ck_orders_fulfilment_state_known')),
    sa.CheckConstraint("storage_kind IN ('ambient', 'chilled', 'frozen')", name=op.f('ck_orders_fulfilment_storage_known')),
    sa.CheckConstraint('arrives_on >= ships_on', name=op.f('ck_orders_fulfilment_days_in_order')),
    sa.CheckConstraint('refunded_freight_fen BETWEEN 0 AND freight_fen', name=op.f('ck_orders_fulfilment_freight_refunded_once')),
    sa.CheckConstraint('weight_g > 0 AND freight_fen >= 0', name=op.f('ck_orders_fulfilment_amounts_positive')),
    sa.ForeignKeyConstraint(['cooperative_id'], ['parties_party.id'], name=op.f('fk_orders_fulfilment_cooperative_id')),
    sa.ForeignKeyConstraint(['order_id'], ['orders_order.id'], name=op.f('fk_orders_fulfilment_order_id')),
    sa.ForeignKeyConstraint(['warehouse_id'], ['parties_party.id'], name=op.f('fk_orders_fulfilment_warehouse_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_orders_fulfilment')),
    sa.UniqueConstraint('label_token', name=op.f('uq_orders_fulfilment_label_token')),
    sa.UniqueConstraint('number', name=op.f('uq_orders_fulfilment_number')),
    sa.UniqueConstraint('order_id', 'part_no', name=op.f('uq_orders_fulfilment_order_id_part_no'))
    )
    op.create_index(op.f('ix_orders_fulfilment_cooperative_id_state_id'), 'orders_fulfilment', ['cooperative_id', 'state', 'id'], unique=False)
    op.create_index(op.f('ix_orders_fulfilment_state_delivered_at'), 'orders_fulfilment', ['state', 'delivered_at'], unique=False)
    op.create_index(op.f('ix_orders_fulfilment_warehouse_id_id'), 'orders_fulfilment', ['warehouse_id', 'id'], unique=False)
    op.create_table('orders_line',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('no', sa.BigInteger(), nullable=False),
    sa.Column('order_id', sa.BigInteger(), nullable=False),
    sa.Column('fulfilment_id', sa.BigInteger(), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('product_slug', sa.Text(), nullable=False),
    sa.Column('product_name_zh', sa.Text(), nullable=False),
    sa.Column('product_name_zh_hant', sa.Text(), nullable=False),
    sa.Column('product_name_en', sa.Text(), nullable=False),
    sa.Column('pack_zh', sa.Text(), nullable=False),
    sa.Column('pack_zh_hant', sa.Text(), nullable=False),
    sa.Column('pack_en', sa.Text(), nullable=False),
    sa.Column('variant_id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('cooperative_id', sa.BigInteger(), nullable=False),
    sa.Column('cooperative_name_zh', sa.Text(), nullable=False),
    sa.Column('cooperative_name_zh_hant', sa.Text(), nullable=False),
    sa.Column('cooperative_name_en', sa.Text(), nullable=False),
    sa.Column('producer_id', sa.BigInteger(), nullable=False),
    sa.Column('producer_name_zh', sa.Text(), nullable=False),
    sa.Column('producer_name_zh_hant', sa.Text(), nullable=False),
    sa.Column('producer_name_en', sa.Text(), nullable=False),
    sa.Column('county_code', sa.String(length=20), nullable=False),
    sa.Column('prefecture_code', sa.String(length=20), nullable=False),
    sa.Column('industry_code', sa.String(length=40), nullable=True),
    sa.Column('storage_code', sa.String(length=40), nullable=False),
    sa.Column('storage_kind', sa.String(length=20), nullable=False),
    sa.Column('range_min_milli_c', sa.BigInteger(), nullable=True),
    sa.Column('range_max_milli_c', sa.BigInteger(), nullable=True),
    sa.Column('unit_price_fen', sa.BigInteger(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('goods_fen', sa.BigInteger(), nullable=False),
    sa.Column('net_weight_g', sa.BigInteger(), nullable=False),
    sa.Column('certificates', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('refunded_quantity', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("storage_kind IN ('ambient', 'chilled', 'frozen')", name=op.f('ck_orders_line_storage_known')),
    sa.CheckConstraint('goods_fen = unit_price_fen * quantity', name=op.f('ck_orders_line_goods_adds_up')),
    sa.CheckConstraint('refunded_quantity BETWEEN 0 AND quantity', name=op.f('ck_orders_line_refunded_once')),
    sa.CheckConstraint('unit_price_fen > 0 AND quantity > 0 AND net_weight_g > 0', name=op.f('ck_orders_line_amounts_positive')),
    sa.ForeignKeyConstraint(['cooperative_id'], ['parties_party.id'], name=op.f('fk_orders_line_cooperative_id')),
    sa.ForeignKeyConstraint(['county_code'], ['places_division.code'], name=op.f('fk_orders_line_county_code')),
    sa.ForeignKeyConstraint(['fulfilment_id'], ['orders_fulfilment.id'], name=op.f('fk_orders_line_fulfilment_id')),
    sa.ForeignKeyConstraint(['offer_id'], ['catalogue_offer.id'], name=op.f('fk_orders_line_offer_id')),
    sa.ForeignKeyConstraint(['order_id'], ['orders_order.id'], name=op.f('fk_orders_line_order_id')),
    sa.ForeignKeyConstraint(['prefecture_code'], ['places_division.code'], name=op.f('fk_orders_line_prefecture_code')),
    sa.ForeignKeyConstraint(['producer_id'], ['parties_party.id'], name=op.f('fk_orders_line_producer_id')),
    sa.ForeignKeyConstraint(['product_id'], ['catalogue_product.id'], name=op.f('fk_orders_line_product_id')),
    sa.ForeignKeyConstraint(['variant_id'], ['catalogue_variant.id'], name=op.f('fk_orders_line_variant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_orders_line')),
    sa.UniqueConstraint('order_id', 'no', name=op.f('uq_orders_line_order_id_no'))
    )
    op.create_index(op.f('ix_orders_line_cooperative_id'), 'orders_line', ['cooperative_id'], unique=False)
    op.create_index(op.f('ix_orders_line_county_code'), 'orders_line', ['county_code'], unique=False)
    op.create_index(op.f('ix_orders_line_fulfilment_id_no'), 'orders_line', ['fulfilment_id', 'no'], unique=False)
    op.create_index(op.f('ix_orders_line_offer_id'), 'orders_line', ['offer_id'], unique=False)
    op.create_index(op.f('ix_orders_line_prefecture_code'), 'orders_line', ['prefecture_code'], unique=False)
    op.create_index(op.f('ix_orders_line_producer_id'), 'orders_line', ['producer_id'], unique=False)
    op.create_index(op.f('ix_orders_line_product_id'), 'orders_line', ['product_id'], unique=False)
    op.create_index(op.f('ix_orders_line_variant_id'), 'orders_line', ['variant_id'], unique=False)
    op.create_table('orders_pick',
    sa.Column('order_line_id', sa.BigInteger(), nullable=False),
    sa.Column('lot_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_orders_pick_quantity_positive')),
    sa.ForeignKeyConstraint(['lot_id'], ['catalogue_lot.id'], name=op.f('fk_orders_pick_lot_id')),
    sa.ForeignKeyConstraint(['order_line_id'], ['orders_line.id'], name=op.f('fk_orders_pick_order_line_id')),
    sa.PrimaryKeyConstraint('order_line_id', 'lot_id', name=op.f('pk_orders_pick'))
    )
    op.create_index(op.f('ix_orders_pick_lot_id'), 'orders_pick', ['lot_id'], unique=False)
    _freeze()


def downgrade() -> None:
    op.drop_index(op.f('ix_orders_pick_lot_id'), table_name='orders_pick')
    op.drop_table('orders_pick')
    op.drop_index(op.f('ix_orders_line_variant_id'), table_name='orders_line')
    op.drop_index(op.f('ix_orders_line_product_id'), table_name='orders_line')
    op.drop_index(op.f('ix_orders_line_producer_id'), table_name='orders_line')
    op.drop_index(op.f('ix_orders_line_prefecture_code'), table_name='orders_line')
    op.drop_index(op.f('ix_orders_line_offer_id'), table_name='orders_line')
    op.drop_index(op.f('ix_orders_line_fulfilment_id_no'), table_name='orders_line')
    op.drop_index(op.f('ix_orders_line_county_code'), table_name='orders_line')
    op.drop_index(op.f('ix_orders_line_cooperative_id'), table_name='orders_line')
    op.drop_table('orders_line')
    op.drop_index(op.f('ix_orders_fulfilment_warehouse_id_id'), table_name='orders_fulfilment')
    op.drop_index(op.f('ix_orders_fulfilment_state_delivered_at'), table_name='orders_fulfilment')
    op.drop_index(op.f('ix_orders_fulfilment_cooperative_id_state_id'), table_name='orders_fulfilment')
    op.drop_table('orders_fulfilment')
    op.drop_index(op.f('ix_orders_order_unit_id_id'), table_name='orders_order')
    op.drop_index(op.f('ix_orders_order_state_id'), table_name='orders_order')
    op.drop_index(op.f('ix_orders_order_person_id_id'), table_name='orders_order')
    op.drop_index(op.f('ix_orders_order_hold_id'), table_name='orders_order')
    op.drop_index(op.f('ix_orders_order_destination_code'), table_name='orders_order')
    op.drop_table('orders_order')
