"""The assistance volume as programs read it: to the fen what the officials' pages say."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from marketplace.assistance.shipped_rules import SHIPPED
from marketplace.assistance.types import Dimension
from marketplace.custody.types import CustodyEvidence
from marketplace.kernel import unit_of_work
from marketplace.kernel.time import FixedClock, clock_in_force
from marketplace.places.types import DivisionCode
from tests.conftest import NOON
from tests.factories.assistance import complete_by_hand, give_back
from tests.web.api.conftest import Ask, asking
from tests.web.browse import statements
from tests.web.conftest import signed_in
from tests.web.ordering import packed, paid
from tests.web.shop import FOSHAN, RED_KIWI, SWEET_RICE, XIUWEN_KIWI

TOTALS = "/api/v1/assistance/totals"
AMOUNTS = ("ordered_fen", "paid_fen", "completed_fen", "counted_fen")
STATES = ["hk_macao", "paired", "unconfirmed", "unpaired"]
_FIGURES = re.compile(r'<td class="num">\s*<a [^>]*>([^<]+)</a>')


@pytest.fixture(scope="module")
def counted(
    copy_shop: Callable[[str, Path], Flask], worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """A shop with orders in every pairing state, one completed, one partly given back."""
    with clock_in_force(FixedClock(NOON)):
        app = copy_shop(f"api_totals_{worker_id}", tmp_path_factory.mktemp("api"))
        with app.extensions["sessions"]() as session:
            rice = packed(session, {(SWEET_RICE, "DEMO-CJ"): 3}, destination=FOSHAN)
            for destination in ("441300", "810000"):
                paid(session, {(RED_KIWI, "DEMO-SC"): 2}, destination=DivisionCode(destination))
            paid(session, {(XIUWEN_KIWI, "DEMO-XW"): 1}, destination=FOSHAN)
            evidence = CustodyEvidence.DOUBLE_SIGNED
            done = unit_of_work.commit(session, lambda one: complete_by_hand(one, rice, evidence))
            unit_of_work.commit(session, lambda one: give_back(one, done))
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def ask_totals(counted: Flask) -> Ask:
    return asking(counted.test_client())


def sums(rows: list[dict[str, Any]]) -> list[int]:
    return [sum(row[name] for row in rows) for name in AMOUNTS]


@pytest.mark.parametrize("by", list(Dimension))
def test_rows_and_states_add_up_to_the_total(ask_totals: Ask, by: Dimension) -> None:
    answer = ask_totals(TOTALS, period="2026", by=by)
    total = [answer["total"][name] for name in AMOUNTS]
    assert sums(answer["rows"]) == sums(answer["states"]) == total
    assert min(total) > 0
    assert sorted(row["key"] for row in answer["states"]) == STATES
    keys = [row["key"] for row in answer["rows"]]
    assert len(keys) == len(set(keys))
    assert all(row["label"] for row in answer["rows"])


@pytest.mark.parametrize("by", list(Dimension))
@pytest.mark.parametrize("rule", [None, "platform_paid"])
def test_the_official_s_table_says_the_same(
    counted: Flask, ask_totals: Ask, by: Dimension, rule: str | None
) -> None:
    answer = ask_totals(TOTALS, period="2026", by=by, rule=rule)
    asked = {"period": "2026", "by": by, "rule": rule}
    page = signed_in(counted, "operator").get("/oversight/table", query_string=asked)
    official = signed_in(counted, "official").get("/oversight/table", query_string=asked)
    assert page.status_code in {200, 403}
    shown = [Decimal(figure.replace(",", "")) for figure in _FIGURES.findall(official.text)]
    assert shown[:4] == [Decimal(answer["total"][name]) / 100 for name in AMOUNTS]
    rows = [tuple(shown[place : place + 4]) for place in range(20, len(shown), 4)]
    mine = [tuple(Decimal(row[name]) / 100 for name in AMOUNTS) for row in answer["rows"]]
    assert sorted(one for one in rows if any(one)) == sorted(one for one in mine if any(one))


def test_a_month_is_a_month_in_shanghai_and_the_year_its_sum(ask_totals: Ask) -> None:
    months = {row["key"]: row for row in ask_totals(TOTALS, period="2026", by="month")["rows"]}
    assert list(months)[-1] == "2026-11"
    november = ask_totals(TOTALS, period="2026-11", by="pairing")["total"]
    assert [november[name] for name in AMOUNTS] == [months["2026-11"][name] for name in AMOUNTS]
    parts = [
        ask_totals(TOTALS, period=period)["total"] for period in ("2026-H1", "2026-Q3", "2026-10..2026-12")
    ]
    whole = ask_totals(TOTALS, period="2026")["total"]
    assert sums(parts) == [whole[name] for name in AMOUNTS]
    nothing = ask_totals(TOTALS, period="2031", by="pairing")["total"]
    assert [nothing[name] for name in AMOUNTS] == [0, 0, 0, 0]


@pytest.mark.parametrize("rule", [one.code for one in SHIPPED] + [one.key for one in SHIPPED])
def test_a_rule_changes_what_counts_and_nothing_else(ask_totals: Ask, rule: str) -> None:
    usual = ask_totals(TOTALS, period="2026")["total"]
    asked = ask_totals(TOTALS, period="2026", rule=rule)
    assert asked["rule"].startswith(rule)
    assert [asked["total"][name] for name in AMOUNTS[:3]] == [usual[name] for name in AMOUNTS[:3]]
    if asked["rule"].startswith("platform_paid"):
        assert asked["total"]["counted_fen"] == usual["paid_fen"]


def test_labels_are_in_the_reader_s_language(counted: Flask) -> None:
    for language, label in (("zh-CN", "佛山—黔东南"), ("zh-HK", "佛山—黔東南"), ("en", "Foshan")):
        answer = counted.test_client().get(
            TOTALS, query_string={"period": "2026"}, headers={"Accept-Language": language}
        )
        assert any(label in row["label"] for row in answer.get_json()["rows"]), language


def test_totals_cost_a_handful_of_statements_whatever_the_split(counted: Flask) -> None:
    browser, counts = counted.test_client(), set()
    for by in Dimension:
        browser.get(TOTALS, query_string={"period": "2026", "by": by})
        with statements(counted) as sent:
            browser.get(TOTALS, query_string={"period": "2026", "by": by})
        counts.add(len(sent))
    assert max(counts) <= 12
    assert len(counts) == 1
