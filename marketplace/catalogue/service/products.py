"""Writes of products and their packs: loaded from the catalogue's files, or described by an operator."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import OfferRow, ProductRow, VariantRow
from marketplace.catalogue.queries.reference import papers_for, reference
from marketplace.catalogue.queries.rows import product_from_row, variant_from_row
from marketplace.catalogue.refusals import NotSellable, ProductExists, ProductNotFound, StatusMovedOn
from marketplace.catalogue.service.reference import names
from marketplace.catalogue.types import (
    OfferStatus,
    Product,
    ProductDraft,
    ProductId,
    ProductStatus,
    Variant,
    VariantDraft,
)
from marketplace.kernel import changes, journal, time
from marketplace.kernel.upsert import upsert


def load_products(session: Session, drafts: Sequence[ProductDraft]) -> int:
    """Bring products to what the files say; returns how many changed.

    What may be sold to consumers goes on the shelf when it first comes in; what may not any more leaves it
    with its offers; what an operator withdrew stays withdrawn. Products the files do not name are left alone.
    """
    _withdraw(session, {one.slug for one in drafts if not one.consumer_sellable})
    values = [
        {**product_values(one), "status": _first_status(one), "created_at": time.now()} for one in drafts
    ]
    changed = set(upsert(session, ProductRow, ["slug"], values, only_new={"status", "created_at"}))
    changed |= set(
        session.scalars(
            update(ProductRow)
            .where(
                ProductRow.slug.in_({one.slug for one in drafts if one.consumer_sellable}),
                ProductRow.status == ProductStatus.DRAFT,
            )
            .values(status=ProductStatus.LISTED)
            .returning(ProductRow.slug)
        )
    )
    _note(session, sorted(changed))
    return len(changed)


def load_variants(session: Session, drafts: Sequence[VariantDraft]) -> int:
    """Bring packs to what the files say; returns how many changed. Standing offers keep their price."""
    ids = _ids(session, {one.product_slug for one in drafts})
    values = [variant_values(one, ids[one.product_slug]) for one in drafts]
    codes = set(upsert(session, VariantRow, ["code"], values))
    _note(session, sorted({one.product_slug for one in drafts if one.code in codes}))
    return len(codes)


def create_product(session: Session, draft: ProductDraft) -> Product:
    """Describe a product, not yet on the shelf; refuses (ProductExists) a slug or number in use."""
    taken = select(ProductRow.id).where((ProductRow.slug == draft.slug) | (ProductRow.number == draft.number))
    if session.scalar(taken.limit(1)) is not None:
        raise ProductExists(draft.slug)
    row = ProductRow(**product_values(draft), status=ProductStatus.DRAFT, created_at=time.now())
    session.add(row)
    return _changed(session, row, "created")


def create_variant(session: Session, draft: VariantDraft) -> Variant:
    """Add a pack to a product; refuses (ProductNotFound)."""
    ids = _ids(session, {draft.product_slug})
    if draft.product_slug not in ids:
        raise ProductNotFound
    row = VariantRow(**variant_values(draft, ids[draft.product_slug]))
    session.add(row)
    session.flush()
    changes.record(session, "product", [row.product_id])
    return variant_from_row(row)


def list_product(session: Session, product_id: ProductId) -> Product:
    """Put a product on the shelf; refuses (NotSellable) what may not be sold to consumers."""
    row = locked_product(session, product_id)
    product = product_from_row(row, reference(session))
    problem = rules.barred(product, papers_for(session, product.product_form))
    if problem is not None:
        raise NotSellable(problem)
    _move(row, ProductStatus.LISTED)
    return _changed(session, row, "listed")


def withdraw_product(session: Session, product_id: ProductId, reason: str) -> Product:
    """Take a product off the shelf with all its offers."""
    row = locked_product(session, product_id)
    _move(row, ProductStatus.WITHDRAWN)
    _withdraw_offers(session, [row.id])
    return _changed(session, row, "withdrawn", reason=reason)


def set_photo(session: Session, product_id: ProductId, digest: str | None) -> Product:
    """Show the seller's photo in place of the drawing, or the drawing again."""
    row = locked_product(session, product_id)
    row.photo_digest = digest
    return _changed(session, row, "photo_set")


def _first_status(draft: ProductDraft) -> ProductStatus:
    return ProductStatus.LISTED if draft.consumer_sellable else ProductStatus.DRAFT


def product_values(draft: ProductDraft) -> dict[str, Any]:
    """Return a product's columns as a description says them."""
    return {
        "slug": draft.slug,
        "number": draft.number,
        **names("name", draft.name),
        "pinyin": draft.pinyin,
        "cut_zh": draft.cut.hans if draft.cut else None,
        "cut_zh_hant": draft.cut.hant if draft.cut else None,
        "cut_en": draft.cut.en if draft.cut else None,
        "county_code": draft.county_code,
        "industry_code": draft.industry_code,
        "aisle_code": draft.aisle_code,
        "picture_kind": draft.picture_kind,
        "product_form": draft.product_form,
        "storage_code": draft.storage_code,
        "min_milli_c": draft.range.min_milli_c if draft.range else None,
        "max_milli_c": draft.range.max_milli_c if draft.range else None,
        "excursion_lower_milli_c": draft.excursion_lower_milli_c,
        "excursion_upper_milli_c": draft.excursion_upper_milli_c,
        "shelf_life_days": draft.shelf_life_days,
        "harvest_months": sorted(draft.harvest_months),
        "sale_months": sorted(draft.sale_months),
        "season_months": list(rules.season_months(draft.harvest_months, draft.sale_months)),
        **names("description", draft.description),
        "keywords": list(draft.keywords),
        "keywords_en": list(draft.keywords_en),
        "consumer_sellable": draft.consumer_sellable,
    }


def variant_values(draft: VariantDraft, product_id: int) -> dict[str, Any]:
    """Return a pack's columns as a description says them."""
    return {
        "code": draft.code,
        "product_id": product_id,
        "order_no": draft.order_no,
        **names("pack", draft.pack),
        "unit_code": draft.unit_code,
        "net_weight_g": draft.net_weight_g,
        "price_low_fen": draft.price_low_fen,
        "price_high_fen": draft.price_high_fen,
    }


def _ids(session: Session, slugs: set[str]) -> Mapping[str, int]:
    rows = session.execute(select(ProductRow.slug, ProductRow.id).where(ProductRow.slug.in_(slugs)))
    return dict(rows.tuples().all())


def _withdraw(session: Session, slugs: Collection[str]) -> None:
    gone = session.scalars(
        update(ProductRow)
        .where(ProductRow.slug.in_(slugs), ProductRow.status == ProductStatus.LISTED)
        .values(status=ProductStatus.WITHDRAWN)
        .returning(ProductRow.id)
    ).all()
    _withdraw_offers(session, gone)


def _withdraw_offers(session: Session, product_ids: Sequence[int]) -> None:
    gone = session.scalars(
        update(OfferRow)
        .where(OfferRow.product_id.in_(product_ids), OfferRow.status != OfferStatus.WITHDRAWN)
        .values(status=OfferStatus.WITHDRAWN)
        .returning(OfferRow.id)
    ).all()
    changes.record(session, "offer", gone)
    for offer_id in gone:
        journal.write(session, "offer", offer_id, "withdrawn", reason="product withdrawn")


def _note(session: Session, slugs: Sequence[str]) -> None:
    ids = list(_ids(session, set(slugs)).values())
    changes.record(session, "product", ids)
    for product_id in ids:
        journal.write(session, "product", product_id, "loaded")
    session.flush()


def locked_product(session: Session, product_id: ProductId) -> ProductRow:
    row = session.scalars(
        select(ProductRow)
        .where(ProductRow.id == product_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise ProductNotFound
    return row


def _move(row: ProductRow, wanted: ProductStatus) -> None:
    if wanted not in rules.PRODUCT_TRANSITIONS[ProductStatus(row.status)]:
        raise StatusMovedOn
    row.status = wanted


def _changed(session: Session, row: ProductRow, action: str, **detail: Any) -> Product:
    session.flush()
    journal.write(session, "product", row.id, action, **detail)
    changes.record(session, "product", [row.id])
    return product_from_row(row, reference(session))
