"""Rows of the sandbox's books in Stripe's shapes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marketplace.adapters.sandbox.models import SandboxRefundRow, SandboxSessionRow

API_VERSION = "2026-10-28.endive"


def session_shape(row: SandboxSessionRow, pay_url: str) -> dict[str, Any]:
    given = row.parameters
    is_paid = row.status == "complete"
    return {
        "id": row.id,
        "object": "checkout.session",
        "amount_subtotal": row.amount_total,
        "amount_total": row.amount_total,
        "cancel_url": given["cancel_url"],
        "client_reference_id": given["client_reference_id"],
        "created": _unix(row.created_at),
        "currency": row.currency,
        "customer_details": None,
        "expires_at": _unix(row.expires_at),
        "livemode": False,
        "locale": given["locale"],
        "metadata": given["metadata"],
        "mode": "payment",
        "payment_intent": row.payment_intent,
        "payment_method_options": given["payment_method_options"],
        "payment_status": "paid" if is_paid else "unpaid",
        "status": row.status,
        "success_url": given["success_url"],
        "ui_mode": given["ui_mode"],
        "url": pay_url if row.status == "open" else None,
    }


def refund_shape(row: SandboxRefundRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "object": "refund",
        "amount": row.amount,
        "created": _unix(row.created_at),
        "currency": row.currency,
        "metadata": row.metadata_given,
        "payment_intent": row.payment_intent,
        "reason": row.reason,
        "status": row.status,
    }


def event_shape(event_id: str, kind: str, about: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    return {
        "id": event_id,
        "object": "event",
        "api_version": API_VERSION,
        "created": _unix(at),
        "data": {"object": dict(about)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }


def _unix(instant: datetime) -> int:
    return int(instant.timestamp())
