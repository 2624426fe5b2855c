"""Every room's tables on one metadata, for migrations and for the test that holds them against the models."""

import importlib
import pkgutil

from sqlalchemy import MetaData

import marketplace
from marketplace.kernel.database import metadata

_KERNEL_TABLES = ("changes", "idempotency", "journal", "uploads")
_SANDBOX_TABLES = "marketplace.adapters.sandbox.models"  # a processor of our own, with books of its own
FOREIGN_TABLES = "procrastinate_"  # the queue brings and keeps its own tables


def all_tables() -> MetaData:
    """Import every ``models`` module of the house and return the shared metadata."""
    for name in _KERNEL_TABLES:
        importlib.import_module(f"marketplace.kernel.{name}")
    for room in pkgutil.iter_modules(marketplace.__path__, "marketplace."):
        if room.ispkg and any(found.name == "models" for found in pkgutil.iter_modules(_path(room.name))):
            importlib.import_module(f"{room.name}.models")
    importlib.import_module(_SANDBOX_TABLES)
    return metadata


def _path(package: str) -> list[str]:
    return list(importlib.import_module(package).__path__)


def is_ours(name: str | None) -> bool:
    return name is not None and not name.startswith(FOREIGN_TABLES) and name != "alembic_version"
