"""The supply side at a size: cooperatives, goods, lots, papers, certificates and their history, in bulk.

Every row is a row of the demonstration with a number of its own, written by the database itself: two million
lots take minutes, through the use cases they would take days. One cooperative is big (a hundred products in
the small shop, two thousand in the large one), the others have ten products each. Triggers are off meanwhile,
so nothing is checked twice; no change row speaks of these rows.
"""

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

_DAYS = "(mod({at} * 7919, 800) - 100)::int"
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


def stock(connection: Connection, products: int) -> None:
    """Fill a copy of the demonstration, in one transaction of the superuser's."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
        bulks = _bulks(products)
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


def _key(at: str) -> str:
    return f"{FIRST} + {at}"


def _bulks(products: int) -> Sequence[Bulk]:
    """Say what there is, in the order in which one thing names another."""
    big, small = max(100, products // 100), products // 10

    def owner(product: str) -> str:
        """Say whose a product is: the first ones are the big one's."""
        return (
            f"CASE WHEN {product} <= {big} THEN {_key('1')} ELSE {_key(f'2 + mod({product}, {small})')} END"
        )

    product_of_lot = f"(1 + (nth - 1) / {LOTS})"
    return [
        *_parties(small),
        *_goods(products, owner),
        *_lots(products * LOTS, product_of_lot, owner(product_of_lot)),
        *_certificates(products // 4, owner("(1 + (nth - 1) * 4)")),
        *_brands(products // 20, owner("(1 + (nth - 1) * 20)")),
        *_orders(products // 10, owner("(1 + (nth - 1) * 10)")),
    ]


def _parties(small: int) -> Sequence[Bulk]:
    return [
        Bulk(
            "parties_party",
            small + 2,
            {
                "code": "'DEMO-S' || lpad(nth::text, 7, '0')",
                "name_zh": "source.name_zh || ' ' || nth || ' 号'",
                "name_zh_hant": "source.name_zh_hant || ' ' || nth || ' 號'",
                "name_en": "source.name_en || ' no. ' || nth",
                "status": "'active'",
                "verified_until": "CURRENT_DATE + 20 + mod(nth, 160)::int",
            },
            source="kind = 'cooperative' AND status = 'active'",
        ),
        # Somebody works for the big one and somebody for a small one.
        Bulk(
            "parties_person",
            2,
            {"phone": "'+86199000' || lpad(nth::text, 5, '0')", "email": "NULL", "password_hash": "NULL"},
        ),
        Bulk(
            "parties_membership",
            2,
            {"person_id": _key("nth"), "party_id": _key("nth"), "began_at": "source.began_at"},
            source="role = 'cooperative_manager' AND ended_at IS NULL",
        ),
        Bulk(
            "parties_application",
            small // 2,
            {
                "number": "'RZ-S' || lpad(nth::text, 7, '0')",
                "credit_code": "'DEMO-S' || lpad(nth::text, 7, '0')",
                "name": "'山间' || nth || ' 号合作社（演示）'",
                "state": "(ARRAY['submitted','recommended','recommended','returned','refused','withdrawn'])"
                "[1 + mod(nth, 6)]",
                "reason": "'执照照片看不清（演示）'",
                "party_id": "NULL",
                "submitted_at": "CURRENT_TIMESTAMP - make_interval(mins => nth::int)",
            },
        ),
    ]


def _goods(products: int, owner: Owner) -> Sequence[Bulk]:
    named = {
        "name_zh": "source.name_zh || ' ' || nth || ' 号'",
        "name_zh_hant": "source.name_zh_hant || ' ' || nth || ' 號'",
        "name_en": "source.name_en || ' no. ' || nth",
    }
    return [
        Bulk(
            "catalogue_product",
            products,
            named
            | {
                "slug": "'demo-s-' || nth",
                "number": "'S' || lpad(nth::text, 7, '0')",
                "owner_id": f"CASE WHEN mod(nth, 10) = 0 THEN {owner('nth')} END",
            },
            source="status = 'listed' AND consumer_sellable",
        ),
        Bulk(
            "catalogue_variant",
            products,
            {"product_id": _key("nth"), "code": "'DEMO-S' || lpad(nth::text, 7, '0') || '-1'"},
        ),
        Bulk(
            "catalogue_offer",
            products,
            {
                "variant_id": _key("nth"),
                "product_id": _key("nth"),
                "cooperative_id": owner("nth"),
                "producer_id": owner("nth"),
                "price_fen": "source.price_fen + mod(nth, 5000)",
                "presale_on": "NULL",
                "presale_cap": "NULL",
                "status": "CASE WHEN mod(nth, 10) = 3 THEN 'paused' ELSE 'listed' END",
            },
            source="status = 'listed'",
        ),
        Bulk(
            "catalogue_proposal",
            products // 10,
            {
                "cooperative_id": owner("(nth * 10)"),
                "product_id": f"CASE WHEN mod(nth, 5) > 2 THEN {_key('nth * 10')} END",
                "state": "(ARRAY['draft','submitted','returned','listed','listed'])[1 + mod(nth, 5)]",
                "note": "'照片请重拍（演示）'",
                "submitted_at": "CURRENT_TIMESTAMP - make_interval(mins => nth::int)",
            },
        ),
        Bulk(
            "kernel_journal",
            products // 5,
            {
                "subject_type": "'offer'",
                "subject_id": _key("nth * 5"),
                "at": "CURRENT_TIMESTAMP - make_interval(hours => mod(nth, 9000)::int)",
            },
            source="subject_type = 'offer'",
        ),
    ]


def _lots(lots: int, product: str, owner: str) -> Sequence[Bulk]:
    # Most lots are long sold: four of ten have packs. One of five hundred is out of use.
    in_store = "mod(nth, 10) IN (1, 4, 6, 9)"
    status = (
        "CASE WHEN mod(nth, 500) = 4 THEN 'on_hold' WHEN mod(nth, 2000) = 6 THEN 'recalled' ELSE 'open' END"
    )
    expires = f"CURRENT_DATE + {_DAYS.format(at='nth')}"
    quantities = {"on_hand": f"CASE WHEN {in_store} THEN 5 + mod(nth, 90) ELSE 0 END", "held": "0"}
    return [
        Bulk(
            "catalogue_lot",
            lots,
            {
                "offer_id": _key(product),
                "cooperative_id": owner,
                "code": "'DEMO-S' || lpad(nth::text, 8, '0')",
                "harvested_on": f"{expires} - 40",
                "expires_on": expires,
                "status": status,
            },
            source="status = 'open'",
        ),
        Bulk(
            "stock_lot",
            lots,
            quantities
            | {
                "lot_id": _key("nth"),
                "offer_id": _key(product),
                "blocked": f"({status}) <> 'open'",
                "expires_on": expires,
            },
            has_id=False,
        ),
        Bulk(
            "stock_movement",
            lots,
            {
                "lot_id": _key("nth"),
                "on_hand_change": quantities["on_hand"],
                "held_change": "0",
                "cause_type": "'demo'",
                "cause_id": "nth",
                "hold_id": "NULL",
            },
            source="kind = 'received'",
            numbered=in_store,
        ),
        Bulk(
            "catalogue_lot_paper",
            lots,
            {"lot_id": _key("nth"), "number": "'DEMO-CN-S' || nth"},
            source="paper_code = 'commitment_cert'",
            numbered=f"{in_store} AND mod(nth, 3) > 0",
            has_id=False,
        ),
        Bulk(
            "catalogue_lot_hold",
            lots // 500,
            {
                "lot_id": _key("(nth - 1) * 500 + 4"),
                "cause": "'authority'",
                "report_id": "NULL",
                "released_at": "NULL",
                "release_reason": "NULL",
            },
        ),
    ]


def _certificates(certificates: int, owner: str) -> Sequence[Bulk]:
    state = (
        "(ARRAY['verified','verified','verified','verified','verified','verified','verified','submitted',"
        "'lapsed','verified','verified','suspended','revoked','rejected'])[1 + mod(nth, 14)]"
    )
    begins = f"CURRENT_DATE + {_DAYS.format(at='nth')} - 730"
    unchecked = f"{state} IN ('submitted', 'rejected')"
    return [
        Bulk(
            "catalogue_certificate",
            certificates,
            {
                "number": "split_part(source.number, '-', 1) || '-' || split_part(source.number, '-', 2)"
                " || '-S' || lpad(nth::text, 7, '0')",
                "holder_id": owner,
                "valid_from": begins,
                "valid_to": f"{begins} + 730 - CASE WHEN {state} = 'lapsed' THEN 720 ELSE 0 END",
                "state": state,
                "submitted_at": "CURRENT_TIMESTAMP - make_interval(mins => nth::int)",
                "verified_at": f"CASE WHEN {unchecked} THEN NULL ELSE source.verified_at END",
                "checked_against": f"CASE WHEN {unchecked} THEN NULL ELSE source.checked_against END",
                "checked_by": f"CASE WHEN {unchecked} THEN NULL ELSE source.checked_by END",
                "revoked_at": f"CASE WHEN {state} = 'revoked' THEN CURRENT_TIMESTAMP END",
                "renews_id": "NULL",
                "reminded_on": "CURRENT_DATE",
            },
            source="state = 'verified' AND base_county_code IS NULL AND renews_id IS NULL",
        ),
        Bulk(
            "catalogue_certificate_product",
            certificates,
            {"certificate_id": _key("nth"), "product_id": _key("1 + (nth - 1) * 4")},
            has_id=False,
        ),
        Bulk(
            "catalogue_certificate_suspension",
            certificates // 14,
            {
                "certificate_id": _key("(nth - 1) * 14 + 11"),
                "from_at": "CURRENT_TIMESTAMP - interval '3 days'",
                "to_at": "NULL",
            },
        ),
        Bulk(
            "kernel_journal",
            certificates * 3,
            {
                "id": f"{_key('nth')} + {FIRST // 4}",
                "subject_type": "'certificate'",
                "subject_id": _key("1 + (nth - 1) / 3"),
                "action": "(ARRAY['verified','suspended','submitted'])[1 + mod(nth, 3)]",
                "at": "CURRENT_TIMESTAMP - make_interval(hours => 90 - mod(nth, 3)::int)",
            },
            source="subject_type = 'certificate'",
        ),
    ]


def _brands(brands: int, owner: str) -> Sequence[Bulk]:
    return [
        Bulk(
            "catalogue_brand",
            brands,
            {
                "kind": "(ARRAY['enterprise','product'])[1 + mod(nth, 2)]",
                "name_zh": "'黔山' || nth || ' 号（演示）'",
                "name_zh_hant": "'黔山' || nth || ' 號（演示）'",
                "name_en": "'Qianshan no. ' || nth || ' (demo)'",
                "holder_id": owner,
                "state": "(ARRAY['listed','listed','listed','submitted','refused','ended'])[1 + mod(nth, 6)]",
            },
        ),
        Bulk(
            "catalogue_brand_use",
            brands,
            {
                "brand_id": _key("nth"),
                "user_id": f"CASE WHEN mod(nth, 20) = 0 THEN {_key('1')} ELSE {owner} END",
                "state": "(ARRAY['authorised','authorised','asked','refused'])[1 + mod(nth, 4)]",
                "reason": "'没有附授权书（演示）'",
                "valid_from": "CURRENT_DATE - 90",
                "valid_to": "CURRENT_DATE + 275",
            },
        ),
        Bulk(
            "catalogue_brand_product",
            brands,
            {"use_id": _key("nth"), "product_id": _key("1 + (nth - 1) * 20")},
            has_id=False,
        ),
        Bulk(
            "catalogue_producer_claim",
            brands,
            {
                "producer_id": f"CASE WHEN mod(nth, 2) = 0 THEN {_key('1')} ELSE {_key('2')} END",
                "seller_id": _key("3"),
                "product_id": _key("1 + (nth - 1) * 20"),
                "state": "(ARRAY['named','confirmed','denied'])[1 + mod(nth, 3)]",
                "reason": "'不是我们种的（演示）'",
                "answered_at": "CASE WHEN mod(nth, 3) > 0 THEN source.named_at END",
            },
        ),
    ]


def _orders(orders: int, owner: str) -> Sequence[Bulk]:
    """Each order is one part with one line from one lot."""
    product = "1 + (nth - 1) * 10"
    state = "(ARRAY['to_accept','accepted','packed','in_transit','delivered','received'])[1 + mod(nth, 6)]"
    return [
        Bulk(
            "orders_order",
            orders,
            {"number": "'DEMO-S' || lpad(nth::text, 8, '0')", "token": "'s' || nth", "hold_id": "NULL"},
            source="state = 'paid'",
        ),
        Bulk(
            "orders_fulfilment",
            orders,
            {
                "number": "'DEMO-S' || lpad(nth::text, 8, '0') || '-1'",
                "order_id": _key("nth"),
                "part_no": "1",
                "warehouse_id": "NULL",
                "cooperative_id": owner,
                "state": state,
                "ships_on": "CURRENT_DATE + mod(nth, 5)::int",
                "arrives_on": "CURRENT_DATE + 3 + mod(nth, 5)::int",
                "label_token": "'s' || nth",
                "decline_reason": "NULL",
                "received_at": f"CASE WHEN {state} = 'received' THEN CURRENT_TIMESTAMP END",
            },
        ),
        Bulk(
            "orders_line",
            orders,
            {
                "no": "1",
                "order_id": _key("nth"),
                "fulfilment_id": _key("nth"),
                "product_id": _key(product),
                "variant_id": _key(product),
                "offer_id": _key(product),
                "cooperative_id": owner,
                "producer_id": owner,
            },
        ),
        Bulk(
            "orders_pick",
            orders,
            {"order_line_id": _key("nth"), "lot_id": _key(f"({product} - 1) * {LOTS} + 1")},
            has_id=False,
        ),
    ]
