"""Real connections: two provinces approve at once, one person for both, an edition is published twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from marketplace.catalogue import queries, service
from marketplace.catalogue.refusals import AlreadyReviewed, EditionMovedOn, OtherSideReviewer
from marketplace.catalogue.types import Edition, Nomination, NominationState
from marketplace.kernel import unit_of_work
from marketplace.kernel.refusals import Refusal
from marketplace.kernel.time import FixedClock, clock_in_force
from marketplace.parties.types import Actor
from marketplace.places.types import DivisionCode, Side
from tests.conftest import NOON
from tests.factories.catalogue import make_reference
from tests.factories.editions import (
    GUANGDONG,
    GUIZHOU,
    load_criteria,
    make_good,
    make_official,
    make_operator,
)

T = TypeVar("T")
UseCase = Callable[[Session], object]


@pytest.fixture
def waiting(engine: Engine, clock: FixedClock) -> tuple[Edition, Nomination, Actor]:
    """An edition with one nomination that both provinces have still to review."""

    def prepare(session: Session) -> tuple[Edition, Nomination, Actor]:
        make_reference(session)
        load_criteria(session)
        operator = make_operator(session)
        edition = service.open_edition(session, 2026, operator.person)
        found = service.nominate(session, edition.id, make_good(session).id, operator, "")
        return service.close_nominations(session, edition.id), found, operator

    return write(engine, prepare)


def write(engine: Engine, use_case: Callable[[Session], T]) -> T:
    with Session(engine, expire_on_commit=False) as session:
        return unit_of_work.commit(session, use_case)


def at_once(engine: Engine, *use_cases: UseCase) -> list[Refusal | None]:
    """Run use cases on connections of their own, all beginning together; returns what refused each."""
    together = Barrier(len(use_cases))

    def run(use_case: UseCase) -> Refusal | None:
        with clock_in_force(FixedClock(NOON)):
            together.wait()
            try:
                write(engine, use_case)
            except Refusal as refusal:
                return refusal
            return None

    with ThreadPoolExecutor(len(use_cases)) as pool:
        return list(pool.map(run, use_cases))


def approving(nomination: Nomination, official: Actor, side: Side) -> UseCase:
    return partial(service.approve_nominations, nomination_ids=[nomination.id], by=official, side=side)


def test_two_provinces_at_once_approve_it(engine: Engine, waiting: tuple[Edition, Nomination, Actor]) -> None:
    _edition, nomination, _operator = waiting
    guizhou = write(engine, lambda session: make_official(session, GUIZHOU))
    guangdong = write(engine, lambda session: make_official(session, GUANGDONG))
    assert at_once(
        engine,
        approving(nomination, guizhou, Side.GUIZHOU),
        approving(nomination, guangdong, Side.GUANGDONG),
    ) == [None, None]
    with Session(engine) as session:
        assert queries.get_nomination(session, nomination.id).state is NominationState.APPROVED


def test_one_province_speaks_once(engine: Engine, waiting: tuple[Edition, Nomination, Actor]) -> None:
    _edition, nomination, _operator = waiting
    officials = [write(engine, lambda session: make_official(session, GUIZHOU)) for _ in range(3)]
    said = at_once(engine, *(approving(nomination, one, Side.GUIZHOU) for one in officials))
    assert [type(one) for one in said if one] == [AlreadyReviewed] * 2
    assert said.count(None) == 1


def test_one_person_never_speaks_for_both(engine: Engine, waiting: tuple[Edition, Nomination, Actor]) -> None:
    _edition, nomination, _operator = waiting
    both = write(engine, lambda session: make_official(session, GUIZHOU, GUANGDONG))
    said = at_once(engine, *(approving(nomination, both, side) for side in (Side.GUIZHOU, Side.GUANGDONG)))
    assert [type(one) for one in said if one] == [OtherSideReviewer]
    with Session(engine) as session:
        assert queries.get_nomination(session, nomination.id).state is NominationState.NOMINATED


def test_published_twice_at_once_it_is_published_once(
    engine: Engine, waiting: tuple[Edition, Nomination, Actor]
) -> None:
    edition, nomination, operator = waiting
    for code, side in ((GUIZHOU, Side.GUIZHOU), (GUANGDONG, Side.GUANGDONG)):
        official = write(engine, partial(_official, code))
        write(engine, approving(nomination, official, side))
    publishing = partial(service.publish_edition, edition_id=edition.id, by=operator.person)
    said = at_once(engine, publishing, publishing)
    assert [type(one) for one in said if one] == [EditionMovedOn]
    with Session(engine) as session:
        count = text("SELECT count(*) FROM catalogue_edition_publication")
        assert session.scalar(count) == 1
        assert len(queries.every_entry(session, edition.id)) == 1


def _official(code: DivisionCode, session: Session) -> Actor:
    return make_official(session, code)
