"""Photos and drawn signatures, made small and clean before they are kept: no place, no camera's number."""

import base64
import binascii
import io

from PIL import Image, UnidentifiedImageError
from werkzeug.datastructures import FileStorage

from marketplace.kernel.files import MAX_PIXELS
from marketplace.kernel.pictures import read_picture
from marketplace.kernel.storage import FileStore

_PNG = "data:image/png;base64,"
_LONGEST_PX = 1600


def keep_photo(sent: FileStorage | None, files: FileStore) -> tuple[str, ...]:
    """Keep a photo without what the camera wrote into it; refuses (NotAPicture) anything else."""
    if sent is None or not sent.filename:
        return ()
    upright = read_picture(sent.stream.read())
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
            if opened.width * opened.height > MAX_PIXELS:
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
