"""One cell of a table: mended where it can only mean one thing, refused where it cannot; never a fault."""

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marketplace.flow.update_by_sheet.cells import Context, read, weight_g
from marketplace.flow.update_by_sheet.types import Kind
from marketplace.flow.update_by_sheet.words import words
from marketplace.kernel import money
from marketplace.kernel.spreadsheets import Broken, Cell, Formula

TODAY = date(2026, 11, 23)
CONTEXT = Context(words(), TODAY)

ANY_CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=60),
    st.text(alphabet="0123456789０１２.,，¥￥元万件斤年月日-/+eE×xkg ", max_size=24),
    st.integers(),
    st.floats(),
    st.dates(),
    st.text(max_size=9).map(Formula),
    st.text(max_size=9).map(Broken),
)


@given(
    cell=ANY_CELL, kind=st.sampled_from(Kind), unit=st.sampled_from(["", "元", "万元", "元/件", "克", "?"])
)
@example(cell="9" * 5_000, kind=Kind.COUNT, unit="")
@example(cell="1" * 400 + "kg", kind=Kind.TEXT, unit="")
@example(cell="9" * 5_000, kind=Kind.WEIGHT, unit="克")
@example(cell=float("nan"), kind=Kind.MONEY, unit="")
def test_no_cell_is_a_fault_and_each_has_a_value_or_a_reason(cell: Cell, kind: Kind, unit: str) -> None:
    found = read(cell, kind, Context(words(), TODAY, unit))
    assert found.value is None or found.problem is None
    if found.value is None and found.problem is None:
        assert cell is None or isinstance(cell, str)
    if isinstance(cell, Formula):
        assert found.problem is not None


@given(text=st.text(max_size=200))
def test_any_text_is_a_weight_or_none(text: str) -> None:
    found = weight_g(text, words())
    assert found is None or found > 0


@given(fen=st.integers(min_value=0, max_value=9_999_999))
def test_an_amount_reads_back_however_it_is_written(fen: int) -> None:
    plain = money.format_plain(fen)
    for written in (
        plain,
        plain.replace(",", ""),
        f"¥{plain}",
        f"￥ {plain}",
        f"{plain}元",
        f"{plain} 元/件",
    ):
        assert read(written, Kind.MONEY, CONTEXT).value == fen, written
    assert read(fen / 100, Kind.MONEY, CONTEXT).value == fen


@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_reads_back_however_it_is_written(day: date) -> None:
    y, m, d = day.year, day.month, day.day
    ways: list[Cell] = [
        day,
        f"{y}.{m}.{d}",
        f"{y}/{m:02}/{d:02}",
        f"{y}年{m}月{d}日",
        f"{y}-{m}-{d} 00:00:00",
        f"{y}{m:02}{d:02}",
        (day - date(1899, 12, 30)).days,
    ]
    for written in ways:
        assert read(written, Kind.PAST, CONTEXT).value == day, written


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("11月3日", Kind.PAST, date(2026, 11, 3)),
        ("12月3日", Kind.PAST, date(2025, 12, 3)),
        ("11月23日", Kind.PAST, TODAY),
        ("11月3日", Kind.COMING, date(2027, 11, 3)),
        ("１１．３", Kind.PAST, date(2026, 11, 3)),
        ("2月29日", Kind.PAST, date(2024, 2, 29)),
        ("26.11.3", Kind.PAST, date(2026, 11, 3)),
        ("１２０", Kind.COUNT, 120),
        ("1,200件", Kind.COUNT, 1200),
        ("1.2万件", Kind.COUNT, 12000),
        (120.0, Kind.COUNT, 120),
        ("¥1,200.5", Kind.MONEY, 120050),
        ("0.12万元", Kind.MONEY, 120000),
        ("86块", Kind.MONEY, 8600),
        (12.100000000000001, Kind.MONEY, 1210),
        (20261103, Kind.CODE, "20261103"),
        ("Ａ－１", Kind.CODE, "A-1"),
        ("√", Kind.FLAG, True),
        (False, Kind.FLAG, False),
        ("下架", Kind.STATE, "paused"),
        ("９、10月", Kind.MONTHS, (9, 10)),
        ("11月至2月", Kind.MONTHS, (1, 2, 11, 12)),
        ("3-5, 9", Kind.MONTHS, (3, 4, 5, 9)),
        ("全年", Kind.MONTHS, tuple(range(1, 13))),
        (7, Kind.MONTHS, (7,)),
        ("5斤/件", Kind.WEIGHT, 2500),
        ("２.５kg", Kind.WEIGHT, 2500),
        ("加榜红米（演示）", Kind.LINE, "加榜红米（演示）"),
        ("一段\r\n\r\n\r\n又一段 ", Kind.PROSE, "一段\n\n又一段"),
        ("花生", Kind.CHOICE, "peanut"),
        ("核桃、Soybeans；乳", Kind.CHOICES, ("milk", "nut", "soy")),
        ("无", Kind.CHOICES, ()),
    ],
)
def test_what_can_only_mean_one_thing_is_mended(written: Cell, kind: Kind, value: object) -> None:
    assert read(written, kind, replace(CONTEXT, choices=words().allergens)).value == value


@pytest.mark.parametrize(
    ("written", "kind", "said"),
    [
        ("1.23E+19", Kind.CODE, "请先把该列设为文本"),
        (1.23e19, Kind.CODE, "请先把该列设为文本"),
        (12345678901234567890, Kind.COUNT, "请先把该列设为文本"),
        ("1.2e+03", Kind.MONEY, "请先把该列设为文本"),
        (11.3, Kind.PAST, "两天中的一天"),
        ("2026年2月30日", Kind.PAST, "认不出"),
        ("3/11/26", Kind.PAST, "认不出"),
        ("12.5", Kind.COUNT, "不是整数"),
        ("1,20", Kind.COUNT, "不是整数"),
        ("-3", Kind.COUNT, "不能是负数"),
        ("八十六", Kind.MONEY, "不是金额"),
        ("86.123", Kind.MONEY, "两位小数"),
        ("12斤", Kind.COUNT, "不是整数"),
        (True, Kind.COUNT, "不是整数"),
        ("也许", Kind.FLAG, "请填“是”或“否”"),
        (Formula("=A1*2"), Kind.MONEY, "公式"),
        (Broken("#REF!"), Kind.COUNT, "#REF!"),
        (9.1, Kind.MONTHS, "这样的月份"),
        ("13", Kind.MONTHS, "这样的月份"),
        (date(2026, 9, 11), Kind.MONTHS, "请先把该列设为文本"),
        (2.5, Kind.WEIGHT, "没有写单位"),
        ("0克", Kind.WEIGHT, "不是净重"),
        ("火星", Kind.CHOICE, "没有“火星”"),
        ("坚果、火星", Kind.CHOICES, "没有“火星”"),
        ("字" * 201, Kind.LINE, "最多 200 个字"),
    ],
)
def test_what_could_mean_two_things_is_refused(written: Cell, kind: Kind, said: str) -> None:
    found = read(written, kind, replace(CONTEXT, choices=words().allergens))
    assert found.value is None
    assert said in str(found.problem)


def test_the_unit_in_a_column_s_head_counts_where_a_cell_has_none() -> None:
    in_wan = Context(words(), TODAY, "万元")
    assert read("0.5", Kind.MONEY, in_wan).value == 500_000
    assert read("86元", Kind.MONEY, in_wan).value == 8_600


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("5斤/件", 2500),
        ("５斤装", 2500),
        ("2.5kg×4", 10000),
        ("2.5公斤x4箱", 10000),
        ("500g*10袋", 5000),
        ("12袋×250克", 3000),
        ("一箱", None),
        ("5", None),
        ("", None),
    ],
)
def test_the_net_weight_of_a_pack_is_read_as_people_write_it(text: str, grams: int | None) -> None:
    assert weight_g(text, words()) == grams


def test_a_mend_is_said_only_where_something_was_mended() -> None:
    as_they_are: list[tuple[Cell, Kind]] = [
        (86, Kind.MONEY),
        (86.5, Kind.MONEY),
        (3, Kind.COUNT),
        ("L-1", Kind.CODE),
        (TODAY, Kind.PAST),
    ]
    assert [read(cell, kind, CONTEXT).mended for cell, kind in as_they_are] == [None] * 5
    assert read("86", Kind.MONEY, CONTEXT).mended == "86"  # a number that a workbook kept as text
    assert read("86", Kind.MONEY, Context(words(), TODAY, is_typed=False)).mended is None
    assert read(7, Kind.CODE, CONTEXT).mended == "7"


def test_every_kind_of_cell_is_tried() -> None:
    assert set(get_args(Cell)) == {str, int, float, bool, date, Formula, Broken, type(None)}
