"""While everything is written anew nothing is late, and nothing is seen by half."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import func
from sqlalchemy.orm import Session

from marketplace.adapters.whoosh_text import WhooshText
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as shelf
from marketplace.catalogue.types import Offer, ProductId
from marketplace.kernel import changes
from marketplace.kernel.message import Name
from marketplace.search import queries, service
from marketplace.search.indexer import Indexer
from marketplace.search.models import TokensRow
from tests.factories.catalogue import make_product
from tests.integration.search.kept import Kept

GLOSSY = Name("雪顶灵芝（演示）", "雪頂靈芝（演示）", "Snow peak lingzhi (demo)")
pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.parametrize("is_same_language", [True, False])
def test_what_changes_while_a_rebuild_reads_is_written_whole(
    kept: Kept,
    offer: Offer,
    monkeypatch: pytest.MonkeyPatch,
    is_same_language: bool,
) -> None:
    """One product goes and another comes in one transaction: there are never fewer, nor more."""
    listed = kept.ask().total
    if not is_same_language:
        service.lock_state(kept.session).signature = "of another language"
        kept.session.commit()
    listed_ids = catalogue.listed_product_ids

    def listed_then_changed(session: Session) -> list[ProductId]:
        found = list(listed_ids(session))
        with kept.sessions() as other:
            shelf.withdraw_product(other, offer.product_id, "试")
            make_product(other, name=GLOSSY)
            other.commit()
        return found

    monkeypatch.setattr(catalogue, "listed_product_ids", listed_then_changed)
    kept.writer.indexer.rebuild(kept.sessions)
    kept.settle()
    assert kept.ask().total == listed
    assert kept.ask("雪顶灵芝").total == 1
    assert offer.product_id not in kept.found()


def test_a_rebuild_forgets_tokens_that_no_product_has(kept: Kept, offer: Offer) -> None:
    kept.session.add(TokensRow(slot=9, tokens=func.to_tsvector("simple", "ghost")))
    kept.session.commit()
    kept.writer.indexer.rebuild(kept.sessions)
    assert queries.indexed_count(kept.session) == len(queries.known_products(kept.session)) == 2
    assert list(queries.miscounted_words(kept.session)) == []


def test_a_change_is_not_held_back_by_a_slow_writer_before_it(kept: Kept, offer: Offer) -> None:
    with kept.sessions() as slow:
        changes.record(slow, "product", [offer.product_id])
        slow.flush()
        product = make_product(kept.session, name=GLOSSY)
        kept.session.commit()
        kept.writer.indexer.follow(kept.sessions)
        kept.reader.refresh(kept.session)
        assert kept.found("雪顶灵芝") == (product.id,)
        version = queries.state(kept.session).version
        kept.session.commit()
        kept.writer.indexer.follow(kept.sessions)
        assert queries.state(kept.session).version == version
    kept.settle()
    assert kept.found("雪顶灵芝") == (product.id,)


def test_changes_are_followed_while_an_index_is_built(kept: Kept, offer: Offer) -> None:
    with _rebuilding(kept):
        shelf.change_price(kept.session, offer.id, 8_900)
        product = make_product(kept.session, name=GLOSSY)
        kept.session.commit()
        assert _until(kept, lambda: kept.ask(price_min_fen=8_800).total == 1)
        assert _until(kept, lambda: kept.found("雪顶灵芝") == (product.id,))
    kept.settle()
    assert kept.found("雪顶灵芝") == (product.id,)
    assert kept.ask(price_min_fen=8_800).total == 1
    assert list(queries.miscounted_words(kept.session)) == []


def _until(kept: Kept, holds: Callable[[], bool]) -> bool:
    """Wait for what another thread writes."""
    for _ in range(600):
        kept.reader.refresh(kept.session)
        if holds():
            return True
        kept.session.rollback()
        threading.Event().wait(0.05)
    return False


@contextmanager
def _rebuilding(kept: Kept) -> Iterator[None]:
    """Hold a rebuild where it would write the new index."""
    inside, go_on = threading.Event(), threading.Event()

    class Slow(WhooshText):
        def rebuild(self, *arguments: Any, **more: Any) -> None:
            inside.set()
            assert go_on.wait(60)
            super().rebuild(*arguments, **more)

    index = Slow(kept.directory)
    thread = threading.Thread(target=Indexer(index).rebuild, args=(kept.sessions,))
    thread.start()
    try:
        assert inside.wait(60)
        yield
    finally:
        go_on.set()
        thread.join(60)
    assert not thread.is_alive()


def test_words_are_counted_rightly_where_a_rebuild_was_cut_off(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_product(kept.session, name=GLOSSY)
    kept.session.commit()

    def torn(*_arguments: object) -> None:
        raise RuntimeError("cut off")

    with monkeypatch.context() as broken:
        broken.setattr(service, "count_words", torn)
        with pytest.raises(RuntimeError):
            kept.writer.indexer.rebuild(kept.sessions)
    kept.settle()
    assert kept.ask("雪顶灵芝").total == 1
    assert list(queries.miscounted_words(kept.session)) == []


def test_nothing_stands_in_between_a_new_index_and_the_word_of_it(
    kept: Kept, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL answers from what is there now: beside tables of a moment ago, half of a change."""
    kept.settle()
    begin_epoch, answering = service.begin_epoch, list[object]()

    def begin_after_a_look(session: Session, *, epoch: int) -> None:
        kept.reader.refresh(kept.session)
        assert kept.reader._known is not None
        answering.append(kept.reader._known.text.written)
        begin_epoch(session, epoch=epoch)

    monkeypatch.setattr(service, "begin_epoch", begin_after_a_look)
    # As where nothing was written meanwhile: no version tells of the new index.
    monkeypatch.setattr(Indexer, "_write_all", lambda *_arguments: 0)
    kept.reader.refresh(kept.session)
    assert kept.reader._known is not None
    before = kept.reader._known.text
    kept.writer.indexer.rebuild(kept.sessions)
    assert answering == [before.written]
    assert kept.reader.index is not None
    kept.reader.refresh(kept.session)
    assert kept.reader._known.text.ask == kept.reader.index.now().ask
