"""Files that people send as proof or picture: what one is, told by its content, and what is turned away.

Neither the name nor the type that a browser states is looked at. What is kept goes into a ``FileStore``
(``kernel/storage.py``) as it came: its digest is that of the very paper somebody looked at.
"""

import io
import re
import zlib
from collections.abc import Collection
from enum import StrEnum

from PIL import Image, UnidentifiedImageError

from marketplace.kernel.message import Message, msg
from marketplace.kernel.refusals import Refusal

MAX_BYTES = 10 * 1024 * 1024
# A page of A4 at 600 dpi has 35 million pixels; more is a bomb or a mistake.
MAX_PIXELS = 50_000_000
# What a PDF may unfold to: 10 MB of scanned pages unfold to a few times their size, a bomb to a thousand.
MAX_UNFOLDED_BYTES = 200 * 1024 * 1024

_STREAM = re.compile(rb"stream\r?\n")
_END_OF_FILE_WITHIN = 2048
_PIECE = 1 << 20


class FileKind(StrEnum):
    """The kinds that are taken; the value is the media type under which one is given out."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"


PICTURES = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.WEBP})
PAPERS = PICTURES | {FileKind.PDF}


class FileRefused(Refusal):
    """A file that is not taken, said where the form's file field stands."""

    code = "file_refused"

    def __init__(self, message: Message, *, field: str = "file") -> None:
        super().__init__(message, field=field)


def kind_of(content: bytes) -> FileKind | None:
    """Tell what a file is by its first bytes; None for everything that is not taken."""
    if content.startswith(b"%PDF-"):
        return FileKind.PDF
    if content.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return FileKind.WEBP
    return None


def check(content: bytes, kinds: Collection[FileKind] = PAPERS) -> FileKind:
    """Return what a sent file is; refuses (FileRefused) an empty, large, foreign, broken or swollen one."""
    if not content:
        raise FileRefused(msg("文件是空的，请重新选择。"))
    if len(content) > MAX_BYTES:
        raise FileRefused(msg("文件超过%(most)dMB，请缩小后再传。", most=MAX_BYTES // 1024 // 1024))
    kind = kind_of(content)
    if kind is None or kind not in kinds:
        raise FileRefused(
            msg("只收PDF、JPEG、PNG或WebP文件，请换一个。")
            if FileKind.PDF in kinds
            else msg("只收JPEG、PNG或WebP图片，请换一个。")
        )
    if kind is FileKind.PDF:
        _check_pdf(content)
    else:
        _check_picture(content, kind)
    return kind


def _check_picture(content: bytes, kind: FileKind) -> None:
    """Look at a picture's size before anything is unfolded, then whether the file is whole."""
    try:
        with Image.open(io.BytesIO(content), formats=(kind.name,)) as opened:
            if opened.width * opened.height * getattr(opened, "n_frames", 1) > MAX_PIXELS:
                raise FileRefused(msg("图片的尺寸太大，请缩小到5000万像素以内。"))
            opened.load()
    except Image.DecompressionBombError:
        raise FileRefused(msg("图片的尺寸太大，请缩小到5000万像素以内。")) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise FileRefused(msg("图片不完整或已损坏，请重新拍摄或导出。")) from None


def _check_pdf(content: bytes) -> None:
    if b"%%EOF" not in content[-_END_OF_FILE_WITHIN:]:
        raise FileRefused(msg("PDF文件不完整，请重新导出。"))
    if b"/Encrypt" in content:
        raise FileRefused(msg("PDF文件带有密码，核验人员打不开，请去掉密码再传。"))
    left = MAX_UNFOLDED_BYTES
    for start in _STREAM.finditer(content):
        left -= _unfolded(content, start.end(), left)
        if left <= 0:
            raise FileRefused(msg("PDF文件展开后过大，请重新导出。"))


def _unfolded(content: bytes, start: int, most: int) -> int:
    """Count what a compressed stream unfolds to, holding no more than a piece at a time."""
    unfolding, size = zlib.decompressobj(), 0
    waiting = memoryview(content)[start : start + _PIECE]
    following = start + _PIECE
    try:
        while size < most and not unfolding.eof:
            size += len(unfolding.decompress(waiting, _PIECE))
            waiting = memoryview(unfolding.unconsumed_tail)
            if not waiting:
                waiting = memoryview(content)[following : following + _PIECE]
                following += _PIECE
                if not waiting:
                    break
    except zlib.error:
        pass  # not a Flate stream: it is as large as it is
    return size
