"""Side tables after any sequence of changes are what building them anew gives, whatever moment it is."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.search import moment, orders, tables
from marketplace.search.facets import FACETS_OF
from marketplace.search.orders import Order
from marketplace.search.port import Laid, Matches
from marketplace.search.selection import Selection
from marketplace.search.tables import Tables
from marketplace.search.types import Facet, SearchRequest, SearchRow, Sort, Validity
from tests.factories.search import make_document, make_row

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
DAY = timedelta(days=1)
NUMBERS = ("zp0001", "zp0002", "op0001")

rows = st.builds(
    lambda number, **changes: make_row(make_document(number, **changes)),
    st.integers(0, 7),
    aisle_code=st.sampled_from(["fruit", "tea"]),
    industry_code=st.sampled_from([None, "tea", "cili"]),
    county_code=st.sampled_from(["520204", "522701"]),
    is_key_county=st.booleans(),
    price_fen=st.one_of(st.none(), st.integers(1, 80_000)),
    available=st.integers(0, 2),
    sold=st.integers(0, 3),
    sale_months=st.sampled_from([(11,), (1, 2), (10, 11, 12)]),
    cooperative_codes=st.sampled_from([(), ("A",), ("A", "B"), ("C",)]),
    validities=st.lists(
        st.builds(
            lambda code, number, start, length: Validity(
                scheme_code=code,
                from_at=AT + start * DAY,
                to_at=AT + (start + length) * DAY,
                number=number,
            ),
            st.sampled_from(["zhenpin", "organic"]),
            st.sampled_from(NUMBERS),
            st.integers(-3, 2),
            st.integers(1, 4),
        ),
        max_size=2,
    ).map(tuple),
)


def answers(at: moment.Moment, when: datetime) -> list[object]:
    """Ask a moment everything that a page can ask."""
    listed = np.flatnonzero(at.tables.listed)
    found: list[object] = [
        at.tables.periods.bearing(listed, [number], at.begins_at).tolist() for number in NUMBERS
    ]
    for sort in Sort:
        selection = Selection(at, SearchRequest(at=when, sort=sort, per_page=50), None)
        found += [selection.total, selection.page().tolist()]
    for chosen in (
        {},
        {Facet.CERTIFICATION: ("zhenpin",)},
        {Facet.COOPERATIVE: ("A",), Facet.AISLE: ("tea",)},
    ):
        facets = Selection(at, SearchRequest(at=when, chosen=chosen), None).facets()
        found.append(
            {
                facet: {
                    value: int(count)
                    for value, count in zip(tally.values, tally.counts, strict=True)
                    if count
                }
                for facet, tally in facets.items()
            }
        )
    return found


@given(st.lists(st.lists(rows, min_size=1, max_size=3), min_size=1, max_size=6), st.integers(0, 40))
def test_changing_gives_what_building_anew_gives(batches: list[list[SearchRow]], days: int) -> None:
    kept: dict[int, SearchRow] = {}
    made = tables.empty()
    now = moment.at_instant(made, AT)
    for rows_found in batches:
        batch = list({row.slot: row for row in rows_found}.values())
        kept |= {row.slot: row for row in batch}
        made = made.changed(batch)
        now = moment.following(now, made, np.array([row.slot for row in batch]), AT)
    anew = tables.build(kept.values())
    assert answers(now, AT) == answers(moment.at_instant(anew, AT), AT)
    later = AT + days * DAY
    assert answers(moment.at_instant(made, later), later) == answers(moment.at_instant(anew, later), later)


@given(st.lists(rows, min_size=1, max_size=8), st.sets(st.sampled_from(NUMBERS)))
def test_a_number_is_borne_while_a_certificate_with_it_is_valid(
    found: list[SearchRow], wanted: set[str]
) -> None:
    kept = {row.slot: row for row in found}
    made = tables.build(kept.values())
    bears = made.periods.bearing(np.arange(made.size), sorted(wanted), AT.timestamp())
    assert set(np.flatnonzero(bears).tolist()) == {
        slot
        for slot, row in kept.items()
        if any(
            one.number in wanted and one.from_at <= AT and (one.to_at is None or one.to_at > AT)
            for one in row.validities
        )
    }


@given(st.lists(rows, min_size=1, max_size=8))
def test_a_moment_holds_until_something_ends_or_begins(found: list[SearchRow]) -> None:
    made = tables.build({row.slot: row for row in found}.values())
    now = moment.at_instant(made, AT)
    assert now.holds(AT)
    last = datetime.fromtimestamp(now.ends_at, UTC) - timedelta(seconds=1)
    assert answers(now, last) == answers(moment.at_instant(made, last), last)


def test_what_is_not_listed_any_more_is_nowhere() -> None:
    shelf = [make_row(make_document(number)) for number in range(3)]
    gone = shelf[1]._replace(is_listed=False)
    made = tables.build(shelf).changed([gone])
    here = moment.at_instant(made, AT)
    request = SearchRequest(at=AT)
    assert Selection(here, request, None).total == 2
    everything = Matches(np.arange(3, dtype=np.int32), np.ones(3, np.float32))
    matched = Selection(here, request, everything)
    assert matched.total == 2
    assert 1 not in matched.page()
    assert matched.facets()[Facet.IN_STOCK].counts.tolist() == [2]


def test_a_change_shares_what_it_does_not_touch() -> None:
    made = tables.build(make_row(make_document(number)) for number in range(3))
    cheaper = made.changed([make_row(make_document(1, price_fen=1))])
    assert made.price_fen.tolist() == [1000, 2000, 3000]
    assert cheaper.price_fen.tolist() == [1000, 1, 3000]
    assert cheaper.place.values is made.place.values


def test_every_facet_is_told_by_one_column() -> None:
    assert sorted(facet for facets in FACETS_OF.values() for facet in facets) == sorted(Facet)


def test_more_schemes_than_fit_are_refused() -> None:
    forever = [Validity(scheme_code=f"s{number}", from_at=AT, to_at=None) for number in range(65)]
    made = tables.build([make_row(make_document(0, validities=tuple(forever)))])
    with pytest.raises(ValueError, match="65 certification schemes"):
        moment.at_instant(made, AT)


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=60),
    st.lists(st.tuples(st.integers(0, 59), st.integers(0, 9)), max_size=8),
)
def test_a_moved_order_is_the_order_of_the_new_keys(keys: list[int], moves: list[tuple[int, int]]) -> None:
    before, after = np.array(keys), np.array(keys)
    moves = [(slot, key) for slot, key in moves if slot < len(keys)]
    for slot, key in moves:
        after[slot] = key
    changed = np.array(sorted({slot for slot, _ in moves}), np.int64)
    moved = Order.of(before).moved(after, changed)
    assert moved.slots.tolist() == Order.of(after).slots.tolist()
    assert moved.ranks[moved.slots].tolist() == list(range(len(keys)))


@given(st.integers(0, 20_000), st.integers(0, 60), st.integers(1, 30), st.integers(0, 5))
def test_the_best_few_are_those_of_a_whole_sort(size: int, first: int, count: int, spread: int) -> None:
    chance = np.random.default_rng(size)
    scores = chance.integers(0, 10**spread, size).astype(np.float32)
    expected = np.argsort(-scores, kind="stable")[first : first + count]
    assert orders.best(scores, first, count).tolist() == expected.tolist()
    keys = chance.permutation(size)
    assert orders.lowest(keys, first, count).tolist() == np.argsort(keys)[first : first + count].tolist()


@given(st.integers(1, 3_000), st.integers(0, 100), st.integers(1, 30))
def test_walking_an_order_finds_what_passes(size: int, first: int, count: int) -> None:
    chance = np.random.default_rng(size)
    order = Order.of(chance.integers(0, 50, size))
    passing = chance.random(size) < 0.1
    expected = [slot for slot in order.slots.tolist() if passing[slot]][first : first + count]
    assert order.walk(passing.take, first, count).tolist() == expected


@pytest.fixture(scope="module")
def crowd() -> Tables:
    """A shelf of four hundred: many sell alike, a few far more, every seventh is sold out."""
    return tables.build(
        make_row(
            make_document(
                number,
                sold=10 ** (number % 5) if number % 40 == 0 else number % 3,
                available=0 if number % 7 == 0 else 5,
                sale_months=(11,) if number % 3 else (1, 2),
                aisle_code="tea" if number % 2 else "fruit",
            )
        )
        for number in range(400)
    )


requests = st.builds(
    SearchRequest,
    at=st.just(AT),
    sort=st.sampled_from(list(Sort)),
    page=st.integers(1, 30),
    per_page=st.sampled_from([1, 5, 24]),
    chosen=st.sampled_from([{}, {Facet.AISLE: ("tea",)}, {Facet.IN_STOCK: ("1",)}]),
)


@given(requests, st.integers(0, 10_000), st.integers(1, 4), st.sampled_from([(8,), (8, 64), (64, 4096)]))
def test_a_page_is_the_same_whether_scores_are_laid_out_or_not(
    crowd: Tables, asked: SearchRequest, seed: int, spread: int, leaders: tuple[int, ...]
) -> None:
    """However few lead, and however alike scores are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moment, "_LEADERS", leaders)
        here = moment.at_instant(crowd, AT)
    chance = np.random.default_rng(seed)
    levels = chance.integers(0, 1 + spread, crowd.size + 1).astype(np.uint8)
    levels[-1] = 0
    worth = np.linspace(0, 2, 1 + spread).astype(np.float32)
    slots = np.flatnonzero(levels).astype(np.int32)
    plain = Matches(slots, worth.take(levels).take(slots))
    laid = Matches(slots, plain.scores, Laid(levels, worth, float(worth[levels.max()])))
    expected = Selection(here, asked, plain).page().tolist()
    assert Selection(here, asked, laid).page().tolist() == expected


def test_nothing_is_laid_out_beyond_the_last_slot() -> None:
    laid = Laid(np.array([0, 3, 0], np.uint8), None, 3.0)
    assert laid.of(np.array([0, 1, 2, 9])).tolist() == [0, 3, 0, 0]


def test_tables_of_nothing_answer_nothing() -> None:
    made: Tables = tables.empty()
    selection = Selection(moment.at_instant(made, AT), SearchRequest(at=AT), None)
    assert selection.total == 0
    assert selection.page().tolist() == []
    assert all(tally.counts.sum() == 0 for tally in selection.facets().values())
