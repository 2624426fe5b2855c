"""The journal in words: what was done to a thing, by whom, when."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from markupsafe import Markup
from sqlalchemy.orm import Session

from marketplace.catalogue.types import CheckedAgainst
from marketplace.kernel import journal
from marketplace.kernel.journal import JournalEntry
from marketplace.kernel.message import Message, msg
from marketplace.kernel.money import format_yuan
from marketplace.parties import queries as parties
from marketplace.places.types import Side
from marketplace.web.edition_words import SIDES
from marketplace.web.language import as_written, render
from marketplace.web.language import gettext as _
from marketplace.web.present import full_day
from marketplace.web.timeline import Event
from marketplace.web.wording import CHECKED_AGAINST

ACTIONS: Mapping[str, Message] = {
    "placed": msg("下单"),
    "paid": msg("付款到账"),
    "completed": msg("订单完成"),
    "cancelled": msg("取消"),
    "expired": msg("过期未付"),
    "to_accept": msg("交给合作社"),
    "accepted": msg("接单"),
    "declined": msg("无法供货"),
    "packed": msg("装箱"),
    "in_transit": msg("交给承运商"),
    "delivered": msg("送达"),
    "received": msg("收货"),
    "refund_asked": msg("买家申请退款"),
    "refund_recorded": msg("登记退款"),
    "refund_requested": msg("发起退款"),
    "refund_succeeded": msg("退款成功"),
    "refund_failed": msg("退款失败"),
    "refund_retried": msg("重新退款"),
    "payment_opened": msg("发起支付"),
    "payment_open": msg("等待付款"),
    "payment_expired": msg("支付过期"),
    "payment_failed": msg("支付未成功"),
    "money_applied": msg("收到货款"),
    "money_late": msg("收到过期付款"),
    "money_double": msg("收到重复付款"),
    "money_mismatch": msg("收到不符的款项"),
    "transfer_proposed": msg("登记对公转账"),
    "transfer_confirmed": msg("确认对公转账"),
    "transfer_rejected": msg("驳回对公转账"),
    "submitted": msg("提交"),
    "verified": msg("核验通过"),
    "rejected": msg("已退回"),
    "suspended": msg("暂停"),
    "reinstated": msg("恢复"),
    "revoked": msg("撤销"),
    "lapsed": msg("到期"),
    "listed": msg("上架"),
    "price_changed": msg("改价"),
    "terms_changed": msg("改供货条件"),
    "paused": msg("暂停销售"),
    "resumed": msg("恢复销售"),
    "withdrawn": msg("撤下"),
    "recorded": msg("登记批次"),
    "paper_added": msg("登记随批证明"),
    "on_hold": msg("暂停使用"),
    "open": msg("恢复使用"),
    "recalled": msg("召回"),
    "hold_lifted": msg("解除一项停用"),
    "report_passed": msg("登记合格报告"),
    "report_failed": msg("登记不合格报告"),
    "promised": msg("开具了承诺达标合格证"),
    "papers_declared": msg("声明证件齐全"),
    "corrected": msg("盘点更正"),
    "blocked": msg("停售"),
    "unblocked": msg("已解除停售"),
    "breach_resolved": msg("处理温度异常或拒收"),
    "created": msg("建立"),
    "renamed": msg("改名"),
    "photo_set": msg("更换照片"),
    "reviewed": msg("评价"),
    "opened": msg("建立"),
    "closed": msg("结束提名"),
    "reopened": msg("重新开放提名"),
    "published": msg("公布"),
    "prolonged": msg("延长"),
    "confirmed": msg("确认"),
    "ended": msg("结束"),
    "registered": msg("已登记"),
    "begun": msg("开始填写"),
    "taken_back": msg("取回修改"),
    "returned": msg("退回修改"),
    "approved": msg("审核通过"),
    "described": msg("更新商品资料"),
    "live": msg("公开"),
    "selling_changed": msg("改销售条件"),
    "presale_opened": msg("开预售"),
    "presale_ended": msg("预售结束"),
    "active": msg("恢复资格"),
    "licence_recorded": msg("登记营业执照"),
    "verification_asked": msg("申请复核"),
    "verification_refused": msg("复核未通过"),
    "verification_lapsed": msg("复核过期"),
    "contract_changed": msg("改合同方式"),
    "recommended": msg("县里推荐"),
    "resubmitted": msg("补正后再次提交"),
    "refused": msg("未通过"),
    "asked": msg("申请使用"),
    "authorised": msg("已授权"),
    "named": msg("写明生产者"),
}


# What an action is called where the thing it was done to has its own word for it.
OF_SUBJECT: Mapping[tuple[str, str], Message] = {
    ("brand", "listed"): msg("已登记"),
    ("brand", "ended"): msg("已停用"),
    ("brand_use", "refused"): msg("没有授权"),
    ("brand_use", "withdrawn"): msg("已收回授权"),
    ("producer_claim", "confirmed"): msg("生产者确认"),
    ("producer_claim", "denied"): msg("生产者否认"),
    ("nomination", "nominated"): msg("已提名"),
    ("nomination", "withdrawn"): msg("撤回提名"),
    ("nomination", "approve"): msg("同意列入"),
    ("nomination", "refuse"): msg("不同意列入"),
    ("nomination", "dropped"): msg("公布时不符合条件"),
}

# Numbers that say something to a reader; the others are keys of rows.
_COUNTS = frozenset({"quantity", "change", "breaches"})
# What set something in motion, by its code: the line beside it says the same in words.
_DAY_LETTERS = len("2026-11-27")
_CODES = frozenset({"cause", "paper_code", "kind", "criterion"})


def events(session: Session, entries: Sequence[JournalEntry], subject_type: str = "") -> list[Event]:
    """Say the journal in words, with who did it, in one statement more."""
    names = _names(session, entries)
    return [_event(one, names, subject_type) for one in entries]


def of_each(session: Session, subject_type: str, subject_ids: Collection[int]) -> Mapping[int, list[Event]]:
    """Say what happened to each thing of a list, in two statements however many there are."""
    kept = journal.histories_by_subject(session, subject_type, subject_ids)
    names = _names(session, [entry for entries in kept.values() for entry in entries])
    return {key: [_event(one, names, subject_type) for one in entries] for key, entries in kept.items()}


def _names(session: Session, entries: Iterable[JournalEntry]) -> Mapping[int, str]:
    acting = {one.person_id for one in entries if one.person_id is not None}
    people = parties.persons_by_id(session, acting) if acting else {}
    return {int(person_id): person.display_name for person_id, person in people.items()}


def _event(one: JournalEntry, names: Mapping[int, str], subject_type: str) -> Event:
    said = OF_SUBJECT.get((subject_type, one.action), ACTIONS.get(one.action))
    return Event(
        title=one.action if said is None else render(said),
        at=one.at,
        detail=Markup(" · ").join(
            [as_written(names.get(one.person_id or 0, _("系统"))), *filter(None, _details(one.detail))]
        ),
    )


def _details(detail: Mapping[str, object]) -> list[str]:
    """Write what the journal keeps beside an action: amounts as money, words and counts as they stand."""
    written = []
    for name, value in detail.items():
        if name in _CODES:
            continue
        if name == "against" and value in set(CheckedAgainst):
            written.append(render(CHECKED_AGAINST[CheckedAgainst(str(value))]))
        elif name == "until" and len(str(value)) == _DAY_LETTERS:
            written.append(_("到%(day)s", day=full_day(date.fromisoformat(str(value)))))
        elif name == "side" and value in set(Side):
            written.append(render(SIDES[Side(str(value))]))
        elif name.endswith("_fen") and isinstance(value, int):
            written.append(format_yuan(value))
        elif (isinstance(value, str) and value) or (name in _COUNTS and isinstance(value, int)):
            written.append(as_written(str(value)))
    return written
