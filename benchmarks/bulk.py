"""Rows in bulk: each made by the database after a row that is there, with a number of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

Connection = psycopg.Connection[tuple[object, ...]]
Owner = Callable[[str], str]

LOTS = 10
"""Lots of one product."""

FIRST = 1_000_000_000
"""Keys of what is made here go on from this, so that nothing meets the demonstration's."""

DAYS = "(mod({at} * 7919, 800) - 100)::int"
"""Days from today that look thrown together, an eighth of them in the past."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """So many rows of a table: ``source`` is the row of the demonstration each is made after."""

    table: str
    rows: int
    columns: Mapping[str, str]
    source: str = "true"
    numbered: str = "true"
    has_id: bool = True


def fill(connection: Connection, bulks: Sequence[Bulk]) -> None:
    """Insert all of them in one transaction of the superuser's; triggers are off: nothing is checked."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
        indexes = _drop_indexes(connection, {one.table for one in bulks})
        for bulk in bulks:
            _insert(connection, bulk)
        for definition in indexes:
            connection.execute(definition.encode())
    connection.execute("VACUUM (ANALYZE)")


def _drop_indexes(connection: Connection, tables: set[str]) -> list[str]:
    """Drop what no constraint needs, and return how to make it anew: built at once it costs a third."""
    found = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid::regclass::text = ANY(%s)"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
        [list(tables)],
    ).fetchall()
    for name, _definition in found:
        connection.execute(f"DROP INDEX {name}".encode())
    return [str(definition) for _name, definition in found]


def _insert(connection: Connection, bulk: Bulk) -> None:
    """Insert the rows; the demonstration's take turns as their source."""
    columns = [
        str(row[0])
        for row in connection.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [bulk.table],
        )
    ]
    own = ({"id": f"{FIRST} + nth"} if bulk.has_id else {}) | dict(bulk.columns)
    statement = (
        "INSERT INTO {table} ({columns}) SELECT {values}"
        " FROM generate_series(1, {rows}::bigint) AS nth"
        " JOIN (SELECT *, row_number() OVER () - 1 AS place, count(*) OVER () AS places"
        " FROM {table} WHERE ({source}) ORDER BY 1) source ON source.place = mod(nth, source.places)"
        " WHERE {numbered}"
    )
    done = connection.execute(
        sql.SQL(statement).format(
            table=sql.Identifier(bulk.table),
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=sql.SQL(", ").join(
                sql.SQL(own[one]) if one in own else sql.SQL("source.") + sql.Identifier(one)
                for one in columns
            ),
            rows=sql.Literal(bulk.rows),
            source=sql.SQL(bulk.source),
            numbered=sql.SQL(bulk.numbered),
        )
    )
    if done.rowcount == 0:
        raise SystemExit(f"the demonstration has no row of {bulk.table} to make others after")
    if bulk.has_id:
        connection.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence({name}, 'id'), {last})").format(
                name=sql.Literal(bulk.table), last=sql.Literal(2 * FIRST)
            )
        )


def key(at: str) -> str:
    return f"{FIRST} + {at}"
