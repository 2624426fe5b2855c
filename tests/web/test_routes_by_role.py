"""Every route for every role: who is let in, who is told no, who signs in first; unknown objects are 404."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule

from marketplace.parties import rules
from marketplace.parties.types import Permission, Role
from marketplace.web import guard
from tests.web.conftest import signed_in

# One person for each role, by the shop's short names.
WHO = {
    "consumer": Role.CONSUMER,
    "unit": Role.PURCHASING_MEMBER,
    "cooperative": Role.COOPERATIVE_MEMBER,
    "manager": Role.COOPERATIVE_MANAGER,
    "packer": Role.COOPERATIVE_PACKER,
    "carrier": Role.CARRIER_MEMBER,
    "warehouse": Role.WAREHOUSE_MEMBER,
    "official": Role.OFFICIAL,
    "operator": Role.OPERATOR,
}
# Machines ask for these, not people: files, health, figures for the operator's monitoring.
MACHINES = ("assets.", "health.")
SIGNS_OUT = "account.sign_out_everywhere"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Referer": "http://localhost/"}


@pytest.fixture
def walked(own_app: Flask) -> Flask:
    """The application with forms that need no token: what is asked here is permission."""
    own_app.config["WTF_CSRF_ENABLED"] = False
    return own_app


def _rules(app: Flask) -> Iterator[Rule]:
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if not rule.endpoint.startswith(MACHINES):
            yield rule


def _address(rule: Rule) -> str:
    """Fill a rule's places with what belongs to nobody."""
    built = rule.build({name: _nobodys(converter) for name, converter in rule._converters.items()})
    assert built is not None
    return built[1]


def _nobodys(converter: BaseConverter) -> str:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return "1000000000" if isinstance(converter, IntegerConverter) else "nothing-here"


def _names_object(rule: Rule) -> bool:
    """Tell whether the address names something that could be there or not, not only a form to have it in."""
    return any(not isinstance(one, AnyConverter) for one in rule._converters.values())


def _methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def _walk(app: Flask, browse: Callable[[], FlaskClient]) -> Iterator[tuple[Rule, str, str, int]]:
    """Ask for every route by every method; gives rule, method, the view's mark and the answer's status."""
    for rule in _rules(app):
        mark = guard.mark_of(app.view_functions[rule.endpoint])
        for method in _methods(rule):
            answer = browse().open(_address(rule), method=method, headers=OWN_PAGE)
            yield rule, method, str(mark), answer.status_code


def test_somebody_decided_for_every_view_who_may_see_it(app: Flask) -> None:
    undecided = {
        rule.endpoint for rule in _rules(app) if guard.mark_of(app.view_functions[rule.endpoint]) is None
    }
    assert undecided == set()


def test_strangers_are_led_to_sign_in_where_a_person_is_needed(walked: Flask) -> None:
    wrong = []
    for rule, method, mark, status in _walk(walked, walked.test_client):
        if mark == guard.PUBLIC:
            right = status != 403 and status < 500
        else:
            right = status == (401 if str(rule).startswith("/api/") else 303)
        if not right:
            wrong.append((str(rule), method, status))
    assert wrong == []


@pytest.mark.parametrize("name", WHO)
def test_a_role_gets_its_own_pages_and_is_told_no_elsewhere(walked: Flask, name: str) -> None:
    held = rules.PERMISSIONS[WHO[name]] | rules.PERMISSIONS[Role.CONSUMER]
    wrong = []
    signing_in = cache(lambda: signed_in(walked, name).get_cookie("session"))

    def browse() -> FlaskClient:
        """Open a browser as it was after signing in, whatever the one before did."""
        browser = walked.test_client()
        browser.set_cookie("session", signing_in().value)
        return browser

    for rule, method, mark, status in _walk(walked, browse):
        if rule.endpoint == SIGNS_OUT:
            signing_in.cache_clear()
        if mark in set(Permission) and Permission(mark) not in held:
            right = status == 403
        elif mark != guard.PUBLIC and _names_object(rule) and method == "GET":
            right = status == 404
        else:
            right = status != 403 and status < 500
        if not right:
            wrong.append((str(rule), method, status))
    assert wrong == []
