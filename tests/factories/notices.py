"""Notices for tests."""

from sqlalchemy.orm import Session

from marketplace.kernel.message import Message, msg
from marketplace.notices import service
from marketplace.notices.types import NoticeId, NoticeKind
from tests.factories.parties import new_phone

DEFAULT = msg("订单 %(number)s 已付款。", number="DEMO-1")


def make_notice(
    session: Session,
    kind: NoticeKind = NoticeKind.ORDER,
    to_phone: str | None = None,
    message: Message = DEFAULT,
    link: str | None = "/orders/DEMO-1",
) -> NoticeId:
    return service.send(session, kind=kind, to_phone=to_phone or new_phone(), message=message, link=link)
