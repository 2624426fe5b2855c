"""Routing for tests: sources and frames without a database, and what a plan needs in one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.catalogue.types import (
    Offer,
    OfferId,
    ProductId,
    StorageKind,
    TemperatureRange,
    Variant,
    VariantId,
)
from marketplace.freight.book import RateBook
from marketplace.kernel.message import Name
from marketplace.kernel.money import Fen
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode, PairingState
from marketplace.routing.policies import POLICIES
from marketplace.routing.rules import Frame
from marketplace.routing.types import Destination, Need, Policy, Source
from marketplace.stock.types import LotSupply, Supply
from tests.factories.catalogue import make_offer, make_reference, make_variant
from tests.factories.freight import book_in_memory, make_freight
from tests.factories.parties import make_party
from tests.factories.places import CONGJIANG, FOSHAN, QIANDONGNAN, catalogue_atlas
from tests.factories.stock import make_stock

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 9:00 in Shanghai, before any cut-off hour
TODAY = date(2026, 11, 23)


def make_market(session: Session) -> None:
    """Load places, reference rows and the rate card, and open the cloud warehouses; goods are each test's."""
    make_reference(session)
    make_freight(session)


def make_supply(session: Session, variant: Variant | None = None, packs: int = 50, **terms: Any) -> Offer:
    """Let another cooperative offer a pack (of new goods of 从江 where none is named) and bring packs in."""
    offer = make_offer(session, variant or make_variant(session), make_party(session), **terms)
    if packs:
        make_stock(session, offer, packs)
    return offer


def supply(*lots: tuple[int, date | None], taken: Mapping[date, int] | None = None) -> Supply:
    """Describe what an offer can give: packs with their last day."""
    return Supply(
        lots=tuple(
            LotSupply(expires_on=day, available=packs)
            for packs, day in sorted(lots, key=lambda lot: lot[1] or date.max)
        ),
        taken=taken or {},
    )


def source_in_memory(offer_id: int = 1, **overrides: Any) -> Source:
    """Describe an offer of chilled fruit of 从江 that can supply a hundred packs tomorrow."""
    source = Source(
        offer_id=OfferId(offer_id),
        variant_id=VariantId(1),
        product_id=ProductId(1),
        cooperative_id=PartyId(offer_id),
        county_code=CONGJIANG,
        county=Name("从江", "從江", "Congjiang"),
        prefecture_code=QIANDONGNAN,
        price_fen=Fen(5000),
        minimum=1,
        supply=supply((100, None)),
        lead_days=1,
        cut_off_hour=16,
        daily_capacity=200,
        storage_kind=StorageKind.CHILLED,
        range=TemperatureRange(min_milli_c=0, max_milli_c=4000),
        weight_g=2500,
        shelf_life_days=20,
        serves_hong_kong_macao=False,
        pairing=PairingState.UNPAIRED,
        key_county=False,
        share_bp=0,
    )
    return replace(source, **overrides)


def destination_in_memory(code: DivisionCode = FOSHAN) -> Destination:
    atlas = catalogue_atlas()
    city = atlas.division(atlas.city_of(code))
    return Destination(code=code, city_code=city.code, side=city.side, city=city.short_name)


def frame_in_memory(
    destination: DivisionCode = FOSHAN,
    *,
    at: datetime = MORNING,
    policy: Policy | None = None,
    book: RateBook | None = None,
) -> Frame:
    """Set a planning for 佛山 on a Monday morning, by the demonstration's rate card."""
    return Frame(
        at=at,
        destination=destination_in_memory(destination),
        policy=policy or POLICIES[0],
        book=book or book_in_memory(),
    )


def need(line_no: int = 1, quantity: int = 1, *, variant: int = 1, offer: int | None = None) -> Need:
    return Need(
        line_no=line_no,
        variant_id=VariantId(variant),
        quantity=quantity,
        offer_id=None if offer is None else OfferId(offer),
    )
