"""What a printed sheet says: the text of a PDF as Typst writes it, by each font's own table of letters."""

import re
import zlib
from collections.abc import Iterator, Mapping

_OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)\s*endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*)endstream", re.DOTALL)
_FONTS = re.compile(rb"/Font<<(.*?)>>", re.DOTALL)
_CONTENTS = re.compile(rb"/Contents (\d+) 0 R")
_NAMED = re.compile(rb"/(\w+) (\d+) 0 R")
_UNICODE = re.compile(rb"/ToUnicode (\d+) 0 R")
_GLYPH = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]+)>")
# A font that is chosen, or a string among those that are shown, in either form; other strings name languages.
_AMONG = rb"(?=[-\d.\s]*(?:\]\s*TJ|\(|<))"
_SHOWN = re.compile(
    rb"/(\w+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\)" + _AMONG + rb"|<([0-9A-Fa-f]+)>" + _AMONG, re.DOTALL
)
_ESCAPED = re.compile(rb"\\(?:([0-7]{1,3})|(.))", re.DOTALL)
_NAMES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(pdf: bytes) -> str:
    """Return everything that is set in a document, a page after the other, lines run together."""
    objects = {int(found[1]): found[2] for found in _OBJECT.finditer(pdf)}
    fonts = {
        name: _letters(objects, int(number))
        for found in _FONTS.finditer(pdf)
        for name, number in _NAMED.findall(found[1])
    }
    pages = [_inflated(objects[int(number)]) for number in _CONTENTS.findall(pdf)]
    return "\n".join("".join(_runs(page, fonts)) for page in pages)


def _letters(objects: Mapping[int, bytes], font: int) -> Mapping[int, str]:
    found = _UNICODE.search(objects[font])
    assert found is not None
    table = _inflated(objects[int(found[1])])
    return {
        int(glyph, 16): bytes.fromhex(letters.decode()).decode("utf-16-be")
        for glyph, letters in _GLYPH.findall(table)
    }


def _runs(content: bytes, fonts: Mapping[bytes, Mapping[int, str]]) -> Iterator[str]:
    letters: Mapping[int, str] = {}
    for font, shown, in_hex in _SHOWN.findall(content):
        if font:
            letters = fonts[font]
        else:
            glyphs = bytes.fromhex(in_hex.decode()) if in_hex else _ESCAPED.sub(_meant, shown)
            yield "".join(letters[int.from_bytes(glyphs[at : at + 2])] for at in range(0, len(glyphs), 2))


def _meant(escape: re.Match[bytes]) -> bytes:
    octal, name = escape[1], escape[2]
    return bytes([int(octal, 8)]) if octal else _NAMES.get(name, name)


def _inflated(content: bytes) -> bytes:
    found = _STREAM.search(content)
    if found is None:
        return b""
    try:
        return zlib.decompressobj().decompress(found[1])
    except zlib.error:
        return b""
