"""A lot is held, released or recalled: out of sale at once, and those whom it reached are told."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as lots
from marketplace.catalogue.types import (
    HoldCause,
    Lot,
    LotId,
    LotReport,
    LotStatus,
    ReportDraft,
    ReportResult,
)
from marketplace.custody import queries as custody
from marketplace.kernel.message import Message, Name, msg
from marketplace.notices import service as notices
from marketplace.notices.types import NoticeKind
from marketplace.orders import queries as orders
from marketplace.orders.types import OrderState
from marketplace.parties import queries as parties
from marketplace.parties.types import PersonId
from marketplace.stock import queries as stock_queries
from marketplace.stock import service as stock
from marketplace.stock.types import Cause

_GONE = frozenset({OrderState.CANCELLED, OrderState.EXPIRED})


def hold(session: Session, lot_id: LotId, reason: str, *, person_id: PersonId, has_authority: bool) -> Lot:
    """Take a lot out of use until it is released; what is promised to orders stays promised, unpacked.

    Refuses (LotNotFound, StatusMovedOn).
    """
    cause = HoldCause.AUTHORITY if has_authority else HoldCause.SELLER
    lot = lots.hold_lot(session, lot_id, reason, cause)
    _block(session, lot_id, Cause("person", person_id, "held"))
    if has_authority:
        _tell_seller(
            session, lot, msg("批次 %(lot)s 被运营暂停使用：%(reason)s", lot=lot.code, reason=_said(reason))
        )
    return lot


def release(session: Session, lot_id: LotId, reason: str, *, person_id: PersonId, has_authority: bool) -> Lot:
    """Lift what may be lifted; the lot is for sale again once nothing holds it, on the road neither.

    Refuses (LotNotFound, StatusMovedOn, HeldByOthers, RetestMissing).
    """
    lot = lots.release_lot(session, lot_id, reason, has_authority=has_authority)
    is_free = lot.status is LotStatus.OPEN and not custody.has_open_breach(session, lot_id)
    if is_free and stock_queries.lots_by_id(session, [lot_id]):
        stock.unblock_lot(session, lot_id, Cause("person", person_id, "released"))
    if has_authority:
        _tell_seller(session, lot, msg("批次 %(lot)s 的停用已解除。", lot=lot.code))
    return lot


def recall(session: Session, lot_id: LotId, reason: str, *, person_id: PersonId) -> Lot:
    """Call a lot back (食品安全法第63条): never sold again, and every buyer whom it reached is told.

    Refuses (LotNotFound, StatusMovedOn).
    """
    lot = lots.recall_lot(session, lot_id, reason)
    _block(session, lot_id, Cause("person", person_id, "recalled"))
    lines = orders.lines_by_id(session, orders.lines_from_lots(session, [lot_id]).get(lot_id, ()))
    found = orders.orders_by_id(session, {line.order_id for line in lines.values()})
    products = {line.order_id: line.product_name for line in lines.values()}
    reached = (one for one in found.values() if one.state not in _GONE)
    for order in sorted(reached, key=lambda one: one.id):
        notices.send(
            session,
            kind=NoticeKind.ORDER,
            to_phone=order.contact.phone,
            message=msg(
                "订单 %(number)s 的%(product)s（批次 %(lot)s）被召回：%(reason)s。"
                "请停止食用并留好包装，可申请退款。",
                number=order.number,
                product=products[order.id],
                lot=lot.code,
                reason=_said(reason),
            ),
            link=f"/orders/{order.number}?token={order.token}",
        )
    _tell_seller(session, lot, msg("批次 %(lot)s 已召回：%(reason)s", lot=lot.code, reason=_said(reason)))
    return lot


def report(session: Session, lot_id: LotId, draft: ReportDraft) -> LotReport:
    """Keep a quarantine or test report; a failed one takes the lot out of sale in the same transaction.

    Refuses (LotNotFound, ReportWrong).
    """
    kept = lots.add_report(session, lot_id, draft)
    if kept.result is ReportResult.FAILED:
        _block(session, lot_id, Cause("lot_report", kept.id, "failed"))
        lot = catalogue.get_lot(session, lot_id)
        _tell_seller(
            session,
            lot,
            msg("批次 %(lot)s 检测不合格，已停售。复检合格后可以申请恢复。", lot=lot.code),
        )
    return kept


def _block(session: Session, lot_id: LotId, cause: Cause) -> None:
    if stock_queries.lots_by_id(session, [lot_id]):
        stock.block_lot(session, lot_id, cause)


def _tell_seller(session: Session, lot: Lot, text: Message) -> None:
    people: Collection[PersonId] = {
        person.id for person, _membership in parties.members_of(session, lot.cooperative_id)
    }
    for person_id in sorted(people):
        notices.send(
            session,
            kind=NoticeKind.OPERATION,
            to_person_id=person_id,
            message=text,
            link=f"/cooperative/lots/{lot.id}",
        )


def _said(reason: str) -> Name:
    """Let what a person wrote stand as they wrote it, in every language."""
    return Name(reason, reason, reason)
