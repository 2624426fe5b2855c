"""A processor behind a bad line, over real HTTP: whatever breaks when, one payment page and one refund."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stripe
from sqlalchemy import func, select

from marketplace.adapters.sandbox.models import SandboxRefundRow, SandboxSessionRow
from marketplace.adapters.stripe_checkout import StripeAccount, StripeCheckout
from marketplace.flow.payment_received import receive
from marketplace.flow.refund import RefundWish, refund
from marketplace.flow.settle_payments import send_refund
from marketplace.flow.start_payment import start_payment
from marketplace.kernel.time import FixedClock, clock_in_force
from marketplace.payment import queries as payments
from marketplace.payment.port import PaymentPort, ProcessorDown
from marketplace.payment.refusals import PaymentUnavailable
from marketplace.payment.types import (
    AttemptState,
    Processor,
    ProcessorStatus,
    Redirect,
    RefundId,
    RefundState,
)
from tests.integration.payment.conftest import Market

Fault = str


@dataclass
class BadLine:
    """A door to the sandbox that breaks as told, request by request; afterwards it works."""

    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, str | None]] = field(default_factory=list)


_API_ERROR = b'{"error": {"type": "api_error", "message": "x"}}'
_SLOW_DOWN = b'{"error": {"type": "invalid_request_error", "message": "slow down"}}'
_HTML = b"<html>Bad gateway</html>"

# What breaks before the sandbox hears of it, and after it has acted: status and body, None: no answer.
BEFORE: dict[Fault, tuple[int, bytes] | None] = {
    "500 before": (500, _API_ERROR),
    "429": (429, _SLOW_DOWN),
    "cut before": None,
}
AFTER: dict[Fault, tuple[int, bytes] | None] = {
    "500 after": (500, _API_ERROR),
    "HTML": (200, _HTML),
    "cut after": None,
}
FAULTS = (*BEFORE, *AFTER, "cut body")


class _Door(BaseHTTPRequestHandler):
    """One request through the bad line."""

    line: BadLine
    market: Market
    clock: FixedClock

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.line.requests.append((self.command, headers.get("idempotency-key")))
        fault = self.line.faults.pop(0) if self.line.faults else ""
        if fault in BEFORE:
            return self._send(BEFORE[fault])
        assert self.market.payments.sandbox is not None
        with clock_in_force(self.clock):
            answer = self.market.payments.sandbox.answer(self.command, self.path, headers, body)
        whole = (answer.status, json.dumps(answer.body).encode())
        return self._send(AFTER.get(fault, whole), cut=fault == "cut body")

    def _send(self, answer: tuple[int, bytes] | None, *, cut: bool = False) -> None:
        self.close_connection = cut or answer is None
        if answer is None:
            self.connection.close()
            return
        status, content = answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if cut else content)


@pytest.fixture
def line(market: Market, clock: FixedClock) -> Iterator[BadLine]:
    made = BadLine()
    door = type("Door", (_Door,), {"line": made, "market": market, "clock": clock})
    server = ThreadingHTTPServer(("127.0.0.1", 0), door)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # cut connections are meant
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def processors(line: BadLine) -> dict[str, PaymentPort]:
    account = StripeAccount(
        key="sk_test_tests-only", webhook_secrets=("w",), public_url="http://localhost", api_base=line.url
    )
    http = stripe.RequestsClient(timeout=5)
    port = StripeCheckout(Processor.SANDBOX, account, http_client=http, pause=lambda _seconds: None)
    return {Processor.SANDBOX: port}


def _count(market: Market, table: type) -> int:
    return market.write(lambda session: session.scalar(select(func.count()).select_from(table))) or 0


def test_whatever_breaks_one_page_is_opened(
    market: Market, line: BadLine, processors: dict[str, PaymentPort]
) -> None:
    for opened, fault in enumerate(FAULTS, start=1):
        _, attempt = market.place()
        line.faults, line.requests = [fault], []
        answer = start_payment(market.write, processors, attempt.id)
        assert isinstance(answer, Redirect), fault
        assert line.requests == [("POST", attempt.idempotency_key)] * 2, fault
        assert _count(market, SandboxSessionRow) == opened, fault


def test_a_line_that_stays_down_keeps_the_order_for_later(
    market: Market, line: BadLine, processors: dict[str, PaymentPort]
) -> None:
    _, attempt = market.place()
    line.faults = ["HTML"] * 20
    with pytest.raises(PaymentUnavailable):
        start_payment(market.write, processors, attempt.id)
    assert market.attempt(attempt.id).state is AttemptState.CREATED
    line.faults = []
    assert isinstance(start_payment(market.write, processors, attempt.id), Redirect)
    assert _count(market, SandboxSessionRow) == 1


def test_whatever_breaks_one_refund_is_sent(
    market: Market, line: BadLine, processors: dict[str, PaymentPort]
) -> None:
    for sent, fault in enumerate(FAULTS, start=1):
        made = _promised(market, processors)
        line.faults = [fault]
        send_refund(market.write, processors, made)
        assert _count(market, SandboxRefundRow) == sent, fault
        send_refund(market.write, processors, made)
        settled = market.write(partial(payments.get_refund, refund_id=made))
        assert settled.state is RefundState.SUCCEEDED, fault
        assert _count(market, SandboxRefundRow) == sent, fault


def test_killed_between_sending_a_refund_and_noting_it_it_is_sent_once(
    market: Market, line: BadLine, processors: dict[str, PaymentPort]
) -> None:
    made = _promised(market, processors)
    wanted = market.write(lambda session: payments.get_refund(session, made))
    processors[Processor.SANDBOX].refund(wanted)  # and the worker dies before it writes anything
    send_refund(market.write, processors, made)
    assert _count(market, SandboxRefundRow) == 1


def test_a_refund_stays_promised_while_nobody_answers(
    market: Market, line: BadLine, processors: dict[str, PaymentPort]
) -> None:
    made = _promised(market, processors)
    line.faults = ["cut before"] * 20
    with pytest.raises(ProcessorDown):
        send_refund(market.write, processors, made)
    found = market.write(lambda session: payments.get_refund(session, made))
    assert found.state is RefundState.PENDING


def _promised(market: Market, processors: dict[str, PaymentPort]) -> RefundId:
    order, attempt = market.place()
    answer = start_payment(market.write, processors, attempt.id)
    market.pay(answer.reference)
    said = processors[Processor.SANDBOX].sync(answer.reference)
    assert said.status is ProcessorStatus.PAID
    market.write(lambda session: receive(session, Processor.SANDBOX, said))
    wish = RefundWish(quantities={order.lines[0].id: 1}, reason="bruised")
    return market.write(lambda session: refund(session, order.id, wish, "k")).id
