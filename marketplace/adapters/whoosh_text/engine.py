"""The engine: which index is current, what matches, and what is written."""

import shutil
import threading
import time
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from pathlib import Path

import numpy as np
from whoosh import index as whoosh_index
from whoosh.writing import NO_MERGE

from marketplace.adapters.whoosh_text.postings import Kept, Postings, PostingsOf
from marketplace.adapters.whoosh_text.reading import Reading, decode, newest, read_state
from marketplace.adapters.whoosh_text.schema import FIELD, make_schema
from marketplace.adapters.whoosh_text.writing import add, finish, forget, merge_small, open_writer
from marketplace.kernel.logging import logger
from marketplace.search.port import NOTHING, Clause, IndexedProduct, Matches, Scores, Slots, Written

_KEPT_BYTES = 96 * 2**20
_SEGMENT_DOCUMENTS = 100_000
_SEVERAL = 2
_WIDE = 16
_LITTLE = 64
_log = logger(__name__)


class WhooshText:
    """Tokens in a Whoosh index: ``current`` in the directory names the one in use, the previous is kept.

    Reading never waits for writing: a reading is one immutable object, and ``refresh`` swaps it.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._postings: PostingsOf | None = None
        self._was_opened = False
        self._lock = threading.Lock()
        self._blocks = Kept(_KEPT_BYTES)

    def match(self, clauses: Sequence[Clause]) -> Matches:
        """Return products that carry a token of every clause, scored by rarity and level."""
        postings = self._postings
        if postings is None or not clauses:
            return NOTHING
        found = []
        for clause in clauses:
            one = _any_of(postings, clause)
            if not len(one[0]):
                return NOTHING
            found.append(one)
        if len(found) == 1:
            return Matches(found[0][0], found[0][1])
        found.sort(key=lambda one: len(one[0]))
        slots, scores, _whole = found[0]
        for other in found[1:]:
            slots, scores = _both(slots, scores, other)
            if not len(slots):
                break
        return Matches(slots, scores)

    def refresh(self) -> bool:
        """Open what was written since; where nothing can be read any more, the log says so."""
        with self._lock:
            self._was_opened = True
            before = self._postings.reading if self._postings is not None else None
            try:
                reading = newest(before, self._find_current())
            except Exception as error:  # noqa: BLE001 - a torn file may fail in any way; the index is a cache
                _log.warning("index_unreadable", error=repr(error))
                reading = None
            if reading is before:
                return False
            self._postings = None if reading is None else PostingsOf(reading, self._blocks, _KEPT_BYTES)
            return True

    def written(self) -> Written | None:
        if not self._was_opened:
            self.refresh()
        postings = self._postings
        return None if postings is None else postings.reading.state.written

    def apply(self, changed: Iterable[IndexedProduct], removed: Iterable[int], *, version: int) -> None:
        """Write changed products as a new segment and forget their old documents."""
        products = list(changed)
        current = self._current()
        index = whoosh_index.open_dir(str(current))
        writer = open_writer(index)
        try:
            forget(writer, index, {product.slot for product in products} | set(removed))
            add(writer, products)
            writer.commit(mergetype=merge_small)
        except BaseException:
            if not writer.is_closed:
                writer.cancel()
            raise
        signature = read_state(current).written.signature
        finish(current, index.latest_generation(), Written(signature, version))
        self.refresh()

    def rebuild(self, products: Iterable[IndexedProduct], written: Written) -> None:
        """Build a new index beside the current one, read it through, and switch to it in one step."""
        self._directory.mkdir(parents=True, exist_ok=True)
        self._directory.chmod(0o700)
        fresh = self._directory / f"index-{written.signature}-{time.time_ns()}"
        fresh.mkdir(mode=0o700)
        index = whoosh_index.create_in(str(fresh), make_schema())
        rest = iter(products)
        while (first := next(rest, None)) is not None:
            writer = open_writer(index)
            add(writer, chain([first], islice(rest, _SEGMENT_DOCUMENTS - 1)))
            writer.commit(mergetype=NO_MERGE)
        finish(fresh, index.latest_generation(), written)
        reading = newest(None, fresh)
        if reading is None or not _reads_through(reading):
            raise OSError(f"the index just written to {fresh.name} cannot be read")
        before = self._find_current()
        link = self._directory / f"current-{time.time_ns()}"
        link.symlink_to(fresh.name)
        link.replace(self._directory / "current")
        self.refresh()
        for old in (*self._directory.glob("index-*"), *self._directory.glob("current-*")):
            if old not in {fresh, before}:
                old.unlink() if old.is_symlink() else shutil.rmtree(old, ignore_errors=True)

    def recover(self) -> None:
        """Take over what a writer left that died between its commit and its word of it.

        Everything after the last word is then written again, which changes nothing where it is there already.
        """
        current = self._find_current()
        if current is None or self.written() is not None:
            return
        try:
            index = whoosh_index.open_dir(str(current))
            state = read_state(current)
            known = {name: size for name, size in state.files.items() if not name.endswith(".toc")}
            is_newer = index.latest_generation() > state.generation
            kept = {path.name: path.stat().st_size for path in current.iterdir()}
            if is_newer and all(kept.get(name, size) == size for name, size in known.items()):
                finish(current, index.latest_generation(), state.written)
        except Exception as error:  # noqa: BLE001 - then it is built anew
            _log.warning("index_lost", error=repr(error))
        self.refresh()
        if self._postings is not None and not _reads_through(self._postings.reading):
            self._postings = None

    def is_sound(self) -> bool:
        """Read the whole index: every segment, token and block."""
        self.refresh()
        return self._postings is not None and _reads_through(self._postings.reading)

    def texts(self) -> Iterable[IndexedProduct]:
        """Return what the index holds, product by product: for comparing it with the database."""
        assert self._postings is not None
        for leaf in self._postings.reading.leaves:
            held: dict[int, dict[str, int]] = {}
            for term in leaf.reader.lexicon(FIELD):
                token = term.decode()
                documents, levels = decode(leaf, token)
                for document, level in zip(documents.tolist(), levels.tolist(), strict=True):
                    if leaf.live is None or leaf.live[document]:
                        held.setdefault(int(leaf.slots[document]), {})[token] = level
            yield from (IndexedProduct(slot, tokens) for slot, tokens in held.items())

    def _current(self) -> Path:
        found = self._find_current()
        if found is None:
            raise FileNotFoundError(self._directory / "current")
        return found

    def _find_current(self) -> Path | None:
        link = self._directory / "current"
        return link.resolve() if link.is_symlink() and link.exists() else None


Found = tuple[Slots, Scores, Postings | None]


def _any_of(postings: PostingsOf, clause: Clause) -> Found:
    """Return what carries any of the alternatives, with the best of their scores."""
    if len(clause.tokens) == 1:
        token, factor = clause.tokens[0]
        one = postings.get(token)
        if factor == 1:
            return one.slots, one.scores, one
        return one.slots, one.scores * np.float32(factor), None
    parts = [(one, factor) for token, factor in clause.tokens if len((one := postings.get(token)).slots)]
    if len(parts) < _SEVERAL:
        if not parts:
            return NOTHING.slots, NOTHING.scores, None
        one, factor = parts[0]
        return one.slots, one.scores * np.float32(factor), None
    slots = np.concatenate([one.slots for one, _ in parts])
    scores = np.concatenate([one.scores for one, _ in parts])
    factors = np.array([factor for _, factor in parts], np.float32)
    if factors[0] != 1 or (factors != factors[0]).any():
        scores *= factors.repeat([len(one.slots) for one, _ in parts])
    if len(slots) * _WIDE > parts[0][0].size:
        best = np.zeros(parts[0][0].size, np.float32)
        np.maximum.at(best, slots, scores)
        slots = np.flatnonzero(best).astype(np.int32)
        return slots, best.take(slots), None
    order = slots.argsort(kind="stable")
    slots, scores = slots.take(order), scores.take(order)
    starts = np.flatnonzero(np.diff(slots, prepend=-1))
    return slots[starts], np.maximum.reduceat(scores, starts), None


def _both(slots: Slots, scores: Scores, other: Found) -> tuple[Slots, Scores]:
    """Return what is in both, the shorter first, with the sum of the scores."""
    their_slots, their_scores, whole = other
    if whole is not None and len(slots) > _LITTLE:
        laid = whole.by_slot
        if laid is not None:
            theirs = laid.take(slots)
            hit = theirs > 0
            return slots[hit], scores[hit] + theirs[hit]
    places = their_slots.searchsorted(slots)
    places[places == len(their_slots)] = 0
    hit = their_slots.take(places) == slots
    return slots[hit], scores[hit] + their_scores.take(places[hit])


def _reads_through(reading: Reading) -> bool:
    """Read every block of every token; returns False where one cannot be read."""
    try:
        for leaf in reading.leaves:
            count = len(leaf.slots)
            for term in leaf.reader.lexicon(FIELD):
                documents, levels = decode(leaf, term.decode())
                if not len(documents) or len(documents) != len(levels) or documents[-1] >= count:
                    return False
    except Exception as error:  # noqa: BLE001 - a torn file may fail in any way
        _log.warning("index_torn", error=repr(error))
        return False
    return True
