"""The basket: what was put in, what it costs delivered to the visitor's city, what has changed since."""

from collections.abc import Callable

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.basket import service as baskets
from marketplace.basket.types import Basket, BasketId
from marketplace.catalogue.types import OfferId, VariantId
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.web import my_basket
from marketplace.web.database import read, write
from marketplace.web.forms import parse
from marketplace.web.guard import public
from marketplace.web.language import gettext as _
from marketplace.web.language import render
from marketplace.web.same_origin import from_own_pages
from marketplace.web.storefront import basket_page
from marketplace.web.storefront.forms import LineForm, PutForm, RemoveForm
from marketplace.web.storefront.routes import blueprint, personal


@blueprint.get("/basket")
@personal
@public
def basket() -> ResponseReturnValue:
    return _page()


@blueprint.get("/basket/count")
@personal
@public
def basket_count() -> ResponseReturnValue:
    """Answer the number on the basket, which cached pages do not carry."""
    return jsonify(count=my_basket.count(read()))


@blueprint.post("/basket/add")
@from_own_pages
@public
def put() -> ResponseReturnValue:
    """Put packs in and show the basket with a word about it."""
    form = parse(PutForm, request.form)
    if form.model is None:
        return _page(form.error("quantity") or _("没有放进购物篮，请回到商品页重试。")), 422
    wanted = form.model

    def use_case(session: Session) -> Basket:
        opened = my_basket.opened(session)
        offer = None if wanted.offer is None else OfferId(wanted.offer)
        return baskets.put(session, opened.id, VariantId(wanted.variant), wanted.quantity, offer_id=offer)

    return _changed(use_case, url_for("storefront.basket", put=wanted.quantity))


@blueprint.post("/basket/update")
@from_own_pages
@public
def update() -> ResponseReturnValue:
    """Set a line to a number of packs; zero takes it out."""
    form = parse(LineForm, request.form)
    if form.model is None:
        return _page(form.error("quantity") or _("没有改动，请重试。")), 422
    wanted = form.model
    return _changed(
        lambda session: baskets.set_quantity(session, _own(session), wanted.line, wanted.quantity)
    )


@blueprint.post("/basket/remove")
@from_own_pages
@public
def remove() -> ResponseReturnValue:
    form = parse(RemoveForm, request.form)
    if form.model is None:
        raise NotFound
    line = form.model.line
    return _changed(lambda session: baskets.remove(session, _own(session), line))


def _changed(use_case: Callable[[Session], Basket], then: str | None = None) -> ResponseReturnValue:
    """Change the basket and show it again; what was refused is said on it."""
    try:
        changed = write(use_case)
    except Refusal as refusal:
        return _page(render(refusal.message)), refusal.status
    answer = redirect(then or url_for("storefront.basket"), code=303)
    my_basket.remember(answer, changed)
    return answer


def _own(session: Session) -> BasketId:
    return my_basket.current(session).id


def _page(refused: str | None = None) -> str:
    session = read()
    page = basket_page.gather(session, my_basket.current(session))
    put_in = request.args.get("put", 0, type=int)
    return render_template("storefront/basket.html", page=page, put_in=put_in, refused=refused)
