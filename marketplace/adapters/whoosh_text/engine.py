"""The engine: which index is current, what matches, and what is written."""

import shutil
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from whoosh import index as whoosh_index
from whoosh.writing import MERGE_SMALL, NO_MERGE

from marketplace.adapters.whoosh_text.reading import Docs, KeptPostings, Leaf, Reading, column, newest
from marketplace.adapters.whoosh_text.schema import make_schema
from marketplace.adapters.whoosh_text.writing import add, open_writer, sync
from marketplace.kernel.logging import logger
from marketplace.search.port import Clause, Ids, IndexedProduct, Matches, Scores

_CHECK_SECONDS = 0.5
_KEPT_BYTES = 64 * 2**20
_MANY_SEGMENTS = 8
_SATURATION = 1.2
_NOTHING = Matches(np.zeros(0, np.int64), np.zeros(0, np.float32))
_log = logger(__name__)


class WhooshText:
    """Tokens in a Whoosh index: ``current`` in the directory names the one in use, the previous is kept."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._reading: Reading | None = None
        self._checked = 0.0
        self._lock = threading.Lock()
        self._kept = KeptPostings(_KEPT_BYTES)

    def match(self, clauses: Sequence[Clause]) -> Matches:
        """Return products that carry a token of every clause, scored by rarity and weight."""
        reading = self._open()
        if reading is None or not clauses:
            return _NOTHING
        total = max(1, sum(len(leaf.products) for leaf in reading.leaves))
        counts = {
            token: sum(len(self._kept.get(leaf, token)[0]) for leaf in reading.leaves)
            for clause in clauses
            for token, _ in clause.tokens
        }
        rarest_first = sorted(clauses, key=lambda clause: sum(counts[token] for token, _ in clause.tokens))
        found = [self._match_leaf(leaf, rarest_first, counts, total) for leaf in reading.leaves]
        products = np.concatenate([ids for ids, _ in found]) if found else _NOTHING.product_ids
        scores = np.concatenate([marks for _, marks in found]) if found else _NOTHING.scores
        order = np.argsort(products, kind="stable")
        return Matches(products[order], scores[order])

    def vocabulary(self) -> Sequence[str]:
        reading = self._open()
        return reading.vocabulary if reading else ()

    def generation(self) -> int:
        reading = self._open()
        return reading.generation if reading else 0

    def signature(self) -> str | None:
        reading = self._open()
        return None if reading is None else (reading.path / "signature").read_text()

    def apply(self, changed: Iterable[IndexedProduct], removed: Iterable[int]) -> None:
        """Write changed products as a new segment and forget their old documents; one writer at a time."""
        products = list(changed)
        gone = {product.product_id for product in products} | set(removed)
        index = whoosh_index.open_dir(str(self._current()), schema=None)
        writer = open_writer(index)
        try:
            with index.reader() as reader:
                for leaf, base in reader.leaf_readers():
                    keys = column(leaf)
                    for document in np.flatnonzero(np.isin(keys, list(gone))):
                        if not leaf.is_deleted(int(document)):
                            writer.delete_document(base + int(document))
            add(writer, products)
            many = len(writer.segments) > _MANY_SEGMENTS
            writer.commit(mergetype=MERGE_SMALL if many else NO_MERGE)
        except BaseException:
            if not writer.is_closed:
                writer.cancel()
            raise
        sync(self._current())
        self._checked = 0.0

    def rebuild(self, products: Iterable[IndexedProduct], *, signature: str) -> None:
        """Build a new index beside the current one and switch to it in one step."""
        self._directory.mkdir(parents=True, exist_ok=True)
        self._directory.chmod(0o700)
        fresh = self._directory / f"index-{signature}-{time.time_ns()}"
        fresh.mkdir(mode=0o700)
        index = whoosh_index.create_in(str(fresh), make_schema())
        writer = open_writer(index)
        add(writer, products)
        writer.commit(mergetype=NO_MERGE)
        (fresh / "signature").write_text(signature)
        sync(fresh)
        before = self._find_current()
        link = self._directory / f"current-{time.time_ns()}"
        link.symlink_to(fresh.name)
        link.replace(self._directory / "current")
        self._checked = 0.0
        for old in self._directory.glob("index-*"):
            if old not in {fresh, before}:
                shutil.rmtree(old, ignore_errors=True)

    def _match_leaf(
        self, leaf: Leaf, clauses: Sequence[Clause], counts: Mapping[str, int], total: int
    ) -> tuple[Ids, Scores]:
        documents: Docs | None = None
        scores: Scores = np.zeros(0, np.float32)
        for clause in clauses:
            docs, marks = self._clause(leaf, clause, counts, total)
            if documents is None:
                documents, scores = docs, marks
            else:
                documents, mine, theirs = np.intersect1d(
                    documents, docs, assume_unique=True, return_indices=True
                )
                scores = scores[mine] + marks[theirs]
            if not len(documents):
                break
        assert documents is not None
        live = leaf.live[documents]
        return leaf.products[documents[live]], scores[live]

    def _clause(
        self, leaf: Leaf, clause: Clause, counts: Mapping[str, int], total: int
    ) -> tuple[Docs, Scores]:
        parts = []
        for token, factor in clause.tokens:
            docs, weights = self._kept.get(leaf, token)
            if len(docs):
                rarity = np.log1p(total / (1 + counts[token]))
                parts.append(
                    (docs, (factor * rarity * weights * 2.2 / (weights + _SATURATION)).astype(np.float32))
                )
        if not parts:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if len(parts) == 1:
            return parts[0]
        docs, place = np.unique(np.concatenate([docs for docs, _ in parts]), return_inverse=True)
        best = np.zeros(len(docs), np.float32)
        np.maximum.at(best, place, np.concatenate([marks for _, marks in parts]))
        return docs, best

    def _current(self) -> Path:
        found = self._find_current()
        if found is None:
            raise FileNotFoundError(self._directory / "current")
        return found

    def _find_current(self) -> Path | None:
        link = self._directory / "current"
        return link.resolve() if link.is_symlink() and link.exists() else None

    def _open(self) -> Reading | None:
        """Return the open index, a newer one where there is one; None where none can be read."""
        reading = self._reading
        if reading is not None and time.monotonic() - self._checked < _CHECK_SECONDS:
            return reading
        with self._lock:
            self._checked = time.monotonic()
            path = self._find_current()
            try:
                self._reading = newest(self._reading, path)
            except Exception as error:  # noqa: BLE001 - a torn file may fail in any way; the index is a cache
                _log.warning("index_unreadable", error=repr(error))
                self._reading = None
            return self._reading
