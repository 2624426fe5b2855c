"""Filters, facets, sorts: exact totals, each facet without its own filter, certificates as of the instant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketplace.search import moment, tables
from marketplace.search.selection import Selection
from marketplace.search.types import Facet, SearchDocument, SearchRequest, Sort, Validity
from tests.factories.search import make_document, make_row

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def select(documents: list[SearchDocument], request: SearchRequest) -> Selection:
    made = tables.build(make_row(document) for document in documents)
    return Selection(moment.at_instant(made, request.at), request, None)


def page(documents: list[SearchDocument], request: SearchRequest) -> list[int]:
    return [int(slot) + 1 for slot in select(documents, request).page()]


documents_strategy = st.lists(
    st.builds(
        lambda aisle, county, price, available, months, certified: {
            "aisle_code": aisle,
            "county_code": county,
            "price_fen": price,
            "available": available,
            "sale_months": tuple(months),
            "validities": tuple(
                Validity(scheme_code=code, from_at=AT + start * DAY, to_at=AT + (start + length) * DAY)
                for code, start, length in certified
            ),
        },
        st.sampled_from(["fruit", "tea"]),
        st.sampled_from(["520204", "522701", "520328"]),
        st.one_of(st.none(), st.integers(1, 80_000)),
        st.integers(0, 3),
        st.sets(st.integers(1, 12), min_size=1, max_size=4),
        st.lists(
            st.tuples(st.sampled_from(["zhenpin", "organic"]), st.integers(-3, 1), st.integers(1, 4)),
            max_size=2,
        ),
    ),
    max_size=12,
).map(lambda rows: [make_document(number, **row) for number, row in enumerate(rows)])

chosen_strategy = st.fixed_dictionaries(
    {},
    optional={
        Facet.AISLE: st.sampled_from([("fruit",), ("fruit", "tea"), ("nowhere",)]),
        Facet.COUNTY: st.sampled_from([("520204",), ("520204", "522701")]),
        Facet.CERTIFICATION: st.sampled_from([("zhenpin",), ("zhenpin", "organic")]),
        Facet.IN_STOCK: st.just(("1",)),
        Facet.IN_SEASON: st.just(("1",)),
        Facet.PRICE: st.sampled_from([("0",), ("1", "5")]),
    },
)


def passes(document: SearchDocument, facet: Facet, values: tuple[str, ...]) -> bool:
    """Say a filter in the plainest way."""
    if facet is Facet.AISLE:
        return document.aisle_code in values
    if facet is Facet.COUNTY:
        return document.county_code in values
    if facet is Facet.CERTIFICATION:
        return any(
            one.scheme_code in values and one.from_at <= AT and (one.to_at is None or one.to_at > AT)
            for one in document.validities
        )
    if facet is Facet.IN_STOCK:
        return document.available > 0
    if facet is Facet.IN_SEASON:
        return 11 in document.sale_months
    assert facet is Facet.PRICE
    bands = [0, 2_000, 5_000, 10_000, 20_000, 50_000, 10**12]
    return document.price_fen is not None and any(
        bands[int(value)] <= document.price_fen < bands[int(value) + 1] for value in values
    )


@given(documents_strategy, chosen_strategy)
def test_filters_and_facets_are_what_counting_by_hand_gives(
    documents: list[SearchDocument], chosen: dict[Facet, tuple[str, ...]]
) -> None:
    request = SearchRequest(at=AT, chosen=chosen)
    expected = {
        int(one.product_id)
        for one in documents
        if all(passes(one, facet, values) for facet, values in chosen.items())
    }
    assert set(page(documents, request)) == expected
    facets = select(documents, request).facets()
    for facet in (Facet.AISLE, Facet.COUNTY, Facet.CERTIFICATION):
        others = {key: values for key, values in chosen.items() if key is not facet}
        for value, count in zip(facets[facet].values, facets[facet].counts, strict=True):
            by_hand = sum(
                passes(one, facet, (value,)) and all(passes(one, key, given) for key, given in others.items())
                for one in documents
            )
            assert count == by_hand


@given(documents_strategy, st.sampled_from(list(Sort)))
def test_every_sort_shows_everything_once_and_what_can_be_bought_first(
    documents: list[SearchDocument], sort: Sort
) -> None:
    found = page(documents, SearchRequest(at=AT, sort=sort))
    assert sorted(found) == sorted(int(one.product_id) for one in documents)
    available = {int(one.product_id): one.available > 0 for one in documents}
    shown = [available[product] for product in found]
    assert shown == sorted(shown, reverse=True)


def test_prices_sort_both_ways() -> None:
    documents = [make_document(number, price_fen=price) for number, price in enumerate([300, 100, 200])]
    assert page(documents, SearchRequest(at=AT, sort=Sort.PRICE_ASC)) == [2, 3, 1]
    assert page(documents, SearchRequest(at=AT, sort=Sort.PRICE_DESC)) == [1, 3, 2]


def test_a_certificate_ends_at_its_instant_without_anything_being_written() -> None:
    certified = make_document(
        0, validities=(Validity(scheme_code="zhenpin", from_at=AT - DAY, to_at=AT + timedelta(seconds=1)),)
    )
    asked = SearchRequest(at=AT, chosen={Facet.CERTIFICATION: ("zhenpin",)})
    assert page([certified], asked) == [1]
    assert page([certified], replace(asked, at=AT + timedelta(seconds=1))) == []
