"""What the rooms below change reaches another process's search; only words ever touch the index."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import text

from marketplace.adapters.whoosh_text import WhooshText
from marketplace.catalogue import service as shelf
from marketplace.catalogue.types import Offer
from marketplace.kernel import time
from marketplace.kernel.message import Name
from marketplace.kernel.time import FixedClock
from marketplace.search import queries, service
from marketplace.search.indexer import Indexer
from marketplace.search.port import IndexedProduct, Written
from marketplace.search.types import Facet, Relaxation, Sort
from marketplace.stock import service as stock
from tests.conftest import IS_DEEP
from tests.factories.catalogue import (
    make_certificate,
    make_product,
)
from tests.factories.stock import HARVEST, make_stock
from tests.integration.search.kept import Kept

GLOSSY = Name("雪顶灵芝（演示）", "雪頂靈芝（演示）", "Snow peak lingzhi (demo)")
pytestmark = pytest.mark.usefixtures("clock")


def test_a_product_is_found_when_it_is_listed_renamed_and_not_when_it_is_withdrawn(kept: Kept) -> None:
    assert kept.ask("雪顶灵芝").total == 0
    product = make_product(kept.session, name=GLOSSY)
    assert kept.ask("雪顶灵芝").total == 0
    kept.settle()
    assert kept.found("雪顶灵芝") == (product.id,)
    assert kept.ask("雪顶灵芝").full == 1
    kept.rename(product.slug, "金顶天麻（演示）")
    kept.settle()
    assert kept.found("金顶天麻") == (product.id,)
    assert kept.ask("雪顶灵芝").full == 0
    shelf.withdraw_product(kept.session, product.id, "试")
    kept.settle()
    assert product.id not in kept.found("金顶天麻")
    assert product.id not in kept.found()
    kept.rename(product.slug, "银顶天麻（演示）")
    kept.settle()
    assert product.id not in kept.found("银顶天麻")


def test_price_stock_and_sales_are_seen_and_never_touch_the_index(kept: Kept, offer: Offer) -> None:
    before, written = kept.files(), kept.writer.index and kept.writer.index.written()
    assert before
    shelf.change_price(kept.session, offer.id, 3_100)
    kept.settle()
    assert kept.found(price_min_fen=3_100, price_max_fen=3_100) == (offer.product_id,)
    assert kept.found(sort=Sort.PRICE_ASC)[0] == offer.product_id
    shelf.change_price(kept.session, offer.id, 8_900)
    kept.settle()
    assert kept.found(price_min_fen=3_100, price_max_fen=3_100) == ()
    in_stock = {Facet.IN_STOCK: ("1",)}
    assert kept.found(chosen=in_stock) == ()
    lot = make_stock(kept.session, offer, quantity=3)
    kept.settle()
    assert kept.found(chosen=in_stock) == (offer.product_id,)
    stock.correct(kept.session, lot.lot_id, -3, HARVEST)
    kept.settle()
    assert kept.found(chosen=in_stock) == ()
    stock.correct(kept.session, lot.lot_id, 2, HARVEST)
    kept.settle()
    assert kept.found(chosen=in_stock) == (offer.product_id,)
    service.record_sales(kept.session, {offer.product_id: 50})
    service.fold_sales(kept.session)
    kept.settle()
    assert kept.found(sort=Sort.SALES)[0] == offer.product_id
    assert kept.files() == before
    assert (kept.writer.index and kept.writer.index.written()) == written


def test_a_certificate_counts_while_it_is_valid_and_its_end_is_nobodys_work(
    kept: Kept, offer: Offer, clock: FixedClock
) -> None:
    marked = {Facet.CERTIFICATION: ("zhenpin",)}
    assert kept.found(chosen=marked) == ()
    made = make_certificate(
        kept.session, kept.seller, product_ids=(offer.product_id,), valid_to=time.today() + timedelta(days=9)
    )
    kept.settle()
    before = kept.files()
    assert kept.found(chosen=marked) == kept.found("圳品") == (offer.product_id,)
    number = f"{made.number[:-4].lower()} {made.number[-4:]}"
    assert kept.found(number) == kept.found(made.number[:-2]) == (offer.product_id,)
    shelf.suspend_certificate(kept.session, made.id, "试")
    kept.settle()
    assert kept.found(chosen=marked) == kept.found(number) == ()
    clock.advance(timedelta(minutes=1))
    shelf.reinstate_certificate(kept.session, made.id)
    kept.settle()
    assert kept.found(chosen=marked) == (offer.product_id,)
    midnight = time.end_of_day(made.valid_to)
    clock.instant = midnight - timedelta(seconds=1)
    assert kept.found(chosen=marked) == kept.found(number) == (offer.product_id,)
    clock.instant = midnight
    assert kept.found(chosen=marked) == kept.found(number) == ()
    assert kept.ask("圳品").total == 0
    assert kept.ask().facets[Facet.CERTIFICATION] == ()
    clock.instant = midnight - timedelta(days=2)
    assert kept.found(number) == (offer.product_id,)
    shelf.revoke_certificate(kept.session, made.id, "试")
    kept.settle()
    assert kept.found(chosen=marked) == kept.found(number) == ()
    assert kept.ask(number).relaxation is Relaxation.NOTHING
    assert kept.files() == before


def test_following_again_writes_nothing(kept: Kept, offer: Offer) -> None:
    state, before = queries.state(kept.session), kept.files()
    assert kept.writer.indexer.follow(kept.sessions) == 0
    assert (queries.state(kept.session), kept.files()) == (state, before)
    assert offer.product_id in kept.found()


def test_a_slot_is_spent_on_a_product_only(kept: Kept, offer: Offer) -> None:
    """Side tables have a row a slot: a thousand changes of price must not make them a thousand longer."""
    for price_fen in range(3_100, 3_120):
        shelf.change_price(kept.session, offer.id, price_fen)
        kept.settle()
    later = make_product(kept.session)
    kept.settle()
    kept.writer.indexer.rebuild(kept.sessions)
    slots = kept.session.scalars(text("SELECT slot FROM search_product ORDER BY slot")).all()
    assert list(slots) == [0, 1, 2]
    assert queries.slots_of(kept.session, [later.id]) == {later.id: 2}


def test_of_two_indexers_at_once_one_writes(kept: Kept) -> None:
    made = [make_product(kept.session) for _ in range(5)]
    kept.session.commit()
    inside, go_on = threading.Event(), threading.Event()

    class Slow(WhooshText):
        def apply(self, *arguments: Any, **more: Any) -> None:
            inside.set()
            assert go_on.wait(20)
            super().apply(*arguments, **more)

    slow = Indexer(Slow(kept.directory))

    def follow() -> None:
        while not inside.is_set():
            slow.follow(kept.sessions)

    thread = threading.Thread(target=follow)
    thread.start()
    assert inside.wait(20)
    before = kept.files()
    assert kept.writer.indexer.follow(kept.sessions) == 0
    assert kept.files() == before
    go_on.set()
    thread.join(20)
    kept.settle()
    assert {one.id for one in made} <= set(kept.found())


def test_a_transaction_that_fails_changes_nothing(
    kept: Kept, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, before = queries.state(kept.session), kept.files()
    make_product(kept.session, name=GLOSSY)
    kept.session.commit()

    def torn(*_arguments: object) -> None:
        raise RuntimeError("cut off")

    with monkeypatch.context() as broken:
        broken.setattr(service, "move_words", torn)
        with pytest.raises(RuntimeError):
            kept.writer.indexer.follow(kept.sessions)
    assert (queries.state(kept.session), kept.files()) == (state, before)
    kept.settle()
    assert kept.ask("雪顶灵芝").total == 1
    assert list(queries.miscounted_words(kept.session)) == []


@given(steps=some.lists(some.tuples(some.integers(0, 3), some.sampled_from("茶米果酒菌")), max_size=6))
@settings(
    max_examples=60 if IS_DEEP else 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_words_and_index_are_counted_rightly_after_anything(kept: Kept, steps: list[tuple[int, str]]) -> None:
    products = [make_product(kept.session) for _ in range(2)]
    for action, word in steps:
        if action == 0:
            products.append(make_product(kept.session))
        elif action == 1:
            kept.rename(products[-1].slug, f"{word}山{word}（演示）")
        elif action == 2:
            kept.rename(products[0].slug, f"{word}{word}（演示）", consumer_sellable=False)
        else:
            kept.writer.indexer.rebuild(kept.sessions)
        kept.settle()
        assert list(queries.miscounted_words(kept.session)) == []
    index = kept.writer.index
    assert index is not None
    texts = [one for one in queries.texts(kept.session) if one.tokens]
    assert index.fingerprints() == {one.slot: one.fingerprint for one in texts}


def test_an_index_of_another_database_is_told_and_built_anew(kept: Kept, offer: Offer) -> None:
    """A demonstration that was reset counts its versions from the start: the index is of the old one."""
    state = queries.state(kept.session)
    index = WhooshText(kept.directory)
    index.rebuild([IndexedProduct(0, {"茶": 80})], Written(str(state.signature), state.version, epoch=1))
    kept.settle()
    assert offer.product_id in kept.found("山果")
    assert kept.writer.index is not None
    assert kept.writer.index.written() == Written(str(state.signature), state.version, state.epoch)
