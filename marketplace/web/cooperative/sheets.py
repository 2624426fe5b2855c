"""What labels, packing slips and statements say, in the reader's language, ready to be set as PDF."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import segno
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import CertificateProof, LotId, Reference, Standing
from marketplace.kernel import time
from marketplace.kernel.money import format_plain, format_yuan
from marketplace.orders import queries as orders
from marketplace.orders.types import Fulfilment, Order, OrderId
from marketplace.parties import queries as parties
from marketplace.parties.types import Party, PartyId
from marketplace.places import queries as places
from marketplace.places.atlas import Atlas
from marketplace.settlement.types import StatementDraft, StatementLine
from marketplace.web import present, wording
from marketplace.web.cooperative.parts import LotShare, PartLine, PartRow, part_rows
from marketplace.web.language import gettext as _
from marketplace.web.language import name_in_language, render
from marketplace.web.setup import settings

Sheet = dict[str, object]

ROWS_ON_A_LABEL = 9  # a line of goods takes two rows, each of its lots one more
LOTS_OF_A_LINE = 6
_MARKS = 3
_STANDING = frozenset({Standing.VALID, Standing.EXPIRING})
QUIET_MODULES = 4  # ISO/IEC 18004 asks for four modules of white around the code


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that the sheets of some parts need, read in batches."""

    rows: Sequence[PartRow]
    orders: Mapping[OrderId, Order]
    cooperatives: Mapping[PartyId, Party]
    lot_papers: Mapping[LotId, Mapping[str, str]]
    standings: Mapping[tuple[str, str], Standing]
    reference: Reference
    atlas: Atlas


def gather(session: Session, parts: Sequence[Fulfilment]) -> Facts:
    rows = part_rows(session, parts)
    lot_ids = {lot.lot_id for row in rows for line in row.lines for lot in line.lots}
    return Facts(
        rows=rows,
        orders=orders.orders_by_id(session, {part.order_id for part in parts}),
        cooperatives=parties.parties_by_id(session, {part.cooperative_id for part in parts}),
        lot_papers=catalogue.papers_of_lots(session, lot_ids),
        standings=catalogue.standings_now(
            session,
            (
                (one.scheme_code, one.number)
                for part in parts
                for line in part.lines
                for one in line.certificates
            ),
            time.now(),
        ),
        reference=catalogue.reference(session),
        atlas=places.atlas(session),
    )


def labels(parts: Sequence[Fulfilment], facts: Facts) -> Sheet:
    """Say what the labels say: nobody's name and no address, for they are seen on the road."""
    made = [_label(part, row, facts) for part, row in zip(parts, facts.rows, strict=True)]
    return {"title": _("交接标签"), "labels": made}


def packing_slips(parts: Sequence[Fulfilment], facts: Facts) -> Sheet:
    """Say what lies in each box: it goes inside, so it names the recipient."""
    made = [_slip(part, row, facts) for part, row in zip(parts, facts.rows, strict=True)]
    return {"title": _("装箱单"), "slips": made}


def settlement(draft: StatementDraft, party: Party) -> Sheet:
    """Say what a cooperative earned and gave back in a month; a draft binds nobody yet."""
    month = _("%(year)s年%(month)s月", year=draft.month.year, month=draft.month.month)
    return {
        "title": _("结算单（草稿）"),
        "ident": f"settlement-{party.code}-{draft.month:%Y%m}",
        "heading": _("结算单（草稿）"),
        "party": name_in_language(party.name),
        "facts": [[_("账期"), month], [_("合作社编号"), party.code]],
        "sums": [
            [_("货款"), format_yuan(draft.goods_fen)],
            [_("退款"), format_yuan(-draft.refunds_fen)],
            [_("应结净额"), format_yuan(draft.net_fen)],
        ],
        "heads": [_("日期"), _("订单"), _("商品"), _("数量"), _("单价（元）"), _("金额（元）")],
        "rows": [_settlement_row(line) for line in draft.lines],
        "total": [_("合计"), "", "", "", "", format_plain(draft.net_fen)],
        "notes": [_("草稿，按买家收货入账；开具正式结算单前可能有变化。运费由平台结算，不在其中。")],
        "foot": _foot(f"{name_in_language(party.name)} {draft.month:%Y-%m}"),
    }


def _label(part: Fulfilment, row: PartRow, facts: Facts) -> Sheet:
    shown = _fitting(row.lines)
    hidden = len(row.lines) - len(shown)
    order = facts.orders[part.order_id]
    return {
        "class_kind": row.storage_kind,
        "class_name": render(row.storage),
        "range": render(wording.range_in_words(row.range)),
        "qr": _qr(part),
        "scan": _("扫码交接"),
        "to": name_in_language(row.city),
        "via": _("经 %(warehouse)s", warehouse=name_in_language(row.via)) if row.via else "",
        "number": part.number,
        "parcel": _("包裹 %(no)s / %(all)s", no=part.part_no, all=len(order.fulfilments)),
        "lines": [
            {
                "name": name_in_language(line.product),
                "quantity": f"× {line.quantity}",
                "pack": name_in_language(line.pack),
                "lot": "\n".join([_lot(lot) for lot in line.lots[:LOTS_OF_A_LINE]] + _more_lots(line)),
            }
            for line in shown
        ],
        "more": _("另有 %(count)s 种，见装箱单", count=hidden) if hidden else "",
        "facts": [
            [_("发货"), name_in_language(facts.cooperatives[part.cooperative_id].name)],
            [_("产地"), _origins(part, facts.atlas)],
            [_("应发"), present.full_day(part.ships_on)],
            *_certified(part, shown, facts),
        ],
        "foot": _("演示系统，非政府网站") if settings().is_demo else "",
    }


def _proofs(part: Fulfilment, facts: Facts) -> list[CertificateProof]:
    """Return what the goods were ordered with and is still valid: nothing gone is printed onto a box."""
    kept = {(one.scheme_code, one.number): one for line in part.lines for one in line.certificates}
    schemes = facts.reference.schemes
    return [
        one
        for key, one in kept.items()
        if facts.standings.get(key) in _STANDING and schemes[one.scheme_code].shows_badge
    ]


def _certified(part: Fulfilment, shown: Sequence[PartLine], facts: Facts) -> list[list[str]]:
    """Name the marks of the goods where the label has a row left; the packing slip has them with numbers."""
    names = list(dict.fromkeys(one.scheme_code for one in _proofs(part, facts)))
    if not names or sum(map(_rows, shown)) >= ROWS_ON_A_LABEL:
        return []
    said = _("、").join(name_in_language(facts.reference.schemes[one].short_name) for one in names[:_MARKS])
    return [[_("证书"), said]]


def _fitting(lines: Sequence[PartLine]) -> Sequence[PartLine]:
    """Return the lines for which a label has room, at least the first; the packing slip has them all."""
    rows = 0
    for place, line in enumerate(lines):
        rows += _rows(line)
        if place and rows > ROWS_ON_A_LABEL:
            return lines[:place]
    return lines


def _rows(line: PartLine) -> int:
    return 2 + min(len(line.lots), LOTS_OF_A_LINE + 1)


def _more_lots(line: PartLine) -> list[str]:
    return ["…"] if len(line.lots) > LOTS_OF_A_LINE else []


def _slip(part: Fulfilment, row: PartRow, facts: Facts) -> Sheet:
    order = facts.orders[part.order_id]
    address = order.address
    place = " ".join(
        name_in_language(facts.atlas.division(code).name)
        for code in reversed(facts.atlas.lineage(address.division_code)[:-1])
    )
    return {
        "heading": _("装箱单"),
        "number": part.number,
        "facts": [
            [_("收货人"), f"{address.recipient}  {address.phone}"],
            [_("收货地址"), f"{place} {address.line}"],
            [_("经由"), name_in_language(row.via) if row.via else _("直接发往买家")],
            [_("储运"), f"{render(row.storage)}  {render(wording.range_in_words(row.range))}"],
            [_("发货"), name_in_language(facts.cooperatives[part.cooperative_id].name)],
            [_("应发"), present.full_day(part.ships_on)],
        ],
        "qr": _qr(part),
        "scan": _("扫码交接"),
        "heads": [_("商品"), _("批次"), _("采收 / 到期"), _("数量")],
        "rows": [_slip_row(line, lot) for line in row.lines for lot in line.lots],
        "total": [_("合计"), "", "", str(sum(line.quantity for line in row.lines))],
        "notes": _papers(row, facts)
        + [
            _(
                "%(scheme)s %(number)s，今天有效",
                scheme=name_in_language(facts.reference.schemes[one.scheme_code].short_name),
                number=one.number,
            )
            for one in _proofs(part, facts)
        ],
        "sign": [_("打包"), _("复核")],
        "foot": _foot(part.number),
    }


def _slip_row(line: PartLine, lot: LotShare) -> list[str]:
    return [
        f"{name_in_language(line.product)}\n{name_in_language(line.pack)}",
        lot.code,
        f"{lot.harvested_on}\n{lot.expires_on or _('不限')}",
        str(lot.quantity),
    ]


def _papers(row: PartRow, facts: Facts) -> list[str]:
    """Name the papers that travel with the lots, 承诺达标合格证 in these words (农业农村部令2025年第4号)."""
    names = {paper.code: paper.name for papers in facts.reference.papers.values() for paper in papers}
    return [
        _(
            "批次 %(lot)s：%(paper)s %(number)s",
            lot=lot.code,
            paper=name_in_language(names[code]),
            number=number,
        )
        for line in row.lines
        for lot in line.lots
        for code, number in sorted(facts.lot_papers.get(lot.lot_id, {}).items())
    ]


def _settlement_row(line: StatementLine) -> list[str]:
    told = line.particulars
    return [
        time.business_day(line.at).isoformat(),
        told.order_number if told else "",
        f"{name_in_language(told.product_name)} {name_in_language(told.pack)}" if told else _("退款"),
        str(told.quantity) if told else "",
        format_plain(told.unit_price_fen) if told else "",
        format_plain(line.amount_fen),
    ]


def _lot(lot: LotShare) -> str:
    if lot.expires_on is None:
        return _("批次 %(lot)s · 采收 %(day)s", lot=lot.code, day=lot.harvested_on)
    return _(
        "批次 %(lot)s · 采收 %(day)s · 到期 %(last)s",
        lot=lot.code,
        day=lot.harvested_on,
        last=lot.expires_on,
    )


def _origins(part: Fulfilment, atlas: Atlas) -> str:
    """Name the counties that the goods come from, each with its prefecture."""
    counties = dict.fromkeys(line.county_code for line in part.lines)
    return _("、").join(
        f"{name_in_language(atlas.division(atlas.prefecture_of(code)).short_name)} "
        f"{name_in_language(atlas.division(code).name)}"
        for code in counties
    )


def _qr(part: Fulfilment) -> str:
    """Draw the code that opens the hand-off of this part on any phone."""
    drawn = io.BytesIO()
    address = f"{settings().public_url}/h/{part.label_token}"
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=QUIET_MODULES, xmldecl=False)
    return drawn.getvalue().decode()


def _foot(about: str) -> str:
    owner = _("黔货入粤")
    return f"{owner} · {about} · {_('演示系统，非政府网站')}" if settings().is_demo else f"{owner} · {about}"
