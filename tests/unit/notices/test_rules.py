"""Messages are stored so that they can be read in any language later."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.message import Message, Name, msg
from marketplace.notices import rules
from marketplace.notices.types import NoticeKind, NoticeState

NAMES = st.builds(Name, st.text(), st.text(), st.text())
PLAIN = st.one_of(st.text(), st.integers(), st.booleans(), NAMES, st.dates())
KEYS = st.text(st.characters(categories=["Ll"]), min_size=1, max_size=8)
INNER = st.builds(Message, st.text(), st.dictionaries(KEYS, PLAIN, max_size=3))
PARAMETERS = st.dictionaries(KEYS, st.one_of(PLAIN, INNER), max_size=4)


@given(PARAMETERS)
def test_what_is_stored_comes_back_the_same(parameters: dict[str, object]) -> None:
    assert rules.decode(rules.encode(parameters)) == parameters


@given(PARAMETERS)
def test_nothing_can_be_read_in_wiped_parameters(parameters: dict[str, object]) -> None:
    wiped = rules.wiped(rules.encode(parameters))
    assert set(wiped) == set(parameters)
    assert set(wiped.values()) <= {rules.WIPED}


@pytest.mark.parametrize("value", [1.5, None, datetime(2026, 1, 1, tzinfo=UTC), object()])
def test_what_cannot_be_kept_exactly_is_no_parameter(value: object) -> None:
    with pytest.raises(TypeError, match="cannot carry"):
        rules.encode({"x": value})


def test_a_name_inside_a_message_stays_a_name() -> None:
    inner = msg("%(city)s结对", city=Name("佛山", "佛山", "Foshan"))
    stored = rules.encode({"pairing": inner, "on": date(2026, 11, 23)})
    assert rules.decode(stored) == {"pairing": inner, "on": date(2026, 11, 23)}


def test_a_delivery_is_given_up_after_the_fifth_time() -> None:
    assert rules.after_failure(rules.TRIES - 1) is NoticeState.WAITING
    assert rules.after_failure(rules.TRIES) is NoticeState.FAILED


def test_only_codes_are_secret() -> None:
    assert [kind for kind in NoticeKind if rules.is_secret(kind)] == [NoticeKind.CODE]
