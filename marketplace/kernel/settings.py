"""Settings: read once from the environment, checked at start, documented in the README."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from marketplace.kernel.storage import write_private


class Mode(StrEnum):
    """What kind of installation this is."""

    DEMO = "demo"
    PRODUCTION = "production"
    TEST = "test"


class SettingsError(Exception):
    """The environment cannot be served from; the sentence says which variable and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between installations.

    ``database_url`` is the ordinary role the application connects as; ``owner_database_url`` owns the
    tables and runs migrations (the same role where only one is given).
    """

    mode: Mode
    secret_key: str
    data_dir: Path
    port: int
    database_url: str
    owner_database_url: str
    public_url: str
    rate_limits: bool
    sandbox_secret: str
    stripe_key: str
    stripe_webhook_secrets: tuple[str, ...]
    stripe_api_base: str
    redis_url: str
    page_cache: bool
    log_level: str

    @property
    def is_demo(self) -> bool:
        return self.mode is Mode.DEMO


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; refuses what would be unsafe to serve."""
    env = os.environ if environment is None else environment
    mode = _mode(env.get("MODE", Mode.DEMO))
    data_dir = Path(env.get("DATA_DIR", "var")).resolve()
    port = _port(env.get("PORT", "8000"))
    database_url = psycopg_url(env.get("DATABASE_URL", ""))
    settings = Settings(
        mode=mode,
        secret_key=env.get("SECRET_KEY") or _kept_secret(mode, data_dir, "SECRET_KEY"),
        data_dir=data_dir,
        port=port,
        database_url=database_url,
        owner_database_url=psycopg_url(env.get("OWNER_DATABASE_URL", "")) or database_url,
        public_url=env.get("PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        rate_limits=env.get("RATE_LIMITS", "on") != "off",
        sandbox_secret=env.get("SANDBOX_SECRET") or _kept_secret(mode, data_dir, "SANDBOX_SECRET"),
        stripe_key=env.get("STRIPE_KEY", ""),
        stripe_webhook_secrets=tuple(filter(None, env.get("STRIPE_WEBHOOK_SECRETS", "").split(","))),
        stripe_api_base=env.get("STRIPE_API_BASE", ""),
        redis_url=env.get("REDIS_URL", ""),
        page_cache=env.get("PAGE_CACHE", "on") != "off",
        log_level=env.get("LOG_LEVEL", "INFO"),
    )
    if mode is Mode.PRODUCTION and not settings.rate_limits:
        raise SettingsError("RATE_LIMITS=off is refused in production")
    return settings


def psycopg_url(url: str) -> str:
    """Name the driver in a plain PostgreSQL URL, as SQLAlchemy wants it."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _mode(text: str) -> Mode:
    try:
        return Mode(text)
    except ValueError:
        raise SettingsError(f"MODE must be one of {', '.join(Mode)}, not {text!r}") from None


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:  # noqa: PLR2004 - TCP's own bound
        raise SettingsError(f"PORT must be a number from 1 to 65535, not {text!r}")
    return int(text)


def _kept_secret(mode: Mode, data_dir: Path, name: str) -> str:
    """Make a random secret once and keep it beside the data; production must name its own."""
    if mode is Mode.PRODUCTION:
        if name == "SANDBOX_SECRET":
            return ""
        raise SettingsError(f"{name} must be set in production")
    path = data_dir / "secrets" / name.lower()
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32))
    return path.read_text()
