"""Reference rows loaded once a process and then copied: hundreds of tests begin with them."""

from collections.abc import Callable

from psycopg import Connection, Cursor
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.catalogue.queries.reference import kept as kept_reference
from marketplace.kernel.database import metadata
from marketplace.places.queries import kept_atlas

# In an order in which every row finds what it names.
PLACES = ("places_division", "places_pairing", "places_transit")
REFERENCE = (
    *PLACES,
    "catalogue_aisle",
    "catalogue_industry",
    "catalogue_unit",
    "catalogue_storage_class",
    "catalogue_scheme",
    "catalogue_product_form",
    "catalogue_paper",
    "catalogue_picture_kind",
)
Copies = dict[str, tuple[str, bytes]]
_made: dict[tuple[str, ...], Copies] = {}


def load_or_copy(session: Session, load: Callable[[Session], None], tables: tuple[str, ...]) -> None:
    """Fill empty tables with what ``load`` wrote into the first such database; load into any other."""
    empty = " AND ".join(f"NOT EXISTS (SELECT FROM {table})" for table in tables)
    is_empty = bool(session.scalar(text(f"SELECT {empty}")))
    if not is_empty or tables not in _made:
        load(session)
        session.flush()
        if is_empty:
            _made[tables] = _read(session, tables)
        return
    for table, (columns, copied) in _made[tables].items():
        with _cursor(session) as cursor, cursor.copy(_statement(f"{table} ({columns}) FROM STDIN")) as copy:
            copy.write(copied)
    for kept in (kept_atlas, kept_reference):
        kept.forget(session)


def _read(session: Session, tables: tuple[str, ...]) -> Copies:
    """Return for each table its columns, but for numbers that the database gives, and its rows."""
    found = {}
    for table in tables:
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
