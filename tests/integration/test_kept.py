"""Small tables in memory: read once, looked at by one statement, read again only where they changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.queries.reference import kept as kept_reference
from marketplace.flow.load_catalogue import load_catalogue
from marketplace.freight import queries as freight
from marketplace.kernel import kept, paths, unit_of_work
from marketplace.kernel.time import FixedClock
from marketplace.places import queries as places


@pytest.fixture
def loaded(engine: Engine, clock: FixedClock) -> Engine:
    with Session(engine) as session:
        unit_of_work.commit(session, lambda one: load_catalogue(one, paths.CATALOG_DATA))
    return engine


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def everything(engine: Engine) -> tuple[object, ...]:
    with Session(engine) as session:
        return places.atlas(session), catalogue.reference(session), freight.rate_book(session)


def test_what_did_not_change_costs_one_look_and_stays_the_same_object(
    loaded: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = everything(loaded)
    with counted(loaded) as sent:
        assert everything(loaded) == first
    assert sent == []
    monkeypatch.setattr(kept, "FRESH_SECONDS", 0.0)
    with counted(loaded) as sent, Session(loaded) as session:
        again = places.atlas(session)
    assert len(sent) == 1
    assert again is first[0]


CHANGES = (
    "UPDATE catalogue_aisle SET name_en = 'Fresh fruit' WHERE code = 'fruit'",
    "INSERT INTO catalogue_unit (code, order_no, name_zh, name_zh_hant, name_en) VALUES ('x', 9, '', '', '')",
    "DELETE FROM catalogue_paper WHERE product_form = (SELECT min(product_form) FROM catalogue_paper)",
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.partition(" ")[0])
def test_what_somebody_else_changed_is_seen_and_nothing_else_read_again(
    loaded: Engine, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    atlas, shelves, book = everything(loaded)
    with loaded.begin() as connection:
        connection.execute(text(change))
    assert everything(loaded)[1] is shelves
    monkeypatch.setattr(kept, "FRESH_SECONDS", 0.0)
    seen = everything(loaded)
    assert seen[1] is not shelves
    assert seen[1] != shelves
    assert (seen[0] is atlas, seen[2] is book) == (True, True)


def test_distances_and_pairings_belong_to_the_rate_book_too(
    loaded: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _atlas, shelves, book = everything(loaded)
    with loaded.begin() as connection:
        connection.execute(text("UPDATE places_transit SET road_km = road_km + 1"))
    monkeypatch.setattr(kept, "FRESH_SECONDS", 0.0)
    seen = everything(loaded)
    assert seen[2] is not book
    assert seen[1] is shelves


def test_one_s_own_change_is_seen_at_once_and_by_others_after_the_commit(loaded: Engine) -> None:
    before = everything(loaded)[1]
    with Session(loaded) as session:
        session.execute(text(CHANGES[0]))
        kept_reference.forget(session)
        assert catalogue.reference(session).aisles["fruit"].name.en == "Fresh fruit"
        assert everything(loaded)[1] is before
        session.commit()
    with Session(loaded) as session:
        assert catalogue.reference(session).aisles["fruit"].name.en == "Fresh fruit"
