"""One vocabulary for all engines: what is known, what a beginning may become, what a slip meant."""

import string

from hypothesis import given
from hypothesis import strategies as st

from marketplace.search.slips import is_one_slip
from marketplace.search.vocabulary import Vocabulary, pack

words = st.text(string.ascii_lowercase[:6], min_size=3, max_size=9)
counts = st.dictionaries(words.map("p:{}".format), st.integers(1, 9), max_size=40)


def neighbours(word: str) -> set[str]:
    """Make every slip of a word by hand."""
    splits = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    found = {head + tail[1:] for head, tail in splits if tail}
    found |= {head + tail[1] + tail[0] + tail[2:] for head, tail in splits if len(tail) > 1}
    found |= {head + one + tail[1:] for head, tail in splits if tail for one in string.ascii_lowercase}
    found |= {head + one + tail for head, tail in splits for one in string.ascii_lowercase}
    return found - {word}


@given(words, words)
def test_a_slip_is_one_letter_missing_added_changed_or_swapped(one: str, other: str) -> None:
    assert is_one_slip(one, other) == (other in neighbours(one))


@given(counts, words)
def test_words_near_are_all_that_are_one_slip_away(known: dict[str, int], word: str) -> None:
    expected = sorted(token for token in known if token[2:] in neighbours(word))
    assert list(pack(known).near("p:", word)) == expected


@given(counts, st.dictionaries(words.map("p:{}".format), st.integers(0, 9), max_size=10), words)
def test_changes_count_at_once(known: dict[str, int], changed: dict[str, int], word: str) -> None:
    together = {token: count for token, count in {**known, **changed}.items() if count}
    vocabulary, anew = pack(known).with_changes(changed), pack(together)
    for token in {*known, *changed, f"p:{word}"}:
        assert vocabulary.count(token) == together.get(token, 0)
        assert (token in vocabulary) == (token in together)
    for prefix in ("p:", f"p:{word[:1]}", f"p:{word[:2]}"):
        assert vocabulary.starting(prefix) == anew.starting(prefix)
    assert vocabulary.near("p:", word) == anew.near("p:", word)


def test_many_changes_are_packed_and_nothing_is_lost() -> None:
    vocabulary: Vocabulary = pack({f"p:a{number:05}": 1 for number in range(3_000)})
    changed = {f"p:b{number:05}": 2 for number in range(5_000)} | {"p:a00000": 0, "p:a00001": 7}
    after = vocabulary.with_changes(changed)
    assert not after.changed
    assert len(after.packed) == 3_000 + 5_000 - 1
    assert [after.count(token) for token in ("p:a00000", "p:a00001", "p:a00002", "p:b04999")] == [0, 7, 1, 2]


def test_a_short_beginning_becomes_what_most_goods_carry() -> None:
    known = {f"p:{number:04}": 1 for number in range(2_000)} | {"p:1777": 50, "p:1": 1}
    found = pack(known).starting("p:1", 8)
    assert len(found) == 8
    assert found[0] == "p:1"
    assert "p:1777" in found
