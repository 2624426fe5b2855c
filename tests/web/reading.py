"""How tests read a page: its words one by one, each with the language that the page says it is in."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

# Attributes that people see or hear. A value is what somebody typed or chose, never the page's own word.
SPOKEN = ("alt", "title", "aria-label", "aria-description", "placeholder", "content", "label")
EMPTY = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


@dataclass(frozen=True, slots=True)
class Words:
    """A run of text, the language it is in, and where it stands."""

    text: str
    lang: str
    where: str


class Page(HTMLParser):
    """Collects a page's words and the addresses it leads to."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[Words] = []
        self.links: list[str] = []
        self.lang = ""
        self._open: list[tuple[str, str]] = []
        self._raw = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        lang = given.get("lang") or (self._open[-1][1] if self._open else "")
        if tag == "html":
            self.lang = lang
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        for name, value in given.items():
            if name in SPOKEN or (name.startswith("data-") and " " in value):
                self._note(value, lang, f"{tag}[{name}]")
        if tag in {"script", "style"}:
            self._raw = given.get("type", tag) if tag == "script" else tag
        if tag not in EMPTY:
            self._open.append((tag, lang))

    def handle_endtag(self, tag: str) -> None:
        self._raw = ""
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tag, lang = self._open[-1] if self._open else ("", "")
        if self._raw == "application/json":
            for text in _strings(json.loads(data)):
                self._note(text, lang, "script")
        elif not self._raw:
            self._note(data, lang, tag)

    def _note(self, text: str, lang: str, where: str) -> None:
        if text.strip():
            self.words.append(Words(" ".join(text.split()), lang, where))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
