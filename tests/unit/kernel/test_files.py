"""Files that people send: told by content, bombs turned away, kept under their digest."""

import hashlib
import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from marketplace.kernel import files
from marketplace.kernel.files import FileKind, FileRefused
from marketplace.kernel.storage import DirectoryStore


def picture(form: str, size: tuple[int, int] = (40, 30)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "#2b4c8c").save(written, form)
    return written.getvalue()


def pdf(stream: bytes = b"", more: bytes = b"") -> bytes:
    folded = zlib.compress(stream, 9)
    return (
        b"%PDF-1.7\n1 0 obj <</Filter /FlateDecode>>\nstream\n"
        + folded
        + b"\nendstream\n"
        + more
        + b"\n%%EOF"
    )


def huge_png() -> bytes:
    """Say 40,000 by 40,000 pixels in a few bytes."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", [FileKind.JPEG, FileKind.PNG, FileKind.WEBP])
def test_a_picture_is_known_by_its_content(kind: FileKind) -> None:
    assert files.check(picture(kind.name)) is kind


def test_a_pdf_is_a_paper_and_no_picture() -> None:
    assert files.check(pdf(b"BT (DEMO) Tj ET")) is FileKind.PDF
    with pytest.raises(FileRefused, match="JPEG"):
        files.check(pdf(), files.PICTURES)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空"),
        (b"MZ\x90\x00", "只收"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "只收"),
        (picture("GIF"), "只收"),
        (picture("PNG") + bytes(files.MAX_BYTES), "10MB"),
        (picture("JPEG", (400, 300))[:200], "损坏"),
        (huge_png(), "尺寸太大"),
        (pdf()[:-5], "不完整"),
        (pdf(more=b"trailer <</Encrypt 3 0 R>>"), "密码"),
        (pdf(bytes(files.MAX_UNFOLDED_BYTES + 1)), "展开后过大"),
    ],
    ids=["empty", "program", "svg", "gif", "large", "torn", "bomb", "cut", "locked", "swollen"],
)
def test_what_is_turned_away_says_why(content: bytes, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        files.check(content)


def test_the_store_keeps_bytes_under_their_digest_once(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    content = picture("PNG")
    digest = store.put(content)
    assert digest == hashlib.sha256(content).hexdigest() == store.put(content)
    assert store.find(digest) == content
    assert store.find("../../etc/passwd") is None
    assert [one.name for one in tmp_path.rglob("*") if one.is_file()] == [digest]
