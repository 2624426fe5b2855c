"""The webhook's door: raw body, size, signature; stored once, acted on by a job."""

import json
import time

import pytest
import stripe
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from marketplace.payment.models import EventRow

EVENT = {
    "id": "evt_door",
    "object": "event",
    "type": "checkout.session.completed",
    "livemode": False,
    "data": {"object": {"id": "cs_door", "object": "checkout.session"}},
}


@pytest.fixture
def secret(app: Flask) -> str:
    return f"whsec_{app.config['SETTINGS'].sandbox_secret}"


def send(client: FlaskClient, body: bytes, signature: str | None) -> int:
    headers = {"Stripe-Signature": signature} if signature is not None else {}
    return client.post(
        "/webhooks/stripe", data=body, headers=headers, content_type="application/json"
    ).status_code


def sign(body: bytes, secret: str, at: int | None = None) -> str:
    return str(stripe.WebhookSignature.generate_signature_header(body.decode(), secret, at))


def stored(session: Session, event_id: str) -> int:
    session.rollback()
    found = session.scalar(select(func.count()).select_from(EventRow).where(EventRow.event_id == event_id))
    return found or 0


def test_a_signed_event_is_stored_once_with_one_job(
    client: FlaskClient, session: Session, secret: str
) -> None:
    body = json.dumps({**EVENT, "id": "evt_once"}).encode()
    assert [send(client, body, sign(body, secret)) for _ in range(3)] == [200, 200, 200]
    assert stored(session, "evt_once") == 1
    kept = session.scalars(select(EventRow.id).where(EventRow.event_id == "evt_once")).one()
    jobs = session.scalar(
        text(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'payment.handle_event' "
            "AND (args->>'event_id')::bigint = :id"
        ),
        {"id": kept},
    )
    assert jobs == 1


def test_what_proves_nothing_is_400_and_leaves_nothing(
    client: FlaskClient, session: Session, secret: str
) -> None:
    body = json.dumps({**EVENT, "id": "evt_forged"}).encode()
    now = int(time.time())
    attempts: list[tuple[bytes, str | None]] = [
        (body, None),
        (body, ""),
        (body, "t=1,v1=00"),
        (body, sign(body, "whsec_other")),
        (body + b" ", sign(body, secret)),
        (body, sign(body, secret, now - 301)),
        (body, sign(body, secret, now + 330)),
        (b"null", sign(b"null", secret)),
        (b"[]", sign(b"[]", secret)),
        (b"no json", sign(b"no json", secret)),
        (b"\xff\xfe", sign(body, secret)),
        (b"", sign(b"", secret)),
    ]
    assert [send(client, one, signature) for one, signature in attempts] == [400] * len(attempts)
    assert stored(session, "evt_forged") == 0


def test_a_body_without_end_is_not_read(client: FlaskClient, secret: str) -> None:
    body = b'{"padding": "' + b"x" * (256 * 1024) + b'"}'
    assert send(client, body, sign(body, secret)) in {413, 422}


def test_nobody_looks_at_the_door(client: FlaskClient) -> None:
    assert client.get("/webhooks/stripe").status_code in {404, 405, 422}


def test_the_door_sets_no_cookie_and_needs_none(client: FlaskClient, secret: str) -> None:
    body = json.dumps({**EVENT, "id": "evt_cookie"}).encode()
    answer = client.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": sign(body, secret)})
    assert answer.status_code == 200
    assert answer.data == b""
    assert "Set-Cookie" not in answer.headers
