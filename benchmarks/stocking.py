"""The supply side at a size: cooperatives, goods, lots, papers, certificates and their history, in bulk.

Every row is a row of the demonstration with a number of its own, written by the database itself: two million
lots take minutes, through the use cases they would take days. One cooperative is big (a hundred products in
the small shop, two thousand in the large one), the others have ten products each. Triggers are off meanwhile,
so nothing is checked twice; no change row speaks of these rows.
"""

from collections.abc import Sequence

from benchmarks.bulk import DAYS, LOTS, Bulk, Connection, Owner, fill, key
from benchmarks.stocking_papers import brands, certificates, orders


def stock(connection: Connection, products: int) -> None:
    """Fill a copy of the demonstration."""
    fill(connection, _bulks(products))


def _bulks(products: int) -> Sequence[Bulk]:
    """Say what there is, in the order in which one thing names another."""
    big, small = max(100, products // 100), products // 10

    def owner(product: str) -> str:
        """Say whose a product is: the first ones are the big one's."""
        return f"CASE WHEN {product} <= {big} THEN {key('1')} ELSE {key(f'2 + mod({product}, {small})')} END"

    product_of_lot = f"(1 + (nth - 1) / {LOTS})"
    return [
        *_parties(small),
        *_goods(products, owner),
        *_lots(products * LOTS, product_of_lot, owner(product_of_lot)),
        *certificates(products // 4, owner("(1 + (nth - 1) * 4)")),
        *brands(products // 20, owner("(1 + (nth - 1) * 20)")),
        *orders(products // 10, owner("(1 + (nth - 1) * 10)")),
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
            {"person_id": key("nth"), "party_id": key("nth"), "began_at": "source.began_at"},
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
            {"product_id": key("nth"), "code": "'DEMO-S' || lpad(nth::text, 7, '0') || '-1'"},
        ),
        Bulk(
            "catalogue_offer",
            products,
            {
                "variant_id": key("nth"),
                "product_id": key("nth"),
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
                "product_id": f"CASE WHEN mod(nth, 5) > 2 THEN {key('nth * 10')} END",
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
                "subject_id": key("nth * 5"),
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
    expires = f"CURRENT_DATE + {DAYS.format(at='nth')}"
    quantities = {"on_hand": f"CASE WHEN {in_store} THEN 5 + mod(nth, 90) ELSE 0 END", "held": "0"}
    return [
        Bulk(
            "catalogue_lot",
            lots,
            {
                "offer_id": key(product),
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
                "lot_id": key("nth"),
                "offer_id": key(product),
                "blocked": f"({status}) <> 'open'",
                "expires_on": expires,
            },
            has_id=False,
        ),
        Bulk(
            "stock_movement",
            lots,
            {
                "lot_id": key("nth"),
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
            {"lot_id": key("nth"), "number": "'DEMO-CN-S' || nth"},
            source="paper_code = 'commitment_cert'",
            numbered=f"{in_store} AND mod(nth, 3) > 0",
            has_id=False,
        ),
        Bulk(
            "catalogue_lot_hold",
            lots // 500,
            {
                "lot_id": key("(nth - 1) * 500 + 4"),
                "cause": "'authority'",
                "report_id": "NULL",
                "released_at": "NULL",
                "release_reason": "NULL",
            },
        ),
    ]
