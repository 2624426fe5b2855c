"""Very many products from a few thousand, by SQL: goods, packs, offers, lots, stock, links of certificates.

A demonstration is multiplied by its own command through the real use cases: minutes for ten thousand
products, hours for a hundred thousand. What is measured above that is cloned from such products. Each clone
has a number of its own and says that it is a demonstration, its stock has the movement it came from. No
change row speaks of it: the search is built anew afterwards.
"""

from collections.abc import Mapping

import psycopg
from psycopg import sql

_ORIGINALS = """
    CREATE TEMPORARY TABLE original ON COMMIT DROP AS
    SELECT product.id, row_number() OVER (ORDER BY product.number) - 1 AS place
    FROM catalogue_product product
    WHERE product.status = 'listed'
        AND EXISTS (SELECT FROM catalogue_offer WHERE product_id = product.id AND status = 'listed')
"""
# Numbers go on behind those that are taken: another run adds to what is there.
_CLONES = """
    CREATE TEMPORARY TABLE clone ON COMMIT DROP AS
    SELECT product.id AS old_id, number, nextval(pg_get_serial_sequence('catalogue_product', 'id')) AS new_id
    FROM (
        SELECT COALESCE(max(substr(number, 2)::bigint), 0) AS last
        FROM catalogue_product WHERE number ~ '^X[0-9]+$'
    ) taken
    CROSS JOIN generate_series(last + 1, last + %(missing)s) AS number
    JOIN original product ON product.place = mod(number, (SELECT count(*) FROM original))
"""
# Which row of a table becomes which: the keys are given out beforehand, so that other tables can follow.
_KEYS = """
    CREATE TEMPORARY TABLE {keys} ON COMMIT DROP AS
    SELECT source.id AS old_id, parent.number, parent.new_id AS new_parent_id,
        nextval(pg_get_serial_sequence({name}, 'id')) AS new_id
    FROM {parents} parent JOIN {table} source ON source.{parent_key} = parent.old_id
    WHERE {condition}
"""
_PRODUCT = {
    "id": "clone.new_id",
    "slug": "regexp_replace(source.slug, '-demo-[0-9]+$', '') || '-demo-' || clone.number",
    "number": "'X' || lpad(clone.number::text, 6, '0')",
    "name_zh": "regexp_replace(source.name_zh, ' [0-9]+ 号（演示）$', '')"
    " || ' ' || clone.number || ' 号（演示）'",
    "name_zh_hant": "regexp_replace(source.name_zh_hant, ' [0-9]+ 号（演示）$', '')"
    " || ' ' || clone.number || ' 号（演示）'",
    "name_en": "regexp_replace(source.name_en, ' no[.] [0-9]+ [(]demo[)]$', '')"
    " || ' no. ' || clone.number || ' (demo)'",
}
_VARIANT = {
    "id": "variant_key.new_id",
    "product_id": "variant_key.new_parent_id",
    "code": "'X' || lpad(variant_key.number::text, 6, '0') || '-' || source.id",
}
_OFFER = {
    "id": "offer_key.new_id",
    "product_id": "offer_key.new_parent_id",
    "variant_id": "(SELECT new_id FROM variant_key WHERE old_id = source.variant_id"
    " AND number = offer_key.number)",
}
_LOT = {"id": "lot_key.new_id", "offer_id": "lot_key.new_parent_id"}
_STOCK = {
    "lot_id": "lot_key.new_id",
    "offer_id": "lot_key.new_parent_id",
    "on_hand": "source.available",
    "held": "0",
}
_MOVEMENTS = """
    INSERT INTO stock_movement
        (lot_id, kind, on_hand_change, held_change, cause_type, cause_id, cause_kind, at)
    SELECT kept.lot_id, 'received', kept.on_hand, 0, 'demo', lot_key.number, 'scaled', lot.recorded_at
    FROM lot_key JOIN stock_lot kept ON kept.lot_id = lot_key.new_id
    JOIN catalogue_lot lot ON lot.id = kept.lot_id
"""


def multiply(address: str, wanted: int) -> int:
    """Clone listed products until so many are listed, in one transaction; returns how many came to be."""
    with psycopg.connect(address) as connection:
        there = connection.execute(
            "SELECT count(*) FROM catalogue_product WHERE status = 'listed'"
        ).fetchone()
        missing = wanted - (there[0] if there else 0)
        if missing <= 0:
            return 0
        connection.execute(_ORIGINALS)
        connection.execute(_CLONES, {"missing": missing})
        _clone(connection, "catalogue_product", "clone", "id", _PRODUCT)
        _clone(
            connection, "catalogue_certificate_product", "clone", "product_id", {"product_id": "clone.new_id"}
        )
        _give_keys(connection, "variant_key", "catalogue_variant", ("clone", "product_id"), "true")
        _clone(connection, "catalogue_variant", "variant_key", "id", _VARIANT)
        _give_keys(
            connection, "offer_key", "catalogue_offer", ("clone", "product_id"), "source.status = 'listed'"
        )
        connection.execute("CREATE INDEX ON variant_key (old_id, number)")
        _clone(connection, "catalogue_offer", "offer_key", "id", _OFFER)
        _give_keys(
            connection,
            "lot_key",
            "catalogue_lot",
            ("offer_key", "offer_id"),
            "EXISTS (SELECT FROM stock_lot WHERE lot_id = source.id AND available > 0)",
        )
        _clone(connection, "catalogue_lot", "lot_key", "id", _LOT)
        _clone(connection, "catalogue_lot_paper", "lot_key", "lot_id", {"lot_id": "lot_key.new_id"})
        _clone(connection, "stock_lot", "lot_key", "lot_id", _STOCK)
        connection.execute(_MOVEMENTS)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("ANALYZE")
    return missing


def _give_keys(
    connection: "psycopg.Connection[tuple[object, ...]]",
    keys: str,
    table: str,
    parents: tuple[str, str],
    condition: str,
) -> None:
    """Make a table of which row becomes which, for the rows of ``table`` below those of ``parents``."""
    connection.execute(
        sql.SQL(_KEYS).format(
            keys=sql.Identifier(keys),
            name=sql.Literal(table),
            table=sql.Identifier(table),
            parents=sql.Identifier(parents[0]),
            parent_key=sql.Identifier(parents[1]),
            condition=sql.SQL(condition),
        )
    )


def _clone(
    connection: "psycopg.Connection[tuple[object, ...]]",
    table: str,
    keys: str,
    key: str,
    other: Mapping[str, str],
) -> None:
    """Insert a copy of each row that ``keys`` names, with other values in some columns."""
    columns = [
        str(row[0])
        for row in connection.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
    ]
    connection.execute(
        sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {values} FROM {keys} JOIN {table} source"
            " ON source.{key} = {keys}.old_id"
        ).format(
            table=sql.Identifier(table),
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=sql.SQL(", ").join(
                sql.SQL(other[one]) if one in other else sql.SQL("source.") + sql.Identifier(one)
                for one in columns
            ),
            keys=sql.Identifier(keys),
            key=sql.Identifier(key),
        )
    )
