"""Photos and drawn signatures, made small and clean before they are kept: no place, no camera's number."""

import base64
import binascii
import io

from PIL import Image, ImageOps, UnidentifiedImageError
from werkzeug.datastructures import FileStorage

from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Refusal
from marketplace.kernel.storage import FileStore

_PNG = "data:image/png;base64,"
_LONGEST_PX = 1600
_MOST_PIXELS = 50_000_000
_KINDS = ("JPEG", "PNG", "WEBP")


class NotAPicture(Refusal):
    code = "not_a_picture"

    def __init__(self) -> None:
        super().__init__(msg("这个文件不是能识别的照片，请换一张 JPEG 或 PNG。"), field="photo")


def keep_photo(sent: FileStorage | None, files: FileStore) -> tuple[str, ...]:
    """Keep a photo without what the camera wrote into it; refuses (NotAPicture) anything else."""
    if sent is None or not sent.filename:
        return ()
    try:
        with Image.open(sent.stream, formats=_KINDS) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise NotAPicture
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        raise NotAPicture from None
    upright.thumbnail((_LONGEST_PX, _LONGEST_PX))
    written = io.BytesIO()
    upright.save(written, "JPEG", quality=80)
    return (files.put(written.getvalue()),)


def keep_drawing(address: str, files: FileStore) -> str | None:
    """Keep a line drawn with the finger, sent as a PNG data address; what is none is nothing."""
    if not address.startswith(_PNG):
        return None
    try:
        content = base64.b64decode(address.removeprefix(_PNG), validate=True)
        with Image.open(io.BytesIO(content), formats=("PNG",)) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                return None
            drawn = opened.convert("RGBA")
    except (binascii.Error, UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return None
    drawn.thumbnail((_LONGEST_PX, _LONGEST_PX))
    written = io.BytesIO()
    drawn.save(written, "PNG", optimize=True)
    return files.put(written.getvalue())


def as_address(digest: str | None, files: FileStore) -> str | None:
    """Return a kept drawing as a data address for a sheet; None where there is none."""
    content = files.find(digest) if digest else None
    return None if content is None else _PNG + base64.b64encode(content).decode()
