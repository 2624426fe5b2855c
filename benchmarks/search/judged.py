"""The judged sets' figures over the catalogue, on the shop's own search in a throw-away database."""

import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.search.products import NOW
from benchmarks.search.quality import Quality, measure, read_judged
from marketplace.adapters import embedded_postgres
from marketplace.adapters.whoosh_text import WhooshText
from marketplace.kernel.time import FixedClock, clock_in_force
from marketplace.search.engine import SearchEngine
from marketplace.search.types import SearchRequest
from tests.conftest import migrate
from tests.search_quality.conftest import fill, products

SETS = Path(__file__).parents[2] / "tests" / "search_quality"
_DATABASE = "judged"


def figures() -> dict[str, Any]:
    """Return nDCG@10 and success@1 of each set, whole and by kind of typing."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = embedded_postgres.start(Path(folder) / "postgres", durable=False)
        try:
            cluster.create_database(_DATABASE)
            migrate(cluster.url(embedded_postgres.OWNER, _DATABASE))
            database = create_engine(cluster.url(embedded_postgres.APP, _DATABASE))
            with clock_in_force(FixedClock(NOW)):
                found = _measured(sessionmaker(database, expire_on_commit=False), Path(folder) / "index")
            database.dispose()
        finally:
            cluster.stop()
    return found


def _measured(sessions: "sessionmaker[Session]", directory: Path) -> dict[str, Any]:
    with sessions() as session:
        fill(session)
        session.commit()
        slugs = {int(one.id): one.slug for one in products(session)}
    engine = SearchEngine(WhooshText(directory))
    engine.indexer.rebuild(sessions)

    def asked(query: str) -> list[str]:
        with sessions() as session:
            page = engine.search(session, SearchRequest(at=NOW, q=query))
        return [slugs[int(product)] for product in page.product_ids]

    return {path.stem: _told(measure(asked, read_judged(path))) for path in sorted(SETS.glob("*.csv"))}


def _told(quality: Quality) -> dict[str, Any]:
    return {
        "queries": len(quality.outcomes),
        "ndcg@10": round(quality.ndcg, 4),
        "success@1": round(quality.success, 4),
        "kinds": {kind: round(part.ndcg, 4) for kind, part in quality.by_kind().items()},
    }
