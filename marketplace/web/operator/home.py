"""What waits for the operator's people, the longest wait first."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.queries import proposals_waiting, stories_waiting, waiting
from marketplace.custody import queries as custody
from marketplace.kernel.waiting import Waiting, look
from marketplace.notices import queries as notices
from marketplace.orders import waiting as orders
from marketplace.parties import queries as parties
from marketplace.parties.types import PartyStatus, Permission
from marketplace.payment import waiting as payment
from marketplace.payment.waiting import Doubt
from marketplace.web import guard
from marketplace.web.database import read
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.operator.routes import blueprint

NOTICES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Work of one kind: how much, since when, and where it is done."""

    mark: str
    text: str
    count: int
    is_more: bool
    since: datetime | None
    href: str


@blueprint.get("")
@require(Permission.OPERATE)
def home() -> ResponseReturnValue:
    found = sorted(_queues(read()), key=lambda one: (one.since is None, one.since))
    return render_template(
        "operator/home.html",
        waiting=[one for one in found if one.count],
        clear=[one for one in found if not one.count],
        suspended=parties.list_parties(read(), status=PartyStatus.SUSPENDED, per_page=NOTICES),
        notices=notices.inbox(read(), person_id=guard.actor().person.id, per_page=NOTICES),
    )


def _queues(session: Session) -> list[Queue]:
    doubts = payment.doubts(session)
    reviews = look(
        session,
        {
            "certificates": waiting.certificates_to_review(),
            "goods": proposals_waiting(),
            "stories": stories_waiting(),
            "applications": parties.applications_to_review(),
            "verifications": parties.verifications_asked(),
            "brands": catalogue.brands_to_review(),
            "uses": waiting.brand_uses_asked(),
            "editions": waiting.editions_waiting(),
            "held": waiting.lots_held(),
        },
    )
    breaches = custody.open_breaches(session, per_page=1)
    held = Waiting(breaches.total, breaches.items[0].found_at if breaches.items else None)
    money = url_for("operator.payments")
    return [
        _queue("box", _("供货单没有人接"), orders.unaccepted(session), url_for("operator.unaccepted")),
        _queue(
            "seal",
            _("证书等核验"),
            reviews["certificates"],
            url_for("operator.certificates", state="submitted"),
        ),
        _queue("leaf", _("商品资料等审核"), reviews["goods"], url_for("operator.goods")),
        _queue("list", _("故事等审核"), reviews["stories"], url_for("operator.stories")),
        _queue(
            "building",
            _("入驻申请等审核"),
            reviews["applications"],
            url_for("operator.applications"),
        ),
        _queue(
            "people",
            _("半年复核等核对"),
            reviews["verifications"],
            url_for("operator.verifications"),
        ),
        _queue(
            "leaf",
            _("品牌等审核"),
            reviews["brands"],
            url_for("operator.brands", state="submitted"),
        ),
        _queue(
            "leaf", _("品牌使用等凭授权书办理"), reviews["uses"], url_for("operator.brands", state="uses")
        ),
        _queue("list", _("名优目录等两省审核或公布"), reviews["editions"], url_for("operator.editions")),
        _queue("calendar", _("停用的批次等查清"), reviews["held"], url_for("operator.stopped_lots")),
        _queue("thermometer", _("温度异常或拒收等处理"), held, url_for("operator.breaches")),
        _queue("warn", _("到账对不上订单"), doubts[Doubt.UNCLEAR], money),
        _queue("refuse", _("退款失败"), doubts[Doubt.FAILED_REFUND], f"{money}?tab={Doubt.FAILED_REFUND}"),
        _queue("yuan", _("对公转账等复核"), doubts[Doubt.TRANSFER], f"{money}?tab={Doubt.TRANSFER}"),
        _queue("bill", _("对公退款等付出"), doubts[Doubt.TO_PAY_BACK], f"{money}?tab={Doubt.TO_PAY_BACK}"),
    ]


def _queue(mark: str, text: str, found: Waiting, href: str) -> Queue:
    return Queue(
        mark=mark,
        text=text,
        count=found.count,
        is_more=found.is_more,
        since=found.since,
        href=href,
    )
