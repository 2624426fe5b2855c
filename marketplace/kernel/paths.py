"""Where templates, static files and catalogue data lie: beside the package, or inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_CHECKOUT = _PACKAGE.parent
SITE = _CHECKOUT if (_CHECKOUT / "templates").is_dir() else _PACKAGE / "_site"

TEMPLATES = SITE / "templates"
STATIC = SITE / "static"
CATALOG_DATA = SITE / "catalog_data"
MIGRATIONS = _PACKAGE / "migrations"
