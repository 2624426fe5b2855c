"""The officials' pages on a shop where goods were ordered, paid, completed and partly given back."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.assistance import queries as record
from marketplace.assistance import rules
from marketplace.assistance.types import Dimension, Stage, Table
from marketplace.custody.types import CustodyEvidence
from marketplace.kernel import unit_of_work
from marketplace.kernel.money import format_plain, format_yuan
from marketplace.kernel.time import FixedClock, clock_in_force
from marketplace.orders.types import Order
from marketplace.parties.types import Scope
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode, PairingStatus
from tests.conftest import NOON
from tests.factories.assistance import complete_by_hand, give_back
from tests.web.browse import statements, submit
from tests.web.conftest import signed_in
from tests.web.ordering import packed, paid
from tests.web.shop import FOSHAN, PEOPLE, RED_KIWI, SWEET_RICE, XIUWEN_KIWI

ZHONGSHAN, HUIZHOU, HONG_KONG = DivisionCode("442000"), DivisionCode("441300"), DivisionCode("810000")
YEAR = rules.parse_period("2026")
CONGJIANG, SHUICHENG = "522633", "520204"


@dataclass(frozen=True)
class Ground:
    """An application with orders in every row of the tables."""

    app: Flask
    session: Session
    rice: Order
    kiwi: Order
    outside: Order

    def browser(self, name: str = "official") -> FlaskClient:
        return signed_in(self.app, name)

    def table(self, by: Dimension, scope: Scope | None = None) -> Table:
        self.session.rollback()
        return record.totals(self.session, by, YEAR, scope=scope)


def make_ground(app: Flask, session: Session) -> Ground:
    def complete(order: Order, evidence: CustodyEvidence) -> Order:
        return unit_of_work.commit(session, lambda one: complete_by_hand(one, order, evidence))

    rice = packed(session, {(SWEET_RICE, "DEMO-CJ"): 3}, destination=FOSHAN)
    kiwi = packed(session, {(RED_KIWI, "DEMO-SC"): 2}, destination=ZHONGSHAN)
    outside = packed(session, {(XIUWEN_KIWI, "DEMO-XW"): 1}, destination=FOSHAN)
    made = Ground(
        app=app,
        session=session,
        rice=complete(rice, CustodyEvidence.DOUBLE_SIGNED),
        kiwi=complete(kiwi, CustodyEvidence.CARRIER_TRACKED),
        outside=complete(outside, CustodyEvidence.RECEIPT_ONLY),
    )
    paid(session, {(RED_KIWI, "DEMO-SC"): 1}, destination=HONG_KONG)
    paid(session, {(RED_KIWI, "DEMO-SC"): 1}, destination=FOSHAN, unit="DEMO-UNIT")
    unit_of_work.commit(session, lambda one: give_back(one, made.rice))
    return made


@pytest.fixture(scope="module")
def filled(
    copy_shop: Callable[[str, Path], Flask], worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    """What tests that only look share."""
    with clock_in_force(FixedClock(NOON)):
        app = copy_shop(f"oversight_{worker_id}", tmp_path_factory.mktemp("oversight"))
        with app.extensions["sessions"]() as session:
            yield make_ground(app, session)
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def ground(filled: Ground) -> Ground:
    filled.session.rollback()
    return filled


@pytest.fixture
def own_ground(own_app: Flask) -> Iterator[Ground]:
    """What a test that writes has to itself."""
    with own_app.extensions["sessions"]() as session:
        yield make_ground(own_app, session)


def figures(page: str) -> list[tuple[str, str]]:
    """Return the figures of the page's table, each with the address of its lines."""
    return re.findall(r'<td class="num">\s*<a href="([^"]+)"[^>]*>([^<]+)</a>', page)


def test_home_leads_with_the_number_and_what_it_stands_by(ground: Ground) -> None:
    page = ground.browser().get("/oversight")
    assert page.status_code == 200
    total = ground.table(Dimension.PAIRING).total
    assert format_yuan(total.ordered_fen) in page.text
    assert "协作报送口径" in page.text
    assert "截至 2026-11-23 12:00" in page.text
    for name in ("结对内", "粤黔非结对", "港澳", "结对待确认"):
        assert f">{name}</a>" in page.text
    assert "佛山—黔东南" in page.text
    assert "全程双签" in page.text


def test_a_page_asks_little_and_not_more_for_more_rows(ground: Ground) -> None:
    for path in ("/oversight", "/oversight/table?by=county", "/oversight/lines", "/oversight/pairings"):
        browser = ground.browser()
        browser.get(path)
        with statements(ground.app) as sent:
            browser.get(path)
        assert len(sent) <= 12, (path, sent)


@pytest.mark.parametrize("by", list(Dimension))
def test_every_table_has_four_rows_and_one_total(ground: Ground, by: Dimension) -> None:
    page = ground.browser().get(f"/oversight/table?by={by}").text
    total = ground.table(by).total
    shown = [Decimal(figure.replace(",", "")) for _href, figure in figures(page)]
    rows = [shown[place : place + 4] for place in range(0, len(shown), 4)]
    assert rows[0] == [
        Decimal(fen) / 100
        for fen in (total.ordered_fen, total.paid_fen, total.completed_fen, total.counted_fen)
    ]
    states, others = rows[1:5], rows[5:]
    for part in (states, others):
        assert [sum(column) for column in zip(*part, strict=True)] == rows[0]


def test_rounded_figures_still_add_up(ground: Ground) -> None:
    page = ground.browser().get("/oversight/table?by=pairing&unit=wan").text
    shown = [Decimal(figure.replace(",", "")) for _href, figure in figures(page)]
    rows = [shown[place : place + 4] for place in range(0, len(shown), 4)]
    for part in (rows[1:5], rows[5:]):
        assert [sum(column) for column in zip(*part, strict=True)] == rows[0]


def test_any_figure_opens_to_lines_that_add_up_to_it(ground: Ground) -> None:
    browser = ground.browser()
    for by in Dimension:
        for href, figure in figures(browser.get(f"/oversight/table?by={by}").text):
            if figure == "0.00":
                continue
            opened = browser.get(href.replace("&amp;", "&"))
            assert opened.status_code == 200
            assert f"¥{figure}" in opened.text or f"-¥{figure.lstrip('-')}" in opened.text, (by, href, figure)
    tiles = re.findall(
        r'href="([^"]+county=\d+[^"]*)"[^>]*>(?:(?!</a>).)*?(¥[\d,.]+)',
        browser.get("/oversight").text,
        re.DOTALL,
    )
    assert any(figure != "¥0.00" for _href, figure in tiles)
    for href, figure in tiles:
        if figure != "¥0.00":
            assert figure in browser.get(href.replace("&amp;", "&")).text, (href, figure)


def test_lines_of_every_stage_are_never_added_up(ground: Ground) -> None:
    total = ground.table(Dimension.MONTH).total
    shown = re.findall(r'stat__figure"><a[^>]*>([^<]+)<', ground.browser().get("/oversight/lines").text)
    assert shown == [format_yuan(fen) for fen in (total.ordered_fen, total.paid_fen, total.completed_fen)]


def test_a_line_opens_to_its_order_without_personal_data(ground: Ground) -> None:
    entry = next(
        one for one in record.entries_of_order(ground.session, ground.kiwi.id) if one.stage is Stage.COMPLETED
    )
    page = ground.browser().get(f"/oversight/lines/{entry.id}").text
    order = ground.kiwi
    assert order.number in page
    assert "DEMO-ZP-000101" in page  # the certificate that was valid when it was ordered
    assert "演示支付" in page
    assert "个人消费者" in page
    for secret in (order.address.phone, order.address.recipient, order.address.line, order.token):
        assert secret not in page
    assert "计入：已完成，符合“协作报送口径”。" in page
    assert "不计入：本口径不含帮助销售。" in page


def test_a_unit_is_named(ground: Ground) -> None:
    units = [
        one
        for one in record.lines(ground.session, record.selection_in(ground.session, YEAR, None)).items
        if one.buyer_kind == "unit"
    ]
    page = ground.browser().get(f"/oversight/lines/{units[0].id}").text
    assert "禅城食堂（演示）" in page
    assert "采购" in page


def test_an_official_sees_only_their_scope(ground: Ground) -> None:
    mine = PEOPLE["official2"][3]
    page = ground.browser("official2").get("/oversight/table?by=county").text
    assert format_plain(ground.table(Dimension.COUNTY, mine).total.completed_fen) in page
    assert "从江县" in page
    assert "水城区" not in page


@pytest.mark.parametrize(
    "path",
    [
        f"/oversight/lines?county={SHUICHENG}",
        f"/oversight/table?county={SHUICHENG}",
        "/oversight/table?prefecture=520200",
        "/oversight/lines?pairing=442000_520200",
        "/oversight/table.csv?county=520204",
        "/oversight/lines?county=999999",
        "/oversight/lines?state=guessed",
        "/oversight/lines?industry=guessed",
        "/oversight/pairings/1",
        "/oversight/lines/1000000000",
    ],
)
def test_a_foreign_scope_is_not_there(ground: Ground, path: str) -> None:
    assert ground.browser("official2").get(path).status_code == 404


def test_a_foreign_line_is_not_there(ground: Ground) -> None:
    theirs = record.entries_of_order(ground.session, ground.kiwi.id)[0]
    mine = record.entries_of_order(ground.session, ground.rice.id)[0]
    assert ground.browser("official2").get(f"/oversight/lines/{theirs.id}").status_code == 404
    assert ground.browser("official2").get(f"/oversight/lines/{mine.id}").status_code == 200


@pytest.mark.parametrize("query", ["period=soon", "rule=guess", "by=person"])
def test_an_unreadable_question_is_refused_in_words(ground: Ground, query: str) -> None:
    answer = ground.browser().get(f"/oversight/table?{query}")
    assert answer.status_code == 422
    assert "请" in answer.text or "可选" in answer.text


@pytest.mark.parametrize("by", list(Dimension))
def test_files_carry_the_sums_of_the_screen(ground: Ground, by: Dimension) -> None:
    browser = ground.browser()
    total = ground.table(by).total
    wanted = [total.ordered_fen, total.paid_fen, total.completed_fen, total.counted_fen]
    wanted += [total.by_evidence[one] for one in CustodyEvidence]
    answer = browser.get(f"/oversight/table.csv?by={by}", buffered=True)
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    written = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    book = load_workbook(
        io.BytesIO(browser.get(f"/oversight/table.xlsx?by={by}", buffered=True).data), data_only=False
    )
    for rows in (written, [["" if cell is None else cell for cell in row] for row in book.active.values]):
        head = next(number for number, row in enumerate(rows) if row[0] == "层级")
        body = [[int(Decimal(str(cell)) * 100) for cell in row[3:11]] for row in rows[head + 1 :]]
        assert body[0] == wanted
        assert [sum(column) for column in zip(*body[1:5], strict=True)] == wanted
        assert [sum(column) for column in zip(*body[5:], strict=True)] == wanted


def test_files_of_lines_carry_every_line(ground: Ground) -> None:
    browser = ground.browser()
    everything = record.selection_in(ground.session, YEAR, None)
    answer = browser.get("/oversight/lines.csv", buffered=True)
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    head = next(number for number, row in enumerate(rows) if row[0] == "台账编号")
    amounts = [int(Decimal(row[15]) * 100) for row in rows[head + 1 :]]
    assert len(amounts) == record.lines(ground.session, everything).total
    assert sum(amounts) == record.sum_of_lines(ground.session, everything)
    assert ground.rice.address.phone not in answer.text
    book = load_workbook(io.BytesIO(browser.get("/oversight/lines.xlsx?stage=completed", buffered=True).data))
    cells = [row[15] for row in book.active.values if isinstance(row[15], (int, float))]
    assert round(sum(cells) * 100) == ground.table(Dimension.MONTH).total.completed_fen


def test_paper_says_what_it_is(ground: Ground) -> None:
    page = ground.browser().get("/oversight/print?by=prefecture&unit=wan").text
    for words in (
        "贵州消费帮扶汇总表",
        "2026年",
        "协作报送口径 1.0",
        "单位：万元",
        "黔东南苗族侗族自治州",
        "审核人",
    ):
        assert words in page


def test_confirming_a_pairing_counts_what_waited(own_ground: Ground) -> None:
    waiting = next(
        one
        for one in places.list_pairings(own_ground.session, on=rules.last_day(YEAR))
        if one.status is PairingStatus.TO_BE_CONFIRMED and one.level == "city"
    )
    assert waiting.gd_code == HUIZHOU
    browser = own_ground.browser()
    page = browser.get("/oversight/pairings").text
    assert "惠州市—黔西南" in page
    answer = submit(browser, "/oversight/pairings", f"/oversight/pairings/{waiting.id}/confirm")
    assert answer.status_code == 303
    own_ground.session.rollback()
    assert places.get_pairing(own_ground.session, waiting.id).status is PairingStatus.CONFIRMED
    again = submit(browser, f"/oversight/pairings/{waiting.id}", f"/oversight/pairings/{waiting.id}/confirm")
    assert again.status_code == 303
    assert "已经确认或结束" in browser.get("/oversight/pairings").text


def test_a_foreign_pairing_cannot_be_confirmed(ground: Ground) -> None:
    waiting = next(
        one
        for one in places.list_pairings(ground.session, on=rules.last_day(YEAR))
        if one.status is PairingStatus.TO_BE_CONFIRMED and one.level == "city"
    )
    stranger = ground.browser("official2")
    answer = submit(stranger, "/oversight", f"/oversight/pairings/{waiting.id}/confirm")
    assert answer.status_code == 404
    ground.session.rollback()
    assert places.get_pairing(ground.session, waiting.id).status is PairingStatus.TO_BE_CONFIRMED


def test_striking_a_pairing_asks_for_its_ground(own_ground: Ground) -> None:
    waiting = next(
        one
        for one in places.list_pairings(own_ground.session, on=rules.last_day(YEAR))
        if one.status is PairingStatus.TO_BE_CONFIRMED and one.level == "city"
    )
    browser, page = own_ground.browser(), f"/oversight/pairings/{waiting.id}"
    wrong = submit(browser, page, f"{page}/end", last_day="2026-11-23", reason="")
    assert wrong.status_code == 422
    assert 'value="2026-11-23"' in wrong.text
    right = submit(browser, page, f"{page}/end", last_day="2026-11-23", reason="本年度协议未列入")
    assert right.status_code == 303
    own_ground.session.rollback()
    assert places.get_pairing(own_ground.session, waiting.id).status is PairingStatus.ENDED


def test_a_yearly_task_makes_progress_visible(own_ground: Ground) -> None:
    browser = own_ground.browser("official2")
    assert "还没有填写 2026 年的年度任务" in browser.get("/oversight").text
    submit(browser, "/oversight", "/oversight/target", year="2026", amount_yuan="1,000")
    mine = own_ground.table(Dimension.PAIRING, PEOPLE["official2"][3]).total
    page = browser.get("/oversight").text
    assert f"{mine.counted_fen / 1000:.1f}%" in page
    assert "还没有填写" not in page
    assert "还没有填写" in own_ground.browser().get("/oversight").text  # another scope has its own
    refused = submit(browser, "/oversight", "/oversight/target", year="2026", amount_yuan="many")
    assert refused.status_code == 422
    assert "请用元填写年度任务" in refused.text
    assert 'value="many"' in refused.text


def test_the_command_line_proves_the_record(own_ground: Ground) -> None:
    runner = own_ground.app.test_cli_runner()
    for command in (["assistance", "verify"], ["ledger", "verify"]):
        proven = runner.invoke(args=command)
        assert proven.exit_code == 0, proven.output
        assert "0 differences" in proven.output
    assert runner.invoke(args=["assistance", "fold"]).exit_code == 0
    proven = runner.invoke(args=["assistance", "verify"])
    assert "0 differences" in proven.output
    totals = runner.invoke(args=["assistance", "totals", "--by", "county", "--period", "2026-11"])
    assert CONGJIANG in totals.output
    assert format_yuan(own_ground.table(Dimension.COUNTY).total.completed_fen) in totals.output
    refused = runner.invoke(args=["assistance", "totals", "--period", "soon"])
    assert refused.exit_code == 1, refused.output
    assert "buyer_clearing" in runner.invoke(args=["ledger", "balances"]).output


def test_the_command_line_finds_what_is_wrong(own_ground: Ground) -> None:
    runner = own_ground.app.test_cli_runner()
    runner.invoke(args=["assistance", "fold"])
    own_ground.session.rollback()
    own_ground.session.execute(text("UPDATE assistance_rollup SET amount_fen = amount_fen + 1"))
    own_ground.session.commit()
    found = runner.invoke(args=["assistance", "verify"])
    assert found.exit_code == 1
    assert "rollup" in found.output


def test_languages(ground: Ground) -> None:
    browser = ground.browser()
    browser.set_cookie("lang", "zh-Hant-HK")
    assert "結對內" in browser.get("/oversight").text
