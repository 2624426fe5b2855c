"""Writes of 承诺达标合格证: one stands per lot, a new one takes the place of the former."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.lot_refusals import LotNotOpen, NothingReceived
from marketplace.catalogue.models import CommitmentRow, LotRow
from marketplace.catalogue.queries.commitments import commitment_from_row
from marketplace.catalogue.rules import COMMITMENT
from marketplace.catalogue.service.lots import add_lot_paper, changed, locked
from marketplace.catalogue.types import Commitment, CommitmentDraft, LotId, LotStatus
from marketplace.kernel import ids, time

_TOKEN_BYTES = 12  # on a small label: 16 characters keep the code coarse enough for a wet thumb


def issue_commitment(session: Session, lot_id: LotId, draft: CommitmentDraft) -> Commitment:
    """Issue a lot's 承诺达标合格证 (农业农村部令2025年第4号) and let it travel with the lot.

    The same promise for no more packs than it spoke of is given once: asked again, it is the one that stands.

    Refuses (LotNotOpen) a lot that is held or recalled, for nobody promises what is in doubt, and
    (NothingReceived) one of which nothing came in.
    """
    lot = locked(session, lot_id)
    if lot.status != LotStatus.OPEN:
        raise LotNotOpen
    if draft.packs < 1:
        raise NothingReceived
    standing = session.scalars(
        select(CommitmentRow).where(CommitmentRow.lot_id == lot_id, CommitmentRow.replaced_at.is_(None))
    ).one_or_none()
    if standing is not None:
        kept = commitment_from_row(standing, lot.code)
        same = (kept.basis, kept.contact) == (draft.basis, draft.contact)
        if same and rules.covers_packs(kept, draft.packs):
            return kept
    now = time.now()
    session.execute(
        update(CommitmentRow)
        .where(CommitmentRow.lot_id == lot_id, CommitmentRow.replaced_at.is_(None))
        .values(replaced_at=now)
    )
    mark = "DEMO-" if draft.is_demo else ""
    row = _row(lot, draft)
    row.number = f"{mark}{ids.public_number('H', time.today())}"
    row.issued_at = now
    session.add(row)
    session.flush()
    add_lot_paper(session, lot_id, COMMITMENT, row.number)
    changed(session, lot, "promised", number=row.number, quantity=draft.packs)
    return commitment_from_row(row, lot.code)


def _row(lot: LotRow, draft: CommitmentDraft) -> CommitmentRow:
    return CommitmentRow(
        lot_id=lot.id,
        token=ids.new_token(_TOKEN_BYTES),
        product_name_zh=draft.product_name.hans,
        product_name_zh_hant=draft.product_name.hant,
        product_name_en=draft.product_name.en,
        pack_zh=draft.pack.hans,
        pack_zh_hant=draft.pack.hant,
        pack_en=draft.pack.en,
        packs=draft.packs,
        net_weight_g=draft.net_weight_g,
        county_code=draft.county_code,
        promiser_id=draft.promiser_id,
        promiser_zh=draft.promiser_name.hans,
        promiser_zh_hant=draft.promiser_name.hant,
        promiser_en=draft.promiser_name.en,
        producer_zh=draft.producer_name.hans,
        producer_zh_hant=draft.producer_name.hant,
        producer_en=draft.producer_name.en,
        contact=draft.contact,
        basis=draft.basis,
        is_demo=draft.is_demo,
    )
