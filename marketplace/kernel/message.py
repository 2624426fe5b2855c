"""What people read, as frozen data: rendered in the reader's language only at the edges."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence in Simplified Chinese with named places, stored as template and parameters."""

    template: str
    parameters: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % self.parameters if self.parameters else self.template


def msg(template: str, /, **parameters: object) -> Message:
    """Make a message; Babel extracts the template, so it is always a literal at the call."""
    return Message(template, parameters)


class Name(NamedTuple):
    """A proper name in the three written languages of the market."""

    hans: str
    hant: str
    en: str

    def __str__(self) -> str:
        return self.hans
