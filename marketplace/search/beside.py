"""What pages show of products beside the search: kept in the process until the search hears of a change.

The engine knows another version of a product whenever a change row speaks of the product, its offers,
certificates or stock. What was read for one version is good as long as the engine knows no other: a second or
two, no longer, behind the database.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from marketplace.catalogue.types import ProductId
from marketplace.search.engine import SearchEngine

T = TypeVar("T")


class Beside(Generic[T]):
    """Keeps what one function reads of products, per engine; the values are immutable, threads share them."""

    def __init__(
        self, read: Callable[[Session, Collection[ProductId]], Mapping[ProductId, T]], *, bound: int = 5_000
    ) -> None:
        self._read = read
        self._bound = bound
        self._kept: WeakKeyDictionary[SearchEngine, OrderedDict[ProductId, tuple[int, T]]] = (
            WeakKeyDictionary()
        )
        self._lock = threading.Lock()

    def get(
        self, engine: SearchEngine, session: Session, product_ids: Collection[ProductId]
    ) -> Mapping[ProductId, T]:
        """Return what is known of products, in their order, reading at once whatever is not kept.

        A product that the search does not know (not listed, or listed this second) is read every time.
        """
        versions = engine.versions(session, product_ids)
        found: dict[ProductId, T | None] = dict.fromkeys(product_ids)
        missing = []
        with self._lock:
            kept = self._kept.setdefault(engine, OrderedDict())
            for one in found:
                version, value = kept.get(one, (None, None))
                if version is not None and version == versions.get(one):
                    kept.move_to_end(one)
                    found[one] = value
                else:
                    missing.append(one)
        if missing:
            fresh = self._read(session, missing)
            found |= fresh
            with self._lock:
                for one, value in fresh.items():
                    if one in versions:
                        kept[one] = (versions[one], value)
                while len(kept) > self._bound:
                    kept.popitem(last=False)
        return {one: value for one, value in found.items() if value is not None}
