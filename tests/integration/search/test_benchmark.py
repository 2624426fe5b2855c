"""The benchmark of the search does not rot: at a small size all engines count alike, and else it notices."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.search import corpus, products, words
from benchmarks.search.engines.base import Answer
from benchmarks.search.measuring import differences
from benchmarks.search.requests import Asked, Kind
from benchmarks.search.worker import ENGINES, Place, make
from marketplace.search.documents import indexed
from marketplace.search.lexicon import make_language

SIZE = 300


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("search-benchmark"), SIZE, 2)


@pytest.fixture(scope="module")
def asked(place: Place) -> Asked:
    return place.asked()


@pytest.fixture(scope="module")
def answers(place: Place, asked: Asked) -> dict[str, list[Answer]]:
    found = {}
    for name in ENGINES:
        assert make(name).build(place.corpus(), place.index(name)) > 0
        engine = make(name)
        engine.open(place.corpus(), place.index(name))
        found[name] = [engine.read(engine.ask(ask)) for ask in asked.asks]
        engine.close()
    return found


def test_every_kind_is_asked_and_finds_something(asked: Asked, answers: dict[str, list[Answer]]) -> None:
    found = {ask.kind for ask, answer in zip(asked.asks, answers["own"], strict=True) if answer.total}
    assert found == set(Kind)


def test_all_engines_count_alike(asked: Asked, answers: dict[str, list[Answer]]) -> None:
    assert set(answers) == set(ENGINES)
    assert list(differences(asked.asks, answers)) == []
    assert any(answer.facets and len(answer.facets) == 11 for answer in answers["own"])


def test_a_total_or_a_count_that_differs_is_noticed(asked: Asked, answers: dict[str, list[Answer]]) -> None:
    right = answers["own"]
    counted = next(number for number, answer in enumerate(right) if answer.facets)
    facets = right[counted].facets
    assert facets
    facet = next(one for one in facets if facets[one])
    wrong_facets = {**facets, facet: {value: count + 1 for value, count in facets[facet].items()}}
    for number, wrong in (
        (0, replace(right[0], total=right[0].total + 1)),
        (counted, replace(right[counted], facets=wrong_facets)),
    ):
        others = [*right[:number], wrong, *right[number + 1 :]]
        assert len(list(differences(asked.asks, {"own": right, "other": others}))) == 1


def test_cutting_by_parts_gives_the_tokens_of_the_whole() -> None:
    known = words.gather(corpus.SEED)
    sellers = products.make_cooperatives(known, SIZE, corpus.SEED)
    language = make_language()[0]
    partwise = corpus.PartwiseLanguage(language)
    chunk = products.draw(known, sellers, 0, 20, corpus.SEED)
    for document in products.documents(known, sellers, chunk):
        assert indexed(document, partwise) == indexed(document, language)


def test_the_same_seed_gives_the_same_corpus(place: Place, tmp_path: Path) -> None:
    again = corpus.corpus(tmp_path, SIZE)
    assert again.vocabulary == place.corpus().vocabulary
    assert (again.tokens == place.corpus().tokens).all()
    assert all((again.columns[name] == array).all() for name, array in place.corpus().columns.items())
