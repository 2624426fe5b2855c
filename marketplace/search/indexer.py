"""The one writer: follows the change rows and keeps what search knows of products, and the index.

Rows of the side tables change with every change heard of; tokens, words and the index only when people
could find a product differently. The index is written from the tokens in the database, from nothing else.
"""

import time as wall
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial

from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import ProductId
from marketplace.kernel import changes, unit_of_work
from marketplace.kernel.logging import logger
from marketplace.search import queries, service
from marketplace.search.documents import indexed
from marketplace.search.lexicon import make_language
from marketplace.search.port import IndexedProduct, TextIndex, Written

Sessions = Callable[[], Session]
Progress = Callable[[int, int], None]
_BATCH = 1000
_LOCK = 8_000_002
_log = logger(__name__)


def _silent(_done: int, _total: int) -> None:
    """Tell nobody."""


class Indexer:
    """Keeps search in step with the catalogue; ``index`` is the text index with files of its own, if any."""

    def __init__(self, index: TextIndex | None) -> None:
        self._index = index

    def follow(self, sessions: Sessions) -> int:
        """Write what changed since the last time; returns how many products were looked at.

        Where another indexer is at work, nothing is done: it will have seen the same changes.
        """
        with _alone(sessions, waits=False) as is_alone:
            if not is_alone:
                return 0
            _language, signature = make_language()
            with sessions() as session:
                state = queries.state(session)
            if state.signature != signature:
                seen = self._write_all(sessions, _silent)
            else:
                with sessions() as session:
                    seen = unit_of_work.commit(session, self._follow)
            self._catch_up(sessions)
            return seen

    def rebuild(self, sessions: Sessions, progress: Progress = _silent) -> int:
        """Write everything anew, the index beside the one in use; returns the number of products."""
        with _alone(sessions, waits=True):
            count = self._write_all(sessions, progress)
            self._rebuild_index(sessions, progress)
            return count

    def _follow(self, session: Session) -> int:
        state = queries.state(session)
        touched, behind = queries.touched(session, state.position)
        if behind == state.position:
            return 0
        if touched:
            version = _next_version(session)
            service.move_words(session, version, _write(session, version, sorted(touched)))
        service.keep_position(session, behind)
        return len(touched)

    def _write_all(self, sessions: Sessions, progress: Progress) -> int:
        """Write every product in batches, then count the words; changes meanwhile are read after."""
        with sessions() as session:
            # Where the words are those of another language they are counted at the end, killed or not before.
            write = _write_counted if queries.state(session).signature == make_language()[1] else _write_batch
            position = changes.latest(session)
            known = queries.known_products(session)
            listed = list(catalogue.listed_product_ids(session))
        gone = sorted(known.difference(listed))
        done, total = 0, len(listed) + len(gone)
        for ids in (listed, gone):
            for first in range(0, len(ids), _BATCH):
                batch = ids[first : first + _BATCH]
                with sessions() as session:
                    unit_of_work.commit(session, partial(write, product_ids=batch))
                done += len(batch)
                progress(done, total)

        def finish(session: Session) -> None:
            version = _next_version(session)
            service.count_words(session, version)
            service.keep_position(session, position)
            row = service.lock_state(session)
            row.signature, row.epoch = make_language()[1], max(wall.time_ns(), row.epoch + 1)

        with sessions() as session:
            unit_of_work.commit(session, finish)
        return len(listed)

    def _catch_up(self, sessions: Sessions) -> None:
        """Write to the index what the database has newer; where it cannot be read, build it anew."""
        if self._index is None:
            return
        self._index.refresh()
        if self._index.written() is None:
            self._index.recover()
        written = self._index.written()
        with sessions() as session:
            state = queries.state(session)
            changed = None
            # A database restored from a backup knows fewer versions than its index.
            if written and written.fits(state.signature, state.epoch) and written.version <= state.version:
                changed = list(queries.texts(session, written.version))
        if changed is None:
            _log.warning("index_built_anew", had=None if written is None else asdict(written))
            self._rebuild_index(sessions, _silent)
        elif changed:
            self._apply(sessions, changed, state.version)

    def _apply(self, sessions: Sessions, changed: Sequence[IndexedProduct], version: int) -> None:
        """Write changed texts; into an index built anew where the present one cannot be written."""
        assert self._index is not None
        try:
            self._index.apply(
                [one for one in changed if one.tokens],
                [one.slot for one in changed if not one.tokens],
                version=version,
            )
        except Exception as error:  # noqa: BLE001 - a torn file may fail in any way
            _log.warning("index_not_written", error=repr(error))
            self._rebuild_index(sessions, _silent)

    def _rebuild_index(self, sessions: Sessions, progress: Progress) -> None:
        if self._index is None:
            return
        with sessions() as session:
            state = queries.state(session)
            assert state.signature is not None
            total = queries.indexed_count(session)
            self._index.rebuild(
                _told(queries.texts(session), total, progress),
                Written(state.signature, state.version, state.epoch),
            )


def _write(
    session: Session, version: int, product_ids: list[ProductId], *, anew: bool = False
) -> Counter[str]:
    """Write what is known of some products, all of it or what changed; returns how counts of words moved."""
    language, _signature = make_language()
    found = list(queries.documents(session, product_ids))
    gone = set(product_ids).difference(document.product_id for document in found)
    before = service.keep_products(session, version, found, gone)
    texts: dict[int, dict[str, int] | None] = {}
    for document in found:
        slot, digest = before[document.product_id]
        tokens = indexed(document, language)
        if anew or digest != service.digest(tokens):
            texts[slot] = tokens
    texts |= {before[one][0]: None for one in gone if one in before and before[one][1] is not None}
    return service.keep_texts(session, version, texts) if texts else Counter()


def _write_batch(session: Session, product_ids: list[ProductId]) -> None:
    _write(session, _next_version(session), product_ids)


def _write_counted(session: Session, product_ids: list[ProductId]) -> None:
    """Write all of it, whatever is there, and keep the words in step: they are in use meanwhile."""
    version = _next_version(session)
    service.move_words(session, version, _write(session, version, product_ids, anew=True))


def _next_version(session: Session) -> int:
    row = service.lock_state(session)
    row.version += 1
    session.flush()
    return row.version


def _told(products: Iterator[IndexedProduct], total: int, progress: Progress) -> Iterator[IndexedProduct]:
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
