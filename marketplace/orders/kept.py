"""Between rows and the frozen types that other rooms hold; sentences are kept as template and parameters."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.catalogue.types import CertificateProof, OfferId, ProductId, StorageKind, VariantId
from marketplace.kernel.message import Message, Name
from marketplace.notices.rules import decode, encode
from marketplace.orders.models import FulfilmentRow, OrderLineRow, OrderRow
from marketplace.orders.types import (
    Address,
    Contact,
    Fulfilment,
    FulfilmentId,
    FulfilmentState,
    LineDraft,
    Order,
    OrderId,
    OrderLine,
    OrderLineId,
    OrderState,
    Pick,
)
from marketplace.parties.types import PartyId, PersonId
from marketplace.places.types import DivisionCode
from marketplace.stock.types import HoldId


def message_as_json(message: Message) -> dict[str, Any]:
    return {"template": message.template, "parameters": encode(message.parameters)}


def message_from_json(kept: Mapping[str, Any]) -> Message:
    return Message(kept["template"], decode(kept["parameters"]))


def line_columns(draft: LineDraft) -> dict[str, Any]:
    """Spread a drafted line over the columns in which it is frozen."""
    return {
        "product_id": draft.product_id,
        "product_slug": draft.product_slug,
        **_name_columns("product_name", draft.product_name),
        **_name_columns("pack", draft.pack),
        "variant_id": draft.variant_id,
        "offer_id": draft.offer_id,
        "cooperative_id": draft.cooperative_id,
        **_name_columns("cooperative_name", draft.cooperative_name),
        "producer_id": draft.producer_id,
        **_name_columns("producer_name", draft.producer_name),
        "county_code": draft.county_code,
        "prefecture_code": draft.prefecture_code,
        "industry_code": draft.industry_code,
        "storage_code": draft.storage_code,
        "storage_kind": draft.storage_kind,
        "range_min_milli_c": draft.range_min_milli_c,
        "range_max_milli_c": draft.range_max_milli_c,
        "unit_price_fen": draft.unit_price_fen,
        "quantity": draft.quantity,
        "goods_fen": draft.unit_price_fen * draft.quantity,
        "net_weight_g": draft.net_weight_g,
        "certificates": [proof.as_json() for proof in draft.certificates],
        "refunded_quantity": 0,
    }


def _name_columns(stem: str, name: Name) -> dict[str, str]:
    return {f"{stem}_zh": name.hans, f"{stem}_zh_hant": name.hant, f"{stem}_en": name.en}


def line_of(row: OrderLineRow, picks: Sequence[Pick]) -> OrderLine:
    return OrderLine(
        id=OrderLineId(row.id),
        no=row.no,
        order_id=OrderId(row.order_id),
        fulfilment_id=FulfilmentId(row.fulfilment_id),
        product_id=ProductId(row.product_id),
        product_slug=row.product_slug,
        product_name=Name(row.product_name_zh, row.product_name_zh_hant, row.product_name_en),
        pack=Name(row.pack_zh, row.pack_zh_hant, row.pack_en),
        variant_id=VariantId(row.variant_id),
        offer_id=OfferId(row.offer_id),
        cooperative_id=PartyId(row.cooperative_id),
        cooperative_name=Name(row.cooperative_name_zh, row.cooperative_name_zh_hant, row.cooperative_name_en),
        producer_id=PartyId(row.producer_id),
        producer_name=Name(row.producer_name_zh, row.producer_name_zh_hant, row.producer_name_en),
        county_code=DivisionCode(row.county_code),
        prefecture_code=DivisionCode(row.prefecture_code),
        industry_code=row.industry_code,
        storage_code=row.storage_code,
        storage_kind=StorageKind(row.storage_kind),
        range_min_milli_c=row.range_min_milli_c,
        range_max_milli_c=row.range_max_milli_c,
        unit_price_fen=row.unit_price_fen,
        quantity=row.quantity,
        refunded_quantity=row.refunded_quantity,
        goods_fen=row.goods_fen,
        net_weight_g=row.net_weight_g,
        certificates=tuple(CertificateProof.from_json(kept) for kept in row.certificates),
        picks=tuple(picks),
    )


def fulfilment_of(
    row: FulfilmentRow, order_number: str, destination_code: str, lines: Sequence[OrderLine]
) -> Fulfilment:
    return Fulfilment(
        id=FulfilmentId(row.id),
        number=row.number,
        order_id=OrderId(row.order_id),
        order_number=order_number,
        part_no=row.part_no,
        shipment_no=row.shipment_no,
        cooperative_id=PartyId(row.cooperative_id),
        warehouse_id=PartyId(row.warehouse_id) if row.warehouse_id is not None else None,
        destination_code=DivisionCode(destination_code),
        storage_kind=StorageKind(row.storage_kind),
        weight_g=row.weight_g,
        freight_fen=row.freight_fen,
        refunded_freight_fen=row.refunded_freight_fen,
        state=FulfilmentState(row.state),
        ships_on=row.ships_on,
        arrives_on=row.arrives_on,
        reasons=tuple(message_from_json(kept) for kept in row.reasons),
        label_token=row.label_token,
        decline_reason=row.decline_reason,
        accepted_at=row.accepted_at,
        packed_at=row.packed_at,
        shipped_at=row.shipped_at,
        delivered_at=row.delivered_at,
        received_at=row.received_at,
        lines=tuple(lines),
    )


def order_of(row: OrderRow, fulfilments: Sequence[Fulfilment]) -> Order:
    lines = sorted((line for part in fulfilments for line in part.lines), key=lambda line: line.no)
    return Order(
        id=OrderId(row.id),
        number=row.number,
        token=row.token,
        person_id=PersonId(row.person_id),
        unit_id=PartyId(row.unit_id) if row.unit_id is not None else None,
        state=OrderState(row.state),
        destination_code=DivisionCode(row.destination_code),
        address=Address(
            recipient=row.recipient,
            phone=row.recipient_phone,
            division_code=DivisionCode(row.destination_code),
            line=row.address_line,
        ),
        contact=Contact(phone=row.contact_phone, language=row.contact_language, email=row.contact_email),
        goods_fen=row.goods_fen,
        freight_fen=row.freight_fen,
        total_fen=row.total_fen,
        refunded_freight_fen=sum(part.refunded_freight_fen for part in fulfilments),
        hold_id=HoldId(row.hold_id) if row.hold_id is not None else None,
        policy_version=row.policy_version,
        placed_at=row.placed_at,
        paid_at=row.paid_at,
        completed_at=row.completed_at,
        closed_at=row.closed_at,
        lines=tuple(lines),
        fulfilments=tuple(fulfilments),
    )
