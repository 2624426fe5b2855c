from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.assistance import rules
from marketplace.assistance.refusals import UnknownDimension, UnknownPeriod, UnknownRule
from marketplace.assistance.shipped_rules import SHIPPED
from marketplace.assistance.types import BuyerKind, Cell, CountingRule, Dimension, Facts, Mode, Stage
from marketplace.custody.types import CustodyEvidence
from marketplace.places.types import PairingState
from tests.factories.assistance import cell, facts

TODAY = date(2026, 11, 23)
any_facts = st.builds(
    Facts,
    stage=st.sampled_from(Stage),
    mode=st.sampled_from(Mode),
    buyer_kind=st.sampled_from(BuyerKind),
    poverty_alleviated=st.booleans(),
    key_county=st.booleans(),
    pairing_state=st.sampled_from(PairingState),
    evidence=st.sampled_from(CustodyEvidence),
)


def rule(code: str) -> CountingRule:
    return rules.find_rule(code, TODAY)


@pytest.mark.parametrize(
    ("code", "of", "counts"),
    [
        ("platform_paid", {"stage": Stage.PAID, "pairing_state": PairingState.HK_MACAO}, True),
        ("platform_paid", {"stage": Stage.COMPLETED}, False),
        ("832_completed", {"mode": Mode.PURCHASE}, True),
        ("832_completed", {"mode": Mode.HELP_SELL}, False),
        ("832_completed", {"mode": Mode.PURCHASE, "poverty_alleviated": False}, False),
        ("cooperation_report", {"evidence": CustodyEvidence.NONE}, True),
        ("cooperation_report", {"stage": Stage.PAID}, False),
        ("cooperation_report", {"pairing_state": PairingState.UNPAIRED}, False),
        ("cooperation_report", {"pairing_state": PairingState.UNCONFIRMED}, False),
        ("cooperation_report", {"pairing_state": PairingState.HK_MACAO}, False),
        ("cold_chain_proven", {"evidence": CustodyEvidence.CARRIER_TRACKED}, True),
        ("cold_chain_proven", {"evidence": CustodyEvidence.RECEIPT_ONLY}, False),
    ],
)
def test_a_rule_says_which_lines_count(code: str, of: dict[str, object], counts: bool) -> None:
    assert rules.judge(rule(code), facts(**of)).counts is counts


@settings(deadline=None)
@given(any_facts, st.sampled_from(SHIPPED))
def test_every_judgement_is_a_sentence_that_names_its_side(
    given_facts: Facts, counting: CountingRule
) -> None:
    judgement = rules.judge(counting, given_facts)
    text = str(judgement.why)
    assert text.endswith("。")
    assert text.startswith("计入") is judgement.counts


def test_the_reason_is_about_what_fails() -> None:
    why = rules.judge(rule("cooperation_report"), facts(pairing_state=PairingState.UNPAIRED)).why
    assert str(why) == "不计入：产地与收货城市没有结对关系。"
    why = rules.judge(rule("cold_chain_proven"), facts(evidence=CustodyEvidence.NONE)).why
    assert "没有凭据" in str(why)


def test_rules_are_found_by_code_and_by_version() -> None:
    assert rules.find_rule(None, TODAY).code == "cooperation_report"
    assert rules.find_rule("platform_paid-1.0", TODAY) is rules.find_rule("platform_paid", TODAY)
    with pytest.raises(UnknownRule):
        rules.find_rule("guesswork", TODAY)


def test_shipped_rules_have_names_of_their_own() -> None:
    assert len({one.key for one in SHIPPED}) == len(SHIPPED) == len({str(one.name) for one in SHIPPED})


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 1)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 1)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 1)),
        ("2026-10", date(2026, 10, 1), date(2026, 10, 1)),
        ("2025-11..2026-02", date(2025, 11, 1), date(2026, 2, 1)),
        ("2025..2026", date(2025, 1, 1), date(2026, 12, 1)),
    ],
)
def test_periods_are_whole_months(text: str, first: date, last: date) -> None:
    period = rules.parse_period(text)
    assert (period.first_month, period.last_month, period.text) == (first, last, text)
    months = rules.months_of(period)
    assert (months[0], months[-1]) == (first, last)
    assert len(months) == (last.year - first.year) * 12 + last.month - first.month + 1


@pytest.mark.parametrize(
    "text", ["", "26", "2026-13", "2026-0", "2026-Q5", "2026-02..2026-01", "2026-1", "x..2026"]
)
def test_other_periods_are_refused(text: str) -> None:
    with pytest.raises(UnknownPeriod):
        rules.parse_period(text)


def test_other_dimensions_are_refused() -> None:
    assert rules.parse_dimension("county") is Dimension.COUNTY
    with pytest.raises(UnknownDimension):
        rules.parse_dimension("person")


def test_the_year_passes_day_by_day() -> None:
    assert rules.year_day_bp(date(2026, 12, 31)) == 10_000
    assert rules.year_day_bp(date(2026, 1, 1)) == 27
    assert rules.year_day_bp(date(2028, 2, 29)) == 60 * 10_000 // 366


def test_adding_up_keeps_stages_apart_and_splits_the_completed_by_evidence() -> None:
    amounts = rules.add_up(
        [
            cell(100, stage=Stage.ORDERED),
            cell(80, stage=Stage.PAID),
            cell(50, evidence=CustodyEvidence.DOUBLE_SIGNED),
            cell(-10, evidence=CustodyEvidence.NONE),
            cell(7, pairing_state=PairingState.HK_MACAO),
        ],
        rule("cooperation_report"),
    )
    assert (amounts.ordered_fen, amounts.paid_fen, amounts.completed_fen) == (100, 80, 47)
    assert amounts.counted_fen == 40
    assert sum(amounts.by_evidence.values()) == amounts.completed_fen
    assert amounts.by_evidence[CustodyEvidence.NONE] == -10


any_cells = st.lists(
    st.builds(
        Cell,
        keys=st.fixed_dictionaries({Dimension.COUNTY: st.sampled_from(["522633", "520115", "520324"])}),
        facts=any_facts,
        amount_fen=st.integers(-(10**9), 10**9),
    )
)


@settings(deadline=None)
@given(any_cells, st.sampled_from(SHIPPED))
def test_any_split_adds_up_to_the_whole(cells: list[Cell], counting: CountingRule) -> None:
    whole = rules.add_up(cells, counting)
    for parts in (
        rules.split(cells, counting, lambda one: one.facts.pairing_state),
        rules.split(cells, counting, lambda one: one.keys[Dimension.COUNTY]),
    ):
        for name in ("ordered_fen", "paid_fen", "completed_fen", "counted_fen"):
            assert sum(getattr(part, name) for part in parts.values()) == getattr(whole, name)
        for evidence in CustodyEvidence:
            assert sum(part.by_evidence[evidence] for part in parts.values()) == whole.by_evidence[evidence]
