"""What is suggested: of everything that begins so, some of each kind, no more than there is room for."""

from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.message import Name
from marketplace.search.suggestions import mixed
from marketplace.search.types import Suggestion, SuggestionKind

LIMIT = 8
Found = dict[SuggestionKind, list[Suggestion]]


def found_of(**counts: int) -> Found:
    return {
        kind: [
            Suggestion(kind, Name(f"{kind}{number}", "", ""), f"{kind}-{number}")
            for number in range(counts.get(kind.value, 0))
        ]
        for kind in SuggestionKind
    }


def counted(found: Found, limit: int = LIMIT) -> dict[str, int]:
    kinds = [one.kind.value for one in mixed(found, limit)]
    return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}


def test_many_products_leave_room_for_every_other_kind() -> None:
    found = found_of(product=40, county=3, cooperative=9, certification=1)
    assert counted(found) == {"product": 4, "county": 2, "cooperative": 1, "certification": 1}


def test_many_names_of_one_kind_leave_room_for_the_others() -> None:
    found = found_of(product=1, cooperative=40, county=2)
    assert counted(found) == {"product": 1, "county": 2, "cooperative": 5}


def test_one_kind_alone_takes_all_the_room() -> None:
    assert counted(found_of(product=40)) == {"product": LIMIT}
    assert counted(found_of(county=3)) == {"county": 3}
    assert counted(found_of()) == {}


@given(st.fixed_dictionaries({kind.value: st.integers(0, 12) for kind in SuggestionKind}), st.integers(0, 12))
def test_all_the_room_is_used_and_the_best_of_each_come_first(counts: dict[str, int], limit: int) -> None:
    found = found_of(**counts)
    chosen = mixed(found, limit)
    assert len(chosen) == min(limit, sum(counts.values()))
    for kind, ones in found.items():
        mine = [one for one in chosen if one.kind is kind]
        assert mine == ones[: len(mine)]
