"""The English of the pages, by hand, beside the source text; Traditional Chinese is made from the source."""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

ENGLISH = Path(__file__).parent / "en" / "LC_MESSAGES" / "messages.po"


def read_english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


@cache
def english() -> Translations:
    """Return the English texts, compiled in memory: nothing to build, nothing to go stale."""
    compiled = BytesIO()
    write_mo(compiled, read_english())
    compiled.seek(0)
    return Translations(compiled)
