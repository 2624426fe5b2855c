"""Settings: read once from the environment, checked at start, documented in the README."""

import importlib.util
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from marketplace.kernel.storage import write_private

_DRIVER = "postgresql+psycopg"
_SWITCH = {"on": True, "off": False}
_LEVELS = frozenset({"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"})


class Mode(StrEnum):
    """What kind of installation this is."""

    DEMO = "demo"
    PRODUCTION = "production"
    TEST = "test"


class SettingsError(SystemExit):
    """The environment cannot be served from; the sentences say which variables and why.

    Left uncaught it ends the process with these sentences and no trace, whichever command or server read the
    settings.
    """

    def __init__(self, *reasons: str) -> None:
        super().__init__("Settings: " + "; ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between installations.

    ``database_url`` is the ordinary role the application connects as; ``owner_database_url`` owns the
    tables and runs migrations (the same role where only one is given). ``notice_directory`` is where the
    sender of SMS and mail takes messages from; None is the demonstration's inbox. The bank account is the one
    that buyers transfer to; empty where none is named. ``trusted_proxies`` counts the proxies in front whose
    word about the visitor's address is believed.
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
    bank_account_holder: str = ""
    bank_name: str = ""
    bank_account_number: str = ""
    notice_directory: Path | None = None
    trusted_proxies: int = 0

    @property
    def is_demo(self) -> bool:
        return self.mode is Mode.DEMO


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; refuses (SettingsError) what is wrong or would be unsafe to serve, all at once."""
    env = {
        name: value.strip() for name, value in (os.environ if environment is None else environment).items()
    }
    mode = _mode(env.get("MODE", ""))
    if mode is Mode.PRODUCTION:
        _refuse(_missing_in_production(env))
    _refuse(_unreadable(env))
    data_dir = Path(env.get("DATA_DIR", "") or "var").resolve()
    port = int(env.get("PORT", "") or "8000")
    database_url = psycopg_url(env.get("DATABASE_URL", ""))
    notice_directory = env.get("NOTICE_DIRECTORY", "")
    settings = Settings(
        mode=mode,
        secret_key=env.get("SECRET_KEY", "") or _kept_secret(data_dir, "SECRET_KEY"),
        data_dir=data_dir,
        port=port,
        database_url=database_url,
        owner_database_url=psycopg_url(env.get("OWNER_DATABASE_URL", "")) or database_url,
        public_url=(env.get("PUBLIC_URL", "") or f"http://127.0.0.1:{port}").rstrip("/"),
        rate_limits=_SWITCH[env.get("RATE_LIMITS", "") or "on"],
        sandbox_secret=env.get("SANDBOX_SECRET", "")
        or ("" if mode is Mode.PRODUCTION else _kept_secret(data_dir, "SANDBOX_SECRET")),
        stripe_key=env.get("STRIPE_KEY", ""),
        stripe_webhook_secrets=_words(env.get("STRIPE_WEBHOOK_SECRETS", "")),
        stripe_api_base=env.get("STRIPE_API_BASE", ""),
        redis_url=env.get("REDIS_URL", ""),
        page_cache=_SWITCH[env.get("PAGE_CACHE", "") or "on"],
        log_level=(env.get("LOG_LEVEL", "") or "INFO").upper(),
        bank_account_holder=env.get("BANK_ACCOUNT_HOLDER", ""),
        bank_name=env.get("BANK_NAME", ""),
        bank_account_number=env.get("BANK_ACCOUNT_NUMBER", ""),
        notice_directory=Path(notice_directory).resolve() if notice_directory else None,
        trusted_proxies=int(env.get("TRUSTED_PROXIES", "") or "0"),
    )
    _refuse(_unwritable(settings))
    return settings


def psycopg_url(url: str) -> str:
    """Name the driver in a plain PostgreSQL URL, as SQLAlchemy wants it."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return f"{_DRIVER}://" + url.removeprefix(scheme)
    return url


def _refuse(reasons: Iterator[str]) -> None:
    found = tuple(reasons)
    if found:
        raise SettingsError(*found)


def _mode(text: str) -> Mode:
    try:
        return Mode(text or Mode.DEMO)
    except ValueError:
        raise SettingsError(f"MODE must be one of {', '.join(Mode)}, not {text!r}") from None


def _missing_in_production(env: Mapping[str, str]) -> Iterator[str]:
    """Say what an installation that takes real orders cannot be without."""
    for name in ("SECRET_KEY", "DATABASE_URL", "PUBLIC_URL"):
        if not env.get(name):
            yield f"{name} must be set in production"
    if env.get("PUBLIC_URL") and not env["PUBLIC_URL"].startswith("https://"):
        yield "PUBLIC_URL must begin with https:// in production"
    if env.get("RATE_LIMITS") == "off":
        yield "RATE_LIMITS=off is refused in production"
    if not env.get("STRIPE_KEY") and not env.get("BANK_ACCOUNT_NUMBER"):
        yield (
            "no way to pay is set: give STRIPE_KEY, or BANK_ACCOUNT_HOLDER, BANK_NAME and BANK_ACCOUNT_NUMBER"
        )
    if not env.get("NOTICE_DIRECTORY"):
        yield (
            "no way to send one-time codes is set: NOTICE_DIRECTORY must name the directory from which your "
            "sender of SMS and mail takes them"
        )


def _unreadable(env: Mapping[str, str]) -> Iterator[str]:
    """Say which variables are set to what cannot be understood; secrets are never repeated."""
    for name, (is_right, wanted) in _READABLE.items():
        if env.get(name) and not is_right(env[name]):
            given = "" if name in _SECRET else f", not {env[name]!r}"
            yield f"{name} must be {wanted}{given}"
    if env.get("STRIPE_KEY") and not _words(env.get("STRIPE_WEBHOOK_SECRETS", "")):
        yield "STRIPE_KEY needs STRIPE_WEBHOOK_SECRETS: without them no payment is ever believed"
    if len({bool(env.get(name)) for name in _BANK_ACCOUNT}) > 1:
        yield "BANK_ACCOUNT_HOLDER, BANK_NAME and BANK_ACCOUNT_NUMBER are set together or not at all"
    if env.get("REDIS_URL") and importlib.util.find_spec("redis") is None:
        yield "REDIS_URL needs the Python package redis, which is not installed here"


def _unwritable(settings: Settings) -> Iterator[str]:
    """Say which directories cannot be written; the one for messages is made when it is not there."""
    for name, directory in (("DATA_DIR", settings.data_dir), ("NOTICE_DIRECTORY", settings.notice_directory)):
        if directory is None:
            continue
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            yield f"{name} cannot be made: {error.strerror}"
        else:
            if not os.access(directory, os.W_OK | os.X_OK):
                yield f"{name} cannot be written: {directory}"


def _is_database(url: str) -> bool:
    try:
        found = make_url(psycopg_url(url))
    except (ArgumentError, ValueError):
        return False
    return found.drivername == _DRIVER and bool(found.database)


def _is_site(url: str) -> bool:
    try:
        parts = urlsplit(url.rstrip("/"))
        has_port = parts.port != 0
    except ValueError:
        return False
    elsewhere = parts.path or parts.query or parts.fragment or parts.username
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and has_port and not elsewhere


def _is_between(lowest: int, highest: int) -> Callable[[str], bool]:
    return lambda text: text.isdecimal() and lowest <= int(text) <= highest


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _kept_secret(data_dir: Path, name: str) -> str:
    """Make a random secret once and keep it beside the data."""
    path = data_dir / "secrets" / name.lower()
    try:
        if not path.exists():
            write_private(path, secrets.token_urlsafe(32))
        return path.read_text()
    except OSError as error:
        raise SettingsError(f"DATA_DIR cannot be written: {error.strerror} ({data_dir})") from None


_BANK_ACCOUNT = ("BANK_ACCOUNT_HOLDER", "BANK_NAME", "BANK_ACCOUNT_NUMBER")
_SECRET = ("DATABASE_URL", "OWNER_DATABASE_URL")
_DATABASE = (_is_database, "an address like postgresql://user:password@host:5432/name")
_ON_OR_OFF = (_SWITCH.__contains__, "on or off")
_READABLE: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "PORT": (_is_between(1, 65535), "a number from 1 to 65535"),
    "RATE_LIMITS": _ON_OR_OFF,
    "PAGE_CACHE": _ON_OR_OFF,
    "DATABASE_URL": _DATABASE,
    "OWNER_DATABASE_URL": _DATABASE,
    "PUBLIC_URL": (_is_site, "an address like https://example.org without a path"),
    "TRUSTED_PROXIES": (_is_between(0, 5), "a number from 0 to 5"),
    "LOG_LEVEL": (lambda text: text.upper() in _LEVELS, "DEBUG, INFO, WARNING or ERROR"),
}
