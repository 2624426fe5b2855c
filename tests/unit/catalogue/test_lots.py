"""What holds a lot and who may lift it: no order of tests and words lets failed goods go unretested."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue import rules
from marketplace.catalogue.types import (
    HoldCause,
    LotHold,
    LotHoldId,
    LotId,
    LotReport,
    LotReportId,
    LotStatus,
    Paper,
    PaperState,
    ReportResult,
    Requirement,
    SchemeLevel,
)
from marketplace.kernel.message import Name

NOW = datetime(2026, 11, 27, tzinfo=UTC)
LOT = LotId(1)


def report(number: int, result: ReportResult, kind: str = "test_report", day: int = 20) -> LotReport:
    return LotReport(
        id=LotReportId(number),
        lot_id=LOT,
        paper_code=kind,
        number=f"DEMO-{number}",
        issuer="检测机构（演示）",
        issued_on=date(2026, 11, day),
        result=result,
        findings="",
        evidence_digest=None,
        recorded_at=NOW + timedelta(minutes=number),
    )


def hold(cause: HoldCause, report_id: int | None = None, *, is_open: bool = True) -> LotHold:
    return LotHold(
        id=LotHoldId(1),
        lot_id=LOT,
        cause=cause,
        reason="待查",
        report_id=None if report_id is None else LotReportId(report_id),
        held_at=NOW,
        released_at=None if is_open else NOW,
        release_reason=None if is_open else "复检合格",
    )


def test_a_seller_lifts_its_own_hold_and_no_other() -> None:
    own, foreign = hold(HoldCause.SELLER), hold(HoldCause.AUTHORITY)
    assert rules.releasable([own, foreign], [], has_authority=False) == (own,)
    assert rules.releasable([own, foreign], [], has_authority=True) == (own, foreign)


def test_a_failed_test_is_answered_by_a_later_one_of_its_kind() -> None:
    failed = report(1, ReportResult.FAILED)
    held = hold(HoldCause.FAILED_TEST, 1)
    for other in (
        report(2, ReportResult.PASSED, "quarantine_cert"),
        report(2, ReportResult.PASSED, day=19),
        report(2, ReportResult.FAILED),
    ):
        assert rules.releasable([held], [failed, other], has_authority=True) == ()
    passed = report(2, ReportResult.PASSED)
    assert rules.releasable([held], [passed, failed], has_authority=True) == (held,)
    assert rules.releasable([held], [passed, failed], has_authority=False) == ()


@given(
    st.lists(st.sampled_from(ReportResult), min_size=1, max_size=6),
    st.booleans(),
)
def test_failed_goods_never_go_free_while_the_last_word_is_failed(
    results: list[ReportResult], has_authority: bool
) -> None:
    reports = [report(1, ReportResult.FAILED)]
    reports += [report(place, result) for place, result in enumerate(results, 2)]
    free = rules.releasable([hold(HoldCause.FAILED_TEST, 1)], reports, has_authority=has_authority)
    assert bool(free) == (has_authority and results[-1] is ReportResult.PASSED)


def test_a_recall_outlasts_every_release() -> None:
    lifted = [hold(HoldCause.SELLER, is_open=False)]
    assert rules.status_under(lifted, is_recalled=False) is LotStatus.OPEN
    assert rules.status_under([hold(HoldCause.SELLER)], is_recalled=False) is LotStatus.ON_HOLD
    assert rules.status_under(lifted, is_recalled=True) is LotStatus.RECALLED


def paper(code: str, requirement: Requirement, level: SchemeLevel = SchemeLevel.LOT) -> Paper:
    return Paper(
        product_form="fresh_egg",
        code=code,
        scheme_code=None,
        level=level,
        name=Name(code, code, code),
        requirement=requirement,
        condition_zh="",
        condition_en="",
        legal_basis="",
    )


def test_what_stands_between_goods_and_their_sale_comes_first() -> None:
    papers = [
        paper("label", Requirement.REQUIRED, SchemeLevel.PRODUCT),
        paper("sc_license", Requirement.CONDITIONAL, SchemeLevel.ENTERPRISE),
        paper("quarantine_cert", Requirement.NOT_NEEDED),
        paper(rules.COMMITMENT, Requirement.REQUIRED),
    ]
    lots = [{rules.COMMITMENT: "DEMO-1"}, {}]
    found = rules.paper_checks(papers, {"label"}, lots)
    assert [(one.paper.code, one.state, one.lots_lacking) for one in found] == [
        (rules.COMMITMENT, PaperState.MISSING, 1),
        ("label", PaperState.HELD, 0),
        ("sc_license", PaperState.DEPENDS, 0),
    ]
    [never] = rules.paper_checks(
        [paper("not_for_consumers", Requirement.REQUIRED, SchemeLevel.PRODUCT)], {"not_for_consumers"}, []
    )
    assert never.state is PaperState.NEVER


@given(
    st.sets(st.sampled_from(["label", "sc_license"])),
    st.lists(st.sets(st.sampled_from([rules.COMMITMENT, "quarantine_cert"])), max_size=4),
)
def test_a_line_is_crossed_exactly_where_the_rules_refuse(held: set[str], lots: list[set[str]]) -> None:
    papers = [
        paper("label", Requirement.REQUIRED, SchemeLevel.PRODUCT),
        paper("sc_license", Requirement.REQUIRED, SchemeLevel.ENTERPRISE),
        paper(rules.COMMITMENT, Requirement.REQUIRED),
        paper("quarantine_cert", Requirement.REQUIRED),
    ]
    carried = [dict.fromkeys(one, "DEMO-1") for one in lots]
    crossed = {
        one.paper.code for one in rules.paper_checks(papers, held, carried) if one.state is PaperState.MISSING
    }
    refused = {one.code for one in rules.missing_papers(papers, held)}
    refused |= {one.code for lot in carried for one in rules.missing_lot_papers(papers, lot)}
    assert crossed == refused
