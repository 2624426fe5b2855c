"""At the warehouse: parts of one order become one parcel, a load becomes several; each gets a label."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.catalogue.types import LotId
from marketplace.custody import queries as custody
from marketplace.custody.refusals import CannotRegroup, UnknownConsignment
from marketplace.custody.types import Consignment, SignatureDraft
from marketplace.flow import regroup_loads
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.orders.types import OrderLineId
from marketplace.parties.types import Permission
from marketplace.web import guard
from marketplace.web.carrier import access, present, qr
from marketplace.web.carrier.access import Side, Way
from marketplace.web.carrier.forms import MergeForm
from marketplace.web.carrier.home import home_page
from marketplace.web.carrier.routes import blueprint
from marketplace.web.database import read, write
from marketplace.web.forms import parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.language import render


@blueprint.post("/carrier/merge")
@require(Permission.TAKE_CUSTODY)
def merge() -> ResponseReturnValue:
    """Put ticked loads of one order together, signed by whoever is signed in."""
    form = parse(MergeForm, request.form)
    if form.model is None:
        form.errors = {"load": _("请至少勾选两批同一订单的货。")} if "load" in form.errors else form.errors
        return home_page(form), 422
    sent = form.model
    loads = custody.consignments_by_token(read(), sent.load)
    if len(loads) != len(set(sent.load)):
        raise UnknownConsignment
    way = _holding(loads)
    try:
        made = write(
            lambda session: regroup_loads.put_together(
                session, [load.id for load in loads], _sign(way), packages=sent.packages
            )
        )
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return home_page(form), refusal.status
    flash(_("已合并为 %(number)s，请打印新标签贴上。", number=made.number), "good")
    return redirect(url_for("carrier.label", load=[made.label_token]), code=303)


@blueprint.get("/carrier/split/<token>")
@require(Permission.TAKE_CUSTODY)
def split(token: str) -> ResponseReturnValue:
    load = custody.consignment_by_token(read(), token)
    _holding([load])
    return _split_page(load, None)


@blueprint.post("/carrier/split/<token>")
@require(Permission.TAKE_CUSTODY)
def split_off(token: str) -> ResponseReturnValue:
    """Take counted packs out of a load and make a parcel of them."""
    load = custody.consignment_by_token(read(), token)
    way = _holding([load])
    try:
        made = write(lambda session: regroup_loads.split(session, load.id, [_share(load)], _sign(way)))
    except NotFound:
        raise
    except Refusal as refusal:
        read().rollback()
        load = custody.consignment_by_token(read(), token)
        return _split_page(load, render(refusal.message)), refusal.status
    flash(_("已拆出 %(number)s，请打印新标签贴上。", number=made[0].number), "good")
    return redirect(url_for("carrier.label", load=[made[0].label_token]), code=303)


@blueprint.get("/carrier/labels")
@require(Permission.TAKE_CUSTODY)
def label() -> ResponseReturnValue:
    """Print the labels of loads that one has."""
    tokens = request.args.getlist("load")
    loads = custody.consignments_by_token(read(), tokens)
    if not tokens or len(loads) != len(set(tokens)):
        raise UnknownConsignment
    _holding(loads)
    views = present.load_views(read(), loads, with_lots=True)
    return render_template(
        "carrier/labels.html", labels=[(view, qr.of_label(view.load.label_token)) for view in views]
    )


def _split_page(load: Consignment, problem: str | None) -> str:
    view = present.load_views(read(), [load], with_lots=True)[0]
    return render_template("carrier/split.html", view=view, problem=problem, typed=request.form)


def _share(load: Consignment) -> dict[tuple[OrderLineId, LotId], int]:
    share: dict[tuple[OrderLineId, LotId], int] = {}
    for one in load.contents:
        typed = request.form.get(present.lost_field(one.order_line_id, one.lot_id), "").strip()
        if typed.isdecimal() and len(typed) < len("1000000") and int(typed):
            share[one.order_line_id, one.lot_id] = int(typed)
    if not share:
        raise CannotRegroup
    return share


def _holding(loads: list[Consignment]) -> Way:
    """Return the way of whoever has all these loads; a stranger's loads do not exist for them."""
    way = access.way_of_all(loads)
    if way is None or way.side is not Side.GIVER:
        raise UnknownConsignment
    return way


def _sign(way: Way) -> SignatureDraft:
    return access.sign(way.me, guard.actor().person.display_name, way.method, None)
