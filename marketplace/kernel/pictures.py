"""Pictures that people send: decoded, turned upright, made small and written anew.

Nothing of what the camera or anybody else put beside the pixels is kept: no place, no camera's number, no
hidden payload.
"""

import io
import struct
import zlib
from typing import NamedTuple

from PIL import Image, ImageCms, ImageOps

from marketplace.kernel.files import MAX_BYTES, MAX_PIXELS, PICTURES, kind_of
from marketplace.kernel.message import Message, msg
from marketplace.kernel.refusals import Refusal
from marketplace.kernel.storage import FileStore

LARGE_PX, SMALL_PX = 1600, 640
_QUALITY = 80
_FORMATS = ("JPEG", "PNG", "WEBP")
_PAPER = "#ffffff"
# What a decoder raises over bytes that are not what they say they are.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)


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


def read_picture(content: bytes) -> Image.Image:
    """Return a picture upright, in sRGB on white, with nothing but its pixels; refuses (NotAPicture).

    Its size is read before anything is unpacked; a JPEG is unpacked no larger than it will be kept.
    """
    if len(content) > MAX_BYTES:
        raise NotAPicture(msg("照片最大 %(most)s MB。", most=MAX_BYTES // 1024 // 1024))
    if kind_of(content) not in PICTURES:
        raise NotAPicture
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
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
