"""Which words the code and the templates show: every literal in ``_()``, ``ngettext()`` and ``msg()``."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from marketplace.kernel import paths

_METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.svg", "jinja2"), ("**.txt", "jinja2")]
_KEYWORDS = {"_": None, "gettext": None, "msg": None, "ngettext": (1, 2)}
_OPTIONS = {"**.html": {"trimmed": "false", "silent": "false", "extensions": "jinja2.ext.do"}}
_PACKAGE = Path(__file__).resolve().parent.parent


def extracted() -> Catalog:
    """Return every text that people may see, with where it stands."""
    catalog = Catalog(project="qianhuo-ruyue", charset="utf-8")
    for root in (_PACKAGE, paths.TEMPLATES):
        for name, line, text, comments, context in _texts(root):
            catalog.add(text, None, [(f"{root.name}/{name}", line)], auto_comments=comments, context=context)
    return catalog


def _texts(root: Path) -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    found = extract_from_dir(root, _METHODS, _OPTIONS, keywords=_KEYWORDS)
    yield from sorted(found, key=lambda one: (one[0], one[1]))


def update(path: Path) -> tuple[int, int]:
    """Write the file anew with today's texts, keeping what is translated; returns how many came and went."""
    template = extracted()
    catalog = Catalog(locale="en", project="qianhuo-ruyue", charset="utf-8", fuzzy=False)
    before: dict[object, Message] = {}
    if path.exists():
        with path.open("rb") as file:
            known_before = read_po(file, locale="en")
        before = {message.id: message for message in known_before if message.id}
        # A run that finds nothing new leaves the file as it was, to the byte.
        catalog.creation_date = known_before.creation_date
    for message in template:
        if message.id:
            known = before.get(message.id)
            catalog.add(message.id, known.string if known else None, context=message.context)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=110, sort_output=True, omit_header=False, include_previous=False)
    today = {message.id for message in template if message.id}
    return len(today - before.keys()), len(before.keys() - today)


def missing(catalog: Catalog) -> list[str]:
    """Return texts without an English one."""
    return [
        str(message.id)
        for message in catalog
        if message.id
        and not (all(message.string) if isinstance(message.string, tuple | list) else message.string)
    ]
