"""The API's answers: read-only, the same facts as the pages."""

from collections.abc import Iterable, Mapping

from flask import Response, current_app, request
from pydantic import BaseModel

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules as catalogue_rules
from marketplace.catalogue.types import Certificate, Offer, Reference, Variant, VariantId
from marketplace.kernel import time
from marketplace.kernel.message import Name
from marketplace.parties import queries as parties
from marketplace.places import queries as places
from marketplace.web.api import blueprint, schemas
from marketplace.web.api.parameters import CertificateParameters, read_query
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.language import to_hant
from marketplace.web.searching import read_parameters
from marketplace.web.storefront.certificates import PUBLIC_STATES


@blueprint.get("/api/v1/products")
@public
def list_products() -> Response:
    session, parameters = read(), read_parameters(request.args)
    found = current_app.extensions["ports"].search.search(session, parameters.request())
    products = catalogue.products_by_id(session, found.product_ids)
    offers = catalogue.offers_of(session, found.product_ids)
    certificates = catalogue.valid_certificates(session, found.product_ids, time.now())
    schemes, atlas = catalogue.reference(session), places.atlas(session)
    return answer(
        schemas.Products(
            total=found.total,
            page=found.page,
            pages=found.pages,
            items=[
                schemas.ProductItem(
                    slug=products[product_id].slug,
                    name=products[product_id].name.hans,
                    names=_names(products[product_id].name),
                    price_fen=_lowest(offers[product_id]),
                    county=products[product_id].county_code,
                    county_names=_names(atlas.division(products[product_id].county_code).name),
                    certificates=_badges(certificates[product_id], schemes),
                )
                for product_id in found.product_ids
                if product_id in products
            ],
            facets={
                facet.value: [
                    schemas.FacetCount(value=one.value, count=one.count, selected=one.selected)
                    for one in values
                ]
                for facet, values in found.facets.items()
            },
            dropped=list(found.dropped),
            price=None if found.price is None else found.price.typed,
        )
    )


@blueprint.get("/api/v1/products/<slug>")
@public
def get_product(slug: str) -> Response:
    session = read()
    product = catalogue.get_product_by_slug(session, slug)
    reference, atlas = catalogue.reference(session), places.atlas(session)
    offers = catalogue.offers_of(session, [product.id])[product.id]
    variants = {variant.id: variant for variant in catalogue.variants_of(session, [product.id])[product.id]}
    return answer(
        schemas.Product(
            slug=product.slug,
            name=product.name.hans,
            names=_names(product.name),
            description=_names(product.description),
            price_fen=_lowest(offers),
            county=product.county_code,
            county_names=_names(atlas.division(product.county_code).name),
            prefecture=atlas.prefecture_of(product.county_code),
            industry=product.industry_code,
            aisle=product.aisle_code,
            storage=product.storage_kind,
            temperature_min_milli_c=product.range.min_milli_c if product.range else None,
            temperature_max_milli_c=product.range.max_milli_c if product.range else None,
            season_months=list(catalogue_rules.season_months(product.harvest_months, product.sale_months)),
            shelf_life_days=product.shelf_life_days,
            offers=_offers(offers, variants),
            certificates=_badges(
                catalogue.valid_certificates(session, [product.id], time.now())[product.id], reference
            ),
        )
    )


@blueprint.get("/api/v1/certificates")
@public
def list_certificates() -> Response:
    session, asked = read(), read_query(CertificateParameters, request.args)
    found = [one for one in catalogue.find_certificates(session, asked.number) if one.state in PUBLIC_STATES]
    holders = parties.parties_by_id(session, {one.holder_id for one in found})
    products = catalogue.products_by_id(session, {product for one in found for product in one.product_ids})
    schemes, now = catalogue.reference(session).schemes, time.now()
    return answer(
        schemas.Certificates(
            items=[
                schemas.Certificate(
                    scheme=one.scheme_code,
                    scheme_names=_names(schemes[one.scheme_code].name),
                    number=one.number,
                    holder=holders[one.holder_id].name.hans,
                    holder_names=_names(holders[one.holder_id].name),
                    issuer=one.issuer,
                    state=one.state,
                    valid_now=catalogue_rules.is_valid(one, now),
                    valid_from=one.valid_from,
                    valid_to=one.valid_to,
                    products=sorted(
                        products[product].slug for product in one.product_ids if product in products
                    ),
                )
                for one in found
            ]
        )
    )


def _lowest(offers: Iterable[Offer]) -> int | None:
    return min((offer.price_fen for offer in offers), default=None)


def _offers(offers: Iterable[Offer], variants: Mapping[VariantId, Variant]) -> list[schemas.PackOffer]:
    offers = list(offers)
    sellers = parties.parties_by_id(read(), {offer.cooperative_id for offer in offers})
    return [
        schemas.PackOffer(
            pack=variants[offer.variant_id].pack.hans,
            pack_names=_names(variants[offer.variant_id].pack),
            net_weight_g=variants[offer.variant_id].net_weight_g,
            cooperative=sellers[offer.cooperative_id].code,
            cooperative_names=_names(sellers[offer.cooperative_id].name),
            price_fen=offer.price_fen,
        )
        for offer in offers
        if offer.variant_id in variants
    ]


def _badges(certificates: Iterable[Certificate], reference: Reference) -> list[schemas.CertificateBadge]:
    return [
        schemas.CertificateBadge(
            scheme=one.scheme_code,
            name=reference.schemes[one.scheme_code].short_name.hans,
            names=_names(reference.schemes[one.scheme_code].short_name),
            number=one.number,
            issuer=one.issuer,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
        )
        for one in certificates
    ]


def _names(name: Name) -> schemas.Names:
    return schemas.Names(zh_hans=name.hans, zh_hant=name.hant or to_hant(name.hans), en=name.en)


def answer(body: BaseModel) -> Response:
    return Response(body.model_dump_json(), mimetype="application/json")
