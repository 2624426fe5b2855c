"""An edition from nomination to publication: whose word counts, what refuses, what can never change."""

import hashlib
import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace.catalogue import queries, service
from marketplace.catalogue.refusals import (
    AlreadyNominated,
    AlreadyReviewed,
    EditionEmpty,
    EditionMovedOn,
    EditionUndecided,
    EditionYearWrong,
    NominationUnfit,
    NotTheirReview,
    OtherSideReviewer,
    ProductNotFound,
    ReasonMissing,
)
from marketplace.catalogue.types import (
    CertificateFilter,
    Departure,
    Edition,
    EditionState,
    EntryFilter,
    Nomination,
    NominationState,
    Product,
)
from marketplace.kernel import journal
from marketplace.kernel.time import FixedClock
from marketplace.parties.types import Actor
from marketplace.places.types import DivisionCode, Side
from tests.factories.catalogue import make_offer, make_product, make_reference, make_variant
from tests.factories.editions import (
    GUANGDONG,
    GUIZHOU,
    load_criteria,
    make_good,
    make_official,
    make_operator,
    publish,
)
from tests.factories.places import CONGJIANG, FOSHAN, QIANDONGNAN

LATE_ENTRY = """
    INSERT INTO catalogue_edition_entry
    SELECT edition_id, no + 1000, product_id, product_number, name_zh, name_zh_hant, name_en, county_code,
           prefecture_code, industry_code, certificates, former_no
    FROM catalogue_edition_entry
"""
RONGJIANG = DivisionCode("522632")


@pytest.fixture
def ground(session: Session, clock: FixedClock) -> Session:
    make_reference(session)
    load_criteria(session)
    return session


@pytest.fixture
def operator(ground: Session) -> Actor:
    return make_operator(ground)


@pytest.fixture
def edition(ground: Session, operator: Actor) -> Edition:
    return service.open_edition(ground, 2026, operator.person)


@pytest.fixture
def good(ground: Session) -> Product:
    return make_good(ground)


@pytest.fixture
def nominated(ground: Session, edition: Edition, good: Product) -> Nomination:
    county = make_official(ground, CONGJIANG)
    return service.nominate(ground, edition.id, good.id, county, "香味足")


def approve(session: Session, nomination: Nomination, *sides: Side) -> None:
    for side in sides:
        official = make_official(session, GUIZHOU if side is Side.GUIZHOU else GUANGDONG)
        service.approve_nominations(session, [nomination.id], official, side)


def state_of(session: Session, nomination: Nomination) -> NominationState:
    return queries.get_nomination(session, nomination.id).state


def test_an_edition_keeps_the_criteria_it_was_opened_with(ground: Session, edition: Edition) -> None:
    before = queries.reference(ground).criteria
    assert [one.code for one in edition.criteria] == [one.code for one in before]
    assert edition.is_demo
    service.load_criteria(ground, before[:1])
    assert queries.get_edition(ground, edition.id).criteria == edition.criteria


@pytest.mark.parametrize("year", [2024, 2028])
def test_a_year_far_away_is_refused(ground: Session, operator: Actor, year: int) -> None:
    with pytest.raises(EditionYearWrong):
        service.open_edition(ground, year, operator.person)


def test_one_edition_is_in_work_at_a_time(ground: Session, operator: Actor, edition: Edition) -> None:
    with pytest.raises(EditionYearWrong):
        service.open_edition(ground, 2027, operator.person)


def test_a_county_nominates_its_own_goods_once(
    ground: Session, edition: Edition, nominated: Nomination, good: Product
) -> None:
    assert not nominated.on_behalf
    with pytest.raises(AlreadyNominated):
        service.nominate(ground, edition.id, good.id, make_official(ground, CONGJIANG), "")
    history = journal.history(ground, "nomination", nominated.id)
    assert [one.action for one in history] == ["nominated"]


@pytest.mark.parametrize("code", [RONGJIANG, QIANDONGNAN, GUIZHOU, GUANGDONG, FOSHAN])
def test_nobody_else_nominates_them(
    ground: Session, edition: Edition, good: Product, code: DivisionCode
) -> None:
    with pytest.raises(ProductNotFound):
        service.nominate(ground, edition.id, good.id, make_official(ground, code), "")


def test_the_operator_nominates_on_behalf(
    ground: Session, edition: Edition, good: Product, operator: Actor
) -> None:
    assert service.nominate(ground, edition.id, good.id, operator, "").on_behalf


def test_goods_without_a_certificate_are_refused_with_the_criterion(
    ground: Session, edition: Edition, operator: Actor
) -> None:
    bare = make_product(ground)
    make_offer(ground, make_variant(ground, bare))
    with pytest.raises(NominationUnfit) as refused:
        service.nominate(ground, edition.id, bare.id, operator, "")
    certified = next(one for one in edition.criteria if one.code == "certified")
    assert refused.value.message.parameters["criterion"] == certified.text


def test_goods_taken_back_may_be_put_forward_anew(
    ground: Session, edition: Edition, nominated: Nomination, good: Product, operator: Actor
) -> None:
    service.withdraw_nomination(ground, nominated.id, make_official(ground, CONGJIANG))
    assert state_of(ground, nominated) is NominationState.WITHDRAWN
    again = service.nominate(ground, edition.id, good.id, operator, "")
    assert again.id != nominated.id


def test_nobody_reviews_before_nominations_are_closed_nor_nominates_after(
    ground: Session, edition: Edition, nominated: Nomination, operator: Actor
) -> None:
    with pytest.raises(EditionMovedOn):
        approve(ground, nominated, Side.GUIZHOU)
    service.close_nominations(ground, edition.id)
    with pytest.raises(EditionMovedOn):
        service.nominate(ground, edition.id, make_good(ground).id, operator, "")
    with pytest.raises(EditionMovedOn):
        service.withdraw_nomination(ground, nominated.id, make_official(ground, CONGJIANG))
    service.reopen_nominations(ground, edition.id)
    service.nominate(ground, edition.id, make_good(ground).id, operator, "")
    service.withdraw_nomination(ground, nominated.id, make_official(ground, CONGJIANG))


def test_an_edition_without_nominations_is_not_closed(ground: Session, edition: Edition) -> None:
    with pytest.raises(EditionEmpty):
        service.close_nominations(ground, edition.id)


def test_both_provinces_approve_or_it_is_not_approved(
    ground: Session, edition: Edition, nominated: Nomination, operator: Actor
) -> None:
    service.close_nominations(ground, edition.id)
    approve(ground, nominated, Side.GUANGDONG)
    assert state_of(ground, nominated) is NominationState.NOMINATED
    with pytest.raises(AlreadyReviewed):
        approve(ground, nominated, Side.GUANGDONG)
    with pytest.raises(EditionUndecided):
        service.publish_edition(ground, edition.id, operator.person)
    approve(ground, nominated, Side.GUIZHOU)
    assert state_of(ground, nominated) is NominationState.APPROVED


@pytest.mark.parametrize("code", [CONGJIANG, QIANDONGNAN, FOSHAN, GUANGDONG])
def test_only_the_province_itself_speaks_for_it(
    ground: Session, edition: Edition, nominated: Nomination, code: DivisionCode
) -> None:
    service.close_nominations(ground, edition.id)
    official = make_official(ground, code)
    with pytest.raises(NotTheirReview):
        service.approve_nominations(ground, [nominated.id], official, Side.GUIZHOU)


def test_who_spoke_for_one_province_never_speaks_for_the_other(
    ground: Session, edition: Edition, nominated: Nomination
) -> None:
    service.close_nominations(ground, edition.id)
    both = make_official(ground, GUIZHOU, GUANGDONG)
    service.approve_nominations(ground, [nominated.id], both, Side.GUIZHOU)
    with pytest.raises(OtherSideReviewer):
        service.approve_nominations(ground, [nominated.id], both, Side.GUANGDONG)
    with pytest.raises(OtherSideReviewer):
        service.refuse_nomination(ground, nominated.id, both, Side.GUANGDONG, "不同意")


def test_a_refusal_needs_a_reason_and_decides(
    ground: Session, edition: Edition, nominated: Nomination
) -> None:
    service.close_nominations(ground, edition.id)
    official = make_official(ground, GUANGDONG)
    with pytest.raises(ReasonMissing):
        service.refuse_nomination(ground, nominated.id, official, Side.GUANGDONG, "")
    refused = service.refuse_nomination(ground, nominated.id, official, Side.GUANGDONG, "供货不稳")
    assert refused.state is NominationState.REFUSED
    with pytest.raises(AlreadyReviewed):
        approve(ground, nominated, Side.GUIZHOU)


def test_what_is_published_has_the_digest_of_its_bytes_and_numbers_from_one(ground: Session) -> None:
    goods = [make_good(ground) for _ in range(3)]
    edition = publish(ground, 2026, goods)
    assert edition.state is EditionState.PUBLISHED
    assert edition.publication is not None
    content = queries.published_content(ground, edition.id)
    assert edition.publication.digest == hashlib.sha256(content).hexdigest()
    said = json.loads(content)
    entries = queries.every_entry(ground, edition.id)
    assert [one["no"] for one in said["entries"]] == [one.no for one in entries] == [1, 2, 3]
    assert [one["product_number"] for one in said["entries"]] == sorted(one.number for one in goods)
    assert all(one.certificates for one in entries)
    listed = queries.listed_in(ground)
    assert listed is not None
    assert (listed.year, listed.numbers[goods[0].id]) == (2026, entries[0].no)
    with pytest.raises(EditionMovedOn):
        service.publish_edition(ground, edition.id, make_operator(ground).person)


def test_the_next_edition_says_what_came_what_left_and_why(
    ground: Session, clock: FixedClock, operator: Actor
) -> None:
    stays, refused, forgotten, lapses, comes = (make_good(ground) for _ in range(5))
    first = publish(ground, 2025, [stays, refused, forgotten, lapses])
    edition = service.open_edition(ground, 2026, operator.person)
    found = {
        one.id: service.nominate(ground, edition.id, one.id, operator, "")
        for one in (stays, refused, lapses, comes)
    }
    service.close_nominations(ground, edition.id)
    service.refuse_nomination(
        ground, found[refused.id].id, make_official(ground, GUIZHOU), Side.GUIZHOU, "抽检不合格"
    )
    for one in (stays, lapses, comes):
        approve(ground, found[one.id], *(Side.GUIZHOU, Side.GUANGDONG))
    (held,) = queries.list_certificates(ground, CertificateFilter(product_id=lapses.id)).items
    service.revoke_certificate(ground, held.id, "撤销")
    service.publish_edition(ground, edition.id, operator.person)
    entries = {one.product_id: one for one in queries.every_entry(ground, edition.id)}
    former = {one.product_id: one.no for one in queries.every_entry(ground, first.id)}
    assert set(entries) == {stays.id, comes.id}
    assert entries[stays.id].former_no == former[stays.id]
    assert entries[comes.id].former_no is None
    left = {one.product_id: (one.why, one.side, one.detail) for one in queries.list_left(ground, edition.id)}
    assert left == {
        refused.id: (Departure.REFUSED, Side.GUIZHOU, "抽检不合格"),
        forgotten.id: (Departure.NOT_NOMINATED, None, ""),
        lapses.id: (Departure.UNFIT, None, "certified"),
    }
    assert state_of(ground, found[lapses.id]) is NominationState.DROPPED
    again = queries.get_edition(ground, edition.id).publication
    assert again is not None
    assert first.publication is not None
    assert again.former_digest == first.publication.digest
    assert again.issue_no == first.publication.issue_no + 1
    news = queries.list_entries(ground, edition.id, EntryFilter(only_new=True))
    assert [one.product_id for one in news.items] == [comes.id]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE catalogue_edition_entry SET name_zh = '别的'",
        "DELETE FROM catalogue_edition_entry",
        "UPDATE catalogue_edition_publication SET digest = digest",
        "DELETE FROM catalogue_edition_publication",
        "UPDATE catalogue_nomination_review SET reason = ''",
        "TRUNCATE catalogue_edition_left",
        LATE_ENTRY,
    ],
)
def test_the_database_refuses_to_change_what_is_published(ground: Session, change: str) -> None:
    publish(ground, 2026, [make_good(ground)])
    ground.flush()
    with pytest.raises(DBAPIError, match=r"append-only|is published|permission denied"):
        ground.execute(text(change))
