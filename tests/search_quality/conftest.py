"""The judged queries' ground: the whole catalogue on offer and in stock, a few marks, a few makers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker

from marketplace.adapters import embedded_postgres
from marketplace.adapters.postgres_text import PostgresText
from marketplace.adapters.whoosh_text import WhooshText
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Product, ProductFilter
from marketplace.flow.load_catalogue import load_catalogue
from marketplace.kernel import paths
from marketplace.kernel.message import Name
from marketplace.kernel.time import FixedClock, clock_in_force
from marketplace.parties import service as register
from marketplace.parties.types import PartyKind
from marketplace.search.engine import SearchEngine
from marketplace.search.port import TextEngine
from marketplace.search.types import SearchPage, SearchRequest
from tests.conftest import NOON
from tests.web.shop import Shop, add_offer, certify

# By county: who sells what comes from there. Everything else is sold by one cooperative.
COOPERATIVES: Mapping[str, tuple[str, str, str]] = {
    "520204": ("DEMO-SC", "水城山果合作社（演示）", "Shuicheng hill fruit cooperative (demonstration)"),
    "522633": ("DEMO-CJ", "从江香禾合作社（演示）", "Congjiang rice cooperative (demonstration)"),
    "522701": ("DEMO-DY", "都匀茶叶合作社（演示）", "Duyun tea cooperative (demonstration)"),
    "520102": ("DEMO-ALL", "黔山联合社（演示）", "Qianshan union (demonstration)"),
}
EVERYBODY_ELSE = "520102"
CERTIFIED: Mapping[str, tuple[str, ...]] = {
    "zhenpin": (
        "shuicheng-hongxin-mihoutao",
        "longli-cili",
        "zhijin-zhusun",
        "weining-yangyu",
        "zunyi-chaotianjiao",
    ),
    "green_food_lb": ("duyun-maojian", "majiang-lanmei"),
    "organic_cert": ("fenggang-xinxicha",),
}
PREFIX = {"zhenpin": "DEMO-ZP-0001", "green_food_lb": "DEMO-LB-0001", "organic_cert": "DEMO-OP-0001"}


@dataclass(frozen=True, slots=True)
class Searched:
    """A search over the whole catalogue, by slug."""

    engine: SearchEngine
    sessions: Callable[[], Session]
    slugs: Mapping[int, str]

    def page(self, query: str, per_page: int = 24) -> SearchPage:
        with self.sessions() as session:
            return self.engine.search(session, SearchRequest(at=NOON, q=query, per_page=per_page))

    def __call__(self, query: str) -> list[str]:
        return [self.slugs[int(product)] for product in self.page(query).product_ids]


@pytest.fixture(scope="package")
def filled(
    cluster: embedded_postgres.Cluster, new_database: Callable[[str], str], worker_id: str
) -> Iterator[Engine]:
    """A database with the whole catalogue on offer."""
    name = new_database(f"judged_{worker_id}")
    engine = create_engine(cluster.url(embedded_postgres.APP, name))
    with clock_in_force(FixedClock(NOON)), Session(engine, expire_on_commit=False) as session:
        fill(session)
        session.commit()
    yield engine
    engine.dispose()
    cluster.drop_database(name)


@pytest.fixture(scope="package", params=["whoosh", "postgres"])
def searched(
    request: pytest.FixtureRequest, filled: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Searched]:
    """The search on either text engine."""
    sessions = sessionmaker(filled, expire_on_commit=False)
    directory: Path = tmp_path_factory.mktemp("index")
    text: TextEngine = WhooshText(directory) if request.param == "whoosh" else PostgresText(sessions)
    engine = SearchEngine(text)
    with clock_in_force(FixedClock(NOON)):
        engine.indexer.rebuild(sessions)
        with sessions() as session:
            slugs = {int(one.id): one.slug for one in products(session)}
        yield Searched(engine, sessions, slugs)


def products(session: Session) -> Sequence[Product]:
    return catalogue.list_products(session, ProductFilter(), per_page=300).items


def fill(session: Session) -> None:
    """Offer and stock every product that may be sold, and certify some."""
    load_catalogue(session, paths.CATALOG_DATA)
    for county, (code, hans, english) in COOPERATIVES.items():
        register.register_party(
            session,
            kind=PartyKind.COOPERATIVE,
            name=Name(hans, "", english),
            division_code=county,
            code=code,
            licence_number=f"DEMO-LIC-{code}",
            is_demo=True,
        )
    shop, every = Shop(session), products(session)
    variants = catalogue.variants_of(session, [one.id for one in every])
    for product in every:
        if product.consumer_sellable:
            code = COOPERATIVES.get(product.county_code, COOPERATIVES[EVERYBODY_ELSE])[0]
            add_offer(session, code, product, variants[product.id][0])
    for scheme, slugs in CERTIFIED.items():
        for place, slug in enumerate(slugs, 1):
            product = shop.product(slug)
            code = COOPERATIVES.get(product.county_code, COOPERATIVES[EVERYBODY_ELSE])[0]
            holder = shop.party(code).id
            certify(session, holder, scheme, f"{PREFIX[scheme]}{place:02}", frozenset({product.id}))
