"""Quantities, holds, movements."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.append_only import append_only

revision = "0006_stock"
down_revision = "0005_catalogue"
branch_labels = None
depends_on = None

# What a lot counts as held is what the open lines of its holds add up to, whenever a transaction ends.
HELD_IS_BACKED = """
    CREATE FUNCTION stock_check_held() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT held FROM stock_lot WHERE lot_id = NEW.lot_id) <>
            (SELECT coalesce(sum(open), 0) FROM stock_hold_line WHERE lot_id = NEW.lot_id AND open > 0)
        THEN
            RAISE EXCEPTION 'lot % holds what no order holds', NEW.lot_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'held_is_backed', TABLE = 'stock_lot';
        END IF;
        RETURN NULL;
    END $$
"""


def upgrade() -> None:
    op.create_table('stock_hold',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('cause_type', sa.String(length=40), nullable=False),
    sa.Column('cause_id', sa.BigInteger(), nullable=False),
    sa.Column('cause_kind', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('prolonged', sa.BigInteger(), nullable=False),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('active','committed','released','expired','shipped')", name=op.f('ck_stock_hold_state_known')),
    sa.CheckConstraint('prolonged >= 0', name=op.f('ck_stock_hold_prolonged_not_negative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_hold'))
    )
    op.create_index(op.f('ix_stock_hold_cause_type_cause_id'), 'stock_hold', ['cause_type', 'cause_id'], unique=False)
    op.create_index(op.f('ix_stock_hold_expires_at_id'), 'stock_hold', ['expires_at', 'id'], unique=False, postgresql_where=sa.text("state = 'active'"))
    op.create_table('stock_hold_packing',
    sa.Column('hold_id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('packs_on', sa.Date(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('quantity >= 0', name=op.f('ck_stock_hold_packing_quantity_not_negative')),
    sa.ForeignKeyConstraint(['hold_id'], ['stock_hold.id'], name=op.f('fk_stock_hold_packing_hold_id')),
    sa.ForeignKeyConstraint(['offer_id'], ['catalogue_offer.id'], name=op.f('fk_stock_hold_packing_offer_id')),
    sa.PrimaryKeyConstraint('hold_id', 'offer_id', 'packs_on', name=op.f('pk_stock_hold_packing'))
    )
    op.create_index(op.f('ix_stock_hold_packing_offer_id'), 'stock_hold_packing', ['offer_id'], unique=False)
    op.create_table('stock_packing_day',
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('packs_on', sa.Date(), nullable=False),
    sa.Column('taken', sa.BigInteger(), nullable=False),
    sa.Column('capacity', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('taken >= 0 AND taken <= capacity', name=op.f('ck_stock_packing_day_within_capacity')),
    sa.ForeignKeyConstraint(['offer_id'], ['catalogue_offer.id'], name=op.f('fk_stock_packing_day_offer_id')),
    sa.PrimaryKeyConstraint('offer_id', 'packs_on', name=op.f('pk_stock_packing_day'))
    )
    op.create_table('stock_lot',
    sa.Column('lot_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('on_hand', sa.BigInteger(), nullable=False),
    sa.Column('held', sa.BigInteger(), nullable=False),
    sa.Column('blocked', sa.Boolean(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('available', sa.BigInteger(), sa.Computed('CASE WHEN blocked THEN (0)::bigint ELSE (on_hand - held) END', persisted=True), nullable=False),
    sa.CheckConstraint('held <= on_hand', name=op.f('ck_stock_lot_held_within_on_hand')),
    sa.CheckConstraint('held >= 0', name=op.f('ck_stock_lot_held_not_negative')),
    sa.ForeignKeyConstraint(['lot_id'], ['catalogue_lot.id'], name=op.f('fk_stock_lot_lot_id')),
    sa.ForeignKeyConstraint(['offer_id'], ['catalogue_offer.id'], name=op.f('fk_stock_lot_offer_id')),
    sa.PrimaryKeyConstraint('lot_id', name=op.f('pk_stock_lot'))
    )
    op.create_index(op.f('ix_stock_lot_expires_on'), 'stock_lot', ['expires_on'], unique=False, postgresql_where=sa.text('on_hand > 0'))
    op.create_index(op.f('ix_stock_lot_offer_id'), 'stock_lot', ['offer_id'], unique=False)
    op.create_index(op.f('ix_stock_lot_offer_id_expires_on_lot_id'), 'stock_lot', ['offer_id', 'expires_on', 'lot_id'], unique=False, postgresql_where=sa.text('on_hand > 0'))
    op.create_table('stock_hold_line',
    sa.Column('hold_id', sa.BigInteger(), nullable=False),
    sa.Column('lot_id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('released', sa.BigInteger(), nullable=False),
    sa.Column('shipped', sa.BigInteger(), nullable=False),
    sa.Column('open', sa.BigInteger(), sa.Computed('((quantity - released) - shipped)', persisted=True), nullable=False),
    sa.CheckConstraint('quantity > 0 AND released >= 0 AND shipped >= 0', name=op.f('ck_stock_hold_line_quantities_positive')),
    sa.CheckConstraint('released + shipped <= quantity', name=op.f('ck_stock_hold_line_nothing_twice')),
    sa.ForeignKeyConstraint(['hold_id'], ['stock_hold.id'], name=op.f('fk_stock_hold_line_hold_id')),
    sa.ForeignKeyConstraint(['lot_id'], ['stock_lot.lot_id'], name=op.f('fk_stock_hold_line_lot_id')),
    sa.ForeignKeyConstraint(['offer_id'], ['catalogue_offer.id'], name=op.f('fk_stock_hold_line_offer_id')),
    sa.PrimaryKeyConstraint('hold_id', 'lot_id', name=op.f('pk_stock_hold_line'))
    )
    op.create_index(op.f('ix_stock_hold_line_lot_id'), 'stock_hold_line', ['lot_id'], unique=False)
    op.create_index(op.f('ix_stock_hold_line_offer_id'), 'stock_hold_line', ['offer_id'], unique=False)
    op.create_index('ix_stock_hold_line_open', 'stock_hold_line', ['lot_id'], unique=False, postgresql_where=sa.text('open > 0'), postgresql_include=['open'])
    op.create_table('stock_movement',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('lot_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('on_hand_change', sa.BigInteger(), nullable=False),
    sa.Column('held_change', sa.BigInteger(), nullable=False),
    sa.Column('cause_type', sa.String(length=40), nullable=False),
    sa.Column('cause_id', sa.BigInteger(), nullable=False),
    sa.Column('cause_kind', sa.String(length=40), nullable=False),
    sa.Column('hold_id', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('received','corrected','held','released','expired','moved','shipped','blocked','unblocked')", name=op.f('ck_stock_movement_kind_known')),
    sa.ForeignKeyConstraint(['hold_id'], ['stock_hold.id'], name=op.f('fk_stock_movement_hold_id')),
    sa.ForeignKeyConstraint(['lot_id'], ['stock_lot.lot_id'], name=op.f('fk_stock_movement_lot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_movement'))
    )
    op.create_index(op.f('ix_stock_movement_cause_type_cause_id'), 'stock_movement', ['cause_type', 'cause_id'], unique=False)
    op.create_index(op.f('ix_stock_movement_hold_id'), 'stock_movement', ['hold_id'], unique=False)
    op.create_index(op.f('ix_stock_movement_lot_id_id'), 'stock_movement', ['lot_id', 'id'], unique=False)

    append_only(op, "stock_movement")
    op.execute(HELD_IS_BACKED)
    op.execute(
        "CREATE CONSTRAINT TRIGGER stock_lot_held_is_backed AFTER INSERT OR UPDATE OF held ON stock_lot "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION stock_check_held()"
    )
    op.execute(
        "CREATE CONSTRAINT TRIGGER stock_hold_line_held_is_backed AFTER INSERT OR UPDATE ON stock_hold_line "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION stock_check_held()"
    )


def downgrade() -> None:
    op.drop_index(op.f('ix_stock_movement_lot_id_id'), table_name='stock_movement')
    op.drop_index(op.f('ix_stock_movement_hold_id'), table_name='stock_movement')
    op.drop_index(op.f('ix_stock_movement_cause_type_cause_id'), table_name='stock_movement')
    op.drop_table('stock_movement')
    op.drop_index('ix_stock_hold_line_open', table_name='stock_hold_line', postgresql_where=sa.text('open > 0'), postgresql_include=['open'])
    op.drop_index(op.f('ix_stock_hold_line_offer_id'), table_name='stock_hold_line')
    op.drop_index(op.f('ix_stock_hold_line_lot_id'), table_name='stock_hold_line')
    op.drop_table('stock_hold_line')
    op.drop_index(op.f('ix_stock_lot_offer_id_expires_on_lot_id'), table_name='stock_lot', postgresql_where=sa.text('on_hand > 0'))
    op.drop_index(op.f('ix_stock_lot_offer_id'), table_name='stock_lot')
    op.drop_index(op.f('ix_stock_lot_expires_on'), table_name='stock_lot', postgresql_where=sa.text('on_hand > 0'))
    op.drop_table('stock_lot')
    op.drop_table('stock_packing_day')
    op.drop_index(op.f('ix_stock_hold_packing_offer_id'), table_name='stock_hold_packing')
    op.drop_table('stock_hold_packing')
    op.drop_index(op.f('ix_stock_hold_expires_at_id'), table_name='stock_hold', postgresql_where=sa.text("state = 'active'"))
    op.drop_index(op.f('ix_stock_hold_cause_type_cause_id'), table_name='stock_hold')
    op.drop_table('stock_hold')

    op.execute("DROP FUNCTION stock_check_held()")
