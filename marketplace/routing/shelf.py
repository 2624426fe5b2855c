"""The shelf: what products cost delivered, worked out again only where something that decides it has changed.

What is kept is compared with the very rows it was made from, read anew each time: it is never stale.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.catalogue.queries import terms as catalogue
from marketplace.catalogue.types import OfferId, ProductId
from marketplace.catalogue.types.terms import OfferTerms
from marketplace.places import queries as places
from marketplace.routing.rules import Frame, price_offers
from marketplace.routing.sources import given_shares, make_sources
from marketplace.routing.types import PriceWithFreight, Source
from marketplace.stock import queries as stock
from marketplace.stock.types import Supply

KEPT = 20_000
"""So many products and cities are kept in a process; then it begins anew."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """Everything that decided a product's prices, and the prices, one for each pack on offer."""

    world: tuple[object, ...]
    facts: tuple[object, ...]
    prices: tuple[PriceWithFreight, ...]


_seen: dict[tuple[ProductId, str], _Seen] = {}


def prices_of(
    session: Session, frame: Frame, product_ids: Collection[ProductId]
) -> Mapping[ProductId, tuple[PriceWithFreight, ...]]:
    """Return the prices of every pack on offer of these products, in two statements."""
    terms, supplies = read(session, frame, product_ids)
    world = _world(session, frame)
    city = frame.destination.city_code
    found: dict[ProductId, tuple[PriceWithFreight, ...]] = {}
    anew: dict[ProductId, tuple[object, ...]] = {}
    for product_id, offered in terms.items():
        facts = (*offered, *(supplies[one.offer_id] for one in offered))
        seen = _seen.get((product_id, city))
        if seen is not None and _is_same(seen.world, world) and seen.facts == facts:
            found[product_id] = seen.prices
        else:
            anew[product_id] = facts
    if anew:
        if len(_seen) + len(anew) > KEPT:
            _seen.clear()
        sources = make_sources(session, frame, [one for key in anew for one in terms[key]], supplies)
        for product_id, prices in _priced(frame, sources).items():
            found[product_id] = prices
            _seen[product_id, city] = _Seen(world, anew[product_id], prices)
    return found


def read(
    session: Session, frame: Frame, product_ids: Collection[ProductId]
) -> tuple[dict[ProductId, list[OfferTerms]], Mapping[OfferId, Supply]]:
    """Read the terms and the stock of everything that is offered of these products."""
    listed = catalogue.terms_of_products(session, product_ids)
    terms: dict[ProductId, list[OfferTerms]] = {}
    for one in listed:
        terms.setdefault(one.product_id, []).append(one)
    return terms, stock.supply(session, [one.offer_id for one in listed], frame.day)


def _world(session: Session, frame: Frame) -> tuple[object, ...]:
    """Return what decides all prices alike; the first three are compared by identity, they are kept whole."""
    return (
        frame.book,
        places.atlas(session),
        given_shares(session, frame.day),
        frame.policy,
        frame.day,
        frame.hour,
    )


def _is_same(seen: tuple[object, ...], now: tuple[object, ...]) -> bool:
    return all(one is other for one, other in zip(seen[:3], now[:3], strict=True)) and seen[3:] == now[3:]


def _priced(frame: Frame, sources: Sequence[Source]) -> dict[ProductId, tuple[PriceWithFreight, ...]]:
    by_variant: dict[int, list[Source]] = {}
    for source in sources:
        by_variant.setdefault(source.variant_id, []).append(source)
    prices: dict[ProductId, tuple[PriceWithFreight, ...]] = {}
    for together in by_variant.values():
        product_id = together[0].product_id
        prices[product_id] = (*prices.get(product_id, ()), price_offers(frame, together))
    return prices
