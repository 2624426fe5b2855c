"""Routing decisions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from marketplace.migrations.append_only import append_only

revision = "0008_routing"
down_revision = "0007_freight"
branch_labels = None
depends_on = None

DECISIONS = (
    "routing_decision",
    "routing_decided_part",
    "routing_decided_line",
    "routing_decision_term",
    "routing_decision_reason",
    "routing_runner_up",
)


def upgrade() -> None:
    op.create_table('routing_decision',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('cause_type', sa.String(length=40), nullable=False),
    sa.Column('cause_id', sa.BigInteger(), nullable=False),
    sa.Column('cause_kind', sa.String(length=40), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('destination_code', sa.String(length=20), nullable=False),
    sa.Column('policy_version', sa.String(length=40), nullable=False),
    sa.Column('optimal', sa.Boolean(), nullable=False),
    sa.Column('score_fen', sa.BigInteger(), nullable=False),
    sa.Column('goods_fen', sa.BigInteger(), nullable=False),
    sa.Column('freight_fen', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('goods_fen >= 0 AND freight_fen >= 0', name=op.f('ck_routing_decision_money_not_negative')),
    sa.CheckConstraint('score_fen >= 0', name=op.f('ck_routing_decision_score_not_negative')),
    sa.ForeignKeyConstraint(['destination_code'], ['places_division.code'], name=op.f('fk_routing_decision_destination_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_routing_decision'))
    )
    op.create_index(op.f('ix_routing_decision_cause_type_cause_id_id'), 'routing_decision', ['cause_type', 'cause_id', 'id'], unique=False)
    op.create_index(op.f('ix_routing_decision_destination_code'), 'routing_decision', ['destination_code'], unique=False)
    op.create_index(op.f('ix_routing_decision_policy_version_decided_at'), 'routing_decision', ['policy_version', 'decided_at'], unique=False)
    op.create_table('routing_decided_part',
    sa.Column('decision_id', sa.BigInteger(), nullable=False),
    sa.Column('no', sa.SmallInteger(), nullable=False),
    sa.Column('cooperative_id', sa.BigInteger(), nullable=False),
    sa.Column('warehouse_id', sa.BigInteger(), nullable=True),
    sa.Column('origin_code', sa.String(length=20), nullable=False),
    sa.Column('goods_fen', sa.BigInteger(), nullable=False),
    sa.Column('freight_fen', sa.BigInteger(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.CheckConstraint('goods_fen >= 0 AND freight_fen >= 0', name=op.f('ck_routing_decided_part_money_not_negative')),
    sa.ForeignKeyConstraint(['cooperative_id'], ['parties_party.id'], name=op.f('fk_routing_decided_part_cooperative_id')),
    sa.ForeignKeyConstraint(['decision_id'], ['routing_decision.id'], name=op.f('fk_routing_decided_part_decision_id')),
    sa.ForeignKeyConstraint(['origin_code'], ['places_division.code'], name=op.f('fk_routing_decided_part_origin_code')),
    sa.ForeignKeyConstraint(['warehouse_id'], ['parties_party.id'], name=op.f('fk_routing_decided_part_warehouse_id')),
    sa.PrimaryKeyConstraint('decision_id', 'no', name=op.f('pk_routing_decided_part'))
    )
    op.create_index(op.f('ix_routing_decided_part_cooperative_id_decided_on'), 'routing_decided_part', ['cooperative_id', 'decided_on'], unique=False)
    op.create_index(op.f('ix_routing_decided_part_origin_code'), 'routing_decided_part', ['origin_code'], unique=False)
    op.create_index('ix_routing_decided_part_share', 'routing_decided_part', ['decided_on', 'cooperative_id'], unique=False, postgresql_include=['goods_fen'])
    op.create_index(op.f('ix_routing_decided_part_warehouse_id'), 'routing_decided_part', ['warehouse_id'], unique=False)
    op.create_table('routing_decision_reason',
    sa.Column('decision_id', sa.BigInteger(), nullable=False),
    sa.Column('part_no', sa.SmallInteger(), nullable=False),
    sa.Column('position', sa.SmallInteger(), nullable=False),
    sa.Column('template', sa.Text(), nullable=False),
    sa.Column('parameters', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['decision_id'], ['routing_decision.id'], name=op.f('fk_routing_decision_reason_decision_id')),
    sa.PrimaryKeyConstraint('decision_id', 'part_no', 'position', name=op.f('pk_routing_decision_reason'))
    )
    op.create_table('routing_decision_term',
    sa.Column('decision_id', sa.BigInteger(), nullable=False),
    sa.Column('rank', sa.SmallInteger(), nullable=False),
    sa.Column('term', sa.String(length=20), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("term IN ('price','freight','distance','parts','waiting','freshness','pairing','key_county','fair_share')", name=op.f('ck_routing_decision_term_term_known')),
    sa.CheckConstraint('amount_fen >= 0', name=op.f('ck_routing_decision_term_amount_not_negative')),
    sa.CheckConstraint('rank IN (1, 2)', name=op.f('ck_routing_decision_term_rank_known')),
    sa.ForeignKeyConstraint(['decision_id'], ['routing_decision.id'], name=op.f('fk_routing_decision_term_decision_id')),
    sa.PrimaryKeyConstraint('decision_id', 'rank', 'term', name=op.f('pk_routing_decision_term'))
    )
    op.create_table('routing_runner_up',
    sa.Column('decision_id', sa.BigInteger(), nullable=False),
    sa.Column('score_fen', sa.BigInteger(), nullable=False),
    sa.Column('total_fen', sa.BigInteger(), nullable=False),
    sa.Column('offers', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('template', sa.Text(), nullable=False),
    sa.Column('parameters', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.CheckConstraint('score_fen >= 0 AND total_fen >= 0', name=op.f('ck_routing_runner_up_money_not_negative')),
    sa.ForeignKeyConstraint(['decision_id'], ['routing_decision.id'], name=op.f('fk_routing_runner_up_decision_id')),
    sa.PrimaryKeyConstraint('decision_id', name=op.f('pk_routing_runner_up'))
    )
    op.create_table('routing_decided_line',
    sa.Column('decision_id', sa.BigInteger(), nullable=False),
    sa.Column('part_no', sa.SmallInteger(), nullable=False),
    sa.Column('line_no', sa.SmallInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('unit_price_fen', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_routing_decided_line_quantity_positive')),
    sa.CheckConstraint('unit_price_fen > 0', name=op.f('ck_routing_decided_line_price_positive')),
    sa.ForeignKeyConstraint(['decision_id'], ['routing_decision.id'], name=op.f('fk_routing_decided_line_decision_id')),
    sa.ForeignKeyConstraint(['offer_id'], ['catalogue_offer.id'], name=op.f('fk_routing_decided_line_offer_id')),
    sa.PrimaryKeyConstraint('decision_id', 'part_no', 'line_no', 'offer_id', name=op.f('pk_routing_decided_line'))
    )
    op.create_index(op.f('ix_routing_decided_line_offer_id'), 'routing_decided_line', ['offer_id'], unique=False)

    for table in DECISIONS:
        append_only(op, table)


def downgrade() -> None:
    op.drop_index(op.f('ix_routing_decided_line_offer_id'), table_name='routing_decided_line')
    op.drop_table('routing_decided_line')
    op.drop_table('routing_runner_up')
    op.drop_table('routing_decision_term')
    op.drop_table('routing_decision_reason')
    op.drop_index(op.f('ix_routing_decided_part_warehouse_id'), table_name='routing_decided_part')
    op.drop_index('ix_routing_decided_part_share', table_name='routing_decided_part', postgresql_include=['goods_fen'])
    op.drop_index(op.f('ix_routing_decided_part_origin_code'), table_name='routing_decided_part')
    op.drop_index(op.f('ix_routing_decided_part_cooperative_id_decided_on'), table_name='routing_decided_part')
    op.drop_table('routing_decided_part')
    op.drop_index(op.f('ix_routing_decision_policy_version_decided_at'), table_name='routing_decision')
    op.drop_index(op.f('ix_routing_decision_destination_code'), table_name='routing_decision')
    op.drop_index(op.f('ix_routing_decision_cause_type_cause_id_id'), table_name='routing_decision')
    op.drop_table('routing_decision')
