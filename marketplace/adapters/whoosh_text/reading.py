"""An open index, and its postings as arrays."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import index as whoosh_index

from marketplace.adapters.whoosh_text.schema import FIELD, KEY
from marketplace.search.port import Ids, Scores

Docs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Reading:
    """An open index: its reader, the products behind its documents, and which of those still count."""

    path: Path
    index: Any
    reader: Any
    generation: int
    leaves: tuple["Leaf", ...]
    vocabulary: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    reader: Any
    segment: str
    products: Ids
    live: NDArray[np.bool_]


class KeptPostings:
    """Decoded postings by segment and token, the least used thrown away first."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._bytes = 0
        self._kept: OrderedDict[tuple[str, str], tuple[Docs, Scores]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, leaf: Leaf, token: str) -> tuple[Docs, Scores]:
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


def newest(reading: Reading | None, path: Path | None) -> Reading | None:
    if path is None or not (path / "signature").exists():
        return None
    if reading is not None and reading.path == path:
        if reading.index.latest_generation() == reading.generation:
            return reading
        reader = reading.index.refresh().reader(reuse=reading.reader)
        return _read(path, reading.index, reader)
    index = whoosh_index.open_dir(str(path))
    return _read(path, index, index.reader())


def _read(path: Path, index: Any, reader: Any) -> Reading:
    leaves = tuple(_leaf(leaf) for leaf, _base in reader.leaf_readers() if leaf.doc_count_all())
    words = sorted({term.decode("utf-8") for term in reader.lexicon(FIELD)}) if leaves else []
    return Reading(path, index, reader, reader.generation(), leaves, tuple(words))


def _leaf(reader: Any) -> Leaf:
    count = reader.doc_count_all()
    live = np.ones(count, np.bool_)
    for document in reader.segment().deleted_docs() or ():
        live[document] = False
    return Leaf(reader, reader.segment().segment_id(), column(reader), live)


def column(reader: Any) -> Ids:
    values = reader.column_reader(KEY)
    return np.fromiter((values[place] for place in range(reader.doc_count_all())), np.int64)


def _decode(reader: Any, token: str) -> tuple[Docs, Scores]:
    """Read all postings of a token, a block at a time."""
    if (FIELD, token) not in reader:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    matcher = reader.postings(FIELD, token)
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
