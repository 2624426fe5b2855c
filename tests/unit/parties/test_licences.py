"""What a licence's number says: one slip is noticed, the place is read, words say what to do."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.parties import rules
from marketplace.parties.types import (
    ApplicationDraft,
    ContractMode,
    LicenceDraft,
    LicenceKind,
    Region,
    Registrant,
)
from tests.factories.places import CONGJIANG
from tests.unit.parties.test_permissions import ATLAS

TODAY = date(2026, 11, 23)
CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
BODIES = st.builds(
    "93{}{}".format,
    st.sampled_from(["522633", "522600", "520000", "440604"]),
    st.text(alphabet=CHARACTERS, min_size=9, max_size=9),
)


def code_of(region: str = "522633", organisation: str = "000000000") -> str:
    body = f"93{region}{organisation}"
    return body + rules.check_of_credit_code(body)


def draft(**changed: object) -> ApplicationDraft:
    said: dict[str, Any] = {
        "name": "从江香禾专业合作社",
        "name_en": "",
        "county_code": CONGJIANG,
        "credit_code": code_of(),
        "legal_representative": "某某",
        "address": "从江县某镇某村",
        "licence_ends_on": None,
        "contact_name": "某某",
        "goods": "香禾糯",
        "note": "",
        "contract_mode": ContractMode.RESALE,
    }
    return ApplicationDraft(**(said | changed))


def test_a_code_published_in_the_standard_is_right() -> None:
    assert rules.credit_code_problem("91350100M000100Y43") is None
    assert rules.registrant_of("91350100M000100Y43") is Registrant.ENTERPRISE
    assert rules.registrant_of(code_of()) is Registrant.COOPERATIVE


@given(BODIES, st.integers(0, 17), st.sampled_from(CHARACTERS))
def test_one_wrong_character_never_passes(body: str, place: int, other: str) -> None:
    code = body + rules.check_of_credit_code(body)
    assert rules.credit_code_problem(code) is None
    wrong = code[:place] + other + code[place + 1 :]
    assert (rules.credit_code_problem(wrong) is None) == (wrong == code)


@given(BODIES, st.integers(0, 16))
def test_two_neighbours_that_changed_places_never_pass(body: str, place: int) -> None:
    code = body + rules.check_of_credit_code(body)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (rules.credit_code_problem(swapped) is None) == (swapped == code)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("9352263300000000", "18位，现在是16位"),
        ("9352263300000000OX", "没有字母"),
        ("93-22633000000000X", "第3至8位是数字"),
    ],
)
def test_a_wrong_code_is_told_what_to_look_for(typed: str, said: str) -> None:
    problem = rules.credit_code_problem(typed)
    assert problem is not None
    assert said in str(problem)


def test_full_width_and_spaced_typing_is_read() -> None:
    assert rules.normal_code(" ９３522633 0000 ab") == "935226330000AB"


@pytest.mark.parametrize(
    ("region", "stands"),
    [
        ("522633", Region.HERE),
        ("522600", Region.ABOVE),
        ("520000", Region.ABOVE),
        ("440604", Region.ELSEWHERE),
        ("999999", Region.ELSEWHERE),
    ],
)
def test_the_region_of_a_number_stands_to_the_county(region: str, stands: Region) -> None:
    assert rules.region_stands(region, CONGJIANG, ATLAS) is stands


def test_a_licence_is_checked_for_form_days_and_county() -> None:
    def licence(number: str, **days: date | None) -> LicenceDraft:
        return LicenceDraft(
            kind=LicenceKind.PRODUCTION,
            number=number,
            valid_from=days.get("first") or date(2025, 1, 1),
            valid_to=days.get("last", date(2029, 12, 31)),
        )

    right = licence("SC11452263300019")
    assert rules.licence_problem(right, TODAY) is None
    assert rules.region_of_licence(right.kind, right.number) == "522633"
    for wrong in ("SC1145226330001", "QS114522633000190", "SC31452263300019"):
        assert "形式不对" in str(rules.licence_problem(licence(wrong), TODAY))
    over = licence("SC11452263300019", last=date(2026, 11, 22))
    assert "已经过期" in str(rules.licence_problem(over, TODAY))
    assert rules.licence_problem(licence("SC11452263300019", last=TODAY), TODAY) is None
    assert "没有生效" in str(
        rules.licence_problem(licence("SC11452263300019", first=date(2027, 1, 1)), TODAY)
    )


def test_another_countys_number_asks_for_a_reason_and_then_passes() -> None:
    assert rules.draft_problem(draft(), ATLAS, TODAY) is None
    elsewhere = draft(credit_code=code_of("440604"))
    problem = rules.draft_problem(elsewhere, ATLAS, TODAY)
    assert problem is not None
    assert problem[0] == "note"
    assert rules.draft_problem(draft(credit_code=code_of("440604"), note="迁来"), ATLAS, TODAY) is None
    assert [one.region for one in rules.findings(elsewhere, ATLAS)] == [Region.ELSEWHERE]


def test_demonstration_numbers_keep_to_themselves() -> None:
    shown = LicenceDraft(kind=LicenceKind.PRODUCTION, number="DEMO-SC-000009", valid_from=date(2025, 1, 1))
    assert rules.draft_problem(draft(credit_code="DEMO-USCC-0001", licences=(shown,)), ATLAS, TODAY) is None
    mixed = rules.draft_problem(draft(licences=(shown,)), ATLAS, TODAY)
    assert mixed is not None
    assert mixed[0] == LicenceKind.PRODUCTION


def test_a_verification_counts_for_half_a_year() -> None:
    assert rules.verified_until(date(2026, 11, 23)) == date(2027, 5, 23)
    assert rules.verified_until(date(2026, 8, 31)) == date(2027, 2, 28)
