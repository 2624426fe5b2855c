"""Every product and every county is found by its own name, however it is written or spelled."""

import csv
from functools import cache

import pytest

from marketplace.kernel.paths import CATALOG_DATA
from tests.search_quality.conftest import Searched

pytestmark = pytest.mark.parametrize("searched", ["whoosh"], indirect=True)


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (CATALOG_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sold() -> list[dict[str, str]]:
    return [row for row in rows("products.csv") if row["consumer_sellable"] == "1"]


def shared(row: dict[str, str], column: str) -> bool:
    """Say whether another product begins with the same: 关岭牛 is sold frozen and chilled."""
    return sum(other[column].startswith(row[column]) for other in sold()) > 1


def counties() -> list[dict[str, str]]:
    from_there = {row["county_code"] for row in sold()}
    return [row for row in rows("divisions.csv") if row["code"] in from_there]


@pytest.mark.parametrize("row", sold(), ids=lambda row: row["slug"])
def test_a_product_comes_first_by_its_name_in_every_script(row: dict[str, str], searched: Searched) -> None:
    reading = row["pinyin"]
    for typed in (row["name_zh"], row["name_zh_hant"], reading, reading.replace(" ", ""), row["name_en"]):
        shown = searched(typed)
        assert row["slug"] in shown[: 2 if shared(row, "name_zh") else 1], (typed, shown[:3])


@pytest.mark.parametrize("row", sold(), ids=lambda row: row["slug"])
def test_a_product_is_found_by_its_initials(row: dict[str, str], searched: Searched) -> None:
    typed = "".join(syllable[0] for syllable in row["pinyin"].split())
    assert row["slug"] in searched(typed)[:10], typed


@pytest.mark.parametrize("row", counties(), ids=lambda row: row["short_name_en"])
def test_a_county_shows_what_comes_from_there(row: dict[str, str], searched: Searched) -> None:
    there = {product["slug"] for product in sold() if product["county_code"] == row["code"]}
    short = row["short_name_zh"]
    reading = "".join(row["pinyin"].split()[: len(short)])
    for typed in (short, row["name_zh"], row["short_name_zh_hant"], reading, row["short_name_en"]):
        assert there <= set(searched(typed)), typed
