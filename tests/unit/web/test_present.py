"""Amounts as pages write them: large ones in 万元, small ones to the cent."""

from datetime import date

import pytest
from flask import Flask

from marketplace.kernel.time import FixedClock
from marketplace.web import language, present


@pytest.fixture(scope="module")
def app() -> Flask:
    made = Flask(__name__)
    language.install(made)
    return made


@pytest.mark.parametrize(
    ("fen", "chinese", "english", "beneath"),
    [
        (0, "0.00 元", "0.00 yuan", None),
        (79_750, "797.50 元", "797.50 yuan", None),
        (-999_999, "-9,999.99 元", "-9,999.99 yuan", None),
        (1_000_000, "1.00 万元", "1.00 ×10,000 yuan", "¥10,000.00"),
        (-12_345_600, "-12.35 万元", "-12.35 ×10,000 yuan", "-¥123,456.00"),
    ],
)
def test_less_than_ten_thousand_is_written_in_yuan(
    app: Flask, fen: int, chinese: str, english: str, beneath: str | None
) -> None:
    with app.test_request_context(headers={"Cookie": "lang=zh-Hans"}):
        assert present.wan(fen) == chinese
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert present.wan(fen) == english
    assert present.to_the_cent(fen) == beneath


def test_a_day_half_a_year_away_says_its_year(app: Flask, clock: FixedClock) -> None:
    """Rice of this harvest keeps until next November: without its year it would seem to have gone off."""
    with app.test_request_context(headers={"Cookie": "lang=zh-Hans"}):
        assert clock.instant.date() == date(2026, 11, 23)
        assert present.day(date(2027, 1, 3)) == "1月3日"
        assert present.day(date(2027, 11, 11)) == "2027年11月11日"
        assert present.day(date(2025, 11, 11)) == "2025年11月11日"
