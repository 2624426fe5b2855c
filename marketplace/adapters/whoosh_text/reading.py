"""An open index, and its postings as arrays."""

import json
import mmap
import pickle
import struct
import time
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import index as whoosh_index
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC
from whoosh.filedb.structfile import BufferFile
from whoosh.reading import SegmentReader, TermNotFound

from marketplace.adapters.whoosh_text.schema import FIELD, SLOT
from marketplace.search.port import Slots, Written

Levels = NDArray[np.uint8]
STATE = "state.json"
_TRIES = 4
_PAUSE_SECONDS = 0.04
_CHUNK = 1 << 20
Sum = tuple[int, int]
"""A file's size and checksum."""


@dataclass(frozen=True, slots=True)
class State:
    """What the writer says of the index it has just brought to the disk: its files with their sums, too."""

    written: Written
    generation: int
    files: dict[str, Sum]

    def as_json(self) -> str:
        return json.dumps(
            {
                "signature": self.written.signature,
                "version": self.written.version,
                "epoch": self.written.epoch,
                "generation": self.generation,
                "files": self.files,
            }
        )


def read_state(directory: Path) -> State:
    """Read the state; raises whatever a lost or torn file raises."""
    found = json.loads((directory / STATE).read_text())
    return State(
        Written(found["signature"], found["version"], found["epoch"]),
        found["generation"],
        {name: (size, checksum) for name, (size, checksum) in found["files"].items()},
    )


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
    state: State
    leaves: tuple[Leaf, ...]
    documents: int


def newest(reading: Reading | None, path: Path | None) -> Reading | None:
    """Return the newest that can be read: the same object where nothing was written since.

    What is opened for the first time is read byte by byte before it is believed. A writer at work replaces
    files while they are looked for: then the next look, a moment later, finds the new ones.
    """
    if path is None:
        return None
    for tried in range(1, _TRIES + 1):
        try:
            return _newest(reading if reading is not None and reading.path == path else None, path)
        except FileNotFoundError:
            if tried == _TRIES:
                raise
            time.sleep(_PAUSE_SECONDS)
    raise AssertionError("unreachable")


def check(path: Path, state: State) -> None:
    """Compare every byte of an index with what was written; raises FileNotFoundError where one differs."""
    lost = [name for name, known in state.files.items() if sum_of(path / name) != known]
    if lost:
        raise FileNotFoundError(f"lost or torn: {', '.join(sorted(lost))}")


def sum_of(path: Path) -> Sum | None:
    """Return size and checksum of a file, None where there is none."""
    size = checksum = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                size, checksum = size + len(chunk), zlib.crc32(chunk, checksum)
    except FileNotFoundError:
        return None
    return size, checksum


def _newest(before: Reading | None, path: Path) -> Reading:
    state = read_state(path)
    if before is not None and before.state == state:
        return before
    if before is None:
        check(path, state)
    index = whoosh_index.open_dir(str(path))
    contents = index._read_toc()  # noqa: SLF001 - its own readers close the former ones under other threads
    known = {leaf.segment: leaf for leaf in before.leaves} if before is not None else {}
    leaves = tuple(
        _leaf(index.storage, contents, segment, known)
        for segment in contents.segments
        if segment.doc_count_all()
    )
    return Reading(path, state, leaves, sum(segment.doc_count() for segment in contents.segments))


def _leaf(storage: Any, contents: Any, segment: Any, known: dict[str, Leaf]) -> Leaf:
    """Open a segment; one that is open already never changes but for what of it still counts."""
    name = segment.segment_id()
    if name in known:
        reader, slots = known[name].reader, known[name].slots
    else:
        reader = SegmentReader(storage, contents.schema, segment, generation=contents.generation)
        slots = slots_of(reader)
        _let_go(reader)
    live = None
    if segment.has_deletions():
        live = np.ones(len(slots), np.bool_)
        live[list(segment.deleted_docs())] = False
    return Leaf(reader, name, slots, live, bool(np.all(slots[1:] > slots[:-1])))


def _let_go(reader: Any) -> None:
    """Let go of the copies that Whoosh makes of a mapped segment's parts: they are read from the map.

    Making them touched every page of the map; those that are asked for come back from the system's cache.
    """
    terms = reader._terms  # noqa: SLF001 - Whoosh offers no way to these copies
    for part in (terms._tindex.dbfile, terms._postfile):  # noqa: SLF001 - as above
        if isinstance(part, BufferFile):
            part.file = BytesIO()
            mapped = part._buf.obj  # noqa: SLF001 - as above
            if isinstance(mapped, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
                mapped.madvise(mmap.MADV_DONTNEED)


def slots_of(reader: Any) -> Slots:
    """Return the slot of each document of a segment, read as one piece."""
    column = reader.column_reader(SLOT, translate=False)
    count = reader.doc_count_all()
    if hasattr(column, "_dbfile") and column._count == count:  # noqa: SLF001 - whole, not value by value
        raw = column._dbfile.get(column._basepos, count * 4)  # noqa: SLF001 - as above
        return np.frombuffer(raw, ">i4").astype(np.int32)
    return np.fromiter((column[place] for place in range(count)), np.int32, count)


def decode(leaf: Leaf, token: str) -> tuple[NDArray[np.int32], Levels]:
    """Read all postings of a token in a segment: documents in order, and their levels.

    Blocks are read from bytes of their own: Whoosh's matcher moves a place in a file that threads share.
    """
    terms = leaf.reader._terms  # noqa: SLF001 - live or not is known here
    try:
        offset, (length,) = terms.term_info(FIELD, token.encode()).extent()  # it reads a length as a tuple
    except TermNotFound:
        return _NO_DOCUMENTS, _NO_LEVELS
    postings = BytesIO(terms._postfile.get(offset, length))  # noqa: SLF001 - as above
    postings.seek(len(WHOOSH3_HEADER_MAGIC))
    documents, levels = [], []
    is_last = False
    while not is_last:
        is_last = _LENGTH.unpack(postings.read(_LENGTH.size))[0] < 0
        pickle.load(postings)  # noqa: S301 - our own writer's, in a directory that nobody else may write
        steps, marks, _values = pickle.load(postings)  # noqa: S301 - as above
        documents.append(np.cumsum(_numbers(steps, len(marks)), dtype=np.int32))
        levels.append(np.frombuffer(marks, np.uint8))
    if len(documents) == 1:
        return documents[0], levels[0]
    return np.concatenate(documents), np.concatenate(levels)


_LENGTH = struct.Struct("!i")
_NO_DOCUMENTS = np.zeros(0, np.int32)
_NO_LEVELS = np.zeros(0, np.uint8)


def _numbers(steps: Any, count: int) -> NDArray[Any]:
    if isinstance(steps, bytes):
        return np.frombuffer(steps, np.uint8)
    return np.fromiter(steps, np.int32, count)
