"""Goods come to the shelf: one's own, approved by a person, or the catalogue's, with their first offers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as goods
from marketplace.catalogue.refusals import StatusMovedOn
from marketplace.catalogue.types import (
    Approval,
    GoodsContent,
    Offer,
    OfferDraft,
    OfferTerms,
    Paper,
    ProductId,
    ProductStatus,
    Proposal,
    ProposalId,
    ProposalState,
    Requirement,
    SchemeLevel,
    VariantId,
)
from marketplace.kernel import idempotency
from marketplace.parties.types import PartyId
from marketplace.search.pinyin import Readings

_LETTERS = re.compile(r"[^a-z0-9]+")
_READINGS = Readings({})


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstOffers:
    """What a cooperative asks for each pack (fen) when its goods come to the shelf, and on which terms."""

    prices: Mapping[VariantId, int]
    terms: OfferTerms
    declared_papers: frozenset[str]


def begin(session: Session, cooperative_id: PartyId, content: GoodsContent, key: str) -> ProposalId:
    """Begin a description, once per key."""

    def effect() -> dict[str, int]:
        return {"proposal_id": goods.begin_proposal(session, cooperative_id, content).id}

    request = {"name": content.name}
    answer = idempotency.once(session, f"describe:{cooperative_id}", key, request, effect)
    return ProposalId(answer["proposal_id"])


def approve(session: Session, proposal_id: ProposalId, approval: Approval) -> Proposal:
    """Approve a description; how its name sounds is read here. Refuses what the catalogue refuses."""
    name = catalogue.get_proposal(session, proposal_id).content.name
    return goods.approve_proposal(session, proposal_id, replace(approval, pinyin=sound(name)))


def sound(name: str) -> str:
    """Return a name's syllables without tones, for lists and addresses."""
    spoken = " ".join(_READINGS.read(name)).lower().replace("ü", "v")
    return _LETTERS.sub(" ", spoken).strip() or "goods"


def list_goods(session: Session, proposal_id: ProposalId, first: FirstOffers) -> list[Offer]:
    """Put approved goods on the shelf with the first offers of their packs: all of it or nothing.

    Refuses (StatusMovedOn) what nobody approved, (NotSellable) where a paper is missing, and what an offer
    refuses.
    """
    proposal = catalogue.get_proposal(session, proposal_id)
    product_id = _approved(proposal)
    product = catalogue.get_product(session, product_id)
    if product.status is not ProductStatus.LISTED:
        goods.list_product(session, product_id)
    goods.follow_product(session, product_id, ProposalState.LISTED)
    return offer_packs(session, proposal.cooperative_id, first)


def offer_packs(
    session: Session, cooperative_id: PartyId, first: FirstOffers, producer_id: PartyId | None = None
) -> list[Offer]:
    """Offer packs of listed goods, one's own or another's produce: all of them or none.

    Refuses what an offer refuses.
    """
    return [
        goods.make_offer(
            session,
            OfferDraft(
                variant_id=variant_id,
                cooperative_id=cooperative_id,
                producer_id=producer_id,
                price_fen=price_fen,
                declared_papers=first.declared_papers,
                minimum=first.terms.minimum,
                lead_days=first.terms.lead_days,
                daily_capacity=first.terms.daily_capacity,
                cut_off_hour=first.terms.cut_off_hour,
                serves_hong_kong_macao=first.terms.serves_hong_kong_macao,
            ),
        )
        for variant_id, price_fen in sorted(first.prices.items())
    ]


def withdraw_goods(session: Session, proposal_id: ProposalId, reason: str) -> None:
    """Take a cooperative's own goods off the shelf with their offers; orders already placed stand."""
    proposal = catalogue.get_proposal(session, proposal_id)
    if proposal.state is not ProposalState.LISTED or proposal.product_id is None:
        raise StatusMovedOn
    goods.withdraw_product(session, proposal.product_id, reason)
    goods.follow_product(session, proposal.product_id, ProposalState.WITHDRAWN)


def papers_to_declare(session: Session, product_form: str) -> tuple[Paper, ...]:
    """Return what a cooperative declares to have: required papers that nobody keeps as a certificate."""
    return tuple(
        paper
        for paper in catalogue.papers_for(session, product_form)
        if paper.requirement is Requirement.REQUIRED
        and paper.scheme_code is None
        and paper.level is not SchemeLevel.LOT
    )


def _approved(proposal: Proposal) -> ProductId:
    may = {ProposalState.APPROVED, ProposalState.WITHDRAWN}
    if proposal.state not in may or proposal.product_id is None:
        raise StatusMovedOn
    return proposal.product_id
