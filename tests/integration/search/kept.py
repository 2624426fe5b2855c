"""One process that writes what search knows and another that reads it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.catalogue import service as shelf
from marketplace.catalogue.types import ProductId
from marketplace.kernel import time
from marketplace.kernel.message import Name
from marketplace.parties.types import Party
from marketplace.search import queries
from marketplace.search.engine import SearchEngine
from marketplace.search.types import SearchPage, SearchRequest
from tests.factories.catalogue import product_draft


@dataclass
class Kept:
    """One process that writes and another that reads, on one database and one directory."""

    session: Session
    sessions: Callable[[], Session]
    directory: Path
    writer: SearchEngine
    reader: SearchEngine
    seller: Party

    def settle(self) -> None:
        """Commit and follow until all of it is read, however long writes of other tests stay open."""
        self.session.commit()
        for _ in range(400):
            self.writer.indexer.follow(self.sessions)
            state = queries.state(self.session)
            rest = self.session.scalar(
                text("SELECT count(*) FROM kernel_change WHERE (transaction_id, id) > (:xid, :row)"),
                {"xid": state.position.transaction_id, "row": state.position.change_id},
            )
            self.session.commit()
            if not rest:
                break
            threading.Event().wait(0.05)
        self.reader.refresh(self.session)

    def ask(self, query: str = "", **more: Any) -> SearchPage:
        return self.reader.search(self.session, SearchRequest(at=time.now(), q=query, **more))

    def found(self, query: str = "", **more: Any) -> tuple[ProductId, ...]:
        return self.ask(query, **more).product_ids

    def files(self) -> dict[str, tuple[int, int]]:
        """Return every file of the index with its size and time."""
        return {
            str(path.relative_to(self.directory)): (path.stat().st_size, path.stat().st_mtime_ns)
            for path in self.directory.rglob("*")
        }

    def rename(self, product_slug: str, name: str, **more: Any) -> None:
        draft = product_draft(slug=product_slug, **more)
        number = self.session.scalar(
            text("SELECT number FROM catalogue_product WHERE slug = :slug"), {"slug": product_slug}
        )
        named = Name(name, name, draft.name.en)
        shelf.load_products(self.session, [replace(draft, number=str(number), name=named)])
