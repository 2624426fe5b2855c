"""Reference rows loaded once a process and then copied: hundreds of tests begin with them."""

from collections.abc import Callable

from psycopg import Connection, Cursor
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.catalogue.queries.reference import kept as kept_reference
from marketplace.kernel.database import metadata
from marketplace.places.queries import kept_atlas

# In an order in which every row finds what it names.
_TABLES = (
    "places_division",
    "places_pairing",
    "places_transit",
    "catalogue_aisle",
    "catalogue_industry",
    "catalogue_unit",
    "catalogue_storage_class",
    "catalogue_scheme",
    "catalogue_product_form",
    "catalogue_paper",
    "catalogue_picture_kind",
)
_EMPTY = " AND ".join(f"NOT EXISTS (SELECT FROM {table})" for table in _TABLES)
_copies: dict[str, tuple[str, bytes]] = {}


def load_or_copy(session: Session, load: Callable[[Session], None]) -> None:
    """Fill an empty database with what ``load`` wrote into the first one; load into any other."""
    is_empty = bool(session.scalar(text(f"SELECT {_EMPTY}")))
    if not is_empty or not _copies:
        load(session)
        session.flush()
        if is_empty:
            _copies.update(_read(session))
        return
    for table, (columns, copied) in _copies.items():
        with _cursor(session) as cursor, cursor.copy(_statement(f"{table} ({columns}) FROM STDIN")) as copy:
            copy.write(copied)
    for kept in (kept_atlas, kept_reference):
        kept.forget(session)


def _read(session: Session) -> dict[str, tuple[str, bytes]]:
    """Return for each table its columns, but for numbers that the database gives, and its rows."""
    found = {}
    for table in _TABLES:
        given = [column for column in metadata.tables[table].columns if column.identity is None]
        columns = ", ".join(column.name for column in given)
        rows = f"(SELECT {columns} FROM {table} ORDER BY {', '.join(_keys(table))}) TO STDOUT"
        with _cursor(session) as cursor, cursor.copy(_statement(rows)) as copy:
            found[table] = columns, b"".join(map(bytes, copy))
    return found


def _keys(table: str) -> list[str]:
    return [column.name for column in metadata.tables[table].primary_key]


def _statement(what: str) -> bytes:
    return f"COPY {what} (FORMAT binary)".encode()


def _cursor(session: Session) -> "Cursor[tuple[object, ...]]":
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, Connection)
    return connection.cursor()
