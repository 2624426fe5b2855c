"""At the cloud warehouse: parts of one order go on as one parcel, or a load goes on in several."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.orm import Session

from marketplace.catalogue.types import LotId
from marketplace.custody import queries as custody_queries
from marketplace.custody import service as custody
from marketplace.custody.refusals import CannotRegroup
from marketplace.custody.types import Consignment, ConsignmentId, Part, SignatureDraft
from marketplace.orders import queries as orders
from marketplace.orders.types import OrderLineId


def put_together(
    session: Session,
    consignment_ids: Collection[ConsignmentId],
    signature: SignatureDraft,
    *,
    packages: int,
    seal_number: str | None = None,
) -> Consignment:
    """Make one parcel of everything in several loads of one order that travel alike.

    Refuses (CannotRegroup) loads of different orders: each buyer gets their own parcel.
    """
    loads = custody_queries.consignments_by_id(session, consignment_ids)
    parts = orders.fulfilments_by_id(
        session, {content.fulfilment_id for one in loads.values() for content in one.contents}
    )
    if len(loads) <= 1 or len({part.order_id for part in parts.values()}) != 1:
        raise CannotRegroup
    taken = {
        (one.id, content.order_line_id, content.lot_id): content.quantity
        for one in loads.values()
        for content in one.contents
        if content.quantity
    }
    part = Part(taken=taken, packages=packages, seal_number=seal_number)
    return custody.regroup(session, [part], signature)[1][0]


def split(
    session: Session,
    consignment_id: ConsignmentId,
    shares: Sequence[Mapping[tuple[OrderLineId, LotId], int]],
    signature: SignatureDraft,
) -> list[Consignment]:
    """Make new loads of shares of one; what is in no share stays. Refuses (CannotRegroup)."""
    parts = [
        Part(taken={(consignment_id, line_id, lot_id): count for (line_id, lot_id), count in share.items()})
        for share in shares
    ]
    return custody.regroup(session, parts, signature)[1]
