"""Parties enter the register, are suspended and reinstated."""

import secrets
from typing import TypedDict, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel import changes, ids, journal, time
from marketplace.kernel.message import Name
from marketplace.parties.models import BusinessLicenceRow, PartyRow, VerificationRow
from marketplace.parties.queries import party_from_row
from marketplace.parties.refusals import CodeTaken, PartyNotFound
from marketplace.parties.rules import verified_until
from marketplace.parties.types import (
    BusinessLicence,
    ContractMode,
    Party,
    PartyId,
    PartyKind,
    PartyStatus,
    VerificationState,
)
from marketplace.places import queries as places

_PREFIXES = {
    PartyKind.COOPERATIVE: "HZS",
    PartyKind.PURCHASING_UNIT: "CG",
    PartyKind.CARRIER: "CY",
    PartyKind.WAREHOUSE: "YC",
    PartyKind.AUTHORITY: "BF",
    PartyKind.OPERATOR: "YY",
}
_READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class PartyTerms(TypedDict, total=False):
    """What a party may have beside its name: ``code`` is made up where none is given."""

    code: str
    contract_mode: ContractMode
    licence_number: str
    is_demo: bool


def register_party(
    session: Session, *, kind: PartyKind, name: Name, division_code: str, **terms: Unpack[PartyTerms]
) -> Party:
    """Enter a party into the register; a cooperative sells by 购销 unless its terms say 代销.

    Whoever enters a cooperative has verified it: it sells for half a year, then it is verified again.

    Refuses (UnknownPlace) an unknown division and (CodeTaken) a code that another party has.
    """
    places.atlas(session).division(division_code)
    code = terms.get("code") or _new_code(kind)
    if session.scalar(select(PartyRow.id).where(PartyRow.code == code)) is not None:
        raise CodeTaken
    contract = terms.get("contract_mode", ContractMode.RESALE if kind is PartyKind.COOPERATIVE else None)
    row = PartyRow(
        kind=kind,
        code=code,
        name_zh=name.hans,
        name_zh_hant=name.hant,
        name_en=name.en,
        division_code=division_code,
        status=PartyStatus.ACTIVE,
        contract_mode=contract,
        licence_number=terms.get("licence_number"),
        verified_until=verified_until(time.today()) if kind is PartyKind.COOPERATIVE else None,
        is_demo=terms.get("is_demo", False),
        registered_at=time.now(),
    )
    session.add(row)
    session.flush()
    if kind is PartyKind.COOPERATIVE:
        _note_verification(session, row)
    journal.write(session, "party", row.id, "registered", kind=kind, code=code)
    changes.record(session, "party", [row.id])
    return party_from_row(row)


def record_business_licence(session: Session, licence: BusinessLicence) -> None:
    """Note what a party's business licence says, anew or instead of what was noted before."""
    row = session.get(BusinessLicenceRow, licence.party_id)
    if row is None:
        row = BusinessLicenceRow(party_id=licence.party_id)
        session.add(row)
    row.credit_code, row.legal_representative = licence.credit_code, licence.legal_representative
    row.address, row.ends_on = licence.address, licence.ends_on
    row.scan_digest, row.recorded_at = licence.scan_digest, time.now()
    session.flush()
    journal.write(session, "party", licence.party_id, "licence_recorded")


def set_contract_mode(session: Session, party_id: PartyId, mode: ContractMode, reason: str) -> Party:
    """Change who sells and invoices a cooperative's goods from the next order on."""
    row = session.scalars(select(PartyRow).where(PartyRow.id == party_id).with_for_update()).one_or_none()
    if row is None or row.kind != PartyKind.COOPERATIVE:
        raise PartyNotFound
    if row.contract_mode != mode:
        former, row.contract_mode = row.contract_mode, mode
        journal.write(session, "party", row.id, "contract_changed", former=former, mode=mode, reason=reason)
        changes.record(session, "party", [row.id])
        session.flush()
    return party_from_row(row)


def suspend_party(session: Session, party_id: PartyId, reason: str) -> Party:
    """Take a party out of business for now: its members keep no role until it is reinstated."""
    return _become(session, party_id, PartyStatus.SUSPENDED, reason)


def reinstate_party(session: Session, party_id: PartyId, reason: str) -> Party:
    """Let a suspended party trade again."""
    return _become(session, party_id, PartyStatus.ACTIVE, reason)


def _become(session: Session, party_id: PartyId, status: PartyStatus, reason: str) -> Party:
    row = session.scalars(select(PartyRow).where(PartyRow.id == party_id).with_for_update()).one_or_none()
    if row is None:
        raise PartyNotFound
    if row.status != status:
        row.status = status
        journal.write(session, "party", row.id, status, reason=reason)
        changes.record(session, "party", [row.id])
        session.flush()
    return party_from_row(row)


def _note_verification(session: Session, row: PartyRow) -> None:
    now = time.now()
    session.add(
        VerificationRow(
            party_id=row.id,
            state=VerificationState.VERIFIED,
            note="",
            against="",
            reason="",
            asked_at=now,
            decided_at=now,
            valid_until=row.verified_until,
        )
    )


def _new_code(kind: PartyKind) -> str:
    stem = _PREFIXES[kind] + "".join(secrets.choice(_READABLE) for _ in range(6))
    return stem + ids.check_character(stem)
