"""What leaves for Stripe fits the SDK's own types; what claims to come from it must prove it."""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import UnionType
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints

import pytest
import stripe
from stripe.params import RefundCreateParams
from stripe.params.checkout import SessionCreateParams
from typing_extensions import is_typeddict

from marketplace.adapters.stripe_checkout import (
    StripeAccount,
    StripeCheckout,
    refund_parameters,
    session_parameters,
)
from marketplace.orders.types import OrderId
from marketplace.payment.port import EventSource, ForgedEvent
from marketplace.payment.types import (
    Attempt,
    AttemptId,
    AttemptState,
    CaptureId,
    Processor,
    Refund,
    RefundId,
    RefundState,
)

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SECRET, NEXT_SECRET = "whsec_in_force", "whsec_coming"

ATTEMPT = Attempt(
    id=AttemptId(7),
    order_id=OrderId(3),
    order_number="Q261123-ABCDEF1",
    amount_fen=8600,
    processor=Processor.STRIPE,
    reference=None,
    payment_reference=None,
    url=None,
    idempotency_key="pay-key",
    token="token",
    language="zh-Hant-HK",
    state=AttemptState.CREATED,
    created_at=NOW,
    expires_at=NOW,
)
REFUND = Refund(
    id=RefundId(1),
    order_id=OrderId(3),
    capture_id=CaptureId(1),
    processor=Processor.STRIPE,
    payment_reference="pi_1",
    lines=(),
    freight_fen=0,
    amount_fen=100,
    reason="bruised",
    state=RefundState.PENDING,
    reference=None,
    idempotency_key="refund-key",
    order_number="Q261123-ABCDEF1",
    failure=None,
    created_at=NOW,
    settled_at=None,
)


# Names that the SDK's modules use in quotes without importing them.
_NAMES = {"Mapping": Mapping, "StripeContext": stripe.StripeContext}


def faults(value: Any, kind: Any, path: str = "") -> list[str]:
    """Compare a value with a type of the SDK's, deep into typed dictionaries; return what does not fit."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {NotRequired, Required}:
        return faults(value, arguments[0], path)
    if origin in {Union, UnionType}:
        # The SDK leaves its lists of values open with ``| str``; what we send is on the list.
        is_list = any(get_origin(one) is Literal for one in arguments)
        found = [faults(value, one, path) for one in arguments if not (is_list and one is str)]
        return [] if [] in found else min(found, key=len)
    if is_typeddict(kind):
        return _dictionary_faults(value, kind, path)
    if origin in {list, dict} and isinstance(value, origin):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return [fault for key, one in items for fault in faults(one, arguments[-1], f"{path}[{key}]")]
    if origin is Literal and value in arguments:
        return []
    known = (
        isinstance(kind, type) and isinstance(value, kind) and not (kind is int and isinstance(value, bool))
    )
    return [] if known else [f"{path}: {value!r} is no {kind}"]


def _dictionary_faults(value: Any, kind: Any, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path}: no dictionary"]
    hints = get_type_hints(kind, localns=_NAMES, include_extras=True)
    found = [f"{path}.{name}: unknown" for name in value if name not in hints]
    found += [f"{path}.{name}: missing" for name in kind.__required_keys__ if name not in value]
    for name in value.keys() & hints.keys():
        found += faults(value[name], hints[name], f"{path}.{name}")
    return found


def test_the_session_we_ask_for_fits_the_sdk() -> None:
    for language in ("zh-Hans", "zh-Hant-HK", "en", "pt"):
        asked = session_parameters(replace(ATTEMPT, language=language), "https://example.invalid")
        assert faults(asked, SessionCreateParams) == []


def test_the_refund_we_ask_for_fits_the_sdk() -> None:
    assert faults(refund_parameters(REFUND), RefundCreateParams) == []


def test_the_comparison_itself_notices_what_stripe_would_refuse() -> None:
    asked: Any = session_parameters(ATTEMPT, "https://example.invalid")
    for wrong in (
        {**asked, "payment_method_types": ["card"]},
        {**asked, "locale": "zh-CN"},
        {**asked, "expires_at": "tomorrow"},
        {**asked, "line_items": [{"price_data": {"currency": "cny", "unit_amount": 1.5}}]},
        {**asked, "allowed_payment_method_types": ["shells"], "metadata": {"a": 1}},
    ):
        assert faults(wrong, SessionCreateParams)


def test_the_session_says_what_comes_back_to_us() -> None:
    asked: Any = session_parameters(ATTEMPT, "https://example.invalid")
    assert asked["client_reference_id"] == ATTEMPT.order_number
    assert asked["metadata"]["attempt"] == ATTEMPT.idempotency_key
    assert asked["line_items"][0]["price_data"]["unit_amount"] == 8600
    assert asked["success_url"] == "https://example.invalid/payment/return/token"
    assert asked["expires_at"] == int(NOW.timestamp())
    assert asked["locale"] == "zh-HK"


EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "checkout.session.completed",
    "livemode": False,
    "data": {"object": {"id": "cs_1", "object": "checkout.session"}},
}


def source(*, key: str = "sk_test_1") -> EventSource:
    account = StripeAccount(key=key, webhook_secrets=(SECRET, NEXT_SECRET), public_url="")
    return StripeCheckout(Processor.STRIPE, account)


def signed(body: str, secret: str = SECRET, age: int = 0) -> str:
    return str(stripe.WebhookSignature.generate_signature_header(body, secret, int(time.time()) - age))


def test_a_signed_event_is_read() -> None:
    body = json.dumps(EVENT)
    event = source().read_event(body.encode(), signed(body))
    assert (event.event_id, event.kind, event.subject) == ("evt_1", "checkout.session.completed", "cs_1")
    assert event.payload == EVENT


def test_both_secrets_count_while_one_replaces_the_other() -> None:
    body = json.dumps(EVENT)
    assert source().read_event(body.encode(), signed(body, NEXT_SECRET)).event_id == "evt_1"


BODY = json.dumps(EVENT)


def forged() -> dict[str, tuple[str, str | None]]:
    """Make what proves nothing, as of now: a signature ages while other tests run."""
    return {
        "wrong secret": (BODY, signed(BODY, "whsec_stolen")),
        "altered body": (BODY.replace("cs_1", "cs_2"), signed(BODY)),
        "no header": (BODY, None),
        "empty header": (BODY, ""),
        "garbage header": (BODY, "v1"),
        "no timestamp": (BODY, signed(BODY).partition(",")[2]),
        "only v0": (BODY, signed(BODY).replace("v1=", "v0=")),
        "six minutes old": (BODY, signed(BODY, age=360)),
        "six minutes ahead": (BODY, signed(BODY, age=-360)),
        "an hour ahead": (BODY, signed(BODY, age=-3600)),
        "null": ("null", signed("null")),
        "list": ("[]", signed("[]")),
        "number": ("1", signed("1")),
        "text": ('"evt"', signed('"evt"')),
        "no JSON": ("evt_1", signed("evt_1")),
        "empty": ("", signed("")),
        "empty object": ("{}", signed("{}")),
        "thin event": ('{"object": "v2.core.event"}', signed('{"object": "v2.core.event"}')),
    }


@pytest.mark.parametrize("case", forged())
def test_what_proves_nothing_is_refused(case: str) -> None:
    body, signature = forged()[case]
    with pytest.raises(ForgedEvent):
        source().read_event(body.encode(), signature)


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"id": ""},
        {"id": "e" * 256},
        {"type": 7},
        {"data": None},
        {"data": {"object": None}},
        {"data": {"object": {"id": ["cs_1"]}}},
        {"livemode": True},
        {"livemode": None},
    ],
)
def test_signed_but_no_event_of_ours_is_refused(change: dict[str, Any]) -> None:
    body = json.dumps({**EVENT, **change})
    with pytest.raises(ForgedEvent):
        source().read_event(body.encode(), signed(body))


def test_a_test_event_is_no_event_of_a_live_account() -> None:
    with pytest.raises(ForgedEvent):
        source(key="sk_live_1").read_event(BODY.encode(), signed(BODY))
    live = json.dumps({**EVENT, "livemode": True})
    assert source(key="sk_live_1").read_event(live.encode(), signed(live)).event_id == "evt_1"


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ForgedEvent):
        source().read_event(b"\xff\xfe", signed(BODY))
