"""Cooperatives as pages name them, kept for a minute: a dozen of them stand beside every list."""

import time as wall
from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from marketplace.parties import queries as parties
from marketplace.parties.types import Party
from marketplace.web.page_cache import OLDEST_SECONDS
from marketplace.web.storefront.routes import search_engine

_MOST = 20_000
K = TypeVar("K", bound=Hashable)


class _Sellers(Generic[K]):
    """Parties by one of their keys, of every installation that this process serves."""

    def __init__(self, read: Callable[[Session, Collection[K]], Mapping[K, Party]]) -> None:
        self._read = read
        self._kept: WeakKeyDictionary[object, dict[K, tuple[float, Party]]] = WeakKeyDictionary()

    def get(self, session: Session, keys: Collection[K]) -> Mapping[K, Party]:
        """Return those that exist, reading at once whatever is not kept."""
        now = wall.monotonic()
        kept = self._kept.setdefault(search_engine(), {})
        found = {key: kept[key] for key in keys if key in kept}
        missing = [key for key in keys if key not in found or found[key][0] < now]
        if missing:
            if len(kept) > _MOST:
                kept.clear()
            fresh = {
                key: (now + OLDEST_SECONDS, party) for key, party in self._read(session, missing).items()
            }
            kept |= fresh
            found |= fresh
        return {key: party for key, (_until, party) in found.items()}


BY_CODE = _Sellers(parties.parties_by_code)
BY_ID = _Sellers(parties.parties_by_id)
