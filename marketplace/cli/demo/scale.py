"""Many products, for measurements: variations of real ones, each marked 演示, offered and in stock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial

import click
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as shelf
from marketplace.catalogue.types import (
    OfferDraft,
    Product,
    ProductDraft,
    ProductFilter,
    Requirement,
    SchemeLevel,
    Variant,
    VariantDraft,
)
from marketplace.cli.demo.stage import Stage, analyse
from marketplace.kernel import time
from marketplace.kernel.message import Name
from marketplace.parties import queries as parties
from marketplace.stock import service as stock
from marketplace.stock.types import Cause

_BATCH = 200
_PACKS = 500


@dataclass(frozen=True, slots=True)
class _Model:
    """A real product that variations are made of, with a seller who may offer it."""

    product: Product
    variant: Variant
    seller: int
    price_fen: int
    declared: frozenset[str]


def scale(stage: Stage, wanted: int) -> None:
    """Bring the number of listed products up to what is wanted."""
    there = stage.read(lambda session: catalogue.list_products(session, ProductFilter(), 1, 1).total)
    models = stage.read(_models)
    if not models:
        raise click.ClickException("there is nothing to multiply: seed the demonstration first")
    missing = range(there, wanted)
    for start in range(0, len(missing), _BATCH):
        numbers = missing[start : start + _BATCH]
        stage.write(partial(_add, models=models, numbers=numbers))
        click.echo(f"  {min(start + _BATCH, len(missing))}/{len(missing)}")
    analyse(stage)


def _models(session: Session) -> list[_Model]:
    products = {
        one.id: one
        for page in (1, 2, 3)
        for one in catalogue.list_products(session, ProductFilter(offered=True), page, 100).items
    }
    offers = catalogue.offers_of(session, products)
    variants = catalogue.variants_of(session, products)
    return [
        _Model(
            product,
            next(one for one in variants[key] if one.id == offers[key][0].variant_id),
            int(offers[key][0].cooperative_id),
            offers[key][0].price_fen,
            frozenset(
                paper.code
                for paper in catalogue.papers_for(session, product.product_form)
                if paper.requirement is Requirement.REQUIRED
                and paper.level is not SchemeLevel.LOT
                and paper.scheme_code is None
            ),
        )
        for key, product in products.items()
        if offers[key] and "-demo-" not in product.slug
    ]


def _add(session: Session, models: Sequence[_Model], numbers: Sequence[int]) -> None:
    chosen = {number: models[number % len(models)] for number in numbers}
    shelf.load_products(session, [_product(model.product, number) for number, model in chosen.items()])
    made = catalogue.products_by_slug(
        session, [_slug(model.product, number) for number, model in chosen.items()]
    )
    shelf.load_variants(session, list(_variants(chosen)))
    variants = catalogue.variants_of(session, [one.id for one in made.values()])
    for number, model in chosen.items():
        variant = variants[made[_slug(model.product, number)].id][0]
        offer = shelf.make_offer(
            session,
            OfferDraft(
                variant_id=variant.id,
                cooperative_id=parties.get_party(session, model.seller).id,
                price_fen=model.price_fen,
                declared_papers=model.declared,
            ),
        )
        lot = shelf.record_lot(session, offer.id, f"S{number:06}", time.today())
        stock.receive(session, lot.id, offer.id, _PACKS, Cause("demo", number, "scaled"))


def _slug(product: Product, number: int) -> str:
    return f"{product.slug}-demo-{number}"


def _product(product: Product, number: int) -> ProductDraft:
    suffix = f" {number} 号（演示）"
    kept = {one.name: getattr(product, one.name) for one in fields(ProductDraft)}
    return ProductDraft(
        **kept
        | {
            "slug": _slug(product, number),
            "number": f"X{number:06}",
            "name": Name(
                product.name.hans + suffix,
                product.name.hant + suffix,
                f"{product.name.en} no. {number} (demo)",
            ),
        }
    )


def _variants(chosen: Mapping[int, _Model]) -> Iterator[VariantDraft]:
    for number, model in chosen.items():
        kept = {
            one.name: getattr(model.variant, one.name)
            for one in fields(VariantDraft)
            if one.name not in {"product_slug", "code"}
        }
        yield VariantDraft(product_slug=_slug(model.product, number), code=f"X{number:06}-1", **kept)
