"""At a warehouse loads are split and put together; every pack keeps its lot, its line and its history."""

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from uuid import uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from marketplace.custody import kept, rules
from marketplace.custody.models import MovedRow, RegroupingRow
from marketplace.custody.refusals import CannotRegroup, SignatureMissing
from marketplace.custody.service import loads
from marketplace.custody.service.loads import Load
from marketplace.custody.types import (
    Consignment,
    ConsignmentDraft,
    ConsignmentId,
    ConsignmentState,
    Content,
    Moved,
    Part,
    Regrouping,
    RegroupingId,
    Signature,
    SignatureDraft,
)
from marketplace.kernel import ids, time
from marketplace.transparency import service as transparency


def regroup(
    session: Session, parts: Sequence[Part], signature: SignatureDraft
) -> tuple[Regrouping, list[Consignment]]:
    """Make new loads of packs taken from loads of one holder: a split, a merger, or both at once.

    What is not taken stays where it is. Refuses (CannotRegroup) loads of several holders, destinations or
    storage kinds, and packs that are not there.
    """
    wanted = {source for part in parts for source, _line, _lot in part.taken}
    locked = loads.lock(session, wanted)
    sources = {source: load.consignment for source, load in locked.items()}
    _check(sources, parts, signature)
    now = time.now()
    holder = next(iter(sources.values())).holder
    signed = Signature(
        name=signature.name,
        method=signature.method,
        party_id=signature.party_id,
        person_id=signature.person_id,
        drawn_digest=signature.drawn_digest,
        signed_at=now,
    )
    numbers = [ids.public_number("T", time.today()) for _part in parts]
    moves = [
        (sources[source].number, number, line_id, lot_id, count)
        for number, part in zip(numbers, parts, strict=True)
        for (source, line_id, lot_id), count in part.taken.items()
    ]
    regrouping = Regrouping(
        id=RegroupingId(0), uid=uuid4(), holder=holder, at=now, signature=signed, moved=(), leaf_hash=b""
    )
    regrouping = _store(session, regrouping, moves)
    made = loads.add(session, [_draft(sources, part) for part in parts], holder, now, regrouping.id, numbers)
    moved = [
        Moved(from_id=source, to_id=load.id, order_line_id=line_id, lot_id=lot_id, quantity=count)
        for load, part in zip(made, parts, strict=True)
        for (source, line_id, lot_id), count in part.taken.items()
    ]
    session.execute(
        insert(MovedRow),
        [{"regrouping_id": regrouping.id, **asdict(one)} for one in moved],
    )
    _take(locked, moved)
    session.flush()
    return replace(regrouping, moved=tuple(moved)), made


def _check(
    sources: Mapping[ConsignmentId, Consignment], parts: Sequence[Part], signature: SignatureDraft
) -> None:
    alike = {(one.holder.key, one.destination_code, one.storage_kind) for one in sources.values()}
    contents = {one.id: one.contents for one in sources.values()}
    if (
        len(alike) != 1
        or not all(rules.is_under_way(one.state) for one in sources.values())
        or not rules.regroups(contents, [part.taken for part in parts])
        or any(part.packages <= 0 for part in parts)
    ):
        raise CannotRegroup
    holder = next(iter(sources.values())).holder
    if not rules.giver_signs(holder) or holder.party_id is None:
        raise CannotRegroup
    if not rules.signs_for(signature, holder):
        raise SignatureMissing(giver=True)


def _draft(sources: Mapping[ConsignmentId, Consignment], part: Part) -> ConsignmentDraft:
    first = sources[next(iter(part.taken))[0]]
    there = {
        (source, one.order_line_id, one.lot_id): one
        for source, consignment in sources.items()
        for one in consignment.contents
    }
    packs: dict[Content, int] = defaultdict(int)
    for key, count in part.taken.items():
        packs[replace(there[key], quantity=0)] += count
    contents = tuple(replace(one, quantity=count) for one, count in packs.items())
    senders = {sources[source].sender_id for source, _line, _lot in part.taken}
    assert first.holder.party_id is not None
    return ConsignmentDraft(
        label_token=ids.new_token(),
        fulfilment_id=loads.only_fulfilment(contents),
        sender_id=senders.pop() if len(senders) == 1 else first.holder.party_id,
        destination_code=first.destination_code,
        warehouse_id=None,
        storage_kind=first.storage_kind,
        contents=contents,
        packages=part.packages,
        seal_number=part.seal_number,
    )


def _store(session: Session, regrouping: Regrouping, moves: Sequence[rules.Move]) -> Regrouping:
    salt = secrets.token_hex(16)
    content = rules.canonical(rules.regrouping_document(regrouping, salt, moves))
    regrouping = replace(regrouping, leaf_hash=rules.leaf_of(content))
    leaf_id = transparency.append_leaf(session, regrouping.leaf_hash)
    row = RegroupingRow(
        uid=regrouping.uid,
        **kept.holder_columns("holder", regrouping.holder),
        at=regrouping.at,
        recorded_at=regrouping.at,
        signature=kept.signature_as_json(regrouping.signature),
        salt=salt,
        schema_version=rules.SCHEMA_VERSION,
        canonical=content,
        leaf_hash=regrouping.leaf_hash,
        leaf_id=leaf_id,
    )
    session.add(row)
    session.flush()
    return replace(regrouping, id=RegroupingId(row.id))


def _take(locked: Mapping[ConsignmentId, Load], moved: Sequence[Moved]) -> None:
    taken: dict[tuple[int, int, int], int] = defaultdict(int)
    for one in moved:
        taken[one.from_id, one.order_line_id, one.lot_id] += one.quantity
    for load in locked.values():
        for content in load.contents:
            content.quantity -= taken[content.consignment_id, content.order_line_id, content.lot_id]
        if not any(content.quantity for content in load.contents):
            load.row.state = ConsignmentState.REGROUPED
