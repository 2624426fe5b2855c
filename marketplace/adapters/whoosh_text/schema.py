"""What a document is to Whoosh: a key in a column, and tokens with weights."""

from collections.abc import Iterator, Mapping

from whoosh.columns import NumericColumn
from whoosh.fields import COLUMN, FieldType, Schema
from whoosh.formats import Existence
from whoosh.util.text import utf8encode

FIELD = "t"
KEY = "pk"


class WeightedTokens(FieldType):  # type: ignore[misc]  # the package ships no types
    """A field whose value is a mapping of tokens to weights: one posting a token, nothing stored."""

    def __init__(self) -> None:
        super().__init__(Existence(), None, scorable=False, stored=False)

    def index(
        self, value: Mapping[str, float], **_options: object
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        for token in sorted(value):
            yield utf8encode(token)[0], 1, value[token], b""


def make_schema() -> Schema:
    # The key is a bare column: as an indexed unique field it would cost a look-up of its own a product.
    return Schema(pk=COLUMN(NumericColumn("q")), t=WeightedTokens())
