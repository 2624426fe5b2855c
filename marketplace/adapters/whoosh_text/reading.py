"""An open index, and its postings as arrays."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import index as whoosh_index
from whoosh.formats import Existence
from whoosh.reading import TermNotFound

from marketplace.adapters.whoosh_text.schema import FIELD, SLOT
from marketplace.search.port import Slots, Written

Levels = NDArray[np.uint8]
STATE = "state.json"
_TRIES = 3


@dataclass(frozen=True, slots=True)
class State:
    """What the writer says of the index it has just brought to the disk: its files with their sizes, too."""

    written: Written
    generation: int
    files: dict[str, int]

    def as_json(self) -> str:
        return json.dumps(
            {
                "signature": self.written.signature,
                "version": self.written.version,
                "generation": self.generation,
                "files": self.files,
            }
        )


def read_state(directory: Path) -> State:
    """Read the state; raises whatever a lost or torn file raises."""
    found = json.loads((directory / STATE).read_text())
    return State(Written(found["signature"], found["version"]), found["generation"], found["files"])


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A segment: the slots of its documents, and which of those still count (None where all do)."""

    reader: Any
    segment: str
    slots: Slots
    live: NDArray[np.bool_] | None
    is_ascending: bool


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """An open index; ``documents`` still count."""

    path: Path
    index: Any
    reader: Any
    state: State
    leaves: tuple[Leaf, ...]
    documents: int


def newest(reading: Reading | None, path: Path | None) -> Reading | None:
    """Return the newest that can be read: the same object where nothing was written since."""
    if path is None:
        return None
    state = read_state(path)
    if reading is not None and reading.path == path:
        if reading.state == state:
            return reading
        index, reuse = reading.index, reading.reader
    else:
        index, reuse = None, None
    lost = [name for name, size in state.files.items() if _size(path / name) != size]
    if lost:
        raise FileNotFoundError(f"lost or torn: {', '.join(sorted(lost))}")
    for tried in range(1, _TRIES + 1):
        try:
            index = index or whoosh_index.open_dir(str(path))
            return _read(path, index, index.reader(reuse=reuse), state, reading)
        except FileNotFoundError:
            # A writer replaces the table of contents between listing and opening it.
            if tried == _TRIES:
                raise
    raise AssertionError("unreachable")


def _read(path: Path, index: Any, reader: Any, state: State, before: Reading | None) -> Reading:
    known = {leaf.segment: leaf for leaf in before.leaves} if before is not None else {}
    leaves = tuple(_leaf(leaf, known) for leaf, _base in reader.leaf_readers() if leaf.doc_count_all())
    return Reading(path, index, reader, state, leaves, reader.doc_count())


def _leaf(reader: Any, known: dict[str, Leaf]) -> Leaf:
    segment = reader.segment()
    name = segment.segment_id()
    slots = known[name].slots if name in known else slots_of(reader)
    live = None
    if segment.has_deletions():
        live = np.ones(len(slots), np.bool_)
        live[list(segment.deleted_docs())] = False
    return Leaf(reader, name, slots, live, bool(np.all(slots[1:] > slots[:-1])))


def slots_of(reader: Any) -> Slots:
    """Return the slot of each document of a segment, read as one piece."""
    column = reader.column_reader(SLOT)
    count = reader.doc_count_all()
    if hasattr(column, "_dbfile") and column._count == count:  # noqa: SLF001 - whole, not value by value
        raw = column._dbfile.get(column._basepos, count * 4)  # noqa: SLF001
        return np.frombuffer(raw, ">i4").astype(np.int32)
    return np.fromiter((column[place] for place in range(count)), np.int32, count)


def decode(leaf: Leaf, token: str) -> tuple[NDArray[np.int32], Levels]:
    """Read all postings of a token in a segment, block by block: documents in order, and their levels."""
    try:
        matcher = leaf.reader._terms.matcher(FIELD, token.encode(), _FORMAT)  # noqa: SLF001 - live or not is known here
    except TermNotFound:
        return _NO_DOCUMENTS, _NO_LEVELS
    documents, levels = [], []
    while matcher.is_active():
        matcher._read_data()  # noqa: SLF001 - a block whole, where the public way goes posting by posting
        steps, marks = matcher._data[0], matcher._data[1]  # noqa: SLF001
        documents.append(np.cumsum(_numbers(steps, len(marks)), dtype=np.int32))
        levels.append(np.frombuffer(marks, np.uint8))
        matcher._next_block()  # noqa: SLF001
    if len(documents) == 1:
        return documents[0], levels[0]
    return np.concatenate(documents), np.concatenate(levels)


_FORMAT = Existence()
_NO_DOCUMENTS = np.zeros(0, np.int32)
_NO_LEVELS = np.zeros(0, np.uint8)


def _numbers(steps: Any, count: int) -> NDArray[Any]:
    if isinstance(steps, bytes):
        return np.frombuffer(steps, np.uint8)
    return np.fromiter(steps, np.int32, count)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1
