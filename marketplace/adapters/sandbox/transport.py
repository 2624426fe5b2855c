"""How requests and events travel between the marketplace and the sandbox: over loopback HTTP, or in process.

In process serves what runs without a web server (the demonstration's history); both ends stay the same: the
real SDK on one side, the sandbox's wire on the other.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import stripe

from marketplace.adapters.sandbox.processor import Deliver, SandboxProcessor

API_PREFIX = "/sandbox/api"


def over_http(webhook_url: str, *, timeout_seconds: float = 8.0) -> Deliver:
    """Deliver events to a webhook address."""
    client = stripe.RequestsClient(timeout=timeout_seconds)

    def deliver(body: bytes, signature: str) -> int:
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        _, status, _ = client.request("post", webhook_url, headers, body)
        return int(status)

    return deliver


class InProcessClient(stripe.HTTPClient):
    """The SDK's transport, straight into a sandbox of the same process."""

    name = "in_process"

    def __init__(self, sandbox: SandboxProcessor) -> None:
        super().__init__()
        self._sandbox = sandbox

    def request(  # type: ignore[override]  # the base class names a private argument that no caller gives
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        path = urlsplit(url).path.removeprefix(API_PREFIX)
        body = post_data.encode() if isinstance(post_data, str) else bytes(post_data or b"")
        lowered = {name.lower(): value for name, value in (headers or {}).items()}
        answer = self._sandbox.answer(method.upper(), path, lowered, body)
        return json.dumps(answer.body).encode(), answer.status, dict(answer.headers)

    def close(self) -> None:
        """Nothing is open."""
