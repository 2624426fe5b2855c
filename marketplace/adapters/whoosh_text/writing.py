"""Writing to an index: one writer at a time, brought to the disk."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from whoosh.codec.whoosh3 import W3Codec
from whoosh.writing import SegmentWriter

from marketplace.search.port import IndexedProduct

_LOCK_SECONDS = 30
_MEMORY_MB = 128


def open_writer(index: Any) -> SegmentWriter:
    return SegmentWriter(
        index, timeout=_LOCK_SECONDS, limitmb=_MEMORY_MB, codec=W3Codec(blocklimit=1024, compression=1)
    )


def add(writer: SegmentWriter, products: Iterable[IndexedProduct]) -> None:
    for product in products:
        writer.add_document(pk=product.product_id, t=product.tokens)


def sync(directory: Path) -> None:
    """Bring an index to the disk: Whoosh itself never does."""
    for path in (*directory.iterdir(), directory):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
