"""Writes of offers: a cooperative offers a pack, changes its price and terms, pauses, withdraws."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import OfferRow, ProductRow
from marketplace.catalogue.queries.goods import get_product, get_variant
from marketplace.catalogue.queries.papers import held_papers, offers_barred
from marketplace.catalogue.queries.reference import forms_needing, papers_for
from marketplace.catalogue.queries.rows import offer_from_row
from marketplace.catalogue.refusals import (
    NotSellable,
    NotYours,
    OfferExists,
    OfferNotFound,
    OfferTermsWrong,
    PriceOutsideBand,
    StatusMovedOn,
    WrongSeller,
)
from marketplace.catalogue.service.offer_changes import change_offers
from marketplace.catalogue.service.producers import name_producer, refuse_denied
from marketplace.catalogue.types import (
    Offer,
    OfferChange,
    OfferDraft,
    OfferId,
    OfferStatus,
    OfferTerms,
    ProductId,
    ProductStatus,
    Variant,
    VariantId,
)
from marketplace.kernel import changes, journal, time
from marketplace.kernel.locking import locked_one
from marketplace.kernel.message import msg
from marketplace.parties import queries as parties
from marketplace.parties.rules import may_sell
from marketplace.parties.types import Party, PartyId, PartyKind, PartyStatus


def make_offer(session: Session, draft: OfferDraft) -> Offer:
    """List a cooperative's offer of a pack.

    Refuses (WrongSeller, NotYours, NotSellable, PriceOutsideBand, OfferTermsWrong) and, where the cooperative
    already offers the same goods, OfferExists.
    """
    variant = get_variant(session, draft.variant_id)
    producer_id = draft.cooperative_id if draft.producer_id is None else draft.producer_id
    if not may_sell(parties.get_party(session, draft.cooperative_id), time.today()):
        raise WrongSeller(parties.get_party(session, draft.cooperative_id).name)
    _check_party(parties.get_party(session, producer_id))
    refuse_denied(session, producer_id, draft.cooperative_id, variant.product_id)
    terms = OfferTerms(
        minimum=draft.minimum,
        lead_days=draft.lead_days,
        daily_capacity=draft.daily_capacity,
        cut_off_hour=draft.cut_off_hour,
        serves_hong_kong_macao=draft.serves_hong_kong_macao,
    )
    _check_owner(session, variant, {draft.cooperative_id, producer_id})
    _check_price(variant, draft.price_fen)
    _check_terms(terms)
    _check_border(session, variant.product_id, None, terms)
    _check_papers(session, variant, {draft.cooperative_id, producer_id}, draft.declared_papers)
    offer_id = session.scalar(
        insert(OfferRow)
        .values(
            variant_id=variant.id,
            product_id=variant.product_id,
            cooperative_id=draft.cooperative_id,
            producer_id=producer_id,
            price_fen=draft.price_fen,
            **_terms(terms),
            declared_papers=sorted(draft.declared_papers),
            status=OfferStatus.LISTED,
            created_at=time.now(),
        )
        .on_conflict_do_nothing()
        .returning(OfferRow.id)
    )
    if offer_id is None:
        raise OfferExists
    name_producer(session, producer_id, draft.cooperative_id, variant.product_id)
    return changed_offer(session, _one(session, OfferId(offer_id)), "listed", price_fen=draft.price_fen)


def change_price(session: Session, offer_id: OfferId, price_fen: int) -> Offer:
    """Change an offer's price from the next order on.

    Refuses (PriceOutsideBand), and (OfferTermsWrong) a price that its own ladder does not fall from.
    """
    [changed] = change_offers(session, [OfferChange(offer_id=offer_id, price_fen=price_fen)])
    return changed


def change_terms(session: Session, offer_id: OfferId, terms: OfferTerms) -> Offer:
    """Change minimum, lead days, capacity and cut-off of an offer; refuses (OfferTermsWrong)."""
    [changed] = change_offers(session, [OfferChange(offer_id=offer_id, terms=terms)])
    return changed


def pause_offer(session: Session, offer_id: OfferId, reason: str = "") -> Offer:
    """Take an offer off sale until it is resumed; orders already placed stand."""
    paused = OfferChange(offer_id=offer_id, status=OfferStatus.PAUSED, reason=reason)
    [changed] = change_offers(session, [paused])
    return changed


def resume_offer(session: Session, offer_id: OfferId) -> Offer:
    """Put a paused offer on sale again.

    Refuses (NotSellable) where a paper has lapsed or the goods were withdrawn, (ProducerDenied) where their
    producer says that they are not its own.
    """
    [changed] = change_offers(session, [OfferChange(offer_id=offer_id, status=OfferStatus.LISTED)])
    return changed


def withdraw_offer(session: Session, offer_id: OfferId, reason: str = "") -> Offer:
    """End an offer for good."""
    row = _one(session, offer_id)
    _move(row, OfferStatus.WITHDRAWN)
    return changed_offer(session, row, "withdrawn", reason=reason)


def change_producer(session: Session, offer_id: OfferId, producer_id: PartyId) -> Offer:
    """Say who grew or made the goods of an offer; the producer is told. Papers are asked for anew.

    Refuses (WrongSeller, ProducerDenied, NotSellable) and, where the goods of that producer are offered by
    another offer already, OfferExists.
    """
    row = standing_offer(session, offer_id)
    seller_id = PartyId(row.cooperative_id)
    _check_party(parties.get_party(session, producer_id))
    refuse_denied(session, producer_id, seller_id, ProductId(row.product_id))
    variant = get_variant(session, VariantId(row.variant_id))
    if row.status == OfferStatus.LISTED:
        _check_papers(session, variant, {seller_id, producer_id}, row.declared_papers)
    former = row.producer_id
    try:
        with session.begin_nested():
            row.producer_id = producer_id
            session.flush()
    except IntegrityError:
        raise OfferExists from None
    name_producer(session, producer_id, seller_id, variant.product_id)
    return changed_offer(session, row, "producer_changed", former=former, producer=producer_id)


def pause_uncovered(
    session: Session, holder_ids: Collection[PartyId], scheme_codes: Collection[str]
) -> list[OfferId]:
    """Pause the listed offers of these parties that have lost a paper they need; returns them.

    Only goods of a form that needs a certificate under one of the schemes are looked at.
    """
    forms = forms_needing(session, scheme_codes)
    if not forms:
        return []
    rows = session.scalars(
        select(OfferRow.id)
        .join(ProductRow, ProductRow.id == OfferRow.product_id)
        .where(
            or_(OfferRow.cooperative_id.in_(holder_ids), OfferRow.producer_id.in_(holder_ids)),
            OfferRow.status == OfferStatus.LISTED,
            ProductRow.product_form.in_(forms),
        )
    )
    barred = offers_barred(session, [OfferId(offer_id) for offer_id in rows], time.now())
    change_offers(
        session,
        [
            OfferChange(offer_id=offer_id, status=OfferStatus.PAUSED, reason="paper missing")
            for offer_id in sorted(barred)
        ],
    )
    return sorted(barred)


def _check_party(party: Party) -> None:
    if party.kind is not PartyKind.COOPERATIVE or party.status is not PartyStatus.ACTIVE:
        raise WrongSeller(party.name)


def _check_owner(session: Session, variant: Variant, sellers: Collection[PartyId]) -> None:
    """A cooperative's own goods are sold by itself, or by whoever sells what it produced."""
    owner = get_product(session, variant.product_id).owner_id
    if owner is not None and owner not in sellers:
        raise NotYours


def _check_border(
    session: Session, product_id: ProductId, before: OfferTerms | None, after: OfferTerms
) -> None:
    problem = rules.border_problem(get_product(session, product_id), before, after)
    if problem is not None:
        raise OfferTermsWrong(problem, field="serves_hong_kong_macao")


def _check_price(variant: Variant, price_fen: int) -> None:
    problem = rules.price_problem(variant, price_fen)
    if problem is not None:
        raise PriceOutsideBand(problem)


def _check_terms(terms: OfferTerms) -> None:
    problem = rules.terms_problem(terms)
    if problem is not None:
        raise OfferTermsWrong(problem)


def _check_papers(
    session: Session, variant: Variant, sellers: Collection[PartyId], declared: Collection[str]
) -> None:
    product = get_product(session, variant.product_id)
    held = held_papers(session, product, sellers, declared)
    problem = rules.sellable(product, papers_for(session, product.product_form), held)
    if problem is None and product.status is not ProductStatus.LISTED:
        problem = msg("%(product)s已下架，暂不能报价。", product=product.name)
    if problem is not None:
        raise NotSellable(problem)


def _terms(terms: OfferTerms) -> dict[str, Any]:
    return {
        "minimum": terms.minimum,
        "lead_days": terms.lead_days,
        "daily_capacity": terms.daily_capacity,
        "cut_off_hour": terms.cut_off_hour,
        "serves_hong_kong_macao": terms.serves_hong_kong_macao,
    }


def _one(session: Session, offer_id: OfferId) -> OfferRow:
    return locked_one(session, OfferRow, offer_id, OfferNotFound)


def standing_offer(session: Session, offer_id: OfferId) -> OfferRow:
    row = _one(session, offer_id)
    if row.status == OfferStatus.WITHDRAWN:
        raise StatusMovedOn
    return row


def _move(row: OfferRow, wanted: OfferStatus) -> None:
    if wanted not in rules.OFFER_TRANSITIONS[OfferStatus(row.status)]:
        raise StatusMovedOn
    row.status = wanted


def changed_offer(session: Session, row: OfferRow, action: str, **detail: Any) -> Offer:
    session.flush()
    journal.write(session, "offer", row.id, action, **detail)
    changes.record(session, "offer", [row.id])
    return offer_from_row(row)
