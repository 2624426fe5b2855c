"""Stripe Checkout behind the payment port: a hosted page per attempt; card, Alipay, WeChat Pay; CNY.

The same adapter speaks to Stripe and to our own sandbox, which serves the same wire. The SDK retries cut
connections and 409/5xx only, so whatever else is unclear is asked again here with the same stored key.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import stripe

from marketplace.kernel.logging import logger
from marketplace.payment.port import ForgedEvent, ProcessorDown, ProcessorRefused
from marketplace.payment.types import (
    CURRENCY,
    Attempt,
    Processor,
    ProcessorEvent,
    ProcessorState,
    ProcessorStatus,
    Redirect,
    Refund,
    RefundAnswer,
    RefundState,
)

if TYPE_CHECKING:
    from stripe.params import RefundCreateParams
    from stripe.params.checkout import SessionCreateParams

T = TypeVar("T")

TIMEOUT_SECONDS = 8.0  # the SDK's own 80 s outlive a web worker
TOLERANCE_SECONDS = 300
_TRIES = 3
_NOT_FOUND = 404
_LOCALES = {"zh-Hans": "zh", "zh-Hant-HK": "zh-HK", "en": "en"}
_REFUND_STATES = {
    "succeeded": RefundState.SUCCEEDED,
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
_CLEAR_NO = (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError)
_log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StripeAccount:
    """Where to reach the processor and how to know that it is the one speaking.

    ``webhook_secrets``: two while one replaces the other. ``api_base`` empty is Stripe itself.
    """

    key: str
    webhook_secrets: tuple[str, ...]
    public_url: str
    api_base: str = ""

    @property
    def is_live(self) -> bool:
        return self.key.startswith(("sk_live_", "rk_live_"))


class StripeCheckout:
    """A payment port over Stripe's API and an event source over its webhooks."""

    def __init__(
        self,
        processor: Processor,
        account: StripeAccount,
        *,
        http_client: stripe.HTTPClient | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._processor = processor
        self._account = account
        self._pause = pause
        self._client = stripe.StripeClient(
            account.key,
            base_addresses={"api": account.api_base} if account.api_base else None,
            max_network_retries=2,
            http_client=http_client or stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        )

    @property
    def processor(self) -> Processor:
        return self._processor

    def start(self, attempt: Attempt) -> Redirect:
        """Open a payment page. The same attempt always opens the same page."""
        session = self._ask(
            lambda: self._client.v1.checkout.sessions.create(
                session_parameters(attempt, self._account.public_url),
                {"idempotency_key": attempt.idempotency_key},
            )
        )
        if not session.url:
            raise ProcessorRefused("the payment page is no longer open")
        return Redirect(reference=session.id, url=session.url)

    def sync(self, reference: str) -> ProcessorState:
        return state_of(self._ask(lambda: self._client.v1.checkout.sessions.retrieve(reference)))

    def expire(self, reference: str) -> ProcessorState:
        """Close a payment page and say what became of it: paid in the last moment, or expired for good."""
        try:
            return state_of(self._ask(lambda: self._client.v1.checkout.sessions.expire(reference)))
        except ProcessorRefused:
            return self.sync(reference)  # it had ended already, one way or the other

    def refund(self, refund: Refund) -> RefundAnswer:
        """Send a refund, or ask how one stands that was sent; a clear no is a failed refund for a person."""
        try:
            answer = self._ask(lambda: self._send(refund))
        except ProcessorRefused as refused:
            return RefundAnswer(reference=refund.reference, state=RefundState.FAILED, failure=str(refused))
        state = _REFUND_STATES.get(answer.status or "", RefundState.PENDING)
        failure = str(getattr(answer, "failure_reason", None) or answer.status)
        return RefundAnswer(
            reference=answer.id, state=state, failure=failure if state is RefundState.FAILED else None
        )

    def read_event(self, body: bytes, signature: str | None) -> ProcessorEvent:
        """Verify a delivery with any of the secrets in force, its age and its future (±300 s), its shape."""
        if not any(_is_signed(body, signature, secret) for secret in self._account.webhook_secrets):
            raise ForgedEvent("no valid signature")
        if abs(time.time() - _timestamp(signature)) > TOLERANCE_SECONDS:
            raise ForgedEvent("signed too long ago or in the future")
        return _event_of(self._processor, body, is_live=self._account.is_live)

    def _send(self, refund: Refund) -> stripe.Refund:
        if refund.reference is not None:
            return self._client.v1.refunds.retrieve(refund.reference)
        return self._client.v1.refunds.create(
            refund_parameters(refund), {"idempotency_key": refund.idempotency_key}
        )

    def _ask(self, call: Callable[[], T]) -> T:
        for attempt in range(1, _TRIES + 1):
            try:
                return call()
            except _CLEAR_NO as error:
                raise ProcessorRefused(error.code or error.user_message or type(error).__name__) from error
            except stripe.StripeError as error:
                _log.warning("processor_unclear", processor=self._processor, error=type(error).__name__)
                if attempt == _TRIES:
                    raise ProcessorDown(type(error).__name__) from error
                self._pause(0.2 * 2**attempt)
        raise AssertionError("unreachable")


def session_parameters(attempt: Attempt, public_url: str) -> "SessionCreateParams":
    """Say in Stripe's words what is to be paid; one line, because amounts are agreed on the order."""
    back = f"{public_url}{attempt.return_path}"
    told = {"order_number": attempt.order_number, "attempt": attempt.idempotency_key}
    parameters: SessionCreateParams = {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": CURRENCY,
                    "unit_amount": attempt.amount_fen,
                    "product_data": {"name": attempt.order_number},
                },
            }
        ],
        "allowed_payment_method_types": ["card", "alipay", "wechat_pay"],
        "payment_method_options": {"wechat_pay": {"client": "web"}},
        "client_reference_id": attempt.order_number,
        "metadata": told,
        "payment_intent_data": {"metadata": told},
        "success_url": back,
        "cancel_url": back,
        "expires_at": int(attempt.expires_at.timestamp()),
        "locale": cast("Any", _LOCALES.get(attempt.language, "auto")),
    }
    return parameters


def refund_parameters(refund: Refund) -> "RefundCreateParams":
    parameters: RefundCreateParams = {
        "payment_intent": refund.payment_reference,
        "amount": refund.amount_fen,
        "reason": "requested_by_customer",
        "metadata": {"order_number": refund.order_number, "refund": refund.idempotency_key},
    }
    return parameters


def state_of(session: stripe.checkout.Session) -> ProcessorState:
    """Read a session in the marketplace's words."""
    if session.payment_status == "paid":
        status = ProcessorStatus.PAID
    elif session.status == "expired":
        status = ProcessorStatus.EXPIRED
    else:
        status = ProcessorStatus.OPEN
    intent = session.payment_intent
    metadata = session.metadata.to_dict() if session.metadata else {}
    return ProcessorState(
        reference=session.id,
        status=status,
        amount_fen=session.amount_total or 0,
        currency=session.currency or "",
        order_number=session.client_reference_id,
        attempt_key=metadata.get("attempt"),
        payment_reference=intent if isinstance(intent, str) or intent is None else intent.id,
    )


def _is_signed(body: bytes, signature: str | None, secret: str) -> bool:
    try:
        stripe.Webhook.construct_event(body, signature, secret, TOLERANCE_SECONDS)
    except stripe.SignatureVerificationError:
        return False
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        # Signed or not, it is no event: other JSON (AttributeError), no JSON, or no text at all (ValueError).
        raise ForgedEvent(type(error).__name__) from error
    return True


def _timestamp(signature: str | None) -> int:
    """Read when a verified signature was made: the SDK refuses old ones, but not those from the future."""
    parts = (part.partition("=") for part in (signature or "").split(","))
    return next((int(value) for name, _, value in parts if name.strip() == "t"), 0)


def _event_of(processor: Processor, body: bytes, *, is_live: bool) -> ProcessorEvent:
    event: Any = json.loads(body)
    try:
        event_id, kind, about = event["id"], event["type"], event["data"]["object"]
        subject, live = about["id"], event["livemode"]
    except (KeyError, TypeError) as error:
        raise ForgedEvent("not an event") from error
    if not _are_texts((event_id, kind, subject)) or live is not is_live:
        raise ForgedEvent("not an event of this account")
    return ProcessorEvent(processor=processor, event_id=event_id, kind=kind, subject=subject, payload=event)


def _are_texts(values: Sequence[object]) -> bool:
    return all(isinstance(value, str) and 0 < len(value) <= 255 for value in values)  # noqa: PLR2004 - the column
