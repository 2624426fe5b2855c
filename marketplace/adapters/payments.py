"""Which ways to pay an installation offers, chosen by its settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Flask
from sqlalchemy.orm import Session

from marketplace.adapters.bank_transfer import BankAccount, BankTransfer
from marketplace.adapters.sandbox.processor import Deliver, SandboxProcessor
from marketplace.adapters.sandbox.transport import API_PREFIX, InProcessClient, over_http
from marketplace.adapters.stripe_checkout import StripeAccount, StripeCheckout
from marketplace.kernel.settings import Mode, Settings
from marketplace.payment.port import PaymentPort
from marketplace.payment.types import Processor

WEBHOOK_PATH = "/webhooks/stripe"

_DEMO_ACCOUNT = BankAccount(
    holder="黔货入粤运营方（演示）", bank="演示银行（演示）", number="DEMO-0000-0000-0001"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payments:
    """The ports by processor, what buyers are offered first leading; the sandbox where it is one of them."""

    ports: Mapping[str, PaymentPort]
    sandbox: SandboxProcessor | None


def make_payments(
    settings: Settings, sessions: Callable[[], Session], *, deliver: Deliver | None = None
) -> Payments:
    """Choose the ways to pay: Stripe where there is a key, else the sandbox; transfers to a named account.

    ``sessions`` opens the sandbox's own sessions. ``deliver`` takes its events within the process, for what
    runs without a web server; without it both directions travel over loopback HTTP.
    """
    ports: dict[str, PaymentPort] = {}
    sandbox: SandboxProcessor | None = None
    if settings.stripe_key:
        account = StripeAccount(
            key=settings.stripe_key,
            webhook_secrets=settings.stripe_webhook_secrets,
            public_url=settings.public_url,
            api_base=settings.stripe_api_base,
        )
        ports[Processor.STRIPE] = StripeCheckout(Processor.STRIPE, account)
    elif settings.sandbox_secret:
        sandbox = _make_sandbox(settings, sessions, deliver)
        ports[Processor.SANDBOX] = StripeCheckout(
            Processor.SANDBOX,
            _sandbox_account(settings),
            http_client=InProcessClient(sandbox) if deliver is not None else None,
        )
    bank_account = _bank_account(settings)
    if bank_account is not None:
        ports[Processor.BANK_TRANSFER] = BankTransfer(bank_account)
    return Payments(ports=ports, sandbox=sandbox)


def deliver_within(app: Flask) -> Deliver:
    """Take the sandbox's events to the webhook in this process: past the network, not past the webhook."""

    def deliver(body: bytes, signature: str) -> int:
        headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
        answer = app.test_client(use_cookies=False).post(WEBHOOK_PATH, data=body, headers=headers)
        return answer.status_code

    return deliver


def _bank_account(settings: Settings) -> BankAccount | None:
    """Return the account to transfer to: the operator's own, or outside production the demonstration's."""
    if settings.bank_account_number:
        return BankAccount(
            holder=settings.bank_account_holder,
            bank=settings.bank_name,
            number=settings.bank_account_number,
        )
    return None if settings.mode is Mode.PRODUCTION else _DEMO_ACCOUNT


def _make_sandbox(
    settings: Settings, sessions: Callable[[], Session], deliver: Deliver | None
) -> SandboxProcessor:
    account = _sandbox_account(settings)
    return SandboxProcessor(
        sessions,
        key=account.key,
        webhook_secret=account.webhook_secrets[0],
        public_url=settings.public_url,
        deliver=deliver or over_http(f"{_loopback(settings)}{WEBHOOK_PATH}"),
    )


def _sandbox_account(settings: Settings) -> StripeAccount:
    return StripeAccount(
        key=f"sk_test_{settings.sandbox_secret}",
        webhook_secrets=(f"whsec_{settings.sandbox_secret}",),
        public_url=settings.public_url,
        api_base=f"{_loopback(settings)}{API_PREFIX}",
    )


def _loopback(settings: Settings) -> str:
    return f"http://127.0.0.1:{settings.port}"
