"""What web tests do like a person with a browser: send the form that a page shows, count what a page asks."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
# What a transaction itself needs is no question of the page.
_FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET CONSTRAINTS")


def token_of(page: TestResponse) -> str:
    """Return the token of the first form of a page that has one."""
    found = _TOKEN.search(page.text)
    assert found is not None, "the page has no form with a token"
    return found.group(1)


def submit(browser: FlaskClient, page: str, action: str, **fields: Any) -> TestResponse:
    """Open a page and send one of its forms with its token; does not follow where it leads."""
    shown = browser.get(page)
    assert shown.status_code == 200, (page, shown.status_code)
    return browser.post(action, data={"csrf_token": token_of(shown), **fields})


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Collect every SQL statement that the application sends within the block."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(_FRAME):
            sent.append(statement)

    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
