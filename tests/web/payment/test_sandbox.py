"""Paying over real HTTP: the SDK asks our API, the page sends a signed event, the buyer comes back."""

import pytest
import requests
import stripe

from marketplace.flow.refund import RefundWish, refund
from marketplace.flow.start_payment import start_payment
from marketplace.orders import queries as orders
from marketplace.orders.types import OrderState
from marketplace.payment import queries as payments
from marketplace.payment.types import AttemptState, Instructions, Processor, RefundState
from tests.web.payment.conftest import Served


def test_paid_on_the_page_and_brought_back(served: Served) -> None:
    order, attempt = served.place()
    page = served.start(attempt)
    assert page.startswith(f"{served.url}/sandbox/pay/cs_test_")
    shown = served.browser.get(page)
    assert "演示支付" in shown.text
    assert order.number in shown.text
    answer = served.press(page, "pay")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{served.url}{attempt.return_path}"
    assert served.run_jobs() == ["payment.handle_event"]
    assert served.write(lambda session: orders.get_order(session, order.id)).state is OrderState.PAID
    back = served.browser.get(answer.headers["Location"], allow_redirects=False)
    assert back.status_code == 303
    assert back.headers["Location"] == f"/orders/{order.number}?token={order.token}"


def test_coming_back_before_the_event_is_acted_on_pays_all_the_same(served: Served) -> None:
    order, attempt = served.place()
    answer = served.press(served.start(attempt), "pay")
    served.browser.get(answer.headers["Location"], allow_redirects=False)
    assert served.write(lambda session: orders.get_order(session, order.id)).state is OrderState.PAID
    served.run_jobs()
    captures = served.write(lambda session: payments.captures_of_order(session, order.id))
    assert [capture.amount_fen for capture in captures] == [order.total_fen]


def test_a_declined_payment_can_be_tried_again(served: Served) -> None:
    order, attempt = served.place()
    page = served.start(attempt)
    declined = served.press(page, "decline")
    assert declined.status_code == 200
    assert "付款被拒绝" in declined.text
    served.run_jobs()
    assert served.write(lambda session: payments.get_attempt(session, attempt.id)).state is AttemptState.OPEN
    assert served.press(page, "pay").status_code == 303
    served.run_jobs()
    assert served.write(lambda session: orders.get_order(session, order.id)).state is OrderState.PAID


def test_a_paid_page_takes_no_second_payment(served: Served) -> None:
    order, attempt = served.place()
    page = served.start(attempt)
    shown = served.browser.get(page)
    token = shown.text.split('name="csrf_token" value="')[1].split('"')[0]
    for _ in range(2):
        served.browser.post(page, data={"decision": "pay", "csrf_token": token}, allow_redirects=False)
    assert "已经付过了" in served.browser.get(page).text
    served.run_jobs()
    captures = served.write(lambda session: payments.captures_of_order(session, order.id))
    assert len(captures) == 1


def test_a_refund_goes_out_and_its_event_settles_it(served: Served) -> None:
    order, attempt = served.place()
    served.press(served.start(attempt), "pay")
    served.run_jobs()
    wish = RefundWish(quantities={order.lines[0].id: 1}, reason="bruised")
    made = served.write(lambda session: refund(session, order.id, wish, "k"))
    assert made.state is RefundState.PENDING
    assert served.run_jobs()[0] == "payment.send_refund"
    settled = served.write(lambda session: payments.get_refund(session, made.id))
    assert settled.state is RefundState.SUCCEEDED
    assert settled.reference.startswith("re_")


def test_no_transaction_stays_open_while_the_processor_is_asked(served: Served) -> None:
    order, attempt = served.place()
    back = served.press(served.start(attempt), "pay").headers["Location"]
    served.browser.get(back, allow_redirects=False)
    served.run_jobs()
    wish = RefundWish(quantities={order.lines[0].id: 1}, reason="bruised")
    served.write(lambda session: refund(session, order.id, wish, "k"))
    served.run_jobs()
    assert len(served.open_while_asked) >= 5  # start, coming back, the event, the refund and its events
    assert set(served.open_while_asked) == {0}


def test_a_transfer_has_instructions_instead_of_a_page(served: Served) -> None:
    order, attempt = served.place(Processor.BANK_TRANSFER)
    answer = start_payment(served.write, served.app.extensions["ports"].payments, attempt.id)
    assert isinstance(answer, Instructions)
    text = " ".join(str(line) for line in answer.lines)
    assert answer.code in text
    assert "（演示）" in text
    assert order.total_fen == attempt.amount_fen


def test_unknown_pages_are_not_found(served: Served) -> None:
    for path in ("/sandbox/pay/cs_test_nothing", "/payment/return/nothing"):
        assert served.browser.get(served.url + path).status_code == 404


def test_the_page_is_guarded_against_forged_forms(served: Served) -> None:
    _, attempt = served.place()
    page = served.start(attempt)
    assert requests.post(page, data={"decision": "pay"}, timeout=10).status_code == 400


def client_of(served: Served, key: str | None = None) -> stripe.StripeClient:
    secret = served.app.config["SETTINGS"].sandbox_secret
    return stripe.StripeClient(
        key or f"sk_test_{secret}",
        base_addresses={"api": f"{served.url}/sandbox/api"},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=10),
    )


def parameters(**changes: object) -> dict[str, object]:
    return {
        "mode": "payment",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {"currency": "cny", "unit_amount": 500, "product_data": {"name": "x"}},
            }
        ],
        "success_url": "https://example.invalid/",
        **changes,
    }


WRONG: list[tuple[dict[str, object], str | None, str | None]] = [
    ({"payment_method_types": ["card"]}, "payment_method_types", "payment_method_types_no_longer_supported"),
    ({"colour": "red"}, "colour", "parameter_unknown"),
    ({"mode": "subscription"}, "mode", None),
    ({"success_url": None}, "success_url", "parameter_missing"),
    ({"expires_at": 1}, "expires_at", None),
    ({"expires_at": "soon"}, "expires_at", None),
    ({"line_items": []}, "line_items", "parameter_missing"),
    ({"locale": "zh-CN"}, "locale", None),
    ({"metadata": {"k" * 41: "v"}}, None, None),
    ({"allowed_payment_method_types": ["shells"]}, "allowed_payment_method_types[0]", None),
]


def test_the_sandbox_is_as_strict_as_what_it_stands_for(served: Served) -> None:
    for changes, param, code in WRONG:
        asked = {name: value for name, value in parameters(**changes).items() if value is not None}
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client_of(served).v1.checkout.sessions.create(asked)  # type: ignore[arg-type]  # wrong on purpose
        assert refused.value.http_status == 400
        assert param in {None, refused.value.param}, changes
        assert code in {None, refused.value.code}, changes


def test_a_key_serves_one_request_only(served: Served) -> None:
    client = client_of(served)
    options = {"idempotency_key": "one"}
    first = client.v1.checkout.sessions.create(parameters(), options)  # type: ignore[arg-type]  # loose on purpose
    again = client.v1.checkout.sessions.create(parameters(), options)  # type: ignore[arg-type]  # the same
    assert again.id == first.id
    other = parameters(client_reference_id="another")
    with pytest.raises(stripe.IdempotencyError):
        client.v1.checkout.sessions.create(other, options)  # type: ignore[arg-type]  # the same


def test_more_than_was_paid_is_never_given_back(served: Served) -> None:
    order, attempt = served.place()
    served.press(served.start(attempt), "pay")
    served.run_jobs()
    capture = served.write(lambda session: payments.find_applied_capture(session, order.id))
    refunds = client_of(served).v1.refunds
    refunds.create({"payment_intent": capture.reference, "amount": order.total_fen - 1})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        refunds.create({"payment_intent": capture.reference, "amount": 2})
    refunds.create({"payment_intent": capture.reference})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        refunds.create({"payment_intent": capture.reference})
    assert refused.value.code == "charge_already_refunded"


def test_another_key_is_nobody(served: Served) -> None:
    with pytest.raises(stripe.AuthenticationError):
        client_of(served, "sk_test_guess").v1.checkout.sessions.retrieve("cs_test_1")


def test_what_is_not_there_is_missing(served: Served) -> None:
    secret = served.app.config["SETTINGS"].sandbox_secret
    for path in ("v1/customers", "v1/checkout/sessions/cs_test_1", "v1/refunds/re_1"):
        answer = requests.get(
            f"{served.url}/sandbox/api/{path}",
            headers={"Authorization": f"Bearer sk_test_{secret}", "Stripe-Version": "2026-10-28.endive"},
            timeout=10,
        )
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "resource_missing"
