"""Reading the catalogue's files: all that is wrong is named at once, with file, row, column and reason."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from marketplace.flow.load_catalogue import read_catalogue
from marketplace.kernel.paths import CATALOG_DATA
from marketplace.kernel.refusals import ManyRefusals
from marketplace.places.types import PairingLevel
from tests.factories.catalogue import rows

Cells = list[list[str]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the catalogue's files, to be broken."""
    for path in CATALOG_DATA.glob("*.csv"):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path


def edit(directory: Path, file: str, change: Callable[[Cells], None]) -> None:
    path = directory / file
    with path.open(encoding="utf-8", newline="") as opened:
        cells = list(csv.reader(opened))
    change(cells)
    with path.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, lineterminator="\n").writerows(cells)


def put(directory: Path, file: str, row: int, column: str, value: str) -> None:
    """Write a cell; rows are counted as a spreadsheet does, the header being 1."""

    def change(cells: Cells) -> None:
        cells[row - 1][cells[0].index(column)] = value

    edit(directory, file, change)


def errors(directory: Path) -> list[tuple[str, int, str, str]]:
    """Return every error as file, row, column, reason."""
    with pytest.raises(ManyRefusals) as refused:
        read_catalogue(directory)
    return [(one.file, one.row, one.field or "", str(one.message)) for one in refused.value.refusals]


def test_the_catalogue_itself_has_no_error() -> None:
    catalogue = rows()
    assert (len(catalogue.goods.products), len(catalogue.goods.variants)) == (213, 426)
    assert len(catalogue.places.divisions) == 259
    assert len(catalogue.reference.schemes) == 29
    assert sum(one.level is PairingLevel.CITY for one in catalogue.places.pairings) == 16
    assert {one.code for one in catalogue.freight.warehouses} == {"DEMO-WH-GZ", "DEMO-WH-SZ"}
    assert len(catalogue.freight.warehouses[0].reach) == 14


def test_errors_of_many_files_are_named_at_once(data: Path) -> None:
    put(data, "products.csv", 2, "county_code", "529999")
    put(data, "products.csv", 3, "harvest_months", "3;13")
    put(data, "variants.csv", 2, "price_high_fen", "1")
    put(data, "variants.csv", 5, "net_weight_g", "2,5")
    put(data, "pairings.csv", 2, "valid_to", "2020-12-31")
    put(data, "storage_classes.csv", 2, "temperature_max_milli_c", "-1000")
    put(data, "certification_schemes.csv", 4, "number_pattern", "LB-(")
    put(data, "rate_card.csv", 2, "distance_max_km", "900")
    put(data, "synonyms.csv", 2, "canonical_zh", "不存在的词")
    found = errors(data)
    assert [(file, row, column) for file, row, column, _ in found] == [
        ("certification_schemes.csv", 4, "number_pattern"),
        ("pairings.csv", 2, "valid_to"),
        ("products.csv", 2, "county_code"),
        ("products.csv", 3, "harvest_months"),
        ("rate_card.csv", 3, "distance_min_km"),
        ("storage_classes.csv", 2, "temperature_max_milli_c"),
        ("synonyms.csv", 2, "canonical_zh"),
        ("variants.csv", 2, "price_high_fen"),
        ("variants.csv", 5, "net_weight_g"),
    ]
    reasons = {(file, row): reason for file, row, _, reason in found}
    assert reasons["products.csv", 2] == "divisions.csv中没有“529999”"
    assert reasons["variants.csv", 5] == "“2,5”不是整数"
    assert reasons["rate_card.csv", 3] == "与第2行的里程段重叠"


@pytest.mark.parametrize(
    ("file", "row", "column", "value", "reason"),
    [
        ("divisions.csv", 4, "parent_code", "", "不能为空"),
        ("divisions.csv", 4, "parent_code", "440000", "与上级“440000”不在同一侧"),
        ("divisions.csv", 4, "pinyin", "gui yang", "拼音“gui yang”应为3个音节，与“贵阳市”逐字对应"),
        ("divisions.csv", 4, "is_official_code", "是", "“是”应为0或1"),
        ("pairings.csv", 2, "gd_level", "district", "“440100”的级别是city"),
        ("pairings.csv", 2, "pairing_code", "x", "应为“440100_520500”"),
        ("tiles.csv", 2, "x", "-1", "-1小于允许的最小值0"),
        ("aisles.csv", 3, "position", "1", "“1”与第2行重复"),
        ("query_words.csv", 3, "kind", "colour", "kind中没有“colour”"),
        ("industries.csv", 2, "default_storage_code", "nowhere", "storage_classes.csv中没有“nowhere”"),
        ("papers.csv", 2, "level", "product", "与认证“commitment_cert”的层级不同"),
        ("papers.csv", 2, "requirement", "maybe", "“maybe”应为required、conditional、not_needed之一"),
        ("products.csv", 2, "slug", "Du Yun", "“Du Yun”的格式不对"),
        ("products.csv", 2, "aisle_code", "tea ", "单元格两端有空格，或含有换行等控制字符"),
        ("products.csv", 2, "gi_status", "unverified", "填写了gi_kind的商品，gi_status须为granted"),
        ("products.csv", 2, "excursion_lower_milli_c", "1000", "波动下限不能高于最低温度"),
        ("products.csv", 2, "keywords_zh", "茶;茶", "列表“茶;茶”中有空项、重复项或多余空格"),
        ("variants.csv", 2, "unit_code", "barrel", "units.csv中没有“barrel”"),
        ("variants.csv", 3, "position", "1", "“duyun-maojian＋1”与第2行重复"),
        ("prefecture_transit.csv", 2, "road_km", "0", "0小于允许的最小值1"),
        ("cloud_warehouses.csv", 2, "storage_kinds", "", "不能为空"),
        ("pinyin_overrides.csv", 2, "pinyin", "du", "拼音“du”应为2个音节，与“都匀”逐字对应"),
        ("quiet_words.csv", 3, "word", "贵州", "“贵州”与第2行重复"),
        ("scheme_words.csv", 2, "scheme_codes", "agi;nobody", "certification_schemes.csv中没有“nobody”"),
    ],
)
def test_each_cell_is_checked(data: Path, file: str, row: int, column: str, value: str, reason: str) -> None:
    put(data, file, row, column, value)
    assert (file, row, column, reason) in errors(data)


def test_goods_that_may_not_be_sold_cannot_be_marked_sellable(data: Path) -> None:
    def mark(cells: Cells) -> None:
        form, sellable = cells[0].index("product_form"), cells[0].index("consumer_sellable")
        row = next(row for row in cells if row[form] == "tcm_only")
        row[sellable] = "1"

    edit(data, "products.csv", mark)
    assert [(column, reason) for _, _, column, reason in errors(data)] == [
        ("consumer_sellable", "中药材原料不得向消费者零售，应为0")
    ]


def test_missing_rows_are_noticed_where_they_are_needed(data: Path) -> None:
    edit(data, "tiles.csv", lambda cells: cells.remove(next(row for row in cells if "522633" in row)))
    edit(data, "prefecture_transit.csv", lambda cells: cells.pop(1))
    edit(data, "variants.csv", lambda cells: cells.__delitem__(slice(1, 3)))
    found = errors(data)
    assert ("tiles.csv", 1, "code", "地图“guizhou”缺少“522633”") in found
    assert ("prefecture_transit.csv", 1, "city_code", "缺少“520100”到“440100”的里程") in found
    assert ("products.csv", 2, "slug", "variants.csv中没有这件商品的规格") in found
    assert len(found) == 3


def test_road_without_a_price_is_noticed(data: Path) -> None:
    edit(
        data,
        "rate_card.csv",
        lambda cells: cells.remove(next(r for r in cells if "-DIRECT-AMBIENT-GUANGDONG-1000" in r[0])),
    )
    found = errors(data)
    assert {(file, column) for file, _, column, _ in found} == {("rate_card.csv", "distance_max_km")}
    assert any("direct·guangdong·ambient" in reason for _, _, _, reason in found)


@pytest.mark.parametrize(("check", "schemes"), [("certified", ""), ("listed", "zhenpin")])
def test_only_a_criterion_about_certificates_names_schemes(data: Path, check: str, schemes: str) -> None:
    put(data, "edition_criteria.csv", 2, "check", check)
    put(data, "edition_criteria.csv", 2, "scheme_codes", schemes)
    assert [found[:3] for found in errors(data)] == [("edition_criteria.csv", 2, "scheme_codes")]


def test_row_with_a_missing_cell_is_one_error(data: Path) -> None:
    edit(data, "aisles.csv", lambda cells: cells[1].pop())
    assert errors(data) == [("aisles.csv", 2, "", "有4个单元格，应为5个")]


def test_file_that_cannot_be_read_is_one_error(data: Path) -> None:
    (data / "aisles.csv").unlink()
    (data / "units.csv").write_bytes("code,name_zh\ncase,箱\n".encode("gb18030"))
    edit(data, "industries.csv", lambda cells: cells[0].__setitem__(0, "kode"))
    (data / "papers.csv").write_text('product_form,paper_code\n"open', encoding="utf-8")
    found = errors(data)
    assert [(file, column) for file, _, column, _ in found if file != "papers.csv"] == [
        ("aisles.csv", ""),
        ("industries.csv", "code"),
        ("units.csv", ""),
    ]
    assert {file for file, *_ in found} == {"aisles.csv", "industries.csv", "papers.csv", "units.csv"}


def test_empty_directory_names_every_file(tmp_path: Path) -> None:
    found = errors(tmp_path)
    assert len(found) == 26
    assert {reason for *_, reason in found} == {"文件不存在或无法读取"}
