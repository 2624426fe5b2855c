"""The job queue's own tables, as its package ships them."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001_jobs"
down_revision = "0001_kernel"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Its functions hold percent signs and colons, so the text goes to the driver as it is.
    op.get_bind().connection.driver_connection.execute(SchemaManager.get_schema())


def downgrade() -> None:
    op.execute(
        """
        DO $$ DECLARE found record; BEGIN
            FOR found IN SELECT oid::regclass AS name FROM pg_class
                WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname LIKE 'procrastinate\\_%'
            LOOP EXECUTE format('DROP TABLE %s CASCADE', found.name); END LOOP;
            FOR found IN SELECT oid::regprocedure AS name FROM pg_proc
                WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'procrastinate\\_%'
            LOOP EXECUTE format('DROP FUNCTION %s CASCADE', found.name); END LOOP;
            FOR found IN SELECT oid::regtype AS name FROM pg_type
                WHERE typnamespace = 'public'::regnamespace AND typname LIKE 'procrastinate\\_%' AND typtype IN ('e', 'c')
            LOOP EXECUTE format('DROP TYPE %s CASCADE', found.name); END LOOP;
        END $$
        """
    )
