"""What search builds its documents from, and which products a change speaks about."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.catalogue import queries, service
from marketplace.catalogue.queries import documents
from marketplace.catalogue.types import ProductSource
from marketplace.kernel import time
from marketplace.kernel.time import FixedClock
from tests.factories.catalogue import (
    KIWI,
    make_catalogue,
    make_certificate,
    make_offer,
    make_product,
    make_reference,
    make_variant,
)
from tests.factories.parties import make_party


def source_of(session: Session, product_id: int) -> ProductSource:
    (found,) = [one for one in queries.documents_source(session) if one.product.id == product_id]
    return found


def test_source_says_where_goods_come_from_and_who_sells_them(session: Session, clock: FixedClock) -> None:
    make_catalogue(session)
    kiwi = queries.get_product_by_slug(session, KIWI)
    empty = source_of(session, kiwi.id)
    assert (empty.min_price_fen, empty.cooperatives, empty.certified) == (None, (), ())
    assert empty.county.name.hans == "水城区"
    assert empty.prefecture.short_name.hans == "六盘水"
    assert empty.aisle.code == "fruit"
    assert empty.industry is not None
    assert empty.packs
    assert set(kiwi.harvest_months) <= set(empty.season_months)
    pack = queries.variants_of(session, [kiwi.id])[kiwi.id][0]
    cheap, dear = make_party(session), make_party(session, name="高坡合作社（演示）")
    make_offer(session, pack, dear, price_fen=pack.price_high_fen)
    make_offer(session, pack, cheap, price_fen=pack.price_low_fen)
    certificate = make_certificate(session, cheap, "zhenpin", (kiwi.id,))
    full = source_of(session, kiwi.id)
    assert full.min_price_fen == pack.price_low_fen
    assert [party_id for party_id, _ in full.cooperatives] == sorted([cheap.id, dear.id])
    (certified,) = full.certified
    assert certified.scheme_code == "zhenpin"
    assert certified.period.from_at == time.now()
    assert certificate.valid_to is not None
    assert certified.period.to_at == time.end_of_day(certificate.valid_to)


def test_future_certificate_is_in_the_document_and_not_on_the_badge(
    session: Session, clock: FixedClock
) -> None:
    make_reference(session)
    offer = make_offer(session)
    holder = make_party(session)
    make_offer(session, queries.get_variant(session, offer.variant_id), holder)
    starts = time.today() + timedelta(days=3)
    make_certificate(session, holder, "zhenpin", (offer.product_id,), valid_from=starts)
    assert queries.valid_certificates(session, [offer.product_id], time.now())[offer.product_id] == ()
    (certified,) = source_of(session, offer.product_id).certified
    assert certified.period.from_at == datetime(2026, 11, 25, 16, 0, tzinfo=UTC)
    assert queries.valid_certificates(session, [offer.product_id], certified.period.from_at)[offer.product_id]


def test_batches_lose_and_double_nothing(
    session: Session, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_catalogue(session)
    monkeypatch.setattr(documents, "BATCH", 50)
    slugs = [one.product.slug for one in queries.documents_source(session)]
    assert len(slugs) == len(set(slugs)) == 204


def test_withdrawn_product_has_no_document(session: Session, clock: FixedClock) -> None:
    make_reference(session)
    kept, gone = make_product(session), make_product(session)
    service.withdraw_product(session, gone.id, "季末")
    sources = queries.documents_source(session, [kept.id, gone.id])
    assert [one.product.id for one in sources] == [kept.id]


def test_changes_lead_to_products(session: Session, clock: FixedClock) -> None:
    make_reference(session)
    cooperative = make_party(session)
    first = make_offer(session, make_variant(session), cooperative)
    second = make_offer(session, make_variant(session), cooperative)
    stranger = make_offer(session)
    named = make_certificate(session, cooperative, "zhenpin", (first.product_id,))
    whole = make_certificate(session, cooperative, "haccp")
    both = {first.product_id, second.product_id}
    assert queries.products_touched(session, "product", [7]) == {7}
    assert queries.products_touched(session, "offer", [stranger.id]) == {stranger.product_id}
    assert queries.products_touched(session, "certificate", [named.id]) == {first.product_id}
    assert queries.products_touched(session, "certificate", [whole.id]) == both
    assert queries.products_touched(session, "pairing", [1]) == frozenset()
