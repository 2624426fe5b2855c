"""What cooperatives say of goods of their own: looked at beside what is live, approved or given back."""

from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules, service
from marketplace.catalogue.types import (
    Approval,
    Paper,
    Product,
    Proposal,
    ProposalId,
    ProposalState,
    Requirement,
)
from marketplace.flow import bring_goods
from marketplace.kernel import journal
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.parties import queries as parties
from marketplace.parties.types import Party, Permission
from marketplace.web import goods_words, history, list_words, listing
from marketplace.web.cooperative import goods_page
from marketplace.web.database import read, write
from marketplace.web.forms import Form, blank, parse
from marketplace.web.goods_words import Change
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.operator.forms import ApprovalForm, ReturnForm
from marketplace.web.operator.routes import blueprint
from marketplace.web.outcome import done
from marketplace.web.timeline import Event
from marketplace.web.wording import Toned

PER_PAGE = 30
ONE = "/goods/<int(max=9223372036854775807):proposal_id>"
SHOWN = tuple(one for one in ProposalState if one is not ProposalState.DRAFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """One description as its reviewer sees it; ``revision`` is what their word will hold for."""

    proposal: Proposal
    state: Toned
    cooperative: Party
    product: Product | None
    revision: str
    is_waiting: bool
    changes: list[Change]
    told: list[tuple[str, str]]
    lot_and_seller_papers: list[Paper]
    events: list[Event]


@blueprint.get("/goods", endpoint="goods")
@require(Permission.REVIEW_CATALOGUE)
def list_goods() -> ResponseReturnValue:
    asked = request.args.get("state", ProposalState.SUBMITTED)
    state = ProposalState(asked) if asked in set(SHOWN) else ProposalState.SUBMITTED
    tools = listing.asked(list_words.WAITING, PER_PAGE, search=list_words.NAME)
    found = catalogue.list_proposals(read(), {state}, tools.page, tools.per_page, sought=tools.sought)
    return listing.answer(
        "operator/goods.html",
        tools,
        found,
        state=state,
        states=SHOWN,
        names=goods_words.STATES,
        cooperatives=parties.parties_by_id(read(), {one.cooperative_id for one in found.items}),
    )


@blueprint.get(ONE)
@require(Permission.REVIEW_CATALOGUE)
def one_goods(proposal_id: int) -> ResponseReturnValue:
    proposal = _shown(read(), proposal_id)
    said = proposal.content
    form: Form[Any] = blank(name_en=said.name_en, description_en=said.description_en)
    return _page(proposal, form)


@blueprint.get(f"{ONE}/pictures/<digest>", endpoint="review_picture")
@require(Permission.REVIEW_CATALOGUE)
def review_picture(proposal_id: int, digest: str) -> Response:
    return goods_page.picture(read(), _shown(read(), proposal_id), digest)


@blueprint.post(f"{ONE}/approve")
@require(Permission.REVIEW_CATALOGUE)
def approve_goods(proposal_id: int) -> ResponseReturnValue:
    form = parse(ApprovalForm, request.form)
    proposal = _shown(read(), proposal_id)
    if form.model is None:
        return _page(proposal, form), 422
    sent = form.model
    approval = Approval(
        seen=sent.seen,
        pinyin="",
        name_en=rules.clean_text(sent.name_en),
        description_en=rules.clean_text(sent.description_en),
        packs_en=tuple(map(rules.clean_text, sent.pack_en)),
        may_cross_border=sent.may_cross_border,
        note=rules.clean_text(sent.note),
    )
    try:
        write(lambda session: bring_goods.approve(session, proposal.id, approval))
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(catalogue.get_proposal(read(), proposal.id), form), refusal.status
    return redirect(url_for("operator.goods"), code=303)


@blueprint.post(f"{ONE}/return")
@require(Permission.REVIEW_CATALOGUE)
def return_goods(proposal_id: int) -> ResponseReturnValue:
    form = parse(ReturnForm, request.form)
    proposal = _shown(read(), proposal_id)
    if form.model is None:
        return _page(proposal, form), 422
    sent = form.model
    done(
        lambda session: service.return_proposal(session, proposal.id, rules.clean_text(sent.note), sent.seen),
        _("已退回，合作社能看到审核意见。"),
    )
    return redirect(url_for("operator.goods"), code=303)


def _shown(session: Session, proposal_id: int) -> Proposal:
    """Return what was handed in; a draft is its cooperative's alone. Refuses (ProposalNotFound)."""
    found = catalogue.get_proposal(session, ProposalId(proposal_id))
    if found.submitted_at is None:
        raise NotFound
    return found


def _page(proposal: Proposal, form: Form[Any]) -> str:
    session = read()
    page = ReviewPage(
        proposal=proposal,
        state=goods_words.STATES[proposal.state],
        cooperative=parties.get_party(session, proposal.cooperative_id),
        product=None if proposal.product_id is None else catalogue.get_product(session, proposal.product_id),
        revision=rules.revision(proposal),
        is_waiting=proposal.state is ProposalState.SUBMITTED,
        changes=goods_page.changes_of(session, proposal),
        told=goods_words.told(session, proposal.content),
        lot_and_seller_papers=[
            paper
            for paper in catalogue.papers_for(session, proposal.content.product_form)
            if paper.requirement is Requirement.REQUIRED
        ],
        events=history.events(session, journal.history(session, "proposal", proposal.id)),
    )
    return render_template("operator/goods_one.html", page=page, form=form)
