"""A label is one page whatever is in the box: what does not fit is counted and stands on the packing slip."""

from datetime import date

import pytest

from marketplace.adapters.typst_print import TypstPrinter
from marketplace.catalogue.types import LotId
from marketplace.kernel import paths
from marketplace.kernel.message import Name
from marketplace.orders.types import OrderLineId
from marketplace.web.cooperative import sheets
from marketplace.web.cooperative.parts import LotShare, PartLine
from tests.unit.printing.test_typst_print import make_label, pages

A_LOT = "批次 L00017 · 采收 2026-11-02 · 到期 2027-01-22"
LONG = Name("从江香禾糯（真空礼盒）", "從江香禾糯", "Congjiang Xianghe glutinous rice (vacuum gift box)")


def make_line(lots: int) -> PartLine:
    return PartLine(
        id=OrderLineId(1),
        product=LONG,
        pack=LONG,
        quantity=lots,
        refunded=0,
        unit_price_fen=8600,
        lots=tuple(
            LotShare(
                lot_id=LotId(number),
                code=f"L{number:05}",
                quantity=1,
                harvested_on=date(2026, 11, 2),
                expires_on=date(2027, 1, 22),
            )
            for number in range(lots)
        ),
    )


@pytest.mark.parametrize("lots", [[1], [9], [1, 1, 1, 1, 1], [2, 2, 2], [3, 3], [6, 1], [1, 6, 1]])
def test_what_is_shown_fits_on_one_page(lots: list[int]) -> None:
    lines = [make_line(count) for count in lots]
    shown = sheets._fitting(lines)
    assert list(shown) == lines[: len(shown)]
    label = make_label() | {
        "via": "经 Guangzhou warehouse (demonstration)",
        "more": "另有 9 种，见装箱单",
        "lines": [
            {
                "name": line.product.en,
                "quantity": "× 999",
                "pack": line.pack.en,
                "lot": "\n".join([A_LOT] * min(len(line.lots), sheets.LOTS_OF_A_LINE + 1)),
            }
            for line in shown
        ],
        "facts": [["发货", "水城山果合作社（演示）"], ["产地", "六盘水 水城区"], ["应发", "2026年11月25日"]],
        "foot": "演示系统，非政府网站",
    }
    printer = TypstPrinter(paths.TEMPLATES / "print", paths.STATIC / "vendor" / "fonts")
    assert pages(printer.pdf("label", {"title": "标签", "labels": [label]})) == 1
