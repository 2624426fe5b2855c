"""An installation that could not keep its word does not start, and says why in one line."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace.adapters.payments import make_payments
from marketplace.adapters.stripe_checkout import StripeCheckout
from marketplace.kernel.settings import Mode, Settings, SettingsError, from_environment
from marketplace.orders.types import OrderId
from marketplace.payment.types import Attempt, AttemptId, AttemptState, Instructions, Processor

ROOT = Path(__file__).resolve().parents[3]
SECRET = "a-secret-of-the-tests"


@pytest.fixture
def demo(tmp_path: Path) -> dict[str, str]:
    return {"DATA_DIR": str(tmp_path / "var")}


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """Everything that taking real orders needs, and nothing more."""
    return {
        "MODE": "production",
        "DATA_DIR": str(tmp_path / "var"),
        "SECRET_KEY": SECRET,
        "DATABASE_URL": f"postgresql://shop:{SECRET}@db.example:5432/shop",
        "PUBLIC_URL": "https://shop.example",
        "STRIPE_KEY": "sk_live_x",
        "STRIPE_WEBHOOK_SECRETS": "whsec_a,whsec_b",
        "NOTICE_DIRECTORY": str(tmp_path / "out"),
    }


ACCOUNT = {
    "BANK_ACCOUNT_HOLDER": "户名（演示）",
    "BANK_NAME": "银行（演示）",
    "BANK_ACCOUNT_NUMBER": "DEMO-1",
}

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ATTEMPT = Attempt(
    id=AttemptId(7),
    order_id=OrderId(3),
    order_number="Q261123-ABCDEF1",
    amount_fen=8600,
    processor=Processor.BANK_TRANSFER,
    reference=None,
    payment_reference=None,
    url=None,
    idempotency_key="key",
    token="token",
    language="zh-Hans",
    state=AttemptState.CREATED,
    created_at=NOON,
    expires_at=NOON,
)


def without(env: dict[str, str], *names: str, **changes: str) -> dict[str, str]:
    return {name: value for name, value in env.items() if name not in names} | changes


def reasons(env: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as refused:
        from_environment(env)
    assert "\n" not in str(refused.value)
    assert SECRET not in str(refused.value)
    return refused.value.reasons


def test_a_demonstration_needs_nothing_and_keeps_its_secrets_to_itself(demo: dict[str, str]) -> None:
    first, again = from_environment(demo), from_environment(demo)
    assert first == again
    assert first.mode is Mode.DEMO
    assert first.secret_key != first.sandbox_secret
    assert len(first.secret_key) >= 32
    kept = Path(demo["DATA_DIR"]) / "secrets" / "secret_key"
    assert kept.stat().st_mode & 0o077 == 0
    other = from_environment({"DATA_DIR": demo["DATA_DIR"] + "-other"})
    assert other.secret_key != first.secret_key


def test_an_empty_variable_is_no_variable(demo: dict[str, str]) -> None:
    named = (
        "MODE",
        "PORT",
        "SECRET_KEY",
        "RATE_LIMITS",
        "PAGE_CACHE",
        "LOG_LEVEL",
        "PUBLIC_URL",
        "REDIS_URL",
    )
    assert from_environment(demo | dict.fromkeys(named, " ")) == from_environment(demo)


def test_a_whole_production_is_taken(production: dict[str, str]) -> None:
    settings = from_environment(production)
    assert settings.mode is Mode.PRODUCTION
    assert settings.database_url == f"postgresql+psycopg://shop:{SECRET}@db.example:5432/shop"
    assert settings.owner_database_url == settings.database_url
    assert settings.stripe_webhook_secrets == ("whsec_a", "whsec_b")
    assert settings.sandbox_secret == ""
    assert settings.notice_directory == Path(production["NOTICE_DIRECTORY"])
    assert not (settings.data_dir / "secrets").exists()


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("SECRET_KEY", "SECRET_KEY"),
        ("DATABASE_URL", "DATABASE_URL"),
        ("PUBLIC_URL", "PUBLIC_URL"),
        ("STRIPE_KEY", "BANK_ACCOUNT_NUMBER"),
        ("STRIPE_WEBHOOK_SECRETS", "STRIPE_WEBHOOK_SECRETS"),
        ("NOTICE_DIRECTORY", "NOTICE_DIRECTORY"),
    ],
)
def test_production_is_refused_without(production: dict[str, str], missing: str, named: str) -> None:
    for env in (without(production, missing), production | {missing: ""}):
        found = reasons(env)
        assert len(found) == 1
        assert named in found[0]


def test_all_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    found = reasons({"MODE": "production", "DATA_DIR": str(tmp_path), "SANDBOX_SECRET": "x"})
    assert len(found) == 5


def test_a_bank_account_is_a_way_to_pay(production: dict[str, str]) -> None:
    settings = from_environment(without(production, "STRIPE_KEY", "STRIPE_WEBHOOK_SECRETS", **ACCOUNT))
    ports = make_payments(settings, _no_sessions).ports
    assert list(ports) == [Processor.BANK_TRANSFER]
    shown = "\n".join(str(line) for line in _instructions(settings).lines)
    assert all(value in shown for value in ACCOUNT.values())
    assert "DEMO-0000-0000-0001" not in shown


@pytest.mark.parametrize("left", list(ACCOUNT))
def test_a_bank_account_is_named_whole(production: dict[str, str], left: str) -> None:
    found = reasons(production | {left: ACCOUNT[left]})
    assert "together" in found[0]


def test_the_invented_account_is_the_demonstration_s_only(
    demo: dict[str, str], production: dict[str, str]
) -> None:
    shown = "\n".join(str(line) for line in _instructions(from_environment(demo)).lines)
    assert "DEMO-0000-0000-0001" in shown
    payments = make_payments(from_environment(production), _no_sessions)
    assert list(payments.ports) == [Processor.STRIPE]
    assert isinstance(payments.ports[Processor.STRIPE], StripeCheckout)
    assert payments.sandbox is None


def test_the_sandbox_runs_in_production_only_when_told_to(production: dict[str, str]) -> None:
    told = without(production, "STRIPE_KEY", "STRIPE_WEBHOOK_SECRETS", SANDBOX_SECRET="told", **ACCOUNT)
    assert set(make_payments(from_environment(told), _no_sessions).ports) == {
        Processor.SANDBOX,
        Processor.BANK_TRANSFER,
    }


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        *[("MODE", wrong) for wrong in ("prod", "Demo", "1")],
        *[("PORT", wrong) for wrong in ("0", "65536", "-1", "8000.0", "http", "²")],
        *[("RATE_LIMITS", wrong) for wrong in ("no", "OFF", "0")],
        *[("PAGE_CACHE", wrong) for wrong in ("false", "1")],
        *[("TRUSTED_PROXIES", wrong) for wrong in ("-1", "6", "all")],
        *[("LOG_LEVEL", wrong) for wrong in ("LOUD", "10")],
        *[
            ("DATABASE_URL", wrong)
            for wrong in ("mysql://a@b/c", "shop", "postgresql://", "postgresql://db:port/x", "sqlite:///x")
        ],
        ("OWNER_DATABASE_URL", "postgresql://db.example"),
        *[
            ("PUBLIC_URL", wrong)
            for wrong in (
                "shop.example",
                "ftp://x",
                "https://",
                "https://x/shop",
                "https://x:port",
                "https://x?a",
            )
        ],
    ],
)
def test_what_cannot_be_understood_is_refused_by_name(demo: dict[str, str], name: str, wrong: str) -> None:
    found = reasons(demo | {name: wrong})
    assert len(found) == 1
    assert found[0].startswith(name)


@pytest.mark.parametrize("url", ["http://shop.example", "http://127.0.0.1:8000"])
def test_production_is_reached_by_https(production: dict[str, str], url: str) -> None:
    assert "https" in reasons(production | {"PUBLIC_URL": url})[0]


def test_production_keeps_its_rate_limits(production: dict[str, str]) -> None:
    assert reasons(production | {"RATE_LIMITS": "off"}) == ("RATE_LIMITS=off is refused in production",)


def test_a_directory_that_cannot_be_made_is_said(tmp_path: Path, production: dict[str, str]) -> None:
    (tmp_path / "file").write_text("")
    inside = str(tmp_path / "file" / "inside")
    for name in ("DATA_DIR", "NOTICE_DIRECTORY"):
        assert reasons(production | {name: inside})[0].startswith(name)
    assert reasons({"DATA_DIR": inside})[0].startswith("DATA_DIR")


def test_a_setting_for_what_is_not_installed_is_said(
    demo: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert "redis" in reasons(demo | {"REDIS_URL": "redis://127.0.0.1:1"})[0]


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "flask", "serve"],
        ["-m", "flask", "schema", "upgrade"],
        ["-m", "flask", "web"],
    ],
)
def test_every_command_and_server_says_it_in_one_line(tmp_path: Path, command: list[str]) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=tmp_path,
        env=kept
        | {
            "MODE": "production",
            "DATA_DIR": str(tmp_path / "var"),
            "FLASK_APP": "marketplace.factory:create_app",
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert said.count("Settings: SECRET_KEY must be set in production; ") == 1, said
    assert "Traceback" not in said
    assert not (tmp_path / "var").exists()


def _instructions(settings: Settings) -> Instructions:
    port = make_payments(settings, _no_sessions).ports[Processor.BANK_TRANSFER]
    started = port.start(ATTEMPT)
    assert isinstance(started, Instructions)
    return started


def _no_sessions() -> Session:
    raise AssertionError("choosing the ways to pay asks no database")
