"""The text engine on Whoosh: its schema, dictionary, postings, segments, locks and commits.

Postings are decoded block by block into arrays and kept, bounded in bytes, as long as their segment lives;
the manual's own scoring, sorting and grouping would cost hundreds of times more. The index is a cache of the
database. It holds pickles: the directory is its owner's alone.
"""

import os
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import index as whoosh_index
from whoosh.codec.whoosh3 import W3Codec
from whoosh.columns import NumericColumn
from whoosh.fields import COLUMN, FieldType, Schema
from whoosh.formats import Existence
from whoosh.util.text import utf8encode
from whoosh.writing import MERGE_SMALL, NO_MERGE, SegmentWriter

from marketplace.kernel.logging import logger
from marketplace.search.port import Clause, Ids, IndexedProduct, Matches, Scores

_FIELD = "t"
_KEY = "pk"
_CHECK_SECONDS = 0.5
_KEPT_BYTES = 64 * 2**20
_MANY_SEGMENTS = 8
_LOCK_SECONDS = 30
_MEMORY_MB = 128
_SATURATION = 1.2
_log = logger(__name__)

Docs = NDArray[np.int64]


class WeightedTokens(FieldType):  # type: ignore[misc]  # the package ships no types
    """A field whose value is a mapping of tokens to weights: one posting a token, nothing stored."""

    def __init__(self) -> None:
        super().__init__(Existence(), None, scorable=False, stored=False)

    def index(
        self, value: Mapping[str, float], **_options: object
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        for token in sorted(value):
            yield utf8encode(token)[0], 1, value[token], b""


def _schema() -> Schema:
    # The key is a bare column: as an indexed unique field it would cost a look-up of its own a product.
    return Schema(pk=COLUMN(NumericColumn("q")), t=WeightedTokens())


@dataclass(frozen=True, slots=True)
class _Reading:
    """An open index: its reader, the products behind its documents, and which of those still count."""

    path: Path
    index: Any
    reader: Any
    generation: int
    leaves: tuple["_Leaf", ...]
    vocabulary: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Leaf:
    reader: Any
    segment: str
    products: Ids
    live: NDArray[np.bool_]


class _Kept:
    """Decoded postings by segment and token, the least used thrown away first."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._bytes = 0
        self._kept: OrderedDict[tuple[str, str], tuple[Docs, Scores]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, leaf: _Leaf, token: str) -> tuple[Docs, Scores]:
        key = (leaf.segment, token)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
            found = self._kept[key] = _decode(leaf.reader, token)
            self._bytes += found[0].nbytes + found[1].nbytes + 200
            while self._bytes > self._bound and len(self._kept) > 1:
                _, (docs, weights) = self._kept.popitem(last=False)
                self._bytes -= docs.nbytes + weights.nbytes + 200
            return found


class WhooshText:
    """Tokens in a Whoosh index: ``current`` in the directory names the one in use, the previous is kept."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._reading: _Reading | None = None
        self._checked = 0.0
        self._lock = threading.Lock()
        self._kept = _Kept(_KEPT_BYTES)

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
        writer = _writer(index)
        try:
            with index.reader() as reader:
                for leaf, base in reader.leaf_readers():
                    keys = _column(leaf)
                    for document in np.flatnonzero(np.isin(keys, list(gone))):
                        if not leaf.is_deleted(int(document)):
                            writer.delete_document(base + int(document))
            _add(writer, products)
            many = len(writer.segments) > _MANY_SEGMENTS
            writer.commit(mergetype=MERGE_SMALL if many else NO_MERGE)
        except BaseException:
            if not writer.is_closed:
                writer.cancel()
            raise
        _sync(self._current())
        self._checked = 0.0

    def rebuild(self, products: Iterable[IndexedProduct], *, signature: str) -> None:
        """Build a new index beside the current one and switch to it in one step."""
        self._directory.mkdir(parents=True, exist_ok=True)
        self._directory.chmod(0o700)
        fresh = self._directory / f"index-{signature}-{time.time_ns()}"
        fresh.mkdir(mode=0o700)
        index = whoosh_index.create_in(str(fresh), _schema())
        writer = _writer(index)
        _add(writer, products)
        writer.commit(mergetype=NO_MERGE)
        (fresh / "signature").write_text(signature)
        _sync(fresh)
        before = self._find_current()
        link = self._directory / f"current-{time.time_ns()}"
        link.symlink_to(fresh.name)
        link.replace(self._directory / "current")
        self._checked = 0.0
        for old in self._directory.glob("index-*"):
            if old not in {fresh, before}:
                shutil.rmtree(old, ignore_errors=True)

    def _match_leaf(
        self, leaf: _Leaf, clauses: Sequence[Clause], counts: Mapping[str, int], total: int
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
        self, leaf: _Leaf, clause: Clause, counts: Mapping[str, int], total: int
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

    def _open(self) -> _Reading | None:
        """Return the open index, a newer one where there is one; None where none can be read."""
        reading = self._reading
        if reading is not None and time.monotonic() - self._checked < _CHECK_SECONDS:
            return reading
        with self._lock:
            self._checked = time.monotonic()
            path = self._find_current()
            try:
                self._reading = _newest(self._reading, path)
            except Exception as error:  # noqa: BLE001 - a torn file may fail in any way; the index is a cache
                _log.warning("index_unreadable", error=repr(error))
                self._reading = None
            return self._reading


_NOTHING = Matches(np.zeros(0, np.int64), np.zeros(0, np.float32))


def _newest(reading: _Reading | None, path: Path | None) -> _Reading | None:
    if path is None or not (path / "signature").exists():
        return None
    if reading is not None and reading.path == path:
        if reading.index.latest_generation() == reading.generation:
            return reading
        reader = reading.index.refresh().reader(reuse=reading.reader)
        return _read(path, reading.index, reader)
    index = whoosh_index.open_dir(str(path))
    return _read(path, index, index.reader())


def _read(path: Path, index: Any, reader: Any) -> _Reading:
    leaves = tuple(_leaf(leaf) for leaf, _base in reader.leaf_readers() if leaf.doc_count_all())
    words = sorted({term.decode("utf-8") for term in reader.lexicon(_FIELD)}) if leaves else []
    return _Reading(path, index, reader, reader.generation(), leaves, tuple(words))


def _leaf(reader: Any) -> _Leaf:
    count = reader.doc_count_all()
    live = np.ones(count, np.bool_)
    for document in reader.segment().deleted_docs() or ():
        live[document] = False
    return _Leaf(reader, reader.segment().segment_id(), _column(reader), live)


def _column(reader: Any) -> Ids:
    values = reader.column_reader(_KEY)
    return np.fromiter((values[place] for place in range(reader.doc_count_all())), np.int64)


def _decode(reader: Any, token: str) -> tuple[Docs, Scores]:
    """Read all postings of a token, a block at a time."""
    if (_FIELD, token) not in reader:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    matcher = reader.postings(_FIELD, token)
    if not hasattr(matcher, "_read_data"):
        pairs = []
        while matcher.is_active():
            pairs.append((matcher.id(), matcher.weight()))
            matcher.next()
        return np.array([pair[0] for pair in pairs], np.int64), np.array(
            [pair[1] for pair in pairs], np.float32
        )
    blocks: list[Docs] = []
    marks: list[Scores] = []
    while matcher.is_active():
        matcher._read_data()  # noqa: SLF001 - a block whole, where the public way goes posting by posting
        steps, weights = matcher._data[0], matcher._data[1]  # noqa: SLF001
        blocks.append(np.cumsum(np.array(steps, np.int64)))
        marks.append(
            np.full(len(steps), 1.0 if weights is None else weights, np.float32)
            if weights is None or isinstance(weights, float)
            else np.array(weights, np.float32)
        )
        matcher._next_block()  # noqa: SLF001
    return np.concatenate(blocks), np.concatenate(marks)


def _writer(index: Any) -> SegmentWriter:
    return SegmentWriter(
        index, timeout=_LOCK_SECONDS, limitmb=_MEMORY_MB, codec=W3Codec(blocklimit=1024, compression=1)
    )


def _add(writer: SegmentWriter, products: Iterable[IndexedProduct]) -> None:
    for product in products:
        writer.add_document(pk=product.product_id, t=product.tokens)


def _sync(directory: Path) -> None:
    """Bring an index to the disk: Whoosh itself never does."""
    for path in (*directory.iterdir(), directory):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
