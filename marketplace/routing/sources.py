"""Gathers what routing chooses from: offers with their stock, origin, pairing and share, read in batches."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Offer, Product, ProductId, Variant, VariantId
from marketplace.freight import queries as freight
from marketplace.kernel.message import Name
from marketplace.kernel.money import Fen
from marketplace.kernel.time import business_day
from marketplace.parties.types import PartyId
from marketplace.places import queries as places
from marketplace.places.atlas import Atlas
from marketplace.places.refusals import UnknownPlace
from marketplace.places.types import DivisionCode, PairingState
from marketplace.routing.models import DecidedPartRow
from marketplace.routing.policies import policy_on
from marketplace.routing.rules import Frame
from marketplace.routing.types import Destination, Policy, Source
from marketplace.stock import queries as stock
from marketplace.stock.types import Supply

SHARE_DAYS = 30
_BASIS = 10_000
_NO_SUPPLY = Supply()
_shares: WeakKeyDictionary[Any, dict[date, Mapping[PartyId, int]]] = WeakKeyDictionary()


def frame_for(session: Session, destination_code: str, at: datetime, policy: Policy | None = None) -> Frame:
    """Set the frame of a planning; refuses (UnknownPlace) where nothing is sold."""
    atlas = places.atlas(session)
    if not atlas.is_destination(destination_code):
        raise UnknownPlace(destination_code)
    city = atlas.division(atlas.city_of(destination_code))
    return Frame(
        at=at,
        destination=Destination(
            code=DivisionCode(destination_code), city_code=city.code, side=city.side, city=city.short_name
        ),
        policy=policy or policy_on(business_day(at)),
        book=freight.rate_book(session),
    )


def sources_of_variants(session: Session, frame: Frame, variant_ids: Collection[VariantId]) -> list[Source]:
    """Return every listed offer of these packs as a source, in four statements."""
    offers = [one for found in catalogue.offers_of_variants(session, variant_ids).values() for one in found]
    products = catalogue.products_by_id(session, {one.product_id for one in offers})
    variants = catalogue.variants_by_id(session, {one.variant_id for one in offers})
    return _sources(session, frame, offers, products, variants)


def sources_of_products(
    session: Session, frame: Frame, product_ids: Collection[ProductId]
) -> dict[VariantId, list[Source]]:
    """Return the listed offers of products by pack, in four statements."""
    offers = [one for found in catalogue.offers_of(session, product_ids).values() for one in found]
    products = catalogue.products_by_id(session, {one.product_id for one in offers})
    variants = catalogue.variants_by_id(session, {one.variant_id for one in offers})
    by_variant: dict[VariantId, list[Source]] = {}
    for source in _sources(session, frame, offers, products, variants):
        by_variant.setdefault(source.variant_id, []).append(source)
    return by_variant


def _sources(
    session: Session,
    frame: Frame,
    offers: Collection[Offer],
    products: Mapping[ProductId, Product],
    variants: Mapping[VariantId, Variant],
) -> list[Source]:
    supplies = stock.supply(session, [one.id for one in offers], frame.day)
    atlas = places.atlas(session)
    counties = {products[one.product_id].county_code for one in offers}
    origins = {code: _origin(atlas, frame, code) for code in counties}
    shares = _share_bp(offers, given_shares(session, frame.day))
    return [
        _source(
            one,
            products[one.product_id],
            variants[one.variant_id],
            origins[products[one.product_id].county_code],
            supplies.get(one.id, _NO_SUPPLY),
            shares[one.id],
        )
        for one in offers
    ]


def given_shares(session: Session, day: date) -> Mapping[PartyId, int]:
    """Return what routing gave each cooperative in the 30 business days before a day, in fen of goods.

    Past days do not change, so the answer is kept for the day.
    """
    by_day = _shares.setdefault(session.get_bind(), {})
    if day not in by_day:
        rows = session.execute(
            select(DecidedPartRow.cooperative_id, func.sum(DecidedPartRow.goods_fen))
            .where(
                DecidedPartRow.decided_on >= day - timedelta(days=SHARE_DAYS), DecidedPartRow.decided_on < day
            )
            .group_by(DecidedPartRow.cooperative_id)
        )
        by_day.clear()
        by_day[day] = {PartyId(party_id): int(amount) for party_id, amount in rows}
    return by_day[day]


def _share_bp(offers: Iterable[Offer], given: Mapping[PartyId, int]) -> dict[int, int]:
    """Return each offer's cooperative's part of what all who offer the same pack were given."""
    by_variant: dict[VariantId, set[PartyId]] = {}
    listed = list(offers)
    for one in listed:
        by_variant.setdefault(one.variant_id, set()).add(one.cooperative_id)
    totals = {
        variant: sum(given.get(party_id, 0) for party_id in parties)
        for variant, parties in by_variant.items()
    }
    return {
        one.id: given.get(one.cooperative_id, 0) * _BASIS // totals[one.variant_id]
        if totals[one.variant_id]
        else 0
        for one in listed
    }


@dataclass(frozen=True, slots=True)
class _Origin:
    county: Name
    prefecture_code: DivisionCode
    key_county: bool
    pairing: PairingState


def _origin(atlas: Atlas, frame: Frame, county_code: DivisionCode) -> _Origin:
    county = atlas.division(county_code)
    verdict = atlas.verdict(frame.destination.city_code, county_code, frame.day)
    return _Origin(county.short_name, verdict.prefecture_code, county.key_county, verdict.state)


def _source(
    offer: Offer, product: Product, variant: Variant, origin: _Origin, supply: Supply, share_bp: int
) -> Source:
    return Source(
        offer_id=offer.id,
        variant_id=offer.variant_id,
        product_id=offer.product_id,
        cooperative_id=offer.cooperative_id,
        county_code=product.county_code,
        county=origin.county,
        prefecture_code=origin.prefecture_code,
        price_fen=Fen(offer.price_fen),
        minimum=offer.minimum,
        supply=supply,
        lead_days=offer.lead_days,
        cut_off_hour=offer.cut_off_hour,
        daily_capacity=offer.daily_capacity,
        storage_kind=product.storage_kind,
        range=product.range,
        weight_g=variant.net_weight_g,
        shelf_life_days=product.shelf_life_days,
        serves_hong_kong_macao=offer.serves_hong_kong_macao,
        pairing=origin.pairing,
        key_county=origin.key_county,
        share_bp=share_bp,
    )
