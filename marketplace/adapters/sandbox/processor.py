"""The sandbox processor: takes requests on Stripe's wire, lets a visitor pay, sends signed events."""

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import stripe
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.adapters.sandbox.models import (
    SandboxEventRow,
    SandboxKeyRow,
    SandboxRefundRow,
    SandboxSessionRow,
)
from marketplace.adapters.sandbox.parameters import NoParameters, RefundParameters, SessionParameters, read
from marketplace.adapters.sandbox.shapes import API_VERSION, event_shape, refund_shape, session_shape
from marketplace.adapters.sandbox.wire import (
    Fields,
    MissingError,
    WireError,
    digest_of,
    fields_of,
)
from marketplace.kernel import time
from marketplace.kernel.logging import logger
from marketplace.payment.port import PayPage, WireAnswer

Deliver = Callable[[bytes, str], int]
"""Sends a body with its ``Stripe-Signature`` and returns the status of the answer."""

SHORTEST = timedelta(minutes=30)
LONGEST = timedelta(hours=24)

_log = logger(__name__)
_Event = tuple[str, dict[str, Any]]


class SandboxProcessor:
    """Keeps its books through sessions of its own, never in the marketplace's transaction."""

    def __init__(
        self,
        sessions: Callable[[], Session],
        *,
        key: str,
        webhook_secret: str,
        public_url: str,
        deliver: Deliver,
    ) -> None:
        self._sessions = sessions
        self._key = key
        self._webhook_secret = webhook_secret
        self._public_url = public_url
        self._deliver = deliver

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> WireAnswer:
        """Answer one API request; ``path`` begins with ``/v1/``. Header names in lower case."""
        try:
            self._check(headers)
            with self._sessions() as session, session.begin():
                answer, events = self._once(session, method, path, headers, body)
                sent = [self._record(session, kind, about) for kind, about in events]
        except WireError as error:
            return error.answer
        self._send(sent)
        return answer

    def find_page(self, reference: str) -> PayPage | None:
        """Return what a pay page shows; None where there is no such payment."""
        with self._sessions() as session, session.begin():
            row = self._find(session, reference)
            return self._page(row) if row is not None else None

    def pay(self, reference: str) -> PayPage | None:
        """The visitor pays: once, however often the button is pressed; an expired page takes no money."""
        sent: list[str] = []
        with self._sessions() as session, session.begin():
            row = self._find(session, reference)
            if row is None:
                return None
            if row.status == "open":
                row.status = "complete"
                row.payment_intent = _new_id("pi")
                session.flush()
                sent.append(self._record(session, "checkout.session.completed", self._shape(row)))
            page = self._page(row)
        self._send(sent)
        return page

    def _check(self, headers: Mapping[str, str]) -> None:
        if not secrets.compare_digest(headers.get("authorization", ""), f"Bearer {self._key}"):
            raise WireError("Invalid API Key provided.", kind="authentication_error")
        if headers.get("stripe-version") != API_VERSION:
            raise WireError(f"The sandbox speaks {API_VERSION} only.", param="Stripe-Version")

    def _once(
        self, session: Session, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[WireAnswer, list[_Event]]:
        """Give the same idempotency key the first answer again, also to twins that ask at the same time."""
        key = headers.get("idempotency-key")
        if method != "POST" or not key:
            return self._route(session, method, path, fields_of(body))
        digest = digest_of(method, path, body)
        claimed = session.scalar(
            insert(SandboxKeyRow)
            .values(key=key, request_hash=digest, status=0, answer={}, at=time.now())
            .on_conflict_do_nothing()
            .returning(SandboxKeyRow.key)
        )
        kept = session.get_one(SandboxKeyRow, key)
        if claimed is None:
            if kept.request_hash != digest:
                raise WireError(
                    "Keys for idempotent requests can only be used with the same parameters.",
                    kind="idempotency_error",
                )
            return WireAnswer(kept.status, kept.answer, {"Idempotent-Replayed": "true"}), []
        answer, events = self._route(session, method, path, fields_of(body))
        kept.status, kept.answer = answer.status, dict(answer.body)
        return answer, events

    def _route(
        self, session: Session, method: str, path: str, fields: Fields
    ) -> tuple[WireAnswer, list[_Event]]:
        match (method, path.strip("/").split("/")):
            case ("POST", ["v1", "checkout", "sessions"]):
                return self._create_session(session, read(SessionParameters, fields))
            case ("GET", ["v1", "checkout", "sessions", reference]):
                read(NoParameters, fields)
                return WireAnswer(200, self._shape(self._get(session, reference))), []
            case ("POST", ["v1", "checkout", "sessions", reference, "expire"]):
                read(NoParameters, fields)
                return self._expire_session(session, reference)
            case ("POST", ["v1", "refunds"]):
                return self._create_refund(session, read(RefundParameters, fields))
            case ("GET", ["v1", "refunds", reference]):
                read(NoParameters, fields)
                return self._retrieve_refund(session, reference)
        raise MissingError("url", f"{method} {path}")

    def _create_session(self, session: Session, given: SessionParameters) -> tuple[WireAnswer, list[_Event]]:
        now = time.now()
        ends = now + LONGEST if given.expires_at is None else datetime.fromtimestamp(given.expires_at, UTC)
        if not SHORTEST <= ends - now.replace(microsecond=0) <= LONGEST:
            raise WireError(
                "expires_at must be between 30 minutes and 24 hours from now.", param="expires_at"
            )
        if len({item.price_data.currency for item in given.line_items}) > 1:
            raise WireError("All prices must use the same currency.", param="line_items")
        row = SandboxSessionRow(
            id=_new_id("cs_test"),
            status="open",
            amount_total=given.amount_total,
            currency=given.line_items[0].price_data.currency,
            parameters=given.model_dump(mode="json"),
            created_at=now,
            expires_at=ends,
        )
        session.add(row)
        session.flush()
        return WireAnswer(200, self._shape(row)), []

    def _expire_session(self, session: Session, reference: str) -> tuple[WireAnswer, list[_Event]]:
        row = self._get(session, reference)
        if row.status != "open":
            raise WireError(
                f'Only Checkout Sessions with a status in ["open"] can be expired. This one is {row.status}.',
                code="resource_already_ended",
            )
        row.status = "expired"
        session.flush()
        return WireAnswer(200, self._shape(row)), [("checkout.session.expired", self._shape(row))]

    def _create_refund(self, session: Session, given: RefundParameters) -> tuple[WireAnswer, list[_Event]]:
        paid = session.scalars(
            select(SandboxSessionRow)
            .where(SandboxSessionRow.payment_intent == given.payment_intent)
            .with_for_update()
        ).first()
        if paid is None:
            raise MissingError("payment_intent", given.payment_intent)
        refunded = session.scalar(
            select(func.coalesce(func.sum(SandboxRefundRow.amount), 0)).where(
                SandboxRefundRow.payment_intent == given.payment_intent, SandboxRefundRow.status != "failed"
            )
        )
        left = paid.amount_total - int(refunded or 0)
        amount = given.amount or left
        if amount > left or amount == 0:
            raise WireError(
                f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).",
                code="charge_already_refunded" if left == 0 else "amount_too_large",
                param="amount",
            )
        row = SandboxRefundRow(
            id=_new_id("re"),
            payment_intent=given.payment_intent,
            amount=amount,
            currency=paid.currency,
            status="pending",
            reason=given.reason,
            metadata_given=dict(given.metadata),
            created_at=time.now(),
        )
        session.add(row)
        session.flush()
        asked = refund_shape(row)
        row.status = (
            "succeeded"  # the money is on its way at once; the answer said pending, the event says done
        )
        session.flush()
        return WireAnswer(200, asked), [("refund.created", asked), ("refund.updated", refund_shape(row))]

    def _retrieve_refund(self, session: Session, reference: str) -> tuple[WireAnswer, list[_Event]]:
        row = session.get(SandboxRefundRow, reference)
        if row is None:
            raise MissingError("refund", reference)
        return WireAnswer(200, refund_shape(row)), []

    def _get(self, session: Session, reference: str) -> SandboxSessionRow:
        row = self._find(session, reference)
        if row is None:
            raise MissingError("checkout.session", reference)
        return row

    def _find(self, session: Session, reference: str) -> SandboxSessionRow | None:
        row = session.scalars(
            select(SandboxSessionRow).where(SandboxSessionRow.id == reference).with_for_update()
        ).first()
        if row is not None and row.status == "open" and time.now() >= row.expires_at:
            row.status = "expired"
        return row

    def _shape(self, row: SandboxSessionRow) -> dict[str, Any]:
        return session_shape(row, f"{self._public_url}/sandbox/pay/{row.id}")

    def _page(self, row: SandboxSessionRow) -> PayPage:
        return PayPage(
            reference=row.id,
            order_number=row.parameters["client_reference_id"] or "",
            amount_fen=row.amount_total,
            status=row.status,
            back_url=row.parameters["success_url"],
        )

    def _record(self, session: Session, kind: str, about: Mapping[str, Any]) -> str:
        event_id = _new_id("evt")
        body = json.dumps(event_shape(event_id, kind, about, time.now()), ensure_ascii=False)
        session.add(SandboxEventRow(id=event_id, body=body, delivered=False, created_at=time.now()))
        session.flush()
        return event_id

    def _send(self, event_ids: list[str]) -> None:
        """Deliver events after the books are closed; the marketplace's own asking finds what gets lost."""
        for event_id in event_ids:
            with self._sessions() as session:
                body = session.get_one(SandboxEventRow, event_id).body
            signature = stripe.WebhookSignature.generate_signature_header(body, self._webhook_secret)
            try:
                status = self._deliver(body.encode(), signature)
            except stripe.APIConnectionError as error:
                _log.warning("sandbox_delivery_failed", event_id=event_id, error=type(error).__name__)
                continue
            if status // 100 == 2:  # noqa: PLR2004 - any 2xx is a receipt
                with self._sessions() as session, session.begin():
                    session.get_one(SandboxEventRow, event_id).delivered = True


def _new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(16)}"
