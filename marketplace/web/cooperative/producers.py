"""Who grew or made the goods: whom others name, what we answer, and whom we name for what we sell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from flask import flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as goods
from marketplace.catalogue.named import ProducerUnknown
from marketplace.catalogue.types import ClaimId, ClaimState, OfferId, ProducerClaim, Product, ProductId
from marketplace.kernel.message import Message, msg
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.parties import queries as parties
from marketplace.parties.types import Party, PartyId, Permission
from marketplace.web import history, list_words, listing
from marketplace.web.cooperative.forms import Identifier
from marketplace.web.cooperative.routes import acting_for, blueprint
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, M, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.outcome import done
from marketplace.web.timeline import Event
from marketplace.web.wording import Toned

PER_PAGE = 20
MOST_OFFERS = 100
LISTS: Mapping[str, Message] = {
    "naming": msg("别人说是我们生产的"),
    "named": msg("我们写明的生产者"),
}
ONE = "/producers/<int(max=9223372036854775807):claim_id>"
CLAIM_STATES: Mapping[ClaimState, Toned] = {
    ClaimState.NAMED: (msg("等生产者答复"), "wait"),
    ClaimState.CONFIRMED: (msg("生产者已确认"), "good"),
    ClaimState.DENIED: (msg("生产者否认"), "stop"),
}


class DenyForm(FormModel):
    reason: Annotated[str, Field(min_length=2, max_length=200)]


class ProducerForm(FormModel):
    offer: Identifier
    producer: Annotated[str, Field(min_length=2, max_length=40)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    """A claim with the names of who and what it is about; ``other`` is the party across."""

    claim: ProducerClaim
    other: Party
    product: Product
    state: Toned
    past: Sequence[Event]


def producer_of(session: Session, claim_id: int, **_rest: object) -> PartyId:
    """Say whose answer a claim waits for, for the guard. Refuses (ClaimNotFound)."""
    return catalogue.get_claim(session, claim_id).producer_id


@blueprint.get("/producers")
@require(Permission.MANAGE_OFFERS)
def producers() -> ResponseReturnValue:
    return _page(blank())


@blueprint.post(f"{ONE}/confirm")
@require(Permission.MANAGE_OFFERS, party_from=producer_of)
def confirm_claim(claim_id: int) -> ResponseReturnValue:
    party_id = catalogue.get_claim(read(), claim_id).producer_id
    done(
        lambda session: goods.confirm_claim(session, ClaimId(claim_id), party_id),
        _("已确认是自己生产的。"),
    )
    return redirect(url_for("cooperative.producers"), code=303)


@blueprint.post(f"{ONE}/deny")
@require(Permission.MANAGE_OFFERS, party_from=producer_of)
def deny_claim(claim_id: int) -> ResponseReturnValue:
    form = parse(DenyForm, request.form)
    if form.model is None:
        return make_response(_page(form), 422)
    party_id, reason = catalogue.get_claim(read(), claim_id).producer_id, form.model.reason
    done(
        lambda session: goods.deny_claim(session, ClaimId(claim_id), party_id, reason),
        _("已否认，对方的这件商品马上停售。"),
    )
    return redirect(url_for("cooperative.producers"), code=303)


@blueprint.post("/producers")
@require(Permission.MANAGE_OFFERS)
def name_producer() -> ResponseReturnValue:
    form, seller_id = parse(ProducerForm, request.form), acting_for()
    if form.model is None:
        return make_response(_page(form), 422)
    offer_id, typed = OfferId(form.model.offer), form.model.producer
    if catalogue.get_offer(read(), offer_id).cooperative_id != seller_id:
        raise NotFound
    try:
        write(lambda session: goods.change_producer(session, offer_id, producer_typed(session, typed)))
    except Refusal as refusal:
        form.refuse(refusal)
        return make_response(_page(form), refusal.status)
    flash(_("已写明生产者，对方会收到通知。"), "good")
    return redirect(url_for("cooperative.producers", list="named"), code=303)


def producer_typed(session: Session, typed: str) -> PartyId:
    """Find a producer by its number here or its credit code. Refuses (ProducerUnknown)."""
    found = parties.find_producer(session, typed)
    if found is None:
        raise ProducerUnknown
    return found.id


def _page(form: Form[M]) -> ResponseReturnValue:
    session, party_id = read(), acting_for()
    asked = request.args.get("list", "")
    shown = asked if asked in LISTS else "naming"
    tools = listing.asked(
        list_words.ANSWERS, PER_PAGE, search=list_words.GOODS_NAME, address=url_for("cooperative.producers")
    )
    claims = catalogue.claims_by if shown == "named" else catalogue.claims_naming
    found = claims(session, party_id, sought=tools.sought, page=tools.page, per_page=tools.per_page)
    offers = catalogue.offers_of_cooperative(session, party_id, per_page=MOST_OFFERS).items
    named = {one.product_id for one in found.items} | {one.product_id for one in offers}
    products = catalogue.products_by_id(session, named)
    packs = catalogue.variants_by_id(session, [one.variant_id for one in offers])
    return listing.answer(
        "cooperative/producers.html",
        tools,
        found,
        shown=shown,
        lists=LISTS,
        waiting=catalogue.count_unanswered(session, party_id),
        views=_views(session, found.items, products, with_past=not tools.is_sheet),
        offers=[(one.id, products[one.product_id], packs[one.variant_id]) for one in offers],
        form=form,
    )


def _views(
    session: Session,
    claims: Sequence[ProducerClaim],
    products: Mapping[ProductId, Product],
    *,
    with_past: bool,
) -> list[ClaimView]:
    """Name who is across, and what happened to each claim; a constant number of statements."""
    other_of = {
        one.id: one.seller_id if one.producer_id == acting_for() else one.producer_id for one in claims
    }
    others = parties.parties_by_id(session, set(other_of.values()))
    past_of = history.of_each(session, "producer_claim", other_of) if with_past else {}
    return [
        ClaimView(
            claim=one,
            other=others[other_of[one.id]],
            product=products[one.product_id],
            state=CLAIM_STATES[one.state],
            past=past_of.get(one.id, ()),
        )
        for one in claims
    ]
