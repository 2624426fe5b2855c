"""One address may try only so often, whatever it tries."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from marketplace.factory import create_app
from marketplace.web.limits import limiter
from tests.web.browse import submit


@pytest.fixture
def limited(own_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application with rate limits, which other tests do without."""
    monkeypatch.setattr(limiter, "enabled", True)
    made = create_app(replace(own_app.config["SETTINGS"], rate_limits=True))
    yield made
    limiter.reset()
    with made.app_context():
        made.extensions["sqlalchemy"].engine.dispose()


def test_codes_are_asked_for_ten_times_a_minute_and_no_more(limited: Flask) -> None:
    browser = limited.test_client()
    answers = [
        submit(browser, "/sign-in", "/sign-in", region="CN", phone="1").status_code for _number in range(11)
    ]
    assert answers == [422] * 10 + [429]


def test_passwords_are_tried_twenty_times_a_minute_and_no_more(limited: Flask) -> None:
    browser = limited.test_client()
    tries = [
        submit(browser, "/sign-in?way=password", "/sign-in/password", login="", password="")
        for _number in range(21)
    ]
    assert [one.status_code for one in tries] == [422] * 20 + [429]
    assert "Retry-After" in tries[-1].headers
