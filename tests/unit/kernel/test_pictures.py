"""A photo from any phone becomes two small clean pictures; anything else is refused before it unpacks."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from marketplace.kernel.files import MAX_BYTES, FileKind, kind_of
from marketplace.kernel.pictures import LARGE_PX, SMALL_PX, NotAPicture, keep_picture, read_picture
from marketplace.kernel.storage import DirectoryStore

PLACE = b"26.65N 106.63E"


def photo(size: tuple[int, int] = (2400, 1200), kind: str = "JPEG", turned: int = 1) -> bytes:
    """A photo whose camera noted how it was held, where, and by whom."""
    picture = Image.new("RGB", size, "#3f7d4e")
    noted = Image.Exif()
    noted[0x0112] = turned
    noted[0x010E] = PLACE.decode()
    written = io.BytesIO()
    picture.save(written, kind, exif=noted.tobytes())
    return written.getvalue()


def png_that_says(width: int, height: int) -> bytes:
    """A PNG of some bytes whose head promises any number of pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_small_upright_and_without_what_the_camera_wrote(tmp_path: Path, kind: str) -> None:
    files = DirectoryStore(tmp_path)
    sent = photo(kind=kind, turned=6)
    assert PLACE in sent
    kept = keep_picture(sent, files)
    large, small = files.find(kept.digest), files.find(kept.small_digest)
    assert large is not None
    assert small is not None
    assert (kept.width, kept.height) == (LARGE_PX // 2, LARGE_PX)  # held upright: the long side stands
    for content, longest in ((large, LARGE_PX), (small, SMALL_PX)):
        assert kind_of(content) is FileKind.WEBP
        assert PLACE not in content
        assert b"EXIF" not in content
        with Image.open(io.BytesIO(content)) as opened:
            assert max(opened.size) == longest
            assert not opened.getexif()
    assert keep_picture(sent, files) == kept  # the same photo again is nothing new
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2


def test_what_is_transparent_stands_on_white() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (4, 4), (200, 0, 0, 0)).save(written, "PNG")
    assert read_picture(written.getvalue()).getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + b"\0" * 50,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"MZ" + b"\0" * 50,
        b"%PDF-1.7\n%%EOF",
        photo()[:3000],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
        b"RIFF\x10\0\0\0WEBP" + b"\0" * 40,
        png_that_says(100_000, 100_000),
        png_that_says(7100, 7100),
        photo((10, 10)) + b"\0" * MAX_BYTES,
    ],
)
def test_what_is_no_photo_or_unpacks_to_too_much_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        read_picture(content)
