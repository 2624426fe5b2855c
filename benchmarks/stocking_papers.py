"""What goes with the goods of a shop in bulk: certificates with their history, brands, claims, orders."""

from collections.abc import Sequence

from benchmarks.bulk import DAYS, FIRST, LOTS, Bulk, key


def certificates(count: int, owner: str) -> Sequence[Bulk]:
    state = (
        "(ARRAY['verified','verified','verified','verified','verified','verified','verified','submitted',"
        "'lapsed','verified','verified','suspended','revoked','rejected'])[1 + mod(nth, 14)]"
    )
    begins = f"CURRENT_DATE + {DAYS.format(at='nth')} - 730"
    unchecked = f"{state} IN ('submitted', 'rejected')"
    return [
        Bulk(
            "catalogue_certificate",
            count,
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
            count,
            {"certificate_id": key("nth"), "product_id": key("1 + (nth - 1) * 4")},
            has_id=False,
        ),
        Bulk(
            "catalogue_certificate_suspension",
            count // 14,
            {
                "certificate_id": key("(nth - 1) * 14 + 11"),
                "from_at": "CURRENT_TIMESTAMP - interval '3 days'",
                "to_at": "NULL",
            },
        ),
        Bulk(
            "kernel_journal",
            count * 3,
            {
                "id": f"{key('nth')} + {FIRST // 4}",
                "subject_type": "'certificate'",
                "subject_id": key("1 + (nth - 1) / 3"),
                "action": "(ARRAY['verified','suspended','submitted'])[1 + mod(nth, 3)]",
                "at": "CURRENT_TIMESTAMP - make_interval(hours => 90 - mod(nth, 3)::int)",
            },
            source="subject_type = 'certificate'",
        ),
    ]


def brands(count: int, owner: str) -> Sequence[Bulk]:
    return [
        Bulk(
            "catalogue_brand",
            count,
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
            count,
            {
                "brand_id": key("nth"),
                "user_id": f"CASE WHEN mod(nth, 20) = 0 THEN {key('1')} ELSE {owner} END",
                "state": "(ARRAY['authorised','authorised','asked','refused'])[1 + mod(nth, 4)]",
                "reason": "'没有附授权书（演示）'",
                "valid_from": "CURRENT_DATE - 90",
                "valid_to": "CURRENT_DATE + 275",
            },
        ),
        Bulk(
            "catalogue_brand_product",
            count,
            {"use_id": key("nth"), "product_id": key("1 + (nth - 1) * 20")},
            has_id=False,
        ),
        Bulk(
            "catalogue_producer_claim",
            count,
            {
                "producer_id": f"CASE WHEN mod(nth, 2) = 0 THEN {key('1')} ELSE {key('2')} END",
                "seller_id": key("3"),
                "product_id": key("1 + (nth - 1) * 20"),
                "state": "(ARRAY['named','confirmed','denied'])[1 + mod(nth, 3)]",
                "reason": "'不是我们种的（演示）'",
                "answered_at": "CASE WHEN mod(nth, 3) > 0 THEN source.named_at END",
            },
        ),
    ]


def orders(count: int, owner: str) -> Sequence[Bulk]:
    """Each order is one part with one line from one lot."""
    product = "1 + (nth - 1) * 10"
    state = "(ARRAY['to_accept','accepted','packed','in_transit','delivered','received'])[1 + mod(nth, 6)]"
    return [
        Bulk(
            "orders_order",
            count,
            {"number": "'DEMO-S' || lpad(nth::text, 8, '0')", "token": "'s' || nth", "hold_id": "NULL"},
            source="state = 'paid'",
        ),
        Bulk(
            "orders_fulfilment",
            count,
            {
                "number": "'DEMO-S' || lpad(nth::text, 8, '0') || '-1'",
                "order_id": key("nth"),
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
            count,
            {
                "no": "1",
                "order_id": key("nth"),
                "fulfilment_id": key("nth"),
                "product_id": key(product),
                "variant_id": key(product),
                "offer_id": key(product),
                "cooperative_id": owner,
                "producer_id": owner,
            },
        ),
        Bulk(
            "orders_pick",
            count,
            {"order_line_id": key("nth"), "lot_id": key(f"({product} - 1) * {LOTS} + 1")},
            has_id=False,
        ),
    ]
