"""Rows become types here, and nowhere else."""

from datetime import date

from marketplace.catalogue.models import LotRow, OfferRow, ProductRow, VariantRow
from marketplace.catalogue.types import (
    Lot,
    LotId,
    LotStatus,
    Offer,
    OfferId,
    OfferStatus,
    Presale,
    Product,
    ProductId,
    ProductStatus,
    Reference,
    SellingTerms,
    Step,
    TemperatureRange,
    Variant,
    VariantId,
)
from marketplace.kernel.message import Name
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode


def temperature_range(low: int | None, high: int | None) -> TemperatureRange | None:
    if low is None or high is None:
        return None
    return TemperatureRange(min_milli_c=low, max_milli_c=high)


def product_from_row(row: ProductRow, reference: Reference) -> Product:
    cut = None if row.cut_zh is None else Name(row.cut_zh, row.cut_zh_hant or "", row.cut_en or "")
    return Product(
        id=ProductId(row.id),
        slug=row.slug,
        number=row.number,
        name=Name(row.name_zh, row.name_zh_hant, row.name_en),
        pinyin=row.pinyin,
        cut=cut,
        county_code=DivisionCode(row.county_code),
        industry_code=row.industry_code,
        aisle_code=row.aisle_code,
        picture_kind=row.picture_kind,
        product_form=row.product_form,
        storage_code=row.storage_code,
        storage_kind=reference.storage_classes[row.storage_code].kind,
        range=temperature_range(row.min_milli_c, row.max_milli_c),
        excursion_lower_milli_c=row.excursion_lower_milli_c,
        excursion_upper_milli_c=row.excursion_upper_milli_c,
        shelf_life_days=row.shelf_life_days,
        harvest_months=tuple(row.harvest_months),
        sale_months=tuple(row.sale_months),
        description=Name(row.description_zh, row.description_zh_hant, row.description_en),
        keywords=tuple(row.keywords),
        keywords_en=tuple(row.keywords_en),
        consumer_sellable=row.consumer_sellable,
        status=ProductStatus(row.status),
        photo_digest=row.photo_digest,
        created_at=row.created_at,
        picture_digests=tuple(row.picture_digests),
        allergens=tuple(row.allergens),
        may_cross_border=row.may_cross_border,
        owner_id=None if row.owner_id is None else PartyId(row.owner_id),
    )


def variant_from_row(row: VariantRow) -> Variant:
    return Variant(
        id=VariantId(row.id),
        product_id=ProductId(row.product_id),
        code=row.code,
        order_no=row.order_no,
        pack=Name(row.pack_zh, row.pack_zh_hant, row.pack_en),
        unit_code=row.unit_code,
        net_weight_g=row.net_weight_g,
        price_low_fen=row.price_low_fen,
        price_high_fen=row.price_high_fen,
        cut=None if row.cut_zh is None else Name(row.cut_zh, row.cut_zh_hant or "", row.cut_en or ""),
    )


def offer_from_row(row: OfferRow) -> Offer:
    return Offer(
        id=OfferId(row.id),
        variant_id=VariantId(row.variant_id),
        product_id=ProductId(row.product_id),
        cooperative_id=PartyId(row.cooperative_id),
        producer_id=PartyId(row.producer_id),
        price_fen=row.price_fen,
        minimum=row.minimum,
        lead_days=row.lead_days,
        daily_capacity=row.daily_capacity,
        cut_off_hour=row.cut_off_hour,
        serves_hong_kong_macao=row.serves_hong_kong_macao,
        status=OfferStatus(row.status),
        selling=SellingTerms(
            ladder=tuple(map(Step, row.ladder_from, row.ladder_fen)),
            ship_weekdays=tuple(row.ship_weekdays),
            served_cities=tuple(row.served_cities),
            free_freight_fen=row.free_freight_fen,
        ),
        presale=presale(row.presale_on, row.presale_cap),
    )


def presale(harvest_on: date | None, cap: int | None) -> Presale | None:
    return None if harvest_on is None or cap is None else Presale(harvest_on, cap)


def lot_from_row(row: LotRow) -> Lot:
    return Lot(
        id=LotId(row.id),
        offer_id=OfferId(row.offer_id),
        cooperative_id=PartyId(row.cooperative_id),
        code=row.code,
        harvested_on=row.harvested_on,
        expires_on=row.expires_on,
        status=LotStatus(row.status),
    )
