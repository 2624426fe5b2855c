"""A shop of one product, kept by one process and read by another."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker

from marketplace.adapters.whoosh_text import WhooshText
from marketplace.catalogue.types import Offer
from marketplace.search.engine import SearchEngine
from tests.factories.catalogue import make_offer, make_product, make_reference, make_variant, product_draft
from tests.factories.parties import make_party
from tests.integration.search.kept import Kept


@pytest.fixture
def kept(engine: Engine, tmp_path: Path) -> Iterator[Kept]:
    sessions = sessionmaker(engine, expire_on_commit=False)
    directory = tmp_path / "search"
    with sessions() as session:
        make_reference(session)
        seller = make_party(session)
        made = Kept(
            session,
            sessions,
            directory,
            SearchEngine(WhooshText(directory)),
            SearchEngine(WhooshText(directory)),
            seller,
        )
        make_offer(session, make_variant(session, make_product(session)), seller)
        made.settle()
        yield made


@pytest.fixture
def offer(kept: Kept) -> Offer:
    product = make_product(kept.session, name=product_draft().name)
    made = make_offer(kept.session, make_variant(kept.session, product), kept.seller)
    kept.settle()
    return made
