"""The one writer of an index: follows the change rows and writes only what people could find differently.

Prices, stock and sales never reach it; a name with new words makes another dictionary and so another index.
"""

import hashlib
from collections.abc import Iterable, Mapping

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.catalogue.types import ProductId
from marketplace.kernel import changes
from marketplace.kernel.changes import Position
from marketplace.search import queries
from marketplace.search.documents import indexed
from marketplace.search.language import Language
from marketplace.search.lexicon import make_language, words_of
from marketplace.search.models import PositionRow
from marketplace.search.port import IndexedProduct, TextEngine
from marketplace.search.types import SearchDocument

_MANY = 2000


class Indexer:
    """Keeps one index in step; what it has written is remembered by digest while the process lives."""

    def __init__(self, engine: TextEngine, index_name: str) -> None:
        self._engine = engine
        self._index_name = index_name
        self._language: Language | None = None
        self._words: frozenset[str] = frozenset()
        self._signature = ""
        self._written: dict[int, bytes] = {}

    def rebuild(self, session: Session) -> int:
        """Build the index anew from the database; returns the number of products."""
        position = changes.latest(session)
        documents = list(queries.documents(session))
        products = self._learn(documents)
        self._engine.rebuild(products, signature=self._signature)
        self._keep_position(session, position)
        return len(products)

    def follow(self, session: Session) -> int:
        """Write what changed since the last time; returns how many products were looked at.

        The index is written before the position: after a crash in between the same are written again.
        """
        position = queries.position_of(session, self._index_name)
        built_with = self._engine.signature()
        if position is None or built_with is None:
            return self.rebuild(session)
        if self._language is None:
            self._learn(list(queries.documents(session)))
            if built_with != self._signature:
                return self.rebuild(session)
            self._written.clear()
        touched, behind = queries.touched_texts(session, position)
        if behind == position:
            return 0
        if len(touched) > _MANY:
            return self.rebuild(session)
        found = {document.product_id: document for document in queries.documents(session, touched)}
        if not words_of(found.values()) <= self._words:
            return self.rebuild(session)
        self._write(found, touched)
        self._keep_position(session, behind)
        return len(touched)

    def _learn(self, documents: list[SearchDocument]) -> list[IndexedProduct]:
        self._language, self._signature = make_language(documents)
        self._words = words_of(documents)
        products = [indexed(document, self._language) for document in documents]
        self._written = {product.product_id: _digest(product.tokens) for product in products}
        return products

    def _write(self, found: Mapping[ProductId, SearchDocument], touched: Iterable[ProductId]) -> None:
        assert self._language is not None
        products = [indexed(document, self._language) for document in found.values()]
        changed = [one for one in products if self._written.get(one.product_id) != _digest(one.tokens)]
        removed = [int(product) for product in touched if product not in found]
        if changed or removed:
            self._engine.apply(changed, removed)
        self._written.update({one.product_id: _digest(one.tokens) for one in changed})
        for product in removed:
            self._written.pop(product, None)

    def _keep_position(self, session: Session, position: Position) -> None:
        values = {"transaction_id": position.transaction_id, "change_id": position.change_id}
        session.execute(
            insert(PositionRow)
            .values(index_name=self._index_name, **values)
            .on_conflict_do_update(index_elements=[PositionRow.index_name], set_=values)
        )


def _digest(tokens: Mapping[str, float]) -> bytes:
    return hashlib.blake2b(repr(sorted(tokens.items())).encode(), digest_size=16).digest()
