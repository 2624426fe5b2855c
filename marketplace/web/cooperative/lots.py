"""批次: every lot of the cooperative, in store, lapsing, stopped or gone; filtered, sorted, exported."""

from collections.abc import Iterable

from flask import current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.queries import LotFilter
from marketplace.catalogue.types import Lot, LotId, LotOrder, LotView, OfferId
from marketplace.kernel.paging import Page
from marketplace.kernel.spreadsheets import MAX_ROWS, Spreadsheets, Written
from marketplace.kernel.spreadsheets import Page as Sheet
from marketplace.parties.types import Permission
from marketplace.stock import queries as stock
from marketplace.web import lot_view, lot_words
from marketplace.web.cooperative.routes import acting_for, blueprint
from marketplace.web.database import read
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.language import name_in_language, render
from marketplace.web.paging import page_number

PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CODE_MAX = 40
_ID_MAX = 2**63


@blueprint.get("/lots", endpoint="lots")
@require(Permission.MANAGE_OFFERS)
def list_lots() -> ResponseReturnValue:
    wanted = _wanted()
    found = catalogue.list_lots(read(), acting_for(), wanted, page_number(), PER_PAGE)
    offer = catalogue.offers_by_id(read(), [wanted.offer_id]) if wanted.offer_id else {}
    of_product = catalogue.titles_by_id(read(), [one.product_id for one in offer.values()])
    return render_template(
        "cooperative/lots.html",
        found=found,
        rows=lot_view.rows(read(), found.items),
        wanted=wanted,
        of_product=next(iter(of_product.values()), None),
        views=lot_words.VIEWS,
        orders=lot_words.ORDERS,
    )


@blueprint.get("/lots.xlsx")
@require(Permission.MANAGE_OFFERS)
def export_lots() -> ResponseReturnValue:
    """Give the list as it is filtered and sorted as a workbook, as many rows as a sheet takes."""
    wanted = _wanted()
    found = catalogue.list_lots(read(), acting_for(), wanted, 1, MAX_ROWS)
    writer: Spreadsheets = current_app.extensions["ports"].spreadsheets
    answer = make_response(writer.write(_sheet(read(), found)))
    answer.content_type = XLSX
    answer.headers["Content-Disposition"] = 'attachment; filename="lots.xlsx"'
    return answer


def _sheet(session: Session, found: Page[Lot]) -> Sheet:
    papers = catalogue.papers_of_lots(session, [one.id for one in found.items])
    return Sheet(
        about=(),
        head=[
            _("批次号"),
            _("商品"),
            _("规格"),
            _("采收或生产日期"),
            _("最后可售日"),
            _("在库（件）"),
            _("已订（件）"),
            _("可售（件）"),
            _("状态"),
            _("承诺达标合格证"),
        ],
        rows=_cells(lot_view.rows(session, found.items), {key: dict(one) for key, one in papers.items()}),
        text_columns=frozenset({0, 9}),
    )


def _cells(rows: Iterable[lot_view.LotRow], papers: dict[LotId, dict[str, str]]) -> Iterable[list[Written]]:
    for row in rows:
        yield [
            row.code,
            name_in_language(row.product),
            name_in_language(row.pack),
            row.harvested_on,
            row.expires_on,
            row.on_hand,
            row.held,
            row.free,
            render(row.state[0]),
            papers[row.id].get("commitment_cert"),
        ]


def _wanted() -> LotFilter:
    """Read what the list is asked for; what makes no sense is left out."""
    view, order = request.args.get("view", ""), request.args.get("order", "")
    offer = request.args.get("offer", "")
    number = int(offer) if offer.isascii() and offer.isdecimal() and len(offer) < len(str(_ID_MAX)) else 0
    return LotFilter(
        view=LotView(view) if view in set(LotView) else LotView.IN_STORE,
        in_store=stock.lots_in_store(),
        blocked=stock.blocked_lots(),
        offer_id=OfferId(number) if number else None,
        code="".join(filter(str.isprintable, request.args.get("q", "").strip()))[:_CODE_MAX],
        order=LotOrder(order) if order in set(LotOrder) else LotOrder.EXPIRY,
    )
