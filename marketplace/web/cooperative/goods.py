"""自有商品: a cooperative describes goods of its own, hands them in, and puts them on the shelf."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue import service as descriptions
from marketplace.catalogue.types import (
    GoodsContent,
    ProductId,
    Proposal,
    ProposalId,
    ProposalState,
)
from marketplace.flow import bring_goods
from marketplace.kernel import ids
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.parties import queries as parties
from marketplace.parties.types import PartyId, Permission
from marketplace.web import goods_words, list_words, listing, stored_pictures
from marketplace.web.cooperative import goods_forms, goods_page
from marketplace.web.cooperative.goods_forms import FirstOffersForm, GoodsForm, NewGoodsForm, WithdrawForm
from marketplace.web.cooperative.routes import acting_for, blueprint
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, M, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.language import render
from marketplace.web.outcome import done

PER_PAGE = 30
STATES = tuple(one for one in ProposalState if one is not ProposalState.REPLACED)
ONE = "/goods/<int(max=9223372036854775807):proposal_id>"


def describer_of(session: Session, proposal_id: int, **_rest: object) -> PartyId:
    """Say whose a description is, for the guard. Refuses (ProposalNotFound)."""
    return catalogue.get_proposal(session, ProposalId(proposal_id)).cooperative_id


@blueprint.get("/goods", endpoint="goods")
@require(Permission.MANAGE_OFFERS)
def list_goods() -> ResponseReturnValue:
    asked = request.args.get("state", "")
    state = ProposalState(asked) if asked in STATES else None
    tools = listing.asked(list_words.GOODS, PER_PAGE, search=list_words.NAME)
    found = catalogue.proposals_of(
        read(), acting_for(), tools.page, tools.per_page, state=state, sought=tools.sought
    )
    return listing.answer(
        "cooperative/goods.html",
        tools,
        found,
        state=state,
        states={one: goods_words.STATES[one] for one in STATES},
        rows=goods_page.rows(found.items),
    )


@blueprint.get("/goods/new")
@require(Permission.MANAGE_OFFERS)
def new_goods() -> ResponseReturnValue:
    mine = parties.get_party(read(), acting_for()).division_code
    return _new_page(blank(county_code=mine))


@blueprint.post("/goods")
@require(Permission.MANAGE_OFFERS)
def begin_goods() -> ResponseReturnValue:
    form = parse(NewGoodsForm, request.form)
    if form.model is None:
        return _new_page(form), 422
    sent, cooperative = form.model, acting_for()
    content = GoodsContent(
        name=rules.clean_text(sent.name), county_code=sent.county_code, aisle_code=sent.aisle_code
    )
    made = write(lambda session: bring_goods.begin(session, cooperative, content, sent.key))
    return redirect(url_for("cooperative.one_goods", proposal_id=made), code=303)


@blueprint.get(ONE)
@require(Permission.MANAGE_OFFERS, party_from=describer_of)
def one_goods(proposal_id: int) -> ResponseReturnValue:
    proposal = catalogue.get_proposal(read(), ProposalId(proposal_id))
    return _page(proposal, goods_forms.typed(proposal.content))


@blueprint.post(ONE)
@require(Permission.MANAGE_OFFERS, party_from=describer_of)
def write_goods(proposal_id: int) -> ResponseReturnValue:
    """Keep what was typed; with ``hand_in`` it is handed in as well, and what it lacks stands on the page."""
    form = parse(GoodsForm, request.form)
    proposal = catalogue.get_proposal(read(), ProposalId(proposal_id))
    if form.model is None:
        return _page(proposal, form), 422
    content = goods_forms.content_of(form.model)
    try:
        write(lambda session: descriptions.write_proposal(session, proposal.id, content))
        if "hand_in" in request.form:
            write(lambda session: descriptions.submit_proposal(session, proposal.id))
            flash(_("已交给平台审核，一般一个工作日内有结果。"), "good")
        else:
            flash(_("已保存。"), "good")
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(catalogue.get_proposal(read(), proposal.id), form), refusal.status
    return redirect(url_for("cooperative.one_goods", proposal_id=proposal_id), code=303)


@blueprint.post(f"{ONE}/pictures")
@require(Permission.MANAGE_OFFERS, party_from=describer_of)
def add_goods_picture(proposal_id: int) -> ResponseReturnValue:
    proposal = catalogue.get_proposal(read(), ProposalId(proposal_id))
    try:
        picture = stored_pictures.received(request.files.get("photo"))
        write(lambda session: descriptions.add_picture(session, proposal.id, picture))
    except Refusal as refusal:
        form = goods_forms.typed(proposal.content)
        form.refuse(refusal)
        return _page(proposal, form), refusal.status
    flash(_("照片已放上。"), "good")
    return redirect(url_for("cooperative.one_goods", proposal_id=proposal_id) + "#photos", code=303)


@blueprint.get(f"{ONE}/pictures/<digest>")
@require(Permission.MANAGE_OFFERS, party_from=describer_of)
def goods_picture(proposal_id: int, digest: str) -> Response:
    proposal = catalogue.get_proposal(read(), ProposalId(proposal_id))
    return goods_page.picture(read(), proposal, digest)


@blueprint.post(f"{ONE}/pictures/<digest>/<any(first, gone):wanted>")
@require(Permission.MANAGE_OFFERS, party_from=describer_of)
def arrange_goods_picture(proposal_id: int, digest: str, wanted: str) -> ResponseReturnValue:
    first, gone = (digest, None) if wanted == "first" else (None, digest)
    done(
        lambda session: descriptions.arrange_pictures(
            session, ProposalId(proposal_id), first=first, without=gone
        ),
        _("已设为首图。") if first else _("已删掉这张照片。"),
    )
    return redirect(url_for("cooperative.one_goods", proposal_id=proposal_id) + "#photos", code=303)


@blueprint.post(f"{ONE}/<any(back, drop):wanted>")
@require(Permission.MANAGE_OFFERS, party_from=describer_of)
def turn_goods(proposal_id: int, wanted: str) -> ResponseReturnValue:
    """Take a description back to go on writing, or give it up."""
    one = ProposalId(proposal_id)
    if wanted == "back":
        done(lambda session: descriptions.take_back(session, one), _("已取回，可以继续修改。"))
        return redirect(url_for("cooperative.one_goods", proposal_id=proposal_id), code=303)
    done(lambda session: descriptions.withdraw_proposal(session, one), _("已放弃这份资料。"))
    return redirect(url_for("cooperative.goods"), code=303)


@blueprint.post(f"{ONE}/list")
@require(Permission.MANAGE_OFFERS, party_from=describer_of)
def put_on_shelf(proposal_id: int) -> ResponseReturnValue:
    form = parse(FirstOffersForm, request.form)
    proposal = catalogue.get_proposal(read(), ProposalId(proposal_id))
    if form.model is None:
        return _page(proposal, form), 422
    made = proposal.product_id
    packs = () if made is None else catalogue.variants_of(read(), [made])[made]
    first = goods_forms.first_offers(form.model, packs)
    if first is None:
        form.errors["price"] = _("至少为一种规格填写价格，例如 86.00。")
        return _page(proposal, form), 422
    try:
        write(lambda session: bring_goods.list_goods(session, proposal.id, first))
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(catalogue.get_proposal(read(), proposal.id), form), refusal.status
    flash(_("已上架。登记库存后买家就能下单。"), "good")
    return redirect(url_for("cooperative.offers"), code=303)


@blueprint.post(f"{ONE}/withdraw")
@require(Permission.MANAGE_OFFERS, party_from=describer_of)
def withdraw_goods(proposal_id: int) -> ResponseReturnValue:
    form = parse(WithdrawForm, request.form)
    if form.model is None:
        flash(next(iter(form.errors.values())), "stop")
    else:
        reason = form.model.reason
        done(
            lambda session: bring_goods.withdraw_goods(session, ProposalId(proposal_id), reason),
            _("已下架，已下的订单照常供货。"),
        )
    return redirect(url_for("cooperative.one_goods", proposal_id=proposal_id), code=303)


@blueprint.post(f"{ONE}/change")
@require(Permission.MANAGE_OFFERS, party_from=describer_of)
def change_goods(proposal_id: int) -> ResponseReturnValue:
    """Begin to change goods that are live, or go on where that was begun."""
    product_id, cooperative = catalogue.get_proposal(read(), ProposalId(proposal_id)).product_id, acting_for()
    if product_id is None:
        raise NotFound
    try:
        begun = write(lambda session: descriptions.begin_change(session, cooperative, ProductId(product_id)))
    except Refusal as refusal:
        flash(render(refusal.message), "stop")
        return redirect(url_for("cooperative.one_goods", proposal_id=proposal_id), code=303)
    return redirect(url_for("cooperative.one_goods", proposal_id=begun.id), code=303)


def _new_page(form: Form[M] | Form[FormModel]) -> str:
    return render_template(
        "cooperative/goods_new.html",
        form=form,
        choices=goods_page.choices(read()),
        key=ids.new_token(),
    )


def _page(proposal: Proposal, form: Form[M] | Form[FormModel]) -> str:
    return render_template(
        "cooperative/goods_one.html", page=goods_page.gather(read(), proposal, form), form=form
    )
