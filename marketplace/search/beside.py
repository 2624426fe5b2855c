"""What pages show of products beside the search: kept in the process until the search hears of a change.

The engine replaces a product's document whenever a change row speaks of the product, its offers, certificates
or stock. What was read for one document is good as long as the engine holds that very document: a second, no
longer, behind the database.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from marketplace.catalogue.types import ProductId
from marketplace.search.engine import SearchEngine
from marketplace.search.types import SearchDocument

T = TypeVar("T")


class Beside(Generic[T]):
    """Keeps what one function reads of products, per engine; the values are immutable, threads share them."""

    def __init__(
        self, read: Callable[[Session, Collection[ProductId]], Mapping[ProductId, T]], *, bound: int = 5_000
    ) -> None:
        self._read = read
        self._bound = bound
        self._kept: WeakKeyDictionary[SearchEngine, OrderedDict[ProductId, tuple[SearchDocument, T]]] = (
            WeakKeyDictionary()
        )
        self._lock = threading.Lock()

    def get(
        self, engine: SearchEngine, session: Session, product_ids: Collection[ProductId]
    ) -> Mapping[ProductId, T]:
        """Return what is known of products, in their order, reading at once whatever is not kept.

        A product that the search does not know (not listed, or listed this second) is read every time.
        """
        documents = engine.documents(session)
        found: dict[ProductId, T | None] = dict.fromkeys(product_ids)
        missing = []
        with self._lock:
            kept = self._kept.setdefault(engine, OrderedDict())
            for one in found:
                document, value = kept.get(one, (None, None))
                if document is not None and document is documents.get(one):
                    kept.move_to_end(one)
                    found[one] = value
                else:
                    missing.append(one)
        if missing:
            fresh = self._read(session, missing)
            found |= fresh
            with self._lock:
                for one, value in fresh.items():
                    if one in documents:
                        kept[one] = (documents[one], value)
                while len(kept) > self._bound:
                    kept.popitem(last=False)
        return {one: value for one, value in found.items() if value is not None}
