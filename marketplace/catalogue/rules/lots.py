"""Lots: what holds one and what lets it go, what a test means for it, what its certificate is worth."""

from collections.abc import Collection, Iterable, Mapping

from marketplace.catalogue.rules.goods import NOT_FOR_CONSUMERS
from marketplace.catalogue.types import (
    Commitment,
    CommitmentStanding,
    HoldCause,
    LotHold,
    LotReport,
    LotStatus,
    Paper,
    PaperCheck,
    PaperState,
    ReportResult,
    Requirement,
    SchemeLevel,
)

COMMITMENT = "commitment_cert"
_URGENCY = {PaperState.NEVER: 0, PaperState.MISSING: 1, PaperState.HELD: 2, PaperState.DEPENDS: 3}


def paper_checks(
    papers: Iterable[Paper], held: Collection[str], lots: Collection[Mapping[str, str]]
) -> tuple[PaperCheck, ...]:
    """Say paper by paper what stands between goods and their sale (能不能卖), what is missing first.

    ``held`` are codes of papers of product and seller; ``lots`` the papers of each lot in store, by code. A
    line that is not held and not conditional is what ``sellable`` or ``missing_lot_papers`` refuses.
    """
    found = [_check(one, held, lots) for one in papers if one.requirement is not Requirement.NOT_NEEDED]
    return tuple(sorted(found, key=lambda one: _URGENCY[one.state]))


def _check(paper: Paper, held: Collection[str], lots: Collection[Mapping[str, str]]) -> PaperCheck:
    if paper.code == NOT_FOR_CONSUMERS:
        return PaperCheck(paper=paper, state=PaperState.NEVER)
    if paper.level is SchemeLevel.LOT:
        lacking = sum(paper.code not in one for one in lots)
        if paper.requirement is Requirement.REQUIRED:
            state = PaperState.MISSING if lacking else PaperState.HELD
            return PaperCheck(paper=paper, state=state, lots_lacking=lacking)
        is_there = bool(lots) and not lacking
        return PaperCheck(paper=paper, state=PaperState.HELD if is_there else PaperState.DEPENDS)
    if paper.code in held:
        return PaperCheck(paper=paper, state=PaperState.HELD)
    is_needed = paper.requirement is Requirement.REQUIRED
    return PaperCheck(paper=paper, state=PaperState.MISSING if is_needed else PaperState.DEPENDS)


def status_under(holds: Iterable[LotHold], *, is_recalled: bool) -> LotStatus:
    """Return a lot's status from what holds it: a recall is for good, any open hold keeps it from use."""
    if is_recalled:
        return LotStatus.RECALLED
    return LotStatus.ON_HOLD if any(one.released_at is None for one in holds) else LotStatus.OPEN


def releasable(
    holds: Iterable[LotHold], reports: Iterable[LotReport], *, has_authority: bool
) -> tuple[LotHold, ...]:
    """Return the open holds that somebody may lift.

    A seller lifts its own holds only; an authority lifts every hold, but one of a failed test only once a
    later test of the same kind has passed (农产品质量安全法: what fails the standard is not sold).
    """
    known = tuple(reports)
    return tuple(
        one
        for one in holds
        if one.released_at is None
        and (one.cause is HoldCause.SELLER or has_authority)
        and (one.cause is not HoldCause.FAILED_TEST or is_retested(one, known))
    )


def is_retested(hold: LotHold, reports: Iterable[LotReport]) -> bool:
    """Tell whether the test that held a lot was followed by one of its kind that passed."""
    known = sorted(reports, key=lambda one: one.id)
    failed = next((one for one in known if one.id == hold.report_id), None)
    if failed is None:
        return True
    later = [
        one
        for one in known
        if one.id > failed.id and one.paper_code == failed.paper_code and one.issued_on >= failed.issued_on
    ]
    return bool(later) and later[-1].result is ReportResult.PASSED


def commitment_standing(commitment: Commitment, status: LotStatus) -> CommitmentStanding:
    """Say what a certificate is worth: a lot that is recalled or held takes the promise with it."""
    if status is LotStatus.RECALLED:
        return CommitmentStanding.LOT_RECALLED
    if status is LotStatus.ON_HOLD:
        return CommitmentStanding.LOT_HELD
    return CommitmentStanding.STANDS if commitment.replaced_at is None else CommitmentStanding.REPLACED


def covers_packs(commitment: Commitment, received: int) -> bool:
    """Tell whether a certificate speaks for all packs that came in; more packs need a new one."""
    return commitment.packs >= received
