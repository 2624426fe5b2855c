"""Processors' webhooks: verify the raw body, store the event, answer; a job acts on it."""

from flask import request

from marketplace.kernel.logging import logger
from marketplace.payment import service as payment
from marketplace.payment.port import EventSource, ForgedEvent
from marketplace.payment.types import ProcessorEvent
from marketplace.web.database import write
from marketplace.web.guard import public
from marketplace.web.payment.routes import blueprint, ports
from marketplace.web.setup import csrf

MAX_BODY_BYTES = 256 * 1024

_log = logger(__name__)


@blueprint.post("/webhooks/stripe")
@csrf.exempt  # type: ignore[untyped-decorator]  # Flask-WTF ships no types
@public
def stripe_webhook() -> tuple[str, int]:
    """Take a delivery: 200 once it is stored (now or before), 400 where it proves nothing."""
    request.max_content_length = MAX_BODY_BYTES
    body = request.get_data(cache=False)
    try:
        event = _read_event(body, request.headers.get("Stripe-Signature"))
    except ForgedEvent as forged:
        _log.warning("event_refused", reason=str(forged))
        return "", 400
    is_new = write(lambda session: payment.record_event(session, event))
    _log.info("event_stored", event_id=event.event_id, kind=event.kind, is_new=is_new)
    return "", 200


def _read_event(body: bytes, signature: str | None) -> ProcessorEvent:
    sources = [port for port in ports().payments.values() if isinstance(port, EventSource)]
    reason = "nobody here takes events"
    for source in sources:
        try:
            return source.read_event(body, signature)
        except ForgedEvent as forged:
            reason = str(forged)
    raise ForgedEvent(reason)
