"""Tables that only grow: UPDATE, DELETE and TRUNCATE are refused by trigger, whoever asks."""

from typing import Any

APP_ROLE = "marketplace_app"


def create_guard(op: Any) -> None:
    """Create the one trigger function that every append-only table shares."""
    op.execute(
        """
        CREATE FUNCTION kernel_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$
        """
    )


def drop_guard(op: Any) -> None:
    op.execute("DROP FUNCTION kernel_refuse_change()")


def append_only(op: Any, table: str) -> None:
    """Guard a table by triggers and take the right to change it from the application's role."""
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change()"
    )
    op.execute(
        f"""
        DO $$ BEGIN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
                REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP_ROLE};
            END IF;
        END $$
        """  # noqa: S608 - the name comes from a migration
    )
