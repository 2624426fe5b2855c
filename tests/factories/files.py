"""Files for tests: pictures of one colour."""

import io

from PIL import Image


def picture(form: str, size: tuple[int, int] = (40, 30)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "#2b4c8c").save(written, form)
    return written.getvalue()
