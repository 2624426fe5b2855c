"""Search as this installation runs it: Whoosh first, PostgreSQL while there is no readable index."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from marketplace.adapters.postgres_text import PostgresText
from marketplace.adapters.whoosh_text import WhooshText
from marketplace.kernel.settings import Settings
from marketplace.search.engine import SearchEngine


def make_search(settings: Settings, sessions: Callable[[], Session]) -> SearchEngine:
    return SearchEngine(WhooshText(settings.data_dir / "search"), fallback=PostgresText(sessions))
