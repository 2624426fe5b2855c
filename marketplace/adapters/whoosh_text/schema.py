"""What a document is to Whoosh: a slot in a column, tokens with levels; and how postings lie on the disk.

The pieces are Whoosh's own (field types, codec, pool of postings), narrowed to what this index holds: one
field whose tokens are known beforehand. Postings are gathered by token instead of sorted one by one, and
blocks hold bytes where the codec would write numbers one after another. A stock Whoosh reads such an index.
"""

import pickle
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from operator import sub
from secrets import token_hex
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3Codec, W3FieldWriter, W3PostingsWriter
from whoosh.columns import NumericColumn
from whoosh.fields import COLUMN, FieldType, Schema
from whoosh.formats import Existence

FIELD = "t"
SLOT = "slot"
_BLOCK = 4096
_PROTOCOL = 4
_BYTE = 256


class Tokens(FieldType):  # type: ignore[misc]  # the package ships no types
    """A field whose value is a mapping of tokens to levels: one posting a token, nothing stored."""

    def __init__(self) -> None:
        super().__init__(Existence(), None, scorable=False, stored=False)

    def index(self, value: Mapping[str, int], **_options: object) -> Iterator[tuple[bytes, int, int, bytes]]:
        for token, level in value.items():
            yield token.encode(), 1, level, b""


def make_schema() -> Schema:
    # The slot is a bare column: as an indexed unique field it would cost a look-up of its own a product.
    return Schema(slot=COLUMN(NumericColumn("i", default=-1)), t=Tokens())


class Pool:
    """Gathers postings by token; documents come in order, so nothing has to be sorted but the tokens.

    A posting is one number: the document above the lowest byte, the level in it.
    """

    def __init__(self) -> None:
        self._postings: defaultdict[str, array[int]] = defaultdict(partial(array, "Q"))

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        """Take a posting as Whoosh gives it when it merges segments."""
        _field, token, document, level, _value = item
        self._postings[token.decode()].append(document << 8 | int(level))

    def add_all(self, document: int, tokens: Mapping[str, int]) -> None:
        """Take all postings of a document."""
        base, postings = document << 8, self._postings
        for token, level in tokens.items():
            postings[token].append(base | level)

    def iter_postings(self) -> Iterator[tuple[bytes, NDArray[np.uint64]]]:
        for token in sorted(self._postings):  # code points sort as their bytes do
            yield token.encode(), np.frombuffer(self._postings[token], np.uint64)

    def cleanup(self) -> None:
        self._postings.clear()


class Codec(W3Codec):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's codec with whole blocks of postings written at once."""

    length_stats = False

    def __init__(self) -> None:
        super().__init__(blocklimit=_BLOCK, compression=0)

    def new_segment(self, storage: Any, indexname: str) -> Any:
        segment = super().new_segment(storage, indexname)
        # Whoosh draws it from the program's random numbers: a seed would give two segments one name.
        segment.segid = token_hex(8)
        return segment

    def field_writer(self, storage: Any, segment: Any) -> "_FieldWriter":
        return _FieldWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> "_PostingsWriter":
        return _PostingsWriter(dbfile, self._blocklimit, byteids, self._compression, self._inlinelimit)


class _FieldWriter(W3FieldWriter):  # type: ignore[misc]  # Whoosh has no types
    def add_postings(self, schema: Schema, _lengths: object, items: Any) -> None:
        self.start_field(FIELD, schema[FIELD])
        for token, postings in items:
            self.start_term(token)
            self._postwriter.add_all(postings)
            self.finish_term()
        self.finish_field()


class _PostingsWriter(W3PostingsWriter):  # type: ignore[misc]  # Whoosh has no types
    def add_all(self, postings: NDArray[np.uint64]) -> None:
        """Take all postings of a token, ready to be written block by block."""
        for first in range(0, len(postings), self._blocklimit):
            block = postings[first : first + self._blocklimit]
            self._ids = (block >> np.uint64(8)).tolist()
            self._weights = (block & np.uint64(255)).astype(np.uint8).tobytes()
            self._maxweight = max(self._weights)
            if first + self._blocklimit < len(postings):
                self._write_block()

    def _write_block(self, last: bool = False) -> None:
        """Write a block as Whoosh reads it, uncompressed: what is kept in memory is read from it at once."""
        if not self._blockcount:
            self._postfile.write(WHOOSH3_HEADER_MAGIC)
        self._terminfo.add_block(self)
        data = pickle.dumps((self._steps(), self._weights, None), _PROTOCOL)
        about = (len(self._ids), self._ids[-1], self._maxweight, 0, 0, 0)
        information = pickle.dumps(about, _PROTOCOL)
        length = len(information) + len(data)
        self._postfile.write_int(-length if last else length)
        self._postfile.write(information)
        self._postfile.write(data)
        self._blockcount += 1
        self._new_block()

    def _steps(self) -> bytes | tuple[int, ...]:
        """Return how far each document is from the one before: bytes where all are near."""
        if len(self._ids) == 1:
            return tuple(self._ids)
        steps = [self._ids[0], *map(sub, islice(self._ids, 1, None), self._ids)]
        return bytes(steps) if max(steps) < _BYTE else tuple(steps)
