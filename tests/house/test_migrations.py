"""The history of the tables ends where the models stand, and runs both ways."""

from collections.abc import Callable

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from marketplace.adapters import embedded_postgres
from marketplace.migrations.tables import all_tables, is_ours
from tests.conftest import migrate


def _difference(url: str) -> list[object]:
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda _object, name, kind, *_: kind != "table" or is_ours(name),
            },
        )
        found = compare_metadata(context, all_tables())
    engine.dispose()
    return list(found)


def test_newest_revision_equals_the_models(
    cluster: embedded_postgres.Cluster, new_database: Callable[[str], str], worker_id: str
) -> None:
    name = new_database(f"history_{worker_id}")
    assert _difference(cluster.url(embedded_postgres.OWNER, name)) == []
    cluster.drop_database(name)


def test_history_runs_up_down_and_up_again(cluster: embedded_postgres.Cluster, worker_id: str) -> None:
    name = f"updown_{worker_id}"
    cluster.drop_database(name)
    cluster.create_database(name)
    url = cluster.url(embedded_postgres.OWNER, name)
    migrate(url)
    migrate(url, "base", down=True)
    engine = create_engine(url)
    assert [table for table in inspect(engine).get_table_names() if table != "alembic_version"] == []
    engine.dispose()
    migrate(url)
    assert _difference(url) == []
    cluster.drop_database(name)
