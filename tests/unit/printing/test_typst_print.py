"""Sheets come out as PDF with the project's own letters, the same ones every time."""

import io
import re
import zlib
from pathlib import Path

import pytest
import segno

from marketplace.adapters.typst_print import TypstPrinter
from marketplace.kernel import paths

SHEETS = paths.TEMPLATES / "print"
FONTS = paths.STATIC / "vendor" / "fonts"


@pytest.fixture
def printer() -> TypstPrinter:
    return TypstPrinter(SHEETS, FONTS)


def make_label(number: str = "Q261123-ABCDEFG-1", class_kind: str = "chilled") -> dict[str, object]:
    code = io.BytesIO()
    segno.make("https://example.test/h/token", micro=False).save(code, kind="svg", border=4, xmldecl=False)
    return {
        "class_kind": class_kind,
        "class_name": "冷藏",
        "range": "0 至 4 ℃",
        "qr": code.getvalue().decode(),
        "scan": "扫码交接",
        "to": "佛山",
        "via": "",
        "number": number,
        "parcel": "包裹 1 / 1",
        "lines": [{"name": "水城红心猕猴桃", "quantity": "× 2", "pack": "5 斤装", "lot": "批次 L00001"}],
        "more": "",
        "facts": [["发货", "山谷合作社（演示）"]],
        "foot": "",
    }


def make_slip(number: str, rows: int) -> dict[str, object]:
    return {
        "heading": "装箱单",
        "number": number,
        "facts": [["收货地址", "佛山市"]],
        "qr": make_label()["qr"],
        "scan": "扫码交接",
        "heads": ["商品", "批次", "采收 / 到期", "数量"],
        "rows": [["水城红心猕猴桃", "L00001", "2026-11-02", "2"]] * rows,
        "total": ["合计", "", "", "2"],
        "notes": [],
        "sign": ["打包", "复核"],
        "foot": number,
    }


def pages(pdf: bytes) -> int:
    """Count the pages that the document's page tree names."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    whole = pdf + b"".join(_inflated(one) for one in streams)
    return len(re.findall(rb"/Type\s*/Page\b", whole))


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""


def test_a_label_is_one_page_each(printer: TypstPrinter) -> None:
    labels = [make_label(f"Q261123-ABCDEFG-{no}", kind) for no, kind in enumerate(["chilled", "ambient"], 1)]
    made = printer.pdf("label", {"title": "标签", "labels": labels})
    assert made.startswith(b"%PDF-")
    assert pages(made) == 2
    assert b"NotoSansSC" in made


def test_the_same_sheet_gives_the_same_bytes(printer: TypstPrinter) -> None:
    sheet = {"title": "标签", "labels": [make_label()]}
    assert printer.pdf("label", sheet) == TypstPrinter(SHEETS, FONTS).pdf("label", sheet)


def test_a_long_slip_runs_over_and_the_next_begins_anew(printer: TypstPrinter) -> None:
    short = printer.pdf("packing_slip", {"title": "装箱单", "slips": [make_slip("Q1-1", 3)]})
    both = printer.pdf(
        "packing_slip", {"title": "装箱单", "slips": [make_slip("Q1-1", 60), make_slip("Q1-2", 3)]}
    )
    assert pages(short) == 1
    assert pages(both) == 3


def test_text_is_data_and_never_markup(printer: TypstPrinter) -> None:
    odd = make_label(number='#panic("no") *x* $y$ [z] \\ "q"')
    assert printer.pdf("label", {"title": "标签", "labels": [odd]}).startswith(b"%PDF-")


def test_without_its_fonts_it_says_so_instead_of_printing_boxes(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="make assets"):
        TypstPrinter(SHEETS, tmp_path).pdf("label", {"title": "标签", "labels": [make_label()]})
