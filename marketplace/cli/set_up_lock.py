"""One process at a time sets a database up, on however many machines; who serves it waits for that."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import NullPool, create_engine, text

from marketplace.kernel.settings import Settings

_SET_UP = 8_000_001


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Let nobody else set the database up, or begin to serve it, while the block lasts."""
    engine = create_engine(settings.owner_database_url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _SET_UP})
        connection.commit()
        yield


def wait_for_set_up(settings: Settings) -> None:
    """Return once nobody is setting the database up."""
    engine = create_engine(settings.database_url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _SET_UP})
