"""The engine: which index is current, what it answers, and what is written."""

import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from whoosh import index as whoosh_index
from whoosh.writing import NO_MERGE, SegmentWriter

from marketplace.adapters.whoosh_text import directory
from marketplace.adapters.whoosh_text.matching import match
from marketplace.adapters.whoosh_text.postings import Kept, PostingsOf
from marketplace.adapters.whoosh_text.reading import Leaf, Levels, Reading, check, decode, newest, read_state
from marketplace.adapters.whoosh_text.schema import FIELD, make_schema
from marketplace.adapters.whoosh_text.writing import add, finish, forget, merge_small, open_writer
from marketplace.kernel.logging import logger
from marketplace.search.port import Clause, IndexedProduct, Matches, TextReading, Written, fingerprint_of

_POSTINGS_BYTES = 512 * 2**20
_BLOCKS_BYTES = 32 * 2**20
_SEGMENT_DOCUMENTS = 100_000
_log = logger(__name__)


class WhooshText:
    """Tokens in a Whoosh index: ``current`` in the directory names the one in use, the previous is kept.

    Reading never waits for writing: a reading is one immutable object, and ``refresh`` swaps it.
    """

    def __init__(self, path: Path) -> None:
        self._directory = path
        self._postings: PostingsOf | None = None
        self._reading = _nothing()
        self._was_opened = False
        self._complained = ""
        self._lock = threading.Lock()
        self._is_rebuilding = False
        self._blocks = Kept(_BLOCKS_BYTES)

    def match(self, clauses: Sequence[Clause]) -> Matches:
        """Return products that carry a token of every clause, scored by rarity and level."""
        return match(self._postings, clauses)

    def now(self) -> TextReading:
        return self._reading

    def refresh(self) -> bool:
        """Open what was written since; where nothing can be read any more, the log says so."""
        with self._lock:
            self._was_opened = True
            before = self._postings.reading if self._postings is not None else None
            try:
                reading = newest(before, directory.find_current(self._directory))
            except Exception as error:  # noqa: BLE001 - a torn file may fail in any way; the index is a cache
                self._complain("index_unreadable", error)
                reading = None
            if reading is before:
                return False
            self._take(reading)
            return True

    def written(self) -> Written | None:
        if not self._was_opened:
            self.refresh()
        return self._reading.written

    def apply(self, changed: Iterable[IndexedProduct], removed: Iterable[int], *, version: int) -> None:
        """Write changed products as a new segment and forget their old documents."""
        products = list(changed)
        current = directory.find_current(self._directory)
        if current is None:
            raise FileNotFoundError(self._directory / "current")
        before = read_state(current)
        index = whoosh_index.open_dir(str(current))
        writer = open_writer(index)
        try:
            forget(writer, index, {product.slot for product in products} | set(removed))
            add(writer, products)
            writer.commit(mergetype=merge_small)
        except BaseException:
            _give_up(writer)
            raise
        finish(current, index.latest_generation(), replace(before.written, version=version), before)
        if not self._is_rebuilding:
            directory.sweep(self._directory)
        self.refresh()

    def rebuild(self, products: Iterable[IndexedProduct], written: Written) -> None:
        """Build a new index beside the current one, read it through, and switch to it in one step."""
        self._is_rebuilding = True
        try:
            fresh = directory.begin(self._directory, written.signature)
            try:
                _write_all(fresh, products, written)
            except BaseException:
                shutil.rmtree(fresh, ignore_errors=True)
                raise
            directory.switch(self._directory, fresh)
        finally:
            self._is_rebuilding = False
        self.refresh()
        directory.sweep(self._directory)

    def recover(self) -> None:
        """Take over what a writer left that died between its commit and its word of it.

        Everything after the last word is then written again, which changes nothing where it is there already.
        """
        if self.written() is not None:
            return
        try:
            current = directory.find_current(self._directory)
            if current is None:
                return
            state = read_state(current)
            newest_contents = max(int(path.stem.split("_")[-1]) for path in current.glob("_MAIN_*.toc"))
            if newest_contents > state.generation:
                finish(current, newest_contents, state.written, state)
        except Exception as error:  # noqa: BLE001 - then it is built anew
            self._complain("index_lost", error)
        self.refresh()
        if self._postings is not None and not _reads_through(self._postings.reading):
            with self._lock:
                self._take(None)

    def fingerprints(self) -> Mapping[int, int] | None:
        """Read every byte of its files, every segment, token and block, once."""
        self.refresh()
        if self._postings is None:
            return None
        reading = self._postings.reading
        try:
            check(reading.path, reading.state)
            return dict(pair for leaf in reading.leaves for pair in _fingerprints(leaf))
        except Exception as error:  # noqa: BLE001 - a torn file may fail in any way
            self._complain("index_torn", error)
            return None

    def _take(self, reading: Reading | None) -> None:
        if reading is None:
            self._postings, self._reading = None, _nothing()
            return
        self._complained = ""
        self._postings = PostingsOf(reading, self._blocks, _POSTINGS_BYTES)
        self._reading = TextReading(reading.state.written, partial(match, self._postings))

    def _complain(self, event: str, error: Exception) -> None:
        """Say once what is wrong, not with each look."""
        if self._complained != repr(error):
            self._complained = repr(error)
            _log.warning(event, error=repr(error))


def _nothing() -> TextReading:
    return TextReading(None, partial(match, None))


def _write_all(fresh: Path, products: Iterable[IndexedProduct], written: Written) -> None:
    """Write a whole index and read it through; raises OSError where it is not what was written."""
    index = whoosh_index.create_in(str(fresh), make_schema())
    rest = iter(products)
    while (first := next(rest, None)) is not None:
        writer = open_writer(index)
        try:
            add(writer, chain([first], islice(rest, _SEGMENT_DOCUMENTS - 1)))
            writer.commit(mergetype=NO_MERGE)
        except BaseException:
            _give_up(writer)
            raise
    finish(fresh, index.latest_generation(), written, None)
    reading = newest(None, fresh)
    if reading is None or not _reads_through(reading):
        raise OSError(f"the index just written to {fresh.name} cannot be read")


def _give_up(writer: SegmentWriter) -> None:
    """Let go of the writer's lock and files; what it wrote is swept away later."""
    if not writer.is_closed:
        writer.cancel()


def _fingerprints(leaf: Leaf) -> Iterator[tuple[int, int]]:
    """Give the slot and the fingerprint of every product in a segment."""
    found = np.zeros(len(leaf.slots), np.uint64)
    for token, documents, levels in _everything(leaf):
        found[documents] += (levels.astype(np.uint64) * np.uint64(2) + np.uint64(1)) * np.uint64(
            fingerprint_of(token)
        )
    is_live = np.ones(len(found), np.bool_) if leaf.live is None else leaf.live
    yield from zip(leaf.slots[is_live].tolist(), found[is_live].tolist(), strict=True)


def _everything(leaf: Leaf) -> Iterator[tuple[str, NDArray[np.int32], Levels]]:
    """Give every token of a segment with its documents and levels; raises where they cannot be so."""
    for term in leaf.reader.lexicon(FIELD):
        token = term.decode()
        documents, levels = decode(leaf, token)
        if not len(documents) or len(documents) != len(levels) or documents[-1] >= len(leaf.slots):
            raise ValueError(f"the postings of {token} are torn")
        yield token, documents, levels


def _reads_through(reading: Reading) -> bool:
    """Read every block of every token; returns False where one cannot be read."""
    try:
        for leaf in reading.leaves:
            for _ in _everything(leaf):
                pass
    except Exception as error:  # noqa: BLE001 - a torn file may fail in any way
        _log.warning("index_torn", error=repr(error))
        return False
    return True
