"""What a product's page says to machines: schema.org, with the same facts as the page."""

from flask import url_for

from marketplace.kernel import money
from marketplace.web.present import text
from marketplace.web.setup import settings
from marketplace.web.storefront.certificate_data import certification
from marketplace.web.storefront.product_page import ProductPage


def product_data(page: ProductPage) -> dict[str, object]:
    """Return the page's product as schema.org JSON-LD (Product, AggregateOffer, Certification)."""
    product = page.product
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": text(product.name),
        "description": text(product.description),
        "sku": product.number,
        "url": _absolute(url_for("storefront.product", slug=product.slug)),
        "image": _absolute(page.picture_url),
        "category": text(page.reference.aisles[product.aisle_code].name),
        "countryOfOrigin": {"@type": "Country", "name": "CN"},
        "productionLocation": text(page.county.name),
        "hasCertification": [certification(one) for one in page.proofs],
    }
    offers = _offers(page)
    if offers is not None:
        data["offers"] = offers
    if page.rating is not None:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": f"{page.rating.average_tenths / 10:.1f}",
            "reviewCount": page.rating.count,
        }
    return data


def _offers(page: ProductPage) -> dict[str, object] | None:
    prices = [one.priced.price_fen for one in page.packs if one.priced is not None]
    if not prices:
        return None
    is_there = any(one.priced is not None and one.priced.problem is None for one in page.packs)
    return {
        "@type": "AggregateOffer",
        "priceCurrency": "CNY",
        "lowPrice": money.format_plain(min(prices)).replace(",", ""),
        "highPrice": money.format_plain(max(prices)).replace(",", ""),
        "offerCount": len(prices),
        "availability": f"https://schema.org/{'InStock' if is_there else 'OutOfStock'}",
    }


def _absolute(path: str) -> str:
    return f"{settings().public_url}{path}"
