"""The one writer: follows the change rows and keeps what search knows of products, and the index.

Rows of the side tables change with every change heard of; tokens, words and the index only when people
could find a product differently. The index is written from the tokens in the database, from nothing else.
"""

import threading
import time as wall
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import ProductId
from marketplace.kernel import changes, unit_of_work
from marketplace.kernel.changes import Position
from marketplace.kernel.logging import logger
from marketplace.search import queries, service
from marketplace.search.documents import indexed
from marketplace.search.kept import Heard, State
from marketplace.search.lexicon import make_language
from marketplace.search.port import IndexedProduct, TextIndex, Written

Sessions = Callable[[], Session]
Progress = Callable[[int, int], None]
_BATCH = 1000
_MEANWHILE_SECONDS = 0.25
_LOCK = 8_000_002
# What one transaction did is seen whole or not at all, whatever is read of it first.
_AT_ONE_INSTANT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
_log = logger(__name__)


def _silent(_done: int, _total: int) -> None:
    """Tell nobody."""


class Indexer:
    """Keeps search in step with the catalogue; ``index`` is the text index with files of its own, if any."""

    def __init__(self, index: TextIndex | None) -> None:
        self._index = index
        self._early: frozenset[Position] = frozenset()
        """Changes that were written before they had settled."""

    def follow(self, sessions: Sessions) -> int:
        """Write what changed since the last time; returns how many products were looked at.

        Where another indexer is at work, nothing is done: it will have seen the same changes.
        """
        with _alone(sessions, waits=False) as is_alone:
            if not is_alone:
                return 0
            with sessions() as session:
                state = queries.state(session)
            if state.signature != make_language()[1]:
                seen = self._write_all(sessions, _silent)
            else:
                seen = self._write(sessions)
            self._catch_up(sessions)
            return seen

    def rebuild(self, sessions: Sessions, progress: Progress = _silent) -> int:
        """Write everything anew, the index beside the one in use; returns the number of products.

        What changes meanwhile is followed, and the index in use answers to the end.
        """
        with _alone(sessions, waits=True):
            count = self._write_all(sessions, progress)
            with sessions() as session:
                epoch = _next_epoch(queries.state(session))
            with self._following(sessions):
                self._rebuild_index(sessions, progress, epoch)
            with sessions() as session:
                unit_of_work.commit(session, partial(service.begin_epoch, epoch=epoch))
            self._catch_up(sessions)
            return count

    def _write(self, sessions: Sessions, also: Sequence[ProductId] = (), *, counts_words: bool = True) -> int:
        """Write what changed and some products anew, all as it is at one instant; returns how many."""

        def write(session: Session) -> Heard:
            session.execute(_AT_ONE_INSTANT)
            state = queries.state(session)
            heard = queries.heard(session, state.position, self._early)
            products = sorted(heard.products.union(also))
            if products:
                version = _next_version(session)
                moved = _write(session, version, products, anew=frozenset(also))
                if counts_words:
                    service.move_words(session, version, moved)
            if heard.position != state.position:
                service.keep_position(session, heard.position)
            return heard

        with sessions() as session:
            heard = unit_of_work.commit(session, write)
        self._early = heard.early
        return len(heard.products.union(also))

    def _write_all(self, sessions: Sessions, progress: Progress) -> int:
        """Write every product in batches; what changes meanwhile is written with them."""
        signature = make_language()[1]
        with sessions() as session:
            state = queries.state(session)
            # First: what is committed between two statements is then read twice, not never.
            position = changes.latest(session)
            known = queries.known_products(session)
            listed = list(catalogue.listed_product_ids(session))
        # Where the words are those of another language they are counted at the end, killed or not before.
        is_same = state.signature == signature
        if not is_same:
            with sessions() as session:
                unit_of_work.commit(session, partial(service.keep_position, position=position))
        ids = [*listed, *sorted(known.difference(listed))]
        for first in range(0, len(ids), _BATCH):
            self._write(sessions, ids[first : first + _BATCH], counts_words=is_same)
            progress(min(first + _BATCH, len(ids)), len(ids))

        def finish(session: Session) -> None:
            service.forget_strays(session)
            service.count_words(session, _next_version(session))
            if not is_same:
                row = service.lock_state(session)
                row.signature, row.epoch = signature, _next_epoch(state)

        with sessions() as session:
            unit_of_work.commit(session, finish)
        return len(listed)

    def _catch_up(self, sessions: Sessions) -> None:
        """Write to the index what the database has newer; where that fails, build it anew."""
        if self._index is None:
            return
        self._index.refresh()
        if self._index.written() is None:
            self._index.recover()
        if not self._apply(sessions):
            _log.warning("index_built_anew", had=_told_of(self._index.written()))
            with self._following(sessions):
                self._rebuild_index(sessions, _silent)
            self._apply(sessions)

    def _apply(self, sessions: Sessions) -> bool:
        """Write newer texts to the index; returns False where it is of another state or cannot be written."""
        assert self._index is not None
        written = self._index.written()
        with sessions() as session:
            state = queries.state(session)
            # A database restored from a backup knows fewer versions than its index.
            if (
                not written
                or not written.fits(state.signature, state.epoch)
                or written.version > state.version
            ):
                return False
            changed = list(queries.texts(session, written.version))
        if not changed:
            return True
        try:
            self._index.apply(
                [one for one in changed if one.tokens],
                [one.slot for one in changed if not one.tokens],
                version=state.version,
            )
        except Exception as error:  # noqa: BLE001 - a torn file may fail in any way
            _log.warning("index_not_written", error=repr(error))
            return False
        return True

    def _rebuild_index(self, sessions: Sessions, progress: Progress, epoch: int | None = None) -> None:
        if self._index is None:
            return
        with sessions() as session:
            state = queries.state(session)
            assert state.signature is not None
            total = queries.indexed_count(session)
            self._index.rebuild(
                _counted(queries.texts(session), total, progress),
                Written(state.signature, state.version, state.epoch if epoch is None else epoch),
            )

    @contextmanager
    def _following(self, sessions: Sessions) -> Iterator[None]:
        """Follow changes in a thread, into the index in use too, while this one builds another."""
        ended = threading.Event()

        def follow() -> None:
            while not ended.wait(_MEANWHILE_SECONDS):
                try:
                    self._write(sessions)
                    if self._index is not None:
                        self._apply(sessions)
                except Exception as error:  # noqa: BLE001 - the builder reads all of it again afterwards
                    _log.warning("changes_not_followed", error=repr(error))

        thread = threading.Thread(target=follow, name="search-meanwhile", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def _write(
    session: Session, version: int, product_ids: list[ProductId], *, anew: Collection[ProductId]
) -> Counter[str]:
    """Write what changed of some products, all of it of those anew; returns how counts of words moved."""
    language, _signature = make_language()
    found = list(queries.documents(session, product_ids))
    gone = set(product_ids).difference(document.product_id for document in found)
    before = service.keep_products(session, version, found, gone)
    texts: dict[int, dict[str, int] | None] = {}
    for document in found:
        slot, digest = before[document.product_id]
        tokens = indexed(document, language)
        if document.product_id in anew or digest != service.digest(tokens):
            texts[slot] = tokens
    texts |= {before[one][0]: None for one in gone if one in before and before[one][1] is not None}
    return service.keep_texts(session, version, texts) if texts else Counter()


def _next_version(session: Session) -> int:
    row = service.lock_state(session)
    row.version += 1
    session.flush()
    return row.version


def _next_epoch(state: State) -> int:
    return max(wall.time_ns(), state.epoch + 1)


def _told_of(written: Written | None) -> Mapping[str, Any] | None:
    return None if written is None else asdict(written)


def _counted(products: Iterator[IndexedProduct], total: int, progress: Progress) -> Iterator[IndexedProduct]:
    for number, product in enumerate((one for one in products if one.tokens), 1):
        yield product
        if number % _BATCH == 0 or number == total:
            progress(number, total)


@contextmanager
def _alone(sessions: Sessions, *, waits: bool) -> Iterator[bool]:
    """Hold the right to write for as long as the connection lives; give whether it was to be had."""
    with sessions() as session, session.connection().engine.connect() as opened:
        session.rollback()
        connection = opened.execution_options(isolation_level="AUTOCOMMIT")
        if waits:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        elif not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}):
            yield False
            return
        try:
            yield True
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
