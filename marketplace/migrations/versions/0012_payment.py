"""Attempts, captures, refunds, transfers, processor events; the sandbox's own books."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012_payment"
down_revision = "0011_orders"
branch_labels = None
depends_on = None

_FROZEN = {
    "payment_attempt": "order_id, order_number, processor, amount_fen, idempotency_key, token, created_at",
    "payment_capture": "attempt_id, order_id, processor, reference, amount_fen, at",
    "payment_refund": "order_id, capture_id, amount_fen, freight_fen, created_at",
    "payment_refund_line": "refund_id, order_line_id, quantity, amount_fen",
    "payment_event": "processor, event_id, kind, subject, payload, received_at",
    "payment_transfer": "attempt_id, code, amount_fen, payer_name, bank_reference, received_on, proposed_by",
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
    op.create_table('payment_event',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('processor', sa.String(length=20), nullable=False),
    sa.Column('event_id', sa.String(length=255), nullable=False),
    sa.Column('kind', sa.String(length=80), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(length=80), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_event')),
    sa.UniqueConstraint('processor', 'event_id', name=op.f('uq_payment_event_processor_event_id'))
    )
    op.create_index('ix_payment_event_waiting', 'payment_event', ['received_at'], unique=False, postgresql_where=sa.text('handled_at IS NULL'))
    op.create_table('payment_attempt',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('order_id', sa.BigInteger(), nullable=False),
    sa.Column('order_number', sa.String(length=40), nullable=False),
    sa.Column('processor', sa.String(length=20), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('reference', sa.String(length=255), nullable=True),
    sa.Column('payment_reference', sa.String(length=255), nullable=True),
    sa.Column('url', sa.Text(), nullable=True),
    sa.Column('idempotency_key', sa.String(length=80), nullable=False),
    sa.Column('token', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("processor IN ('sandbox', 'stripe', 'bank_transfer')", name=op.f('ck_payment_attempt_processor_known')),
    sa.CheckConstraint("state <> 'open' OR reference IS NOT NULL", name=op.f('ck_payment_attempt_open_has_reference')),
    sa.CheckConstraint("state IN ('created', 'open', 'paid', 'expired', 'failed', 'paid_after_expiry')", name=op.f('ck_payment_attempt_state_known')),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_payment_attempt_amount_positive')),
    sa.CheckConstraint('expires_at > created_at', name=op.f('ck_payment_attempt_expires_later')),
    sa.ForeignKeyConstraint(['order_id'], ['orders_order.id'], name=op.f('fk_payment_attempt_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_attempt')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_payment_attempt_idempotency_key')),
    sa.UniqueConstraint('processor', 'reference', name=op.f('uq_payment_attempt_processor_reference')),
    sa.UniqueConstraint('token', name=op.f('uq_payment_attempt_token'))
    )
    op.create_index('ix_payment_attempt_due', 'payment_attempt', ['expires_at'], unique=False, postgresql_where=sa.text("state IN ('created', 'open')"))
    op.create_index(op.f('ix_payment_attempt_order_id_id'), 'payment_attempt', ['order_id', 'id'], unique=False)
    op.create_index('uq_payment_attempt_live', 'payment_attempt', ['order_id'], unique=True, postgresql_where=sa.text("state IN ('created', 'open')"))
    op.create_table('payment_capture',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('attempt_id', sa.BigInteger(), nullable=False),
    sa.Column('order_id', sa.BigInteger(), nullable=False),
    sa.Column('processor', sa.String(length=20), nullable=False),
    sa.Column('reference', sa.String(length=255), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('refunded_fen', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('applied', 'late', 'double', 'mismatch')", name=op.f('ck_payment_capture_kind_known')),
    sa.CheckConstraint("processor IN ('sandbox', 'stripe', 'bank_transfer')", name=op.f('ck_payment_capture_processor_known')),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_payment_capture_amount_positive')),
    sa.CheckConstraint('refunded_fen BETWEEN 0 AND amount_fen', name=op.f('ck_payment_capture_refunded_once')),
    sa.ForeignKeyConstraint(['attempt_id'], ['payment_attempt.id'], name=op.f('fk_payment_capture_attempt_id')),
    sa.ForeignKeyConstraint(['order_id'], ['orders_order.id'], name=op.f('fk_payment_capture_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_capture')),
    sa.UniqueConstraint('processor', 'reference', name=op.f('uq_payment_capture_processor_reference'))
    )
    op.create_index(op.f('ix_payment_capture_attempt_id'), 'payment_capture', ['attempt_id'], unique=False)
    op.create_index(op.f('ix_payment_capture_order_id_id'), 'payment_capture', ['order_id', 'id'], unique=False)
    op.create_index('ix_payment_capture_unmatched', 'payment_capture', ['id'], unique=False, postgresql_where=sa.text("kind = 'mismatch'"))
    op.create_index('uq_payment_capture_applied', 'payment_capture', ['order_id'], unique=True, postgresql_where=sa.text("kind = 'applied'"))
    op.create_table('payment_transfer',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('attempt_id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('payer_name', sa.Text(), nullable=False),
    sa.Column('bank_reference', sa.String(length=120), nullable=False),
    sa.Column('received_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('proposed_by', sa.BigInteger(), nullable=False),
    sa.Column('confirmed_by', sa.BigInteger(), nullable=True),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'proposed') = (confirmed_by IS NULL)", name=op.f('ck_payment_transfer_confirmed_who')),
    sa.CheckConstraint("state IN ('proposed', 'confirmed', 'rejected')", name=op.f('ck_payment_transfer_state_known')),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_payment_transfer_amount_positive')),
    sa.CheckConstraint('confirmed_by <> proposed_by', name=op.f('ck_payment_transfer_two_persons')),
    sa.ForeignKeyConstraint(['attempt_id'], ['payment_attempt.id'], name=op.f('fk_payment_transfer_attempt_id')),
    sa.ForeignKeyConstraint(['confirmed_by'], ['parties_person.id'], name=op.f('fk_payment_transfer_confirmed_by')),
    sa.ForeignKeyConstraint(['proposed_by'], ['parties_person.id'], name=op.f('fk_payment_transfer_proposed_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_transfer')),
    sa.UniqueConstraint('bank_reference', name=op.f('uq_payment_transfer_bank_reference'))
    )
    op.create_index(op.f('ix_payment_transfer_attempt_id'), 'payment_transfer', ['attempt_id'], unique=False)
    op.create_index(op.f('ix_payment_transfer_confirmed_by'), 'payment_transfer', ['confirmed_by'], unique=False)
    op.create_index(op.f('ix_payment_transfer_proposed_by'), 'payment_transfer', ['proposed_by'], unique=False)
    op.create_index(op.f('ix_payment_transfer_state_id'), 'payment_transfer', ['state', 'id'], unique=False)
    op.create_table('payment_refund',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('order_id', sa.BigInteger(), nullable=False),
    sa.Column('capture_id', sa.BigInteger(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('freight_fen', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('reference', sa.String(length=255), nullable=True),
    sa.Column('idempotency_key', sa.String(length=80), nullable=False),
    sa.Column('tries', sa.BigInteger(), nullable=False),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.Column('requested_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name=op.f('ck_payment_refund_settled_when')),
    sa.CheckConstraint("state IN ('pending', 'succeeded', 'failed')", name=op.f('ck_payment_refund_state_known')),
    sa.CheckConstraint('amount_fen > 0 AND freight_fen >= 0', name=op.f('ck_payment_refund_amounts_positive')),
    sa.ForeignKeyConstraint(['capture_id'], ['payment_capture.id'], name=op.f('fk_payment_refund_capture_id')),
    sa.ForeignKeyConstraint(['order_id'], ['orders_order.id'], name=op.f('fk_payment_refund_order_id')),
    sa.ForeignKeyConstraint(['requested_by'], ['parties_person.id'], name=op.f('fk_payment_refund_requested_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_refund')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_payment_refund_idempotency_key')),
    sa.UniqueConstraint('reference', name=op.f('uq_payment_refund_reference'))
    )
    op.create_index(op.f('ix_payment_refund_capture_id'), 'payment_refund', ['capture_id'], unique=False)
    op.create_index(op.f('ix_payment_refund_order_id_id'), 'payment_refund', ['order_id', 'id'], unique=False)
    op.create_index(op.f('ix_payment_refund_requested_by'), 'payment_refund', ['requested_by'], unique=False)
    op.create_index('ix_payment_refund_waiting', 'payment_refund', ['state', 'id'], unique=False, postgresql_where=sa.text("state <> 'succeeded'"))
    op.create_table('payment_refund_line',
    sa.Column('refund_id', sa.BigInteger(), nullable=False),
    sa.Column('order_line_id', sa.BigInteger(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('quantity > 0 AND amount_fen > 0', name=op.f('ck_payment_refund_line_amounts_positive')),
    sa.ForeignKeyConstraint(['order_line_id'], ['orders_line.id'], name=op.f('fk_payment_refund_line_order_line_id')),
    sa.ForeignKeyConstraint(['refund_id'], ['payment_refund.id'], name=op.f('fk_payment_refund_line_refund_id')),
    sa.PrimaryKeyConstraint('refund_id', 'order_line_id', name=op.f('pk_payment_refund_line'))
    )
    op.create_index(op.f('ix_payment_refund_line_order_line_id'), 'payment_refund_line', ['order_line_id'], unique=False)
    op.create_table('sandbox_event',
    sa.Column('id', sa.String(length=80), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('delivered', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sandbox_event'))
    )
    op.create_table('sandbox_key',
    sa.Column('key', sa.String(length=255), nullable=False),
    sa.Column('request_hash', sa.String(length=64), nullable=False),
    sa.Column('status', sa.BigInteger(), nullable=False),
    sa.Column('answer', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_sandbox_key'))
    )
    op.create_table('sandbox_refund',
    sa.Column('id', sa.String(length=80), nullable=False),
    sa.Column('payment_intent', sa.String(length=80), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('metadata_given', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("status IN ('pending', 'succeeded', 'failed')", name=op.f('ck_sandbox_refund_status_known')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_sandbox_refund_amount_positive')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sandbox_refund'))
    )
    op.create_index(op.f('ix_sandbox_refund_payment_intent'), 'sandbox_refund', ['payment_intent'], unique=False)
    op.create_table('sandbox_session',
    sa.Column('id', sa.String(length=80), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('payment_intent', sa.String(length=80), nullable=True),
    sa.Column('amount_total', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('parameters', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(status = 'complete') = (payment_intent IS NOT NULL)", name=op.f('ck_sandbox_session_complete_is_paid')),
    sa.CheckConstraint("status IN ('open', 'complete', 'expired')", name=op.f('ck_sandbox_session_status_known')),
    sa.CheckConstraint('amount_total > 0', name=op.f('ck_sandbox_session_amount_positive')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sandbox_session')),
    sa.UniqueConstraint('payment_intent', name=op.f('uq_sandbox_session_payment_intent'))
    )
    _freeze()


def downgrade() -> None:
    op.drop_table('sandbox_session')
    op.drop_index(op.f('ix_sandbox_refund_payment_intent'), table_name='sandbox_refund')
    op.drop_table('sandbox_refund')
    op.drop_table('sandbox_key')
    op.drop_table('sandbox_event')
    op.drop_index(op.f('ix_payment_refund_line_order_line_id'), table_name='payment_refund_line')
    op.drop_table('payment_refund_line')
    op.drop_index('ix_payment_refund_waiting', table_name='payment_refund', postgresql_where=sa.text("state <> 'succeeded'"))
    op.drop_index(op.f('ix_payment_refund_requested_by'), table_name='payment_refund')
    op.drop_index(op.f('ix_payment_refund_order_id_id'), table_name='payment_refund')
    op.drop_index(op.f('ix_payment_refund_capture_id'), table_name='payment_refund')
    op.drop_table('payment_refund')
    op.drop_index(op.f('ix_payment_transfer_state_id'), table_name='payment_transfer')
    op.drop_index(op.f('ix_payment_transfer_proposed_by'), table_name='payment_transfer')
    op.drop_index(op.f('ix_payment_transfer_confirmed_by'), table_name='payment_transfer')
    op.drop_index(op.f('ix_payment_transfer_attempt_id'), table_name='payment_transfer')
    op.drop_table('payment_transfer')
    op.drop_index('uq_payment_capture_applied', table_name='payment_capture', postgresql_where=sa.text("kind = 'applied'"))
    op.drop_index('ix_payment_capture_unmatched', table_name='payment_capture', postgresql_where=sa.text("kind = 'mismatch'"))
    op.drop_index(op.f('ix_payment_capture_order_id_id'), table_name='payment_capture')
    op.drop_index(op.f('ix_payment_capture_attempt_id'), table_name='payment_capture')
    op.drop_table('payment_capture')
    op.drop_index('uq_payment_attempt_live', table_name='payment_attempt', postgresql_where=sa.text("state IN ('created', 'open')"))
    op.drop_index(op.f('ix_payment_attempt_order_id_id'), table_name='payment_attempt')
    op.drop_index('ix_payment_attempt_due', table_name='payment_attempt', postgresql_where=sa.text("state IN ('created', 'open')"))
    op.drop_table('payment_attempt')
    op.drop_index('ix_payment_event_waiting', table_name='payment_event', postgresql_where=sa.text('handled_at IS NULL'))
    op.drop_table('payment_event')
