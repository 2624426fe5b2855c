"""Alembic's environment: one connection as the tables' owner, one transaction a revision."""

from typing import Any

from alembic import context
from sqlalchemy import create_engine, pool

from marketplace.migrations.tables import all_tables, is_ours


def _url() -> str:
    given = context.config.attributes.get("url")
    if given:
        return str(given)
    from flask import current_app  # noqa: PLC0415 - only the flask db command runs inside an application

    return str(current_app.config["SETTINGS"].owner_database_url)


def _include(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    return kind != "table" or is_ours(name)


engine = create_engine(_url(), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=all_tables(),
        include_object=_include,
        compare_type=True,
        compare_server_default=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
