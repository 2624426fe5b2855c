"""Descriptions of goods begun, written and handed in: one from a form, or very many from a spreadsheet."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import ProductRow, ProposalRow
from marketplace.catalogue.queries.goods import products_by_id, variants_of
from marketplace.catalogue.queries.own_goods import lacking
from marketplace.catalogue.queries.proposals import content_of, proposal_from_row
from marketplace.catalogue.refusals import DescriptionIncomplete, NotYours, ProposalNotFound, StatusMovedOn
from marketplace.catalogue.types import GoodsContent, ProductId, Proposal, ProposalId, ProposalState
from marketplace.kernel import journal, time
from marketplace.kernel.locking import locked
from marketplace.parties.types import PartyId

_OPEN = (ProposalState.DRAFT, ProposalState.SUBMITTED, ProposalState.RETURNED)


def begin_proposals(
    session: Session,
    cooperative_id: PartyId,
    contents: Sequence[GoodsContent],
    product_ids: Sequence[ProductId] = (),
) -> list[Proposal]:
    """Begin to describe goods, new ones or (``product_ids`` beside the contents) changes of live ones."""
    now = time.now()
    rows = [
        ProposalRow(
            cooperative_id=cooperative_id,
            product_id=product_ids[place] if product_ids else None,
            state=ProposalState.DRAFT,
            content=rules.to_plain(content),
            former=None,
            note="",
            begun_at=now,
            changed_at=now,
            submitted_at=None,
            decided_at=None,
        )
        for place, content in enumerate(contents)
    ]
    session.add_all(rows)
    session.flush()
    journal.write_many(session, "proposal", [(row.id, "begun", {}) for row in rows])
    return [proposal_from_row(row) for row in rows]


def begin_changes(
    session: Session, cooperative_id: PartyId, product_ids: Collection[ProductId]
) -> list[Proposal]:
    """Begin to change live goods of one's own, or go on where that was begun; in the order given.

    Refuses (NotYours) goods of others and the marketplace's standard goods.
    """
    wanted = list(dict.fromkeys(product_ids))
    owners = session.execute(
        select(ProductRow.id, ProductRow.owner_id)
        .where(ProductRow.id.in_(wanted))
        .order_by(ProductRow.id)
        .with_for_update()
    ).all()
    if len(owners) < len(wanted) or any(owner != cooperative_id for _product_id, owner in owners):
        raise NotYours
    rows = session.scalars(
        select(ProposalRow).where(ProposalRow.product_id.in_(wanted), ProposalRow.state.in_(_OPEN))
    )
    begun = {one.product_id: one for one in map(proposal_from_row, rows)}
    new = [one for one in wanted if one not in begun]
    products, variants = products_by_id(session, new), variants_of(session, new)
    live = [content_of(products[one], variants[one]) for one in new]
    made = begin_proposals(session, cooperative_id, live, new) if new else []
    begun |= {one.product_id: one for one in made}
    return [begun[one] for one in wanted]


def write_proposals(session: Session, contents: Mapping[ProposalId, GoodsContent]) -> list[Proposal]:
    """Say something else of goods that are not being looked at; pictures are kept by their own use cases.

    A pack that is live stays: what was sold keeps its name. Refuses (ProposalNotFound, StatusMovedOn).
    """
    rows = locked(session, ProposalRow, contents, ProposalNotFound)
    if any(ProposalState(row.state) not in rules.WRITABLE for row in rows.values()):
        raise StatusMovedOn
    written = []
    for proposal_id, content in contents.items():
        row = rows[proposal_id]
        former = proposal_from_row(row)
        codes = {one.code for one in content.packs}
        live = [one for one in former.content.packs if one.code and one.code not in codes]
        kept = replace(content, pictures=former.content.pictures, packs=(*live, *content.packs))
        row.content, row.changed_at = rules.to_plain(kept), time.now()
        written.append(replace(former, content=kept, changed_at=row.changed_at))
    session.flush()
    return written


def submit_proposals(session: Session, proposal_ids: Collection[ProposalId]) -> list[Proposal]:
    """Hand descriptions in; refuses (DescriptionIncomplete) what lacks something, (StatusMovedOn)."""
    rows = locked(session, ProposalRow, proposal_ids, ProposalNotFound)
    for row in rows.values():
        for name, problem in lacking(session, proposal_from_row(row).content).items():
            raise DescriptionIncomplete(problem, field=name)
        if ProposalState.SUBMITTED not in rules.PROPOSAL_TRANSITIONS[ProposalState(row.state)]:
            raise StatusMovedOn
        row.submitted_at = row.changed_at = time.now()
        row.state = ProposalState.SUBMITTED
    session.flush()
    journal.write_many(
        session, "proposal", [(row.id, str(ProposalState.SUBMITTED), {}) for row in rows.values()]
    )
    return [proposal_from_row(row) for row in rows.values()]
