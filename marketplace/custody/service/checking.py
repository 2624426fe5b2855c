"""From what was entered to the hand-off that may be stored, or the refusal that says what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.custody import rules
from marketplace.custody.refusals import (
    BadMoment,
    MustRefuse,
    NoSuchPass,
    NotConserved,
    NotUnderWay,
    ReasonNeeded,
    SealNotChecked,
    SignatureMissing,
    TemperatureImplausible,
    TemperatureMissing,
    WrongHolder,
    WrongPackages,
    WrongSigner,
)
from marketplace.custody.types import (
    BreachCause,
    Consignment,
    Content,
    Decision,
    HandOffDraft,
    HandOffKind,
    HandOffQuantity,
    Signature,
    SignatureDraft,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A breach before it has a row of its own."""

    content: Content
    cause: BreachCause
    measured_milli_c: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A hand-off that may be stored, in parts."""

    draft: HandOffDraft
    before: Consignment
    kind: HandOffKind
    at: datetime
    packages: int
    decision: Decision
    quantities: tuple[HandOffQuantity, ...]
    breaches: tuple[Found, ...]
    giver: Signature | None
    receiver: Signature | None


def check(draft: HandOffDraft, before: Consignment, now: datetime, *, is_receipt: bool = False) -> Checked:
    """Check a hand-off against the load as it stands; every rule of the trade that can say no is here."""
    kind = _kind(draft, before, is_receipt=is_receipt)
    at = draft.at or now
    if not before.held_since <= at <= now:
        raise BadMoment
    measured = before.needs_temperature and rules.giver_signs(before.holder) and not is_receipt
    if not is_receipt:
        _check_signatures(draft, before)
        _check_seal(draft, before)
    if not rules.is_plausible(draft.readings):
        raise TemperatureImplausible
    if measured and not rules.is_complete(draft.readings):
        raise TemperatureMissing
    packages = before.packages if draft.packages is None else draft.packages
    if not 0 < packages <= before.packages:
        raise WrongPackages(before.packages)
    quantities = rules.settle(before.contents, draft.lost, draft.decision)
    if quantities is None:
        raise NotConserved
    breaches = _breaches(draft, before) if measured else _refused(draft, before)
    return Checked(
        draft=draft,
        before=before,
        kind=kind,
        at=at,
        packages=packages,
        decision=_decision(draft, before, packages, breaches),
        quantities=quantities,
        breaches=breaches,
        giver=_signed(draft.giver, now),
        receiver=_signed(draft.receiver, now),
    )


def _kind(draft: HandOffDraft, before: Consignment, *, is_receipt: bool) -> HandOffKind:
    if not rules.is_under_way(before.state):
        raise NotUnderWay(before.number)
    if is_receipt:
        return HandOffKind.RECEIPT
    kind = rules.kind_of(before.holder, draft.to)
    if kind is None:
        raise NoSuchPass
    return kind


def _check_signatures(draft: HandOffDraft, before: Consignment) -> None:
    if rules.giver_signs(before.holder):
        if draft.giver is None:
            raise SignatureMissing(giver=True)
        if not rules.signs_for(draft.giver, before.holder):
            raise WrongHolder(before.holder)
    if rules.receiver_signs(draft.to):
        if draft.receiver is None:
            raise SignatureMissing(giver=False)
        if not rules.signs_for(draft.receiver, draft.to):
            raise WrongSigner(giver=False)


def _check_seal(draft: HandOffDraft, before: Consignment) -> None:
    if before.seal_number is not None and draft.seal_intact is None and rules.giver_signs(before.holder):
        raise SealNotChecked


def _breaches(draft: HandOffDraft, before: Consignment) -> tuple[Found, ...]:
    found: list[Found] = []
    for content in before.contents:
        if content.limits is None or not content.quantity:
            continue
        for one in rules.findings(content.limits, draft.readings):
            if one.must_refuse and draft.decision is not Decision.REFUSE:
                assert content.limits.reject_above_milli_c is not None
                raise MustRefuse(one.measured_milli_c, content.limits.reject_above_milli_c)
            found.append(Found(content=content, cause=one.cause, measured_milli_c=one.measured_milli_c))
    return tuple(found) or _refused(draft, before)


def _refused(draft: HandOffDraft, before: Consignment) -> tuple[Found, ...]:
    if draft.decision is not Decision.REFUSE:
        return ()
    return tuple(
        Found(content=content, cause=BreachCause.REFUSED, measured_milli_c=None)
        for content in before.contents
        if content.quantity
    )


def _decision(draft: HandOffDraft, before: Consignment, packages: int, breaches: Sequence[Found]) -> Decision:
    differs = bool(
        draft.decision is not Decision.ACCEPT
        or breaches
        or any(draft.lost.values())
        or packages < before.packages
        or draft.seal_intact is False
    )
    if differs and not draft.reason:
        raise ReasonNeeded
    if draft.decision is Decision.ACCEPT and draft.reason:
        return Decision.ACCEPT_WITH_REMARK
    return draft.decision


def _signed(draft: SignatureDraft | None, now: datetime) -> Signature | None:
    if draft is None:
        return None
    return Signature(
        name=draft.name,
        method=draft.method,
        party_id=draft.party_id,
        person_id=draft.person_id,
        drawn_digest=draft.drawn_digest,
        signed_at=now,
    )
