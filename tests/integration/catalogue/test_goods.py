"""Products, offers and lots on PostgreSQL: what is refused, what is written, what lists cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from marketplace.catalogue import queries, service
from marketplace.catalogue.refusals import (
    LotDaysWrong,
    LotExists,
    LotPapersMissing,
    NotSellable,
    OfferExists,
    OfferTermsWrong,
    PriceOutsideBand,
    ProductExists,
    ProductNotFound,
    StatusMovedOn,
    WrongSeller,
)
from marketplace.catalogue.types import (
    LotStatus,
    Offer,
    OfferDraft,
    OfferStatus,
    OfferTerms,
    Product,
    ProductFilter,
    ProductId,
    ProductOrder,
    ProductStatus,
    StorageKind,
)
from marketplace.kernel import journal, time
from marketplace.kernel.changes import ChangeRow
from marketplace.kernel.time import FixedClock
from marketplace.parties.service import suspend_party
from marketplace.parties.types import PartyKind
from tests.factories.catalogue import (
    KIWI,
    LABEL,
    RICE,
    make_catalogue,
    make_lot,
    make_offer,
    make_product,
    make_reference,
    make_variant,
    product_draft,
)
from tests.factories.parties import make_party

pytestmark = pytest.mark.usefixtures("clock")


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """Collect the statements that a block sends."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(bind, "before_cursor_execute", note)


def changed(session: Session, topic: str) -> set[int]:
    return set(session.scalars(select(ChangeRow.subject_id).where(ChangeRow.topic == topic)))


@pytest.fixture
def reference(session: Session) -> Session:
    make_reference(session)
    return session


def test_reference_rows_are_whole_and_in_order(reference: Session) -> None:
    kept = queries.reference(reference)
    assert [len(kept.aisles), len(kept.industries), len(kept.schemes)] == [11, 12, 29]
    assert next(iter(kept.aisles)) == "fruit"
    frozen = kept.storage_classes["meat_frozen"]
    assert frozen.kind is StorageKind.FROZEN
    assert frozen.range is not None
    assert frozen.range.max_milli_c == -18000
    assert frozen.reject_above_milli_c == -12000
    assert kept.storage_classes["craft"].range is None
    assert [paper.code for paper in queries.papers_for(reference, "tea")] == [
        "sc_license",
        "label",
        "commitment_cert",
    ]
    assert queries.papers_for(reference, "unheard_of") == ()


def test_reference_is_read_once(reference: Session) -> None:
    queries.reference(reference)
    with counted(reference) as statements:
        queries.reference(reference)
        queries.papers_for(reference, "tea")
    assert statements == []


def test_product_is_described_then_listed(reference: Session) -> None:
    draft = service.create_product(reference, product_draft(slug="demo-plum"))
    assert draft.status is ProductStatus.DRAFT
    with pytest.raises(ProductNotFound):
        queries.get_product_by_slug(reference, "demo-plum")
    listed = service.list_product(reference, draft.id)
    assert queries.get_product_by_slug(reference, "demo-plum") == listed
    assert listed.storage_kind is StorageKind.CHILLED
    assert [line.action for line in journal.history(reference, "product", draft.id)] == ["listed", "created"]
    assert draft.id in changed(reference, "product")
    with pytest.raises(StatusMovedOn):
        service.list_product(reference, draft.id)
    with pytest.raises(ProductExists):
        service.create_product(reference, product_draft(slug="demo-plum"))


def test_goods_that_may_not_be_sold_are_never_listed(reference: Session) -> None:
    bark = service.create_product(reference, product_draft(product_form="tcm_only", consumer_sellable=False))
    with pytest.raises(NotSellable):
        service.list_product(reference, bark.id)
    variant = make_variant(reference, bark)
    cooperative = make_party(reference)
    with pytest.raises(NotSellable, match="不得向消费者零售"):
        service.make_offer(
            reference,
            OfferDraft(
                variant_id=variant.id, cooperative_id=cooperative.id, price_fen=3000, declared_papers=LABEL
            ),
        )


def test_withdrawn_product_takes_its_offers_along(reference: Session) -> None:
    offer = make_offer(reference)
    service.withdraw_product(reference, offer.product_id, "季末")
    assert queries.get_offer(reference, offer.id).status is OfferStatus.WITHDRAWN
    assert queries.offers_of(reference, [offer.product_id]) == {offer.product_id: ()}
    with pytest.raises(NotSellable, match="已下架"):
        make_offer(reference, queries.get_variant(reference, offer.variant_id))
    assert service.list_product(reference, offer.product_id).status is ProductStatus.LISTED


def test_offer_keeps_to_band_and_terms(reference: Session) -> None:
    variant = make_variant(reference, price_low_fen=3000, price_high_fen=9000)
    for price_fen in (2999, 9001):
        with pytest.raises(PriceOutsideBand):
            make_offer(reference, variant, price_fen=price_fen)
    with pytest.raises(OfferTermsWrong):
        make_offer(reference, variant, minimum=0)
    offer = make_offer(reference, variant, price_fen=9000)
    assert service.change_price(reference, offer.id, 3000).price_fen == 3000
    with pytest.raises(PriceOutsideBand):
        service.change_price(reference, offer.id, 9001)
    terms = OfferTerms(minimum=2, lead_days=3, daily_capacity=10, cut_off_hour=9, serves_hong_kong_macao=True)
    assert service.change_terms(reference, offer.id, terms).lead_days == 3
    latest = journal.history(reference, "offer", offer.id)
    assert [line.action for line in latest] == ["terms_changed", "price_changed", "listed"]
    assert latest[1].detail == {"former_fen": 9000, "price_fen": 3000}
    assert offer.id in changed(reference, "offer")


def test_only_an_active_cooperative_offers(reference: Session) -> None:
    variant = make_variant(reference)
    unit = make_party(reference, PartyKind.PURCHASING_UNIT, name="某食堂（演示）")
    suspended = make_party(reference)
    suspend_party(reference, suspended.id, "试")
    for party in (unit, suspended):
        with pytest.raises(WrongSeller):
            make_offer(reference, variant, party)


def test_same_goods_are_not_offered_twice(reference: Session) -> None:
    variant, cooperative, other = make_variant(reference), make_party(reference), make_party(reference)
    first = make_offer(reference, variant, cooperative)
    with pytest.raises(OfferExists):
        make_offer(reference, variant, cooperative)
    assert make_offer(reference, variant, cooperative, producer_id=other.id).producer_id == other.id
    service.withdraw_offer(reference, first.id)
    assert make_offer(reference, variant, cooperative).id != first.id


def test_offer_pauses_and_resumes(reference: Session) -> None:
    offer = make_offer(reference)
    assert service.pause_offer(reference, offer.id).status is OfferStatus.PAUSED
    assert queries.offers_of(reference, [offer.product_id])[offer.product_id] == ()
    paused = queries.offers_of(reference, [offer.product_id], {OfferStatus.PAUSED})[offer.product_id]
    assert [one.id for one in paused] == [offer.id]
    with pytest.raises(StatusMovedOn):
        service.pause_offer(reference, offer.id)
    assert service.resume_offer(reference, offer.id) == offer
    service.withdraw_offer(reference, offer.id)
    with pytest.raises(StatusMovedOn):
        service.resume_offer(reference, offer.id)
    with pytest.raises(StatusMovedOn):
        service.change_price(reference, offer.id, offer.price_fen)


def test_lot_expires_after_the_shelf_life(reference: Session) -> None:
    offer = make_offer(reference)
    lot = make_lot(reference, offer, code="A1", harvested_on=date(2026, 11, 20))
    assert lot.expires_on == date(2026, 12, 10)
    with pytest.raises(LotExists):
        make_lot(reference, offer, code="A1")
    with pytest.raises(LotDaysWrong):
        make_lot(reference, offer, harvested_on=time.today() + timedelta(days=1))
    with pytest.raises(LotDaysWrong):
        make_lot(reference, offer, expires_on=time.today() - timedelta(days=9))
    later = make_lot(reference, offer, harvested_on=date(2026, 11, 22))
    assert [one.id for one in queries.lots_of_offer(reference, offer.id)] == [lot.id, later.id]


def test_lot_carries_its_papers(reference: Session) -> None:
    product = make_product(reference, product_form="fresh_egg")
    offer = make_offer(reference, make_variant(reference, product))
    with pytest.raises(LotPapersMissing):
        make_lot(reference, offer, papers={"label": "x"})
    lot = make_lot(reference, offer, papers={"commitment_cert": "demo-cn-000001"})
    assert queries.papers_of_lots(reference, [lot.id]) == {lot.id: {"commitment_cert": "DEMO-CN-000001"}}


def test_lot_is_held_released_and_recalled(reference: Session) -> None:
    lot = make_lot(reference)
    assert service.hold_lot(reference, lot.id, "温度异常").status is LotStatus.ON_HOLD
    assert service.release_lot(reference, lot.id, "复检合格").status is LotStatus.OPEN
    assert service.recall_lot(reference, lot.id, "农残").status is LotStatus.RECALLED
    with pytest.raises(StatusMovedOn):
        service.release_lot(reference, lot.id, "不行")
    assert lot.id in changed(reference, "lot")


def test_plain_list_filters_with_exact_totals(session: Session, clock: FixedClock) -> None:
    make_catalogue(session)
    everything = queries.list_products(session, ProductFilter(), 1, 24)
    assert (everything.total, len(everything.items), everything.pages) == (204, 24, 9)
    last = queries.list_products(session, ProductFilter(), 9, 24)
    assert len(last.items) == 204 - 8 * 24
    fruit = queries.list_products(session, ProductFilter(aisle_code="fruit"), 1, 100)
    assert fruit.total == 41
    assert {one.aisle_code for one in fruit.items} == {"fruit"}
    congjiang = queries.list_products(session, ProductFilter(county_codes=frozenset({"522633"})))
    assert RICE in {one.slug for one in congjiang.items}
    kiwi = queries.get_product_by_slug(session, KIWI)
    in_season = queries.list_products(session, ProductFilter(season_month=kiwi.harvest_months[0]), 1, 100)
    assert kiwi in in_season.items
    frozen = queries.list_products(session, ProductFilter(storage=StorageKind.FROZEN), 1, 100)
    assert {one.storage_kind for one in frozen.items} == {StorageKind.FROZEN}
    assert frozen.total == len(frozen.items) == 33
    assert queries.list_products(session, ProductFilter(offered=True)).total == 0
    offer = make_offer(session, queries.variants_of(session, [kiwi.id])[kiwi.id][0])
    offered = ProductFilter(cooperative_id=offer.cooperative_id, order=ProductOrder.NEWEST)
    assert [one.slug for one in queries.list_products(session, offered).items] == [KIWI]


def test_batches_cost_the_same_for_one_and_for_many(session: Session) -> None:
    make_catalogue(session)
    ids = [one.id for one in queries.list_products(session, ProductFilter(), 1, 60).items]
    offers = offer_many(session, ids)
    session.flush()
    now = time.now()

    def cost(product_ids: list[ProductId], chosen: list[Offer]) -> list[int]:
        session.expire_all()
        offer_ids = [one.id for one in chosen]
        batches = [
            lambda: queries.products_by_id(session, product_ids),
            lambda: queries.variants_of(session, product_ids),
            lambda: queries.offers_of(session, product_ids),
            lambda: queries.valid_certificates(session, product_ids, now),
            lambda: queries.proofs_of_offers(session, offer_ids, now),
            lambda: queries.offers_barred(session, offer_ids, now),
            lambda: queries.list_products(session, ProductFilter(), 1, len(product_ids)),
            lambda: list(queries.documents_source(session, product_ids)),
        ]
        counts = []
        for batch in batches:
            with counted(session) as statements:
                batch()
            counts.append(len(statements))
        return counts

    one, many = cost(ids[:1], offers[:1]), cost(ids, offers)
    assert one == many
    assert many == [1, 1, 1, 2, 2, 3, 1, 7]


def offer_many(session: Session, product_ids: list[ProductId]) -> list[Offer]:
    variants = queries.variants_of(session, product_ids)
    cooperatives = [make_party(session) for _ in range(3)]
    return [
        make_offer(session, variants[product_id][0], cooperatives[number % 3])
        for number, product_id in enumerate(product_ids)
    ]


def test_unknown_ids_are_left_out_and_order_is_kept(reference: Session) -> None:
    first, second = make_product(reference), make_product(reference)
    wanted = [second.id, ProductId(0), first.id]
    found: dict[ProductId, Product] = dict(queries.products_by_id(reference, wanted))
    assert list(found) == [second.id, first.id]
    assert queries.offers_of(reference, wanted)[ProductId(0)] == ()
