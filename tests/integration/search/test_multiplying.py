"""Products cloned by SQL are like those that came the long way: whole, in stock, certified, told apart."""

from collections.abc import Sequence

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from benchmarks.multiplying import multiply
from marketplace.catalogue import queries
from marketplace.catalogue.types import Offer, Product, ProductFilter, ProductId
from marketplace.parties import queries as parties
from marketplace.stock import queries as stock
from tests.factories.catalogue import KIWI, RICE, make_catalogue, make_certificate, make_offer
from tests.factories.stock import make_hold, make_stock

CLONES = 5
PACKS, HELD = 10, 3


@pytest.fixture
def listed(engine: Engine) -> int:
    """Offer two products, one of them certified by name and partly held; returns how many are listed."""
    with Session(engine) as session:
        make_catalogue(session)
        for slug in (KIWI, RICE):
            product = queries.get_product_by_slug(session, slug)
            offer = make_offer(session, queries.variants_of(session, [product.id])[product.id][0])
            lot = make_stock(session, offer, PACKS)
            make_hold(session, lot, HELD)
            if slug == KIWI:
                make_certificate(
                    session, parties.get_party(session, offer.cooperative_id), product_ids=(product.id,)
                )
        session.commit()
        return queries.list_products(session, ProductFilter()).total


def address(engine: Engine) -> str:
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def clones(session: Session) -> list[Product]:
    """Return all clones in the order of their numbers."""
    slugs = session.scalars(
        text("SELECT slug FROM catalogue_product WHERE slug LIKE '%-demo-%' ORDER BY number")
    ).all()
    return list(queries.products_by_slug(session, slugs).values())


def offers(session: Session, products: Sequence[Product]) -> list[Offer]:
    found = queries.offers_of(session, [one.id for one in products])
    return [offer for ones in found.values() for offer in ones]


def test_clones_are_offered_and_in_stock_and_say_what_they_are(engine: Engine, listed: int) -> None:
    assert multiply(address(engine), listed + CLONES) == CLONES
    with Session(engine) as session:
        made = clones(session)
        assert [one.number for one in made] == [f"X{number:06}" for number in range(1, CLONES + 1)]
        assert len({one.name for one in made}) == CLONES
        assert all(one.name.hans.endswith(" 号（演示）") and one.name.en.endswith("(demo)") for one in made)
        found = offers(session, made)
        assert len(found) == CLONES
        assert stock.available(session, [one.id for one in found]) == {one.id: PACKS - HELD for one in found}
        variants = queries.variants_of(session, [one.id for one in made])
        assert all(one.variant_id in {pack.id for pack in variants[one.product_id]} for one in found)
        wrong = session.execute(
            text(
                """
                SELECT lot_id FROM stock_lot LEFT JOIN stock_movement USING (lot_id) GROUP BY lot_id
                HAVING on_hand <> COALESCE(sum(on_hand_change), 0) OR held <> COALESCE(sum(held_change), 0)
                """
            )
        )
        assert wrong.all() == []


def test_a_certificate_names_the_clones_of_what_it_names(engine: Engine, listed: int) -> None:
    multiply(address(engine), listed + CLONES)
    with Session(engine) as session:
        made = clones(session)
        named = queries.certificates_ever(session, [one.id for one in made])

        def is_certified(product_id: ProductId) -> bool:
            return any(one.scheme_code == "zhenpin" and one.product_ids for one in named[product_id])

        assert {one.id for one in made if is_certified(one.id)} == {
            one.id for one in made if one.slug.startswith(KIWI)
        }
        assert {one.slug.startswith(KIWI) for one in made} == {True, False}


def test_a_second_run_goes_on_where_the_first_ended(engine: Engine, listed: int) -> None:
    multiply(address(engine), listed + CLONES)
    assert multiply(address(engine), listed + CLONES) == 0
    assert multiply(address(engine), listed + 2 * CLONES) == CLONES
    with Session(engine) as session:
        made = clones(session)
        assert queries.list_products(session, ProductFilter()).total == listed + 2 * CLONES
        assert len({one.number for one in made}) == 2 * CLONES
        assert all(one.name.hans.count("（演示）") == 1 and one.slug.count("-demo-") == 1 for one in made)
