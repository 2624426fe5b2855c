"""Writes of descriptions: a cooperative describes goods of its own, they are looked at, they become live."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import PictureRow, ProductRow, ProposalRow
from marketplace.catalogue.queries.proposals import proposal_from_row
from marketplace.catalogue.refusals import ProposalNotFound, StatusMovedOn, TooManyPictures
from marketplace.catalogue.rules.contents import PICTURES_MAX
from marketplace.catalogue.service.describing import (
    begin_changes,
    begin_proposals,
    submit_proposals,
    write_proposals,
)
from marketplace.catalogue.types import (
    GoodsContent,
    Picture,
    ProductId,
    Proposal,
    ProposalId,
    ProposalState,
)
from marketplace.kernel import journal, time
from marketplace.kernel.locking import locked_one
from marketplace.parties.types import PartyId


def begin_proposal(session: Session, cooperative_id: PartyId, content: GoodsContent) -> Proposal:
    """Begin to describe goods that the marketplace does not have yet."""
    [begun] = begin_proposals(session, cooperative_id, [content])
    return begun


def begin_change(session: Session, cooperative_id: PartyId, product_id: ProductId) -> Proposal:
    """Begin to change goods of one's own that are live, or go on where that was begun.

    Refuses (NotYours) goods of others and the marketplace's standard goods.
    """
    [begun] = begin_changes(session, cooperative_id, [product_id])
    return begun


def write_proposal(session: Session, proposal_id: ProposalId, content: GoodsContent) -> Proposal:
    """Say something else of goods that are not being looked at; pictures are kept by their own use cases.

    A pack that is live stays: what was sold keeps its name. Refuses (StatusMovedOn).
    """
    [written] = write_proposals(session, {proposal_id: content})
    return written


def add_picture(session: Session, proposal_id: ProposalId, picture: Picture) -> Proposal:
    """Put a picture behind the others; the same one again changes nothing. Refuses (TooManyPictures)."""
    row = _writable(session, proposal_id)
    content = proposal_from_row(row).content
    keep_picture(session, picture)
    if picture.digest in content.pictures:
        return proposal_from_row(row)
    if len(content.pictures) >= PICTURES_MAX:
        raise TooManyPictures(PICTURES_MAX)
    return _written(session, row, replace(content, pictures=(*content.pictures, picture.digest)))


def arrange_pictures(
    session: Session, proposal_id: ProposalId, *, first: str | None = None, without: str | None = None
) -> Proposal:
    """Let one picture lead, or leave one out."""
    row = _writable(session, proposal_id)
    content = proposal_from_row(row).content
    kept = [one for one in content.pictures if one != without]
    kept.sort(key=lambda one: one != first)
    return _written(session, row, replace(content, pictures=tuple(kept)))


def keep_picture(session: Session, picture: Picture) -> None:
    """Remember a picture's two sizes."""
    session.execute(
        insert(PictureRow)
        .values(
            digest=picture.digest,
            small_digest=picture.small_digest,
            width=picture.width,
            height=picture.height,
            received_at=time.now(),
        )
        .on_conflict_do_nothing()
    )


def submit_proposal(session: Session, proposal_id: ProposalId) -> Proposal:
    """Hand a description in; refuses (DescriptionIncomplete) what lacks something, (StatusMovedOn)."""
    [submitted] = submit_proposals(session, [proposal_id])
    return submitted


def take_back(session: Session, proposal_id: ProposalId) -> Proposal:
    """Go on writing what was handed in and nobody has decided about."""
    return move(session, locked_proposal(session, proposal_id), ProposalState.DRAFT, action="taken_back")


def return_proposal(session: Session, proposal_id: ProposalId, note: str, seen: str) -> Proposal:
    """Give a description back with what is to be mended; refuses (StatusMovedOn) where it is another now."""
    row = seen_proposal(session, proposal_id, seen)
    row.note, row.decided_at = note, time.now()
    return move(session, row, ProposalState.RETURNED, reason=note)


def withdraw_proposal(session: Session, proposal_id: ProposalId) -> Proposal:
    """Give up a description that is not being looked at; what is live stays as it is."""
    row = locked_proposal(session, proposal_id)
    if ProposalState(row.state) not in rules.WRITABLE:
        raise StatusMovedOn
    is_change = row.product_id is not None
    return move(
        session,
        row,
        ProposalState.REPLACED if is_change else ProposalState.WITHDRAWN,
        action=str(ProposalState.WITHDRAWN),
    )


def follow_product(session: Session, product_id: ProductId, state: ProposalState) -> None:
    """Let the description of a product stand where the product does: on the shelf, or off it.

    One description of a product at most is approved, listed or withdrawn; the others were replaced.
    """
    from_states = {
        ProposalState.LISTED: (ProposalState.APPROVED, ProposalState.WITHDRAWN),
        ProposalState.WITHDRAWN: (ProposalState.LISTED, ProposalState.APPROVED),
    }[state]
    session.execute(
        update(ProposalRow)
        .where(ProposalRow.product_id == product_id, ProposalRow.state.in_(from_states))
        .values(state=state, changed_at=time.now())
    )


def locked_proposal(session: Session, proposal_id: ProposalId) -> ProposalRow:
    """Lock one description; refuses (ProposalNotFound)."""
    return locked_one(session, ProposalRow, proposal_id, ProposalNotFound)


def seen_proposal(session: Session, proposal_id: ProposalId, seen: str) -> ProposalRow:
    """Return a description that still says what its reviewer saw; refuses (StatusMovedOn)."""
    row = locked_proposal(session, proposal_id)
    if row.state != ProposalState.SUBMITTED or rules.revision(proposal_from_row(row)) != seen:
        raise StatusMovedOn
    return row


def move(
    session: Session, row: ProposalRow, wanted: ProposalState, *, action: str | None = None, **detail: Any
) -> Proposal:
    if wanted not in rules.PROPOSAL_TRANSITIONS[ProposalState(row.state)]:
        raise StatusMovedOn
    row.state, row.changed_at = wanted, time.now()
    session.flush()
    journal.write(session, "proposal", row.id, action or str(wanted), **detail)
    return proposal_from_row(row)


def _writable(session: Session, proposal_id: ProposalId) -> ProposalRow:
    row = locked_proposal(session, proposal_id)
    if ProposalState(row.state) not in rules.WRITABLE:
        raise StatusMovedOn
    return row


def _written(session: Session, row: ProposalRow, content: GoodsContent) -> Proposal:
    row.content, row.changed_at = rules.to_plain(content), time.now()
    session.flush()
    return proposal_from_row(row)


def owned_by(session: Session, product_id: ProductId) -> PartyId | None:
    """Return whose own goods a product is; None for the marketplace's standard goods."""
    found = session.scalar(select(ProductRow.owner_id).where(ProductRow.id == product_id))
    return None if found is None else PartyId(found)
