"""An edition of the 名优产品目录: who nominates and reviews, what fits, what came and left, which bytes."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue import rules
from marketplace.catalogue.types import (
    CriterionCheck,
    Departure,
    Edition,
    EditionId,
    EditionState,
    NominationState,
    ProductId,
    ProductStatus,
    Publication,
    Verdict,
)
from marketplace.parties.types import Scope
from marketplace.places.types import DivisionCode, Side
from tests.factories.catalogue import product_in_memory
from tests.factories.editions import GUANGDONG, GUIZHOU, criterion, entry, nomination, review
from tests.factories.places import CONGJIANG, FOSHAN, HENGQIN, QIANDONGNAN, catalogue_atlas

ATLAS = catalogue_atlas()
COUNTY = ATLAS.division(CONGJIANG)
reviews = st.lists(
    st.builds(review, st.sampled_from(rules.SIDES), st.sampled_from(Verdict)),
    unique_by=lambda one: one.side,
)


def test_only_a_county_of_guizhou_nominates_and_only_a_province_reviews() -> None:
    nominates = {code: rules.nominating_county(Scope(division_code=code), ATLAS) for code in ATLAS._divisions}
    assert {code for code, county in nominates.items() if county} == {one.code for one in ATLAS.counties}
    sides = {code: rules.reviewing_side(Scope(division_code=code), ATLAS) for code in ATLAS._divisions}
    assert {code: side for code, side in sides.items() if side} == {
        GUIZHOU: Side.GUIZHOU,
        GUANGDONG: Side.GUANGDONG,
    }


def test_a_pairing_neither_nominates_nor_reviews() -> None:
    scope = Scope(city_code=FOSHAN, gz_code=QIANDONGNAN)
    assert rules.nominating_county(scope, ATLAS) is None
    assert rules.reviewing_side(scope, ATLAS) is None


@given(reviews)
def test_approval_takes_both_provinces_and_one_refusal_decides(said: list[rules.editions.Review]) -> None:
    verdicts = [one.verdict for one in said]
    state = rules.state_after(said)
    assert (state is NominationState.REFUSED) == (Verdict.REFUSE in verdicts)
    assert (state is NominationState.APPROVED) == (verdicts == [Verdict.APPROVE] * 2)


@pytest.mark.parametrize("table", [rules.EDITION_TRANSITIONS, rules.NOMINATION_TRANSITIONS])
def test_every_state_has_its_ways_out(table: dict[object, frozenset[object]]) -> None:
    states = type(next(iter(table)))
    assert set(table) == set(states)
    assert all(wanted in set(states) for after in table.values() for wanted in after)


def test_what_is_published_never_changes() -> None:
    assert rules.EDITION_TRANSITIONS[EditionState.PUBLISHED] == frozenset()


@pytest.mark.parametrize(
    ("check", "wrong"),
    [
        (CriterionCheck.LISTED, {"status": ProductStatus.WITHDRAWN}),
        (CriterionCheck.SELLABLE, {"consumer_sellable": False}),
    ],
)
def test_goods_meet_a_criterion_or_do_not(check: CriterionCheck, wrong: dict[str, object]) -> None:
    asked = [criterion(check)]
    assert rules.unmet(rules.findings(asked, product_in_memory(), COUNTY, ())) is None
    assert rules.unmet(rules.findings(asked, product_in_memory(**wrong), COUNTY, ())) is asked[0]


def test_goods_from_elsewhere_do_not_fit() -> None:
    asked = [criterion(CriterionCheck.ORIGIN)]
    assert rules.unmet(rules.findings(asked, product_in_memory(), COUNTY, ())) is None
    for code in (FOSHAN, HENGQIN, QIANDONGNAN):
        place = ATLAS.division(code)
        assert rules.unmet(rules.findings(asked, product_in_memory(), place, ())) is asked[0]


def test_one_of_the_named_schemes_is_enough_and_another_is_not() -> None:
    asked = [criterion(CriterionCheck.CERTIFIED, "zhenpin", "organic_cert")]
    product = product_in_memory()
    assert rules.unmet(rules.findings(asked, product, COUNTY, {"organic_cert", "haccp"})) is None
    assert rules.unmet(rules.findings(asked, product, COUNTY, {"haccp"})) is asked[0]


def test_what_people_judge_is_left_to_them() -> None:
    (found,) = rules.findings([criterion(CriterionCheck.JUDGED)], product_in_memory(), COUNTY, ())
    assert found.is_met is None
    assert rules.unmet([found]) is None


def test_numbers_go_prefecture_by_prefecture() -> None:
    goods = [
        product_in_memory(id=ProductId(no), county_code=DivisionCode(county), number=number)
        for no, (county, number) in enumerate(
            [("522633", "P2"), ("520204", "P9"), ("522633", "P1"), ("520123", "P5")], start=1
        )
    ]
    ordered = rules.in_numbered_order(goods, ATLAS)
    assert [one.id for one in ordered] == [4, 2, 3, 1]
    assert rules.in_numbered_order(reversed(goods), ATLAS) == ordered


def test_what_left_says_why() -> None:
    former = [entry(no, no) for no in range(1, 6)]
    said = {
        ProductId(2): nomination(NominationState.WITHDRAWN),
        ProductId(3): nomination(
            NominationState.REFUSED,
            review(Side.GUIZHOU),
            review(Side.GUANGDONG, Verdict.REFUSE, "供货不稳"),
        ),
        ProductId(4): nomination(NominationState.DROPPED),
    }
    unfit = {ProductId(4): criterion(CriterionCheck.CERTIFIED, "zhenpin")}
    gone = rules.left(former, {ProductId(5)}, said, unfit)
    assert [(one.former_no, one.why, one.side, one.detail) for one in gone] == [
        (1, Departure.NOT_NOMINATED, None, ""),
        (2, Departure.WITHDRAWN, None, ""),
        (3, Departure.REFUSED, Side.GUANGDONG, "供货不稳"),
        (4, Departure.UNFIT, None, "certified"),
    ]


def _document(**overrides: object) -> dict[str, object]:
    edition = Edition(
        id=EditionId(1),
        year=2026,
        state=EditionState.REVIEWING,
        criteria=(criterion(CriterionCheck.CERTIFIED, "zhenpin"),),
        is_demo=True,
        opened_at=datetime(2026, 9, 1, tzinfo=UTC),
        closed_at=datetime(2026, 10, 1, tzinfo=UTC),
        publication=None,
    )
    publication = Publication(
        issue_no=2,
        published_at=datetime(2026, 11, 1, tzinfo=UTC),
        digest="",
        former_digest="0" * 64,
        entry_count=1,
        left_count=0,
    )
    return {**rules.document(edition, publication, [entry(1, 7, former_no=3)], []), **overrides}


def test_the_same_content_has_the_same_digest_whatever_the_order_of_its_keys() -> None:
    document = _document()
    content = rules.canonical(document)
    assert json.loads(content) == document
    assert rules.canonical(dict(reversed(document.items()))) == content
    assert rules.digest(content) == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    "change", [{"year": 2027}, {"former_digest": "1" * 64}, {"entries": []}, {"is_demo": False}]
)
def test_any_change_moves_the_digest(change: dict[str, object]) -> None:
    assert rules.digest(rules.canonical(_document(**change))) != rules.digest(rules.canonical(_document()))
