"""What routing and cards ask of an offer, and nothing else."""

from datetime import date
from typing import NamedTuple

from marketplace.catalogue.types.goods import OfferId, ProductId, VariantId
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode


class OfferTerms(NamedTuple):
    """A listed offer with what its pack and its goods say about the way: a plain tuple."""

    offer_id: OfferId
    variant_id: VariantId
    product_id: ProductId
    cooperative_id: PartyId
    price_fen: int
    minimum: int
    lead_days: int
    daily_capacity: int
    cut_off_hour: int
    serves_hong_kong_macao: bool
    net_weight_g: int
    county_code: DivisionCode
    storage_code: str
    min_milli_c: int | None
    max_milli_c: int | None
    shelf_life_days: int | None
    ladder_from: list[int]
    ladder_fen: list[int]
    ship_weekdays: list[int]
    served_cities: list[str]
    free_freight_fen: int | None
    presale_on: date | None
