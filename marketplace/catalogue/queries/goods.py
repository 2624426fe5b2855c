"""Reads of products, packs, offers and lots; batches take any number of ids in one statement."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, exists, or_, select, text
from sqlalchemy.orm import Session

from marketplace.catalogue.models import LotPaperRow, LotRow, OfferRow, ProductRow, VariantRow
from marketplace.catalogue.queries.naming import bears
from marketplace.catalogue.queries.reference import reference
from marketplace.catalogue.queries.rows import (
    lot_from_row,
    offer_from_row,
    product_from_row,
    variant_from_row,
)
from marketplace.catalogue.refusals import LotNotFound, OfferNotFound, ProductNotFound, VariantNotFound
from marketplace.catalogue.types import (
    Lot,
    LotId,
    Offer,
    OfferId,
    OfferStatus,
    Product,
    ProductFilter,
    ProductId,
    ProductOrder,
    ProductStatus,
    ProductTitle,
    StorageKind,
    Variant,
    VariantId,
)
from marketplace.kernel import time
from marketplace.kernel.message import Name
from marketplace.kernel.paging import ANY, Listing, Page, Sought, in_order, read_page
from marketplace.parties.queries import sells
from marketplace.parties.types import PartyId

K = TypeVar("K")
V = TypeVar("V")

LISTED = frozenset({OfferStatus.LISTED})
# While somebody types every letter asks this: five columns, no object of a row.
_TITLES = text("SELECT id, slug, name_zh, name_zh_hant, name_en FROM catalogue_product WHERE id = ANY(:ids)")


def find_product_by_slug(session: Session, slug: str) -> Product | None:
    row = session.scalars(select(ProductRow).where(ProductRow.slug == slug)).one_or_none()
    return None if row is None else product_from_row(row, reference(session))


def find_listed_id(session: Session, slug: str) -> ProductId | None:
    """Return which product stands at an address, without reading it."""
    listed = (ProductRow.slug == slug) & (ProductRow.status == ProductStatus.LISTED)
    found = session.scalar(select(ProductRow.id).where(listed))
    return None if found is None else ProductId(found)


def get_product_by_slug(session: Session, slug: str) -> Product:
    """Return a listed product by its address; refuses (ProductNotFound) what is not on the shelf."""
    product = find_product_by_slug(session, slug)
    if product is None or product.status is not ProductStatus.LISTED:
        raise ProductNotFound
    return product


def get_product(session: Session, product_id: ProductId) -> Product:
    """Return a product whatever its status; refuses (ProductNotFound)."""
    found = products_by_id(session, [product_id])
    if product_id not in found:
        raise ProductNotFound
    return found[product_id]


def products_by_id(session: Session, product_ids: Collection[ProductId]) -> Mapping[ProductId, Product]:
    """Return the products that exist among the ids, in the order of the ids."""
    kept = reference(session)
    rows = session.scalars(select(ProductRow).where(ProductRow.id.in_(set(product_ids))))
    return _in_order(product_ids, {one.id: one for one in (product_from_row(row, kept) for row in rows)})


def titles_by_id(session: Session, product_ids: Collection[ProductId]) -> Mapping[ProductId, ProductTitle]:
    """Return name and address of the products that exist among the ids, in the order of the ids."""
    rows = session.execute(_TITLES, {"ids": list(product_ids)})
    found = {ProductId(key): ProductTitle(Name(*names), slug) for key, slug, *names in rows}
    return _in_order(product_ids, found)


def products_by_slug(session: Session, slugs: Collection[str]) -> Mapping[str, Product]:
    kept = reference(session)
    rows = session.scalars(select(ProductRow).where(ProductRow.slug.in_(set(slugs))))
    return _in_order(slugs, {row.slug: product_from_row(row, kept) for row in rows})


def slugs_by_number(session: Session, numbers: Collection[str]) -> Mapping[str, str]:
    """Return the address of each product number that is taken."""
    rows = session.execute(
        select(ProductRow.number, ProductRow.slug).where(ProductRow.number.in_(set(numbers)))
    )
    return dict(rows.tuples().all())


def list_products(
    session: Session, wanted: ProductFilter, page: int = 1, per_page: int = 24
) -> Page[Product]:
    """Return one page of products, in one statement."""
    kept = reference(session)
    conditions = _conditions(
        wanted, [c.code for c in kept.storage_classes.values() if c.kind is wanted.storage]
    )
    if wanted.text:
        conditions.append(bears(ProductRow, wanted.text))
    order = _ORDERS[wanted.order]
    found = read_page(session, Listing(select(ProductRow), ProductRow.id, conditions, order), page, per_page)
    return found.of([product_from_row(row, kept) for row, *_ in found.rows])


def variants_of(
    session: Session, product_ids: Collection[ProductId]
) -> Mapping[ProductId, tuple[Variant, ...]]:
    """Return every product's packs in their shown order."""
    rows = session.scalars(
        select(VariantRow)
        .where(VariantRow.product_id.in_(set(product_ids)))
        .order_by(VariantRow.product_id, VariantRow.order_no)
    )
    return _grouped(product_ids, map(variant_from_row, rows), lambda one: one.product_id)


def variants_by_id(session: Session, variant_ids: Collection[VariantId]) -> Mapping[VariantId, Variant]:
    rows = session.scalars(select(VariantRow).where(VariantRow.id.in_(set(variant_ids))))
    return _in_order(variant_ids, {one.id: one for one in map(variant_from_row, rows)})


def get_variant(session: Session, variant_id: VariantId) -> Variant:
    found = variants_by_id(session, [variant_id])
    if variant_id not in found:
        raise VariantNotFound
    return found[variant_id]


def find_variant_by_code(session: Session, code: str) -> Variant | None:
    row = session.scalars(select(VariantRow).where(VariantRow.code == code)).one_or_none()
    return None if row is None else variant_from_row(row)


def offers_of(
    session: Session, product_ids: Collection[ProductId], statuses: Collection[OfferStatus] = LISTED
) -> Mapping[ProductId, tuple[Offer, ...]]:
    """Return the offers of products, the cheapest first.

    Unless statuses are asked for: those on sale, listed by a seller who may sell.
    """
    offers = _offers(session, OfferRow.product_id.in_(set(product_ids)), statuses)
    return _grouped(product_ids, offers, lambda one: one.product_id)


def offers_of_variants(
    session: Session, variant_ids: Collection[VariantId], statuses: Collection[OfferStatus] = LISTED
) -> Mapping[VariantId, tuple[Offer, ...]]:
    """Return the offers of packs, the cheapest first: what routing chooses from."""
    offers = _offers(session, OfferRow.variant_id.in_(set(variant_ids)), statuses)
    return _grouped(variant_ids, offers, lambda one: one.variant_id)


def offers_by_id(session: Session, offer_ids: Collection[OfferId]) -> Mapping[OfferId, Offer]:
    rows = session.scalars(select(OfferRow).where(OfferRow.id.in_(set(offer_ids))))
    return _in_order(offer_ids, {one.id: one for one in map(offer_from_row, rows)})


def get_offer(session: Session, offer_id: OfferId) -> Offer:
    found = offers_by_id(session, [offer_id])
    if offer_id not in found:
        raise OfferNotFound
    return found[offer_id]


def offers_of_cooperative(
    session: Session,
    cooperative_id: PartyId,
    page: int = 1,
    per_page: int = 50,
    statuses: Collection[OfferStatus] = frozenset({OfferStatus.LISTED, OfferStatus.PAUSED}),
    *,
    sought: Sought = ANY,
) -> Page[Offer]:
    """Return what a cooperative offers, in the order in which it was offered."""
    conditions = [OfferRow.cooperative_id == cooperative_id, OfferRow.status.in_(set(statuses))]
    if sought.text:
        is_named = bears(ProductRow, sought.text)
        conditions.append(exists().where(ProductRow.id == OfferRow.product_id, is_named))
    order = in_order(_OFFER_ORDERS, sought)
    found = read_page(session, Listing(select(OfferRow), OfferRow.id, conditions, order), page, per_page)
    return found.of([offer_from_row(row) for row, *_ in found.rows])


def lots_by_id(session: Session, lot_ids: Collection[LotId]) -> Mapping[LotId, Lot]:
    rows = session.scalars(select(LotRow).where(LotRow.id.in_(set(lot_ids))))
    return _in_order(lot_ids, {one.id: one for one in map(lot_from_row, rows)})


def get_lot(session: Session, lot_id: LotId) -> Lot:
    found = lots_by_id(session, [lot_id])
    if lot_id not in found:
        raise LotNotFound
    return found[lot_id]


def lots_of_offers(session: Session, offer_ids: Collection[OfferId]) -> Mapping[OfferId, tuple[Lot, ...]]:
    """Return the offers' lots, the first to expire first, goods that do not spoil last."""
    rows = session.scalars(
        select(LotRow)
        .where(LotRow.offer_id.in_(set(offer_ids)))
        .order_by(LotRow.expires_on.nulls_last(), LotRow.harvested_on, LotRow.id)
    )
    return _grouped(offer_ids, map(lot_from_row, rows), lambda one: one.offer_id)


def lots_of_offer(session: Session, offer_id: OfferId) -> tuple[Lot, ...]:
    return lots_of_offers(session, [offer_id])[offer_id]


def papers_of_lots(session: Session, lot_ids: Collection[LotId]) -> Mapping[LotId, Mapping[str, str]]:
    """Return the papers that travel with lots: paper code to its number."""
    found: dict[LotId, dict[str, str]] = {lot_id: {} for lot_id in lot_ids}
    rows = session.scalars(select(LotPaperRow).where(LotPaperRow.lot_id.in_(set(lot_ids))))
    for row in rows:
        found[LotId(row.lot_id)][row.paper_code] = row.number
    return found


def _conditions(wanted: ProductFilter, storage_codes: list[str]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [ProductRow.status.in_(set(wanted.statuses))]
    if wanted.aisle_code is not None:
        conditions.append(ProductRow.aisle_code == wanted.aisle_code)
    if wanted.industry_code is not None:
        conditions.append(ProductRow.industry_code == wanted.industry_code)
    if wanted.county_codes is not None:
        conditions.append(ProductRow.county_code.in_(wanted.county_codes))
    if wanted.open_to is not None:
        conditions.append(or_(ProductRow.owner_id.is_(None), ProductRow.owner_id == wanted.open_to))
    if wanted.season_month is not None:
        conditions.append(ProductRow.season_months.contains([wanted.season_month]))
    if isinstance(wanted.storage, StorageKind):
        conditions.append(ProductRow.storage_code.in_(storage_codes))
    if wanted.cooperative_id is not None or wanted.offered:
        conditions.append(_is_offered(wanted.cooperative_id))
    return conditions


def _is_offered(cooperative_id: PartyId | None) -> ColumnElement[bool]:
    found: Select[tuple[int]] = select(OfferRow.id).where(
        OfferRow.product_id == ProductRow.id,
        OfferRow.status == OfferStatus.LISTED,
        sells(OfferRow.cooperative_id, time.today()),
    )
    if cooperative_id is not None:
        found = found.where(OfferRow.cooperative_id == cooperative_id)
    return exists(found)


_OFFER_ORDERS = {
    "offered": (OfferRow.id,),
    "newest": (OfferRow.id.desc(),),
    "price": (OfferRow.price_fen, OfferRow.id),
    "price_desc": (OfferRow.price_fen.desc(), OfferRow.id.desc()),
}
_ORDERS = {
    ProductOrder.NUMBER: (ProductRow.number,),
    ProductOrder.NEWEST: (ProductRow.created_at.desc(), ProductRow.id.desc()),
    ProductOrder.PINYIN: (ProductRow.pinyin, ProductRow.number),
}


def _offers(
    session: Session, which: ColumnElement[bool], statuses: Collection[OfferStatus]
) -> Iterable[Offer]:
    found = select(OfferRow).where(which, OfferRow.status.in_(set(statuses)))
    if statuses is LISTED:  # what is on sale: not what a seller has listed and may not sell now
        found = found.where(sells(OfferRow.cooperative_id, time.today()))
    rows = session.scalars(found.order_by(OfferRow.price_fen, OfferRow.id))
    return map(offer_from_row, rows)


def _in_order(keys: Collection[K], found: Mapping[K, V]) -> dict[K, V]:
    return {key: found[key] for key in dict.fromkeys(keys) if key in found}


def _grouped(keys: Collection[K], items: Iterable[V], key_of: Callable[[V], K]) -> dict[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = {key: [] for key in keys}
    for item in items:
        groups[key_of(item)].append(item)
    return {key: tuple(found) for key, found in groups.items()}
