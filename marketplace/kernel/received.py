"""Files that people send, judged by their bytes and never by their name: pictures and PDF, within bounds.

A picture is decoded, turned upright, made small and written anew, so nothing of what the camera or anybody
else put beside the pixels is kept: no place, no camera's number, no hidden payload.
"""

import io
import struct
import zlib
from enum import StrEnum
from typing import NamedTuple

from PIL import Image, ImageCms, ImageOps

from marketplace.kernel.message import Message, msg
from marketplace.kernel.refusals import Refusal
from marketplace.kernel.storage import FileStore

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
"""A phone's largest photo passes; what a few kilobytes unpack to beyond that is a decompression bomb."""

LARGE_PX, SMALL_PX = 1600, 640
_QUALITY = 80
_FORMATS = ("JPEG", "PNG", "WEBP")
_PAPER = "#ffffff"
_MEGABYTE = 1024 * 1024
# What a decoder raises over bytes that are not what they say they are.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)
# A document that acts when it is opened is no evidence.
_ACTING = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/OpenAction", b"/RichMedia")
_PDF_END = 2048


class FileKind(StrEnum):
    """What a file is, as a media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"


class FileRefused(Refusal):
    """A file that is too large, or is not what may be sent here."""

    code = "file_refused"

    def __init__(self, message: Message, field: str = "file") -> None:
        super().__init__(message, field=field)


class NotAPicture(Refusal):
    code = "not_a_picture"

    def __init__(self, message: Message | None = None) -> None:
        super().__init__(
            message or msg("这个文件不是能识别的照片，请换一张 JPEG 或 PNG。"),
            field="photo",
        )


class StoredPicture(NamedTuple):
    """A picture in the file store in two sizes, by digest; pixels are those of the larger."""

    digest: str
    small_digest: str
    width: int
    height: int


def kind_of(content: bytes) -> FileKind | None:
    """Tell what bytes are from their beginning; None for anything that may not be sent."""
    if content.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return FileKind.WEBP
    if content.startswith(b"%PDF-"):
        return FileKind.PDF
    return None


def check_evidence(content: bytes) -> FileKind:
    """Let a picture or a plain PDF through as evidence.

    Refuses (FileRefused) what is empty, larger than 10 MB, of another kind, broken, a decompression bomb, or
    a PDF that carries a script or another file.
    """
    if not content:
        raise FileRefused(msg("这个文件是空的。"))
    if len(content) > MOST_BYTES:
        raise FileRefused(msg("文件最大 %(most)s MB。", most=MOST_BYTES // _MEGABYTE))
    kind = kind_of(content)
    if kind is None:
        raise FileRefused(msg("只收照片（JPEG、PNG、WebP）和 PDF。"))
    if kind is not FileKind.PDF:
        read_picture(content)
    elif b"%%EOF" not in content[-_PDF_END:]:
        raise FileRefused(msg("这份 PDF 不完整，请重新保存后再传。"))
    elif any(word in content for word in _ACTING):
        raise FileRefused(msg("这份 PDF 里有脚本或附件，请打印成新的 PDF 再传。"))
    return kind


def read_picture(content: bytes) -> Image.Image:
    """Return a picture upright, in sRGB on white, with nothing but its pixels; refuses (NotAPicture).

    Its size is read before anything is unpacked; a JPEG is unpacked no larger than it will be kept.
    """
    if len(content) > MOST_BYTES:
        raise NotAPicture(msg("照片最大 %(most)s MB。", most=MOST_BYTES // _MEGABYTE))
    if kind_of(content) in {None, FileKind.PDF}:
        raise NotAPicture
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NotAPicture(msg("这张照片的像素太多，请用手机拍的原图。"))
            opened.draft("RGB", (LARGE_PX, LARGE_PX))
            upright = ImageOps.exif_transpose(opened)
            return _plain(upright)
    except _BROKEN:
        raise NotAPicture from None


def webp(picture: Image.Image, longest_px: int) -> bytes:
    """Write a picture as WebP, no side longer than so many pixels; the same picture gives the same bytes."""
    small = picture.copy()
    small.thumbnail((longest_px, longest_px))
    written = io.BytesIO()
    small.save(written, "WEBP", quality=_QUALITY, method=4)
    return written.getvalue()


def keep_picture(content: bytes, files: FileStore) -> StoredPicture:
    """Keep a picture in two sizes; refuses (NotAPicture) anything else."""
    picture = read_picture(content)
    picture.thumbnail((LARGE_PX, LARGE_PX))
    return StoredPicture(
        digest=files.put(webp(picture, LARGE_PX)),
        small_digest=files.put(webp(picture, SMALL_PX)),
        width=picture.width,
        height=picture.height,
    )


def _plain(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if picture.mode in {"RGBA", "LA", "PA", "P"} or "transparency" in picture.info:
        over = picture.convert("RGBA")
        seen = Image.new("RGB", over.size, _PAPER)
        seen.paste(over, mask=over.getchannel("A"))
    else:
        seen = Image.new("RGB", picture.size)
        seen.paste(picture.convert("RGB"))
        if profile and picture.mode == "RGB":
            seen = _in_srgb(seen, profile)
    return seen


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Bring a phone's wide colours to what every screen shows; a profile nobody can read is ignored."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        shown = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):
        return picture
    if shown is None:
        return picture
    shown.info.pop("icc_profile", None)
    return shown
