"""flask schema: what the tables are, beside what the models say they should be."""

import click
from alembic import command
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.config import Config
from alembic.migration import MigrationContext
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import create_engine

from marketplace.kernel import paths
from marketplace.kernel.settings import Settings
from marketplace.migrations.tables import all_tables, is_ours

group = AppGroup("schema", help="Tables beside models.")


@group.command("upgrade")
def upgrade() -> None:
    """Bring the tables to the newest revision."""
    migrate(current_app.config["SETTINGS"])


def migrate(settings: Settings) -> None:
    """Bring the tables to the newest revision as the role that owns them."""
    command.upgrade(_config(settings), "head")


def unmake(settings: Settings) -> None:
    """Drop the tables with all that is in them, as the role that owns them."""
    command.downgrade(_config(settings), "base")


def _config(settings: Settings) -> Config:
    config = Config()
    config.set_main_option("script_location", str(paths.MIGRATIONS))
    config.attributes["url"] = settings.owner_database_url
    return config


@group.command("draft")
@click.argument("room")
def draft(room: str) -> None:
    """Print the operations that would bring ROOM's tables to its models, to be read and pasted."""

    def is_of_room(_object: object, name: str | None, kind: str, *_rest: object) -> bool:
        return kind != "table" or (is_ours(name) and str(name).startswith(f"{room}_"))

    engine = create_engine(current_app.config["SETTINGS"].owner_database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_object": is_of_room, "compare_type": True, "target_metadata": all_tables()},
        )
        script = produce_migrations(context, all_tables())
    for operations in (script.upgrade_ops, script.downgrade_ops):
        assert operations is not None
        click.echo(render_python_code(operations))
