"""Gathers what routing chooses from: offers with their stock, origin, pairing and share, read in batches."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.catalogue.queries import reference
from marketplace.catalogue.queries import terms as catalogue
from marketplace.catalogue.types import OfferId, Step, StorageKind, TemperatureRange, VariantId
from marketplace.catalogue.types.terms import OfferTerms
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
    """Return every listed offer of these packs as a source, in two statements."""
    terms = catalogue.terms_of_variants(session, variant_ids)
    supplies = stock.supply(session, [one.offer_id for one in terms], frame.day)
    return make_sources(session, frame, terms, supplies)


def make_sources(
    session: Session, frame: Frame, terms: Sequence[OfferTerms], supplies: Mapping[OfferId, Supply]
) -> list[Source]:
    """Put sources together from their terms and stock; origins, pairings and shares are kept in memory."""
    atlas, classes = places.atlas(session), reference(session).storage_classes
    origins = {code: _origin(atlas, frame, code) for code in {one.county_code for one in terms}}
    shares = _share_bp(terms, given_shares(session, frame.day))
    return [
        _source(
            one,
            classes[one.storage_code].kind,
            origins[one.county_code],
            supplies.get(one.offer_id, _NO_SUPPLY),
            shares[one.offer_id],
        )
        for one in terms
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


def _share_bp(terms: Sequence[OfferTerms], given: Mapping[PartyId, int]) -> dict[OfferId, int]:
    """Return each offer's cooperative's part of what all who offer the same pack were given."""
    by_variant: dict[VariantId, set[PartyId]] = {}
    for one in terms:
        by_variant.setdefault(one.variant_id, set()).add(one.cooperative_id)
    totals = {
        variant: sum(given.get(party_id, 0) for party_id in parties)
        for variant, parties in by_variant.items()
    }
    return {
        one.offer_id: given.get(one.cooperative_id, 0) * _BASIS // (totals[one.variant_id] or 1)
        for one in terms
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


def _source(terms: OfferTerms, kind: StorageKind, origin: _Origin, supply: Supply, share_bp: int) -> Source:
    limits = None
    if terms.min_milli_c is not None and terms.max_milli_c is not None:
        limits = TemperatureRange(min_milli_c=terms.min_milli_c, max_milli_c=terms.max_milli_c)
    return Source(
        offer_id=terms.offer_id,
        variant_id=terms.variant_id,
        product_id=terms.product_id,
        cooperative_id=terms.cooperative_id,
        county_code=terms.county_code,
        county=origin.county,
        prefecture_code=origin.prefecture_code,
        price_fen=Fen(terms.price_fen),
        minimum=terms.minimum,
        supply=supply,
        lead_days=terms.lead_days,
        cut_off_hour=terms.cut_off_hour,
        daily_capacity=terms.daily_capacity,
        storage_kind=kind,
        range=limits,
        weight_g=terms.net_weight_g,
        shelf_life_days=terms.shelf_life_days,
        serves_hong_kong_macao=terms.serves_hong_kong_macao,
        pairing=origin.pairing,
        key_county=origin.key_county,
        share_bp=share_bp,
        ladder=tuple(map(Step, terms.ladder_from, terms.ladder_fen)),
        ship_weekdays=tuple(terms.ship_weekdays),
        served_cities=tuple(terms.served_cities),
        free_freight_fen=None if terms.free_freight_fen is None else Fen(terms.free_freight_fen),
        presale_on=terms.presale_on,
    )
