"""Reads of 承诺达标合格证: those of a lot, the one that a code leads to."""

from collections.abc import Collection, Mapping

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from marketplace.catalogue.lot_refusals import CommitmentNotFound
from marketplace.catalogue.models import CommitmentRow, LotRow
from marketplace.catalogue.queries.rows import lot_from_row
from marketplace.catalogue.types import Commitment, CommitmentBasis, CommitmentId, Lot, LotId
from marketplace.kernel.message import Name
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode


def commitments_of_lot(session: Session, lot_id: LotId) -> tuple[Commitment, ...]:
    """Return a lot's certificates, the one that stands first."""
    rows = session.execute(
        select(CommitmentRow, LotRow.code)
        .join(LotRow, LotRow.id == CommitmentRow.lot_id)
        .where(CommitmentRow.lot_id == lot_id)
        .order_by(CommitmentRow.id.desc())
    )
    return tuple(commitment_from_row(row, code) for row, code in rows)


def lots_and_commitments(
    session: Session, lot_ids: Collection[LotId]
) -> Mapping[LotId, tuple[Lot, str | None]]:
    """Return lots, each with the token of the certificate that stands for it, if any."""
    stands = and_(CommitmentRow.lot_id == LotRow.id, CommitmentRow.replaced_at.is_(None))
    rows = session.execute(
        select(LotRow, CommitmentRow.token)
        .outerjoin(CommitmentRow, stands)
        .where(LotRow.id.in_(set(lot_ids)))
    )
    return {LotId(row.id): (lot_from_row(row), token) for row, token in rows}


def get_commitment(session: Session, token: str) -> Commitment:
    """Return the certificate that a code on a box leads to; refuses (CommitmentNotFound)."""
    found = session.execute(
        select(CommitmentRow, LotRow.code)
        .join(LotRow, LotRow.id == CommitmentRow.lot_id)
        .where(CommitmentRow.token == token)
    ).one_or_none()
    if found is None:
        raise CommitmentNotFound
    return commitment_from_row(found[0], found[1])


def last_contact(session: Session, cooperative_id: PartyId) -> str | None:
    """Return the contact that stands on a cooperative's newest certificate."""
    return session.scalar(
        select(CommitmentRow.contact)
        .where(CommitmentRow.promiser_id == cooperative_id)
        .order_by(CommitmentRow.id.desc())
        .limit(1)
    )


def commitment_from_row(row: CommitmentRow, lot_code: str) -> Commitment:
    return Commitment(
        id=CommitmentId(row.id),
        lot_id=LotId(row.lot_id),
        lot_code=lot_code,
        token=row.token,
        number=row.number,
        product_name=Name(row.product_name_zh, row.product_name_zh_hant, row.product_name_en),
        pack=Name(row.pack_zh, row.pack_zh_hant, row.pack_en),
        packs=row.packs,
        net_weight_g=row.net_weight_g,
        county_code=DivisionCode(row.county_code),
        promiser_id=PartyId(row.promiser_id),
        promiser_name=Name(row.promiser_zh, row.promiser_zh_hant, row.promiser_en),
        producer_name=Name(row.producer_zh, row.producer_zh_hant, row.producer_en),
        contact=row.contact,
        basis=CommitmentBasis(row.basis),
        is_demo=row.is_demo,
        issued_at=row.issued_at,
        replaced_at=row.replaced_at,
    )
