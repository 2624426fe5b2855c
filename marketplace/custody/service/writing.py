"""From a checked hand-off to its record: names, place, what came before, canonical bytes and columns."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.custody import kept, rules
from marketplace.custody.models import ConsignmentRow, HandOffRow, RegroupingRow, WaybillRow
from marketplace.custody.service.checking import Checked, Found
from marketplace.custody.service.loads import Load
from marketplace.custody.types import Breach, BreachId, HandOff, HandOffId, HandOffKind, Holder
from marketplace.kernel import ids, time
from marketplace.parties import queries as parties
from marketplace.parties.types import Party, PartyId
from marketplace.places.types import DivisionCode

_UNSTORED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Previous:
    leaf: bytes
    place_code: DivisionCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A hand-off with the bytes that prove it, before it has a key."""

    hand_off: HandOff
    checked: Checked
    salt: str
    canonical: bytes


def write(session: Session, checked: Sequence[Checked], locked: Mapping[Any, Load]) -> list[Written]:
    known = _parties(session, checked)
    previous = _previous(session, [locked[one.before.id].row for one in checked])
    waybills = _waybills(session, checked)
    written: list[Written] = []
    for one in checked:
        before = previous.get(one.before.id)
        salt = secrets.token_hex(16)
        hand_off = _hand_off(one, known, before)
        around = rules.Surroundings(
            consignment_number=one.before.number,
            previous_leaf=None if before is None else before.leaf,
            salt=salt,
            waybill=waybills.get(one.draft.waybill_id or 0),
        )
        content = rules.canonical(rules.hand_off_document(hand_off, around))
        hand_off = replace(hand_off, leaf_hash=rules.leaf_of(content))
        written.append(Written(hand_off=hand_off, checked=one, salt=salt, canonical=content))
    return written


def _hand_off(one: Checked, known: Mapping[PartyId, Party], previous: _Previous | None) -> HandOff:
    draft, before = one.draft, one.before
    return HandOff(
        id=HandOffId(_UNSTORED),
        uid=uuid4(),
        number=ids.public_number("J", time.business_day(one.at)),
        consignment_id=before.id,
        kind=one.kind,
        from_holder=before.holder,
        to_holder=_named(draft.to, known),
        place_code=_place(one, known, previous),
        at=one.at,
        recorded_at=time.now(),
        packages=one.packages,
        seal_number=draft.seal_number or before.seal_number,
        seal_intact=draft.seal_intact,
        plate=draft.plate,
        readings=draft.readings,
        decision=one.decision,
        reason=draft.reason or None,
        quantities=one.quantities,
        giver_signature=one.giver,
        receiver_signature=one.receiver,
        photo_digests=draft.photo_digests,
        previous_id=before.last_hand_off_id,
        waybill_id=draft.waybill_id,
        breaches=tuple(_breach(found, one) for found in one.breaches),
        schema_version=rules.SCHEMA_VERSION,
        leaf_hash=b"",
    )


def _breach(found: Found, one: Checked) -> Breach:
    limits = found.content.limits
    return Breach(
        id=BreachId(_UNSTORED),
        hand_off_id=HandOffId(_UNSTORED),
        order_line_id=found.content.order_line_id,
        lot_id=found.content.lot_id,
        cause=found.cause,
        measured_milli_c=found.measured_milli_c,
        range=None if found.measured_milli_c is None or limits is None else limits.range,
        found_at=one.at,
        resolved_at=None,
        resolution=None,
    )


def _place(one: Checked, known: Mapping[PartyId, Party], previous: _Previous | None) -> DivisionCode:
    """Say where it happened: at the party's that does not move; on the road, where it was last."""
    destination = one.before.destination_code
    if one.kind in {HandOffKind.DELIVERY, HandOffKind.RECEIPT}:
        return destination
    arrives = one.kind in {HandOffKind.ARRIVAL, HandOffKind.RETURN}
    party = known.get((one.draft.to if arrives else one.before.holder).party_id or PartyId(0))
    if party is not None:
        return party.division_code
    return destination if previous is None or previous.place_code is None else previous.place_code


def _named(holder: Holder, known: Mapping[PartyId, Party]) -> Holder:
    party = None if holder.party_id is None else known[holder.party_id]
    return holder if party is None else replace(holder, name=party.name)


def _parties(session: Session, checked: Iterable[Checked]) -> Mapping[PartyId, Party]:
    wanted = {
        holder.party_id
        for one in checked
        for holder in (one.before.holder, one.draft.to)
        if holder.party_id is not None
    }
    return parties.parties_by_id(session, wanted) if wanted else {}


def _previous(session: Session, rows: Sequence[ConsignmentRow]) -> dict[int, _Previous]:
    """Return what each load's next hand-off follows: its last one, or the regrouping that made the load."""
    found: dict[int, _Previous] = {}
    last = [row.last_hand_off_id for row in rows if row.last_hand_off_id is not None]
    made = {row.regrouping_id for row in rows if row.last_hand_off_id is None and row.regrouping_id}
    if last:
        for consignment_id, leaf, place in session.execute(
            select(HandOffRow.consignment_id, HandOffRow.leaf_hash, HandOffRow.place_code).where(
                HandOffRow.id.in_(last)
            )
        ):
            found[consignment_id] = _Previous(leaf=leaf, place_code=DivisionCode(place))
    if made:
        leaves = dict(
            session.execute(
                select(RegroupingRow.id, RegroupingRow.leaf_hash).where(RegroupingRow.id.in_(made))
            )
            .tuples()
            .all()
        )
        for row in rows:
            if row.last_hand_off_id is None and row.regrouping_id is not None:
                found[row.id] = _Previous(leaf=leaves[row.regrouping_id], place_code=None)
    return found


def _waybills(session: Session, checked: Iterable[Checked]) -> dict[int, tuple[str, str]]:
    wanted = {one.draft.waybill_id for one in checked if one.draft.waybill_id is not None}
    if not wanted:
        return {}
    rows = session.execute(
        select(WaybillRow.id, WaybillRow.courier, WaybillRow.number).where(WaybillRow.id.in_(wanted))
    )
    return {key: (courier, number) for key, courier, number in rows}


def columns(one: Written, leaf_id: int) -> dict[str, Any]:
    hand_off = one.hand_off
    return {
        "uid": hand_off.uid,
        "number": hand_off.number,
        "consignment_id": hand_off.consignment_id,
        "kind": hand_off.kind,
        **kept.holder_columns("from", hand_off.from_holder),
        "from_key": hand_off.from_holder.key,
        **kept.holder_columns("to", hand_off.to_holder),
        "to_key": hand_off.to_holder.key,
        "holder_after_key": (hand_off.to_holder if hand_off.is_accepted else hand_off.from_holder).key,
        "place_code": hand_off.place_code,
        "at": hand_off.at,
        "recorded_at": hand_off.recorded_at,
        "packages": hand_off.packages,
        "seal_number": hand_off.seal_number,
        "seal_intact": hand_off.seal_intact,
        "plate": hand_off.plate,
        **{name: getattr(hand_off.readings, name) for name in kept.READINGS},
        "decision": hand_off.decision,
        "reason": hand_off.reason,
        "giver_signature": kept.signature_as_json(hand_off.giver_signature),
        "receiver_signature": kept.signature_as_json(hand_off.receiver_signature),
        "salt": one.salt,
        "photo_digests": list(hand_off.photo_digests),
        "previous_id": hand_off.previous_id,
        "waybill_id": hand_off.waybill_id,
        "schema_version": hand_off.schema_version,
        "canonical": one.canonical,
        "leaf_hash": hand_off.leaf_hash,
        "leaf_id": leaf_id,
    }
