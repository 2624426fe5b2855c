"""A plan becomes what an order keeps for ever: names, prices, producers, counties, certificates, ranges."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import (
    CertificateProof,
    Offer,
    OfferId,
    Product,
    ProductId,
    Variant,
    VariantId,
)
from marketplace.kernel import time
from marketplace.orders.types import LineDraft, PartDraft
from marketplace.parties import queries as parties
from marketplace.parties.types import Party, PartyId
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode
from marketplace.routing.types import Plan, PlanLine, PlanPart


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the catalogue and the register say at this moment of everything in the plan."""

    offers: Mapping[OfferId, Offer]
    products: Mapping[ProductId, Product]
    variants: Mapping[VariantId, Variant]
    parties: Mapping[PartyId, Party]
    proofs: Mapping[OfferId, tuple[CertificateProof, ...]]
    prefectures: Mapping[DivisionCode, DivisionCode]


def freeze(session: Session, plan: Plan) -> tuple[PartDraft, ...]:
    """Copy everything that a page, a label or a report may ask of these parts later."""
    facts = _facts(session, [line.offer_id for part in plan.parts for line in part.lines])
    shipment_of = {no: shipment.no for shipment in plan.shipments for no in shipment.part_nos}
    return tuple(_part(part, shipment_of[part.no], facts) for part in plan.parts)


def _facts(session: Session, offer_ids: list[OfferId]) -> _Facts:
    offers = catalogue.offers_by_id(session, offer_ids)
    product_ids = {offer.product_id for offer in offers.values()}
    products = catalogue.products_by_id(session, product_ids)
    variants = catalogue.variants_of(session, product_ids)
    atlas = places.atlas(session)
    who = {party for offer in offers.values() for party in (offer.cooperative_id, offer.producer_id)}
    return _Facts(
        offers=offers,
        products=products,
        variants={one.id: one for found in variants.values() for one in found},
        parties=parties.parties_by_id(session, who),
        proofs=catalogue.proofs_of_offers(session, offer_ids, time.now()),
        prefectures={
            product.county_code: atlas.prefecture_of(product.county_code) for product in products.values()
        },
    )


def _part(part: PlanPart, shipment_no: int, facts: _Facts) -> PartDraft:
    return PartDraft(
        no=part.no,
        shipment_no=shipment_no,
        cooperative_id=part.cooperative_id,
        warehouse_id=part.warehouse_id,
        storage_kind=part.storage_kind,
        weight_g=part.weight_g,
        freight_fen=part.freight_fen,
        ships_on=part.ships_on,
        arrives_on=part.arrives_on,
        reasons=part.reasons,
        lines=tuple(_line(line, facts) for line in part.lines),
    )


def _line(line: PlanLine, facts: _Facts) -> LineDraft:
    offer = facts.offers[line.offer_id]
    product = facts.products[offer.product_id]
    variant = facts.variants[offer.variant_id]
    kept = product.range
    return LineDraft(
        product_id=product.id,
        product_slug=product.slug,
        product_name=product.name,
        pack=variant.pack,
        variant_id=variant.id,
        offer_id=offer.id,
        cooperative_id=offer.cooperative_id,
        cooperative_name=facts.parties[offer.cooperative_id].name,
        producer_id=offer.producer_id,
        producer_name=facts.parties[offer.producer_id].name,
        county_code=product.county_code,
        prefecture_code=facts.prefectures[product.county_code],
        industry_code=product.industry_code,
        storage_code=product.storage_code,
        storage_kind=product.storage_kind,
        range_min_milli_c=kept.min_milli_c if kept else None,
        range_max_milli_c=kept.max_milli_c if kept else None,
        unit_price_fen=line.unit_price_fen,
        quantity=line.quantity,
        net_weight_g=variant.net_weight_g,
        certificates=facts.proofs[offer.id],
    )
