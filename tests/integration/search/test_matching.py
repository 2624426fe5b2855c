"""The port's one promise, on both engines: what carries a token of every clause, whatever was written before.

Products come, change and go by batches, small segments merge, an index is built anew; what matches is counted
by hand each time.
"""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy.orm import Session

from marketplace.adapters.postgres_text import PostgresText
from marketplace.adapters.whoosh_text import WhooshText
from marketplace.search import ranking, service
from marketplace.search.port import Clause, IndexedProduct, Written
from tests.conftest import IS_DEEP

TOKENS = ("茶", "w:毛尖", "p:cha", "e:o'neil", "n:a\\b", "e:a b", "i:dy&", "e:!|()", "b:🍵", "w:𠮷", "p:a:1")
SMALL_SEGMENTS = 8
Kept = dict[int, Mapping[str, int]]

products = some.dictionaries(
    some.integers(0, 40),
    some.dictionaries(some.sampled_from(TOKENS), some.integers(1, 255), min_size=1),
    min_size=1,
    max_size=6,
)
steps = some.lists(
    some.tuples(some.sampled_from(("apply", "apply", "apply", "remove", "rebuild")), products),
    min_size=1,
    max_size=14,
)
clauses = some.lists(
    some.lists(
        some.tuples(some.sampled_from((*TOKENS, "w:nobody")), some.sampled_from((1.0, 0.5, 0.3))),
        min_size=1,
        max_size=5,
        unique_by=lambda one: one[0],
    ).map(lambda tokens: Clause(tuple(tokens))),
    min_size=1,
    max_size=3,
)


def by_hand(kept: Kept, asked: Sequence[Clause]) -> dict[int, float]:
    """Return what matches, with its score: of a clause the best token counts, clauses add up."""
    carrying = {token: sum(token in one for one in kept.values()) for token in TOKENS}
    found = {}
    for slot, tokens in kept.items():
        shares = [
            [
                factor * ranking.rarity(len(kept), carrying[token]) * float(ranking.STRENGTHS[tokens[token]])
                for token, factor in clause.tokens
                if token in tokens
            ]
            for clause in asked
        ]
        if all(shares):
            found[slot] = sum(map(max, shares))
    return found


def write_beside(session: Session, changed: Kept, removed: set[int]) -> None:
    """Write the tokens where PostgreSQL finds them, as the indexer does."""
    texts: dict[int, Mapping[str, int] | None] = {**changed, **dict.fromkeys(removed)}
    if texts:
        service.move_words(session, 1, service.keep_texts(session, 1, texts))


def check(kept: Kept, asked: Sequence[Clause], whoosh: WhooshText, postgres: PostgresText) -> None:
    expected = by_hand(kept, asked)
    found = whoosh.match(asked)
    assert found.slots.tolist() == sorted(expected)
    np.testing.assert_allclose(found.scores, [expected[slot] for slot in sorted(expected)], rtol=1e-4)
    assert postgres.match(asked).slots.tolist() == sorted(expected)


@given(written=steps, asked=some.lists(clauses, min_size=1, max_size=4))
@settings(
    max_examples=300 if IS_DEEP else 10,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_both_engines_match_what_counting_by_hand_finds(
    session: Session, written: list[tuple[str, Kept]], asked: list[list[Clause]]
) -> None:
    session.rollback()
    postgres = PostgresText(lambda: cast("Session", nullcontext(session)))
    with TemporaryDirectory() as directory:
        whoosh, other = WhooshText(Path(directory) / "search"), WhooshText(Path(directory) / "search")
        kept: Kept = {}
        whoosh.rebuild([], Written("s", 0))
        for version, (action, these) in enumerate(written, 1):
            gone = set(these) & set(kept) if action == "remove" else set()
            changed = {} if action == "remove" else these
            kept = {slot: tokens for slot, tokens in (kept | changed).items() if slot not in gone}
            write_beside(session, changed, gone)
            if action == "rebuild":
                whoosh.rebuild((IndexedProduct(*one) for one in sorted(kept.items())), Written("s", version))
            else:
                whoosh.apply((IndexedProduct(*one) for one in changed.items()), gone, version=version)
            other.refresh()
            for one in asked:
                check(kept, one, whoosh, postgres)
                check(kept, one, other, postgres)
        assert whoosh.fingerprints() == {
            slot: IndexedProduct(slot, tokens).fingerprint for slot, tokens in kept.items()
        }


@pytest.mark.parametrize("count", [SMALL_SEGMENTS, 3 * SMALL_SEGMENTS])
def test_many_small_segments_become_few(tmp_path: Path, count: int) -> None:
    whoosh = WhooshText(tmp_path / "search")
    whoosh.rebuild([], Written("s", 0))
    for slot in range(count):
        whoosh.apply([IndexedProduct(slot, {"茶": 80, f"e:{slot}": 10})], {slot - 20}, version=slot + 1)
    segments = list((tmp_path / "search" / "current").glob("*.seg"))
    assert len(segments) <= SMALL_SEGMENTS + 1
    kept = range(max(0, count - 20), count)
    assert whoosh.match((Clause((("茶", 1.0),)),)).slots.tolist() == list(kept)
    assert whoosh.written() == Written("s", count)


def test_what_was_read_answers_the_same_after_its_segments_are_gone(tmp_path: Path) -> None:
    """A thread that still reads the old state is neither closed under nor given half of the new one."""
    writer, reader = WhooshText(tmp_path / "search"), WhooshText(tmp_path / "search")
    writer.rebuild([IndexedProduct(slot, {"茶": 80, f"e:{slot}": 10}) for slot in range(30)], Written("s", 0))
    reader.refresh()
    before = reader.now()
    for slot in range(30):
        writer.apply([], {slot}, version=slot + 1)
        writer.apply([IndexedProduct(100 + slot, {"茶": 80})], (), version=slot + 1)
    writer.rebuild([IndexedProduct(7, {"茶": 80})], Written("s", 99))
    writer.rebuild([IndexedProduct(8, {"茶": 80})], Written("s", 100))
    reader.refresh()
    assert reader.match((Clause((("茶", 1.0),)),)).slots.tolist() == [8]
    assert before.match((Clause((("茶", 1.0),)),)).slots.tolist() == list(range(30))
    assert before.match((Clause((("e:29", 1.0),)),)).slots.tolist() == [29]
