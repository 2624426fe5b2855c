"""What is counted of a search: folded words, once a reader and hour, and nothing about a person."""

from datetime import timedelta

import pytest

from marketplace.kernel import time
from marketplace.kernel.time import FixedClock
from marketplace.search import asked
from marketplace.search.asked import AskedBuffer, countable
from marketplace.search.types import AskedKey, Outcome


@pytest.mark.parametrize(
    ("typed", "counted"),
    [
        (" 獼猴桃　礼盒 ", "猕猴桃 礼盒"),
        ("MaoJian\tTEA", "maojian tea"),
        ("2026 新茶", "2026 新茶"),
        ("a" * 10_000, "a" * 40),
        ("\u202eروبا\x00", "روبا"),
        ("茶🍵", "茶🍵"),
    ],
)
def test_words_are_folded_and_cut(typed: str, counted: str) -> None:
    assert countable(typed) == counted


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "!?…",
        "🍵🍵",
        "13800000001",
        "138 0000 0001",
        "+86-138-0000-0001",
        "１３８０００００００１",
        "一三八零零零零零零零一",
        "wang@example.org",
        "https://example.org/a",
        "www.example.org",
        "DEMO-ZP-000101",
        "demo-zp-0001",
        "粤B12345",
        "520204199001010000",
        "猕猴桃 打我电话 13800000001",
    ],
)
def test_what_may_be_about_a_person_is_not_counted(typed: str) -> None:
    assert countable(typed) is None


def test_a_reader_counts_once_an_hour_for_the_same_words(clock: FixedClock) -> None:
    buffer = AskedBuffer()
    assert buffer.note("茶", "zh-Hans", Outcome.FOUND, reader="192.0.2.1")
    for _again in range(5):
        assert not buffer.note("茶", "zh-Hans", Outcome.FOUND, reader="192.0.2.1")
    buffer.note("茶", "zh-Hans", Outcome.FOUND, reader="192.0.2.2")
    clock.advance(timedelta(hours=1))
    buffer.note("茶", "zh-Hans", Outcome.FOUND, reader="192.0.2.1")
    key = AskedKey(time.today(), "茶", "zh-Hans", Outcome.FOUND)
    assert buffer.take() == {key: 3}
    assert buffer.take() == {}


def test_a_flood_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "_MOST_KEPT", 10)
    buffer = AskedBuffer()
    for number in range(100):
        buffer.note(f"w{number}", "en", Outcome.NOTHING, reader="192.0.2.1")
    buffer.note("w3", "en", Outcome.NOTHING, reader="192.0.2.2")
    counts = buffer.take()
    assert len(counts) == 10
    assert sum(counts.values()) == 11
