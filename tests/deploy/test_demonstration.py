"""The demonstration: who plays in it, what they sell and prove, and that everybody finds work waiting."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.adapters import embedded_postgres
from marketplace.assistance.verification import verify
from marketplace.basket import service as baskets
from marketplace.catalogue import queries as catalogue
from marketplace.custody import queries as custody
from marketplace.factory import create_app
from marketplace.flow import checkout
from marketplace.kernel.time import SHANGHAI, FixedClock
from marketplace.parties import queries as parties
from marketplace.places.types import DivisionCode
from tests.web.conftest import _close, make_settings

STORY = ("congjiang-xianghenuo", "shuicheng-hongxin-mihoutao", "xiuwen-mihoutao")
JUNE = "2026-06-15"  # no kiwifruit is harvested or sold fresh


FILLING = ("catalogue load", f"demo seed --months 1 --orders 3 --until {JUNE}")
TOLD = (
    "orders_line",
    "assistance_entry",
    "stock_lot",
    "stock_movement",
    "catalogue_certificate",
)
"""What a year comes to: tables without anything drawn for one installation, as tokens and passwords are."""


def made(
    cluster: embedded_postgres.Cluster, database: str, directory: Path, commands: Iterable[str]
) -> Flask:
    app = create_app(
        make_settings(
            directory,
            cluster.url(embedded_postgres.APP, database),
            cluster.url(embedded_postgres.OWNER, database),
        )
    )
    for command in commands:
        done = app.test_cli_runner().invoke(args=command.split())
        assert done.exit_code == 0, (command, done.output, done.exception)
    return app


@pytest.fixture(scope="module")
def demonstration(
    cluster: embedded_postgres.Cluster,
    new_database: Callable[[str], str],
    worker_id: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Flask, Path]]:
    """A short year, played through the commands a newcomer uses."""
    name = new_database(f"demonstration_{worker_id}")
    directory = tmp_path_factory.mktemp("demonstration")
    app = made(cluster, name, directory, FILLING)
    yield app, directory
    _close(app)
    cluster.drop_database(name)


@pytest.fixture
def session(demonstration: tuple[Flask, Path]) -> Iterator[Session]:
    with demonstration[0].extensions["sessions"]() as opened:
        yield opened


def count(session: Session, statement: str) -> dict[str, int]:
    return {str(key): int(number) for key, number in session.execute(text(statement))}


def test_everybody_of_the_story_is_there_and_marked(session: Session) -> None:
    kinds = count(session, "SELECT kind, count(*) FROM parties_party GROUP BY kind")
    assert kinds["cooperative"] == 41  # the forty that sell, and one that was accepted the day before
    assert (kinds["carrier"], kinds["warehouse"], kinds["purchasing_unit"]) == (3, 2, 6)
    counties = text("SELECT count(DISTINCT division_code) FROM parties_party WHERE kind = 'cooperative'")
    assert session.scalar(counties) >= 30
    unmarked = text(
        "SELECT name_zh FROM parties_party WHERE name_zh NOT LIKE '%（演示）%' OR NOT is_demo"
        " UNION ALL SELECT display_name FROM parties_person WHERE display_name NOT LIKE '%（演示）%'"
        " UNION ALL SELECT number FROM catalogue_certificate WHERE number NOT LIKE 'DEMO-%'"
    )
    assert session.scalars(unmarked).all() == []


def test_offers_stand_inside_their_bands_and_papers_in_every_state(session: Session) -> None:
    outside = text(
        "SELECT o.id FROM catalogue_offer o JOIN catalogue_variant v ON v.id = o.variant_id"
        " WHERE o.price_fen NOT BETWEEN v.price_low_fen AND v.price_high_fen"
    )
    assert session.scalars(outside).all() == []
    states = count(session, "SELECT state, count(*) FROM catalogue_certificate GROUP BY state")
    assert {"submitted", "verified", "revoked", "suspended"} <= states.keys()
    assert len(count(session, "SELECT scheme_code, count(*) FROM catalogue_certificate GROUP BY 1")) >= 4


def test_the_goods_of_the_story_can_be_bought_together_in_any_season(
    session: Session, clock: FixedClock
) -> None:
    """From three cooperatives, in 佛山 before they spoil; each lot says when it was really picked."""
    clock.instant = datetime(2026, 6, 16, 10, tzinfo=SHANGHAI)
    basket = baskets.open_for(session, None, None)
    for slug in STORY:
        product = catalogue.get_product_by_slug(session, slug)
        variant = catalogue.variants_of(session, [product.id])[product.id][0]
        basket = baskets.put(session, basket.id, variant.id, 1)
    seen = checkout.preview(session, basket, DivisionCode("440604"))
    assert len({part.cooperative_id for part in seen.plan.parts}) == 3
    session.rollback()
    picked = text(
        "SELECT DISTINCT extract(month FROM l.harvested_on)::int FROM catalogue_lot l"
        " JOIN catalogue_offer o ON o.id = l.offer_id JOIN catalogue_variant v ON v.id = o.variant_id"
        " JOIN catalogue_product p ON p.id = v.product_id WHERE p.slug = 'shuicheng-hongxin-mihoutao'"
    )
    assert set(session.scalars(picked)) <= {8, 9}


def test_whoever_has_an_account_finds_work(demonstration: tuple[Flask, Path], session: Session) -> None:
    accounts = json.loads((demonstration[1] / "demo-accounts.json").read_text())
    assert {"role", "name", "login", "password"} == set(accounts[0])
    roles = Counter(one["role"].split()[0] for one in accounts)
    assert roles["official"] == 5
    assert {"consumer", "purchasing", "cooperative", "carrier", "warehouse", "operator"} <= roles.keys()

    def parties_of(role: str) -> set[int]:
        return {
            int(membership.party_id)
            for one in accounts
            if one["role"].startswith(role)
            for person in [parties.find_person_by_phone(session, one["login"])]
            if person is not None
            for membership in parties.actor(session, person.id).memberships
        }

    waiting = text("SELECT cooperative_id FROM orders_fulfilment WHERE state = 'to_accept'")
    assert parties_of("cooperative") <= set(session.scalars(waiting))
    held = text("SELECT holder_party_id FROM custody_consignment WHERE state IN ('on_the_road', 'stored')")
    holders = set(session.scalars(held))
    assert parties_of("carrier") <= holders
    assert parties_of("warehouse") & holders
    assert custody.open_breaches(session).items


def test_the_books_of_the_demonstration_agree(session: Session) -> None:
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    assert list(verify(session)) == []


@pytest.mark.deep
def test_started_over_the_same_seed_and_day_give_the_same_year(
    demonstration: tuple[Flask, Path],
    cluster: embedded_postgres.Cluster,
    new_database: Callable[[str], str],
    worker_id: str,
    tmp_path: Path,
) -> None:
    name = new_database(f"demonstration_again_{worker_id}")
    again = made(cluster, name, tmp_path, ("catalogue load", "demo reset --yes", *FILLING))
    with demonstration[0].extensions["sessions"]() as first, again.extensions["sessions"]() as second:
        for table in TOLD:
            rows = text(f"SELECT * FROM {table} ORDER BY 1, 2")
            told = first.execute(rows).all()
            assert told, table
            assert told == second.execute(rows).all(), table
    _close(again)
    cluster.drop_database(name)
