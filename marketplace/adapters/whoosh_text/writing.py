"""Writing to an index: one writer at a time, brought to the disk before anyone is told of it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from marketplace.adapters.whoosh_text.directory import sync
from marketplace.adapters.whoosh_text.reading import STATE, State, slots_of, sum_of
from marketplace.adapters.whoosh_text.schema import SLOT, Codec, Pool
from marketplace.search.port import IndexedProduct, Written

_LOCK_SECONDS = 30
_SMALL_DOCUMENTS = 5_000
_MANY_SMALL = 8
_KEPT = {STATE, "MAIN_WRITELOCK"}


def open_writer(index: Any) -> SegmentWriter:
    """Open a writer; raises LockError where another process has written for half a minute."""
    writer = SegmentWriter(index, timeout=_LOCK_SECONDS, codec=Codec())
    writer.pool = Pool()
    return writer


def add(writer: SegmentWriter, products: Iterable[IndexedProduct]) -> None:
    """Add documents as the writer itself does, without asking each field of each what it is."""
    documents, pool, column = writer.perdocwriter, writer.pool, writer.schema[SLOT].column_type
    for product in products:
        documents.start_doc(writer.docnum)
        documents.add_column_value(SLOT, column, product.slot)
        documents.finish_doc()
        pool.add_all(writer.docnum, product.tokens)
        writer.docnum += 1
        writer._added = True  # noqa: SLF001 - the writer's own word for having something to write


def forget(writer: SegmentWriter, index: Any, slots: set[int]) -> None:
    """Delete the documents that slots had."""
    gone = np.array(sorted(slots), np.int32)
    with index.reader() as reader:
        for leaf, base in reader.leaf_readers():
            if not leaf.doc_count_all():
                continue
            for document in np.flatnonzero(np.isin(slots_of(leaf), gone)):
                if not leaf.is_deleted(int(document)):
                    writer.delete_document(base + int(document))


def merge_small(writer: SegmentWriter, segments: list[Any]) -> list[Any]:
    """Put small segments into the new one where many have gathered; large ones stay as they are.

    A segment is as large as what still counts of it: what is mostly forgotten is merged away in the end.
    """
    alive = [one for one in segments if one.doc_count()]
    small = [one for one in alive if one.doc_count() < _SMALL_DOCUMENTS]
    if len(small) <= _MANY_SMALL:
        return alive
    for one in small:
        reader = SegmentReader(writer.storage, writer.schema, one)
        writer.add_reader(reader)
        reader.close()
    return [one for one in alive if one not in small]


def finish(directory: Path, generation: int, written: Written, before: State | None) -> None:
    """Bring an index to the disk, which Whoosh itself never does, and then say what it holds.

    Segments never change: those of the state before keep their sums. What belongs to nothing is removed.
    """
    files = {}
    for path in directory.iterdir():
        if path.suffix not in {".seg", ".toc"}:
            continue
        known = before.files.get(path.name) if before is not None and path.suffix == ".seg" else None
        found = known or sum_of(path)
        if found is not None:
            files[path.name] = found
            sync(path)
    state = directory / f"{STATE}.new"
    state.write_text(State(written, generation, files).as_json())
    sync(state)
    state.replace(directory / STATE)
    sync(directory)
    for path in directory.iterdir():
        if path.name not in files and path.name not in _KEPT and path.is_file():
            path.unlink(missing_ok=True)
