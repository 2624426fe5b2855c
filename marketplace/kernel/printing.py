"""Paper: labels, packing slips and statements as PDF, made by whatever sets type behind this port."""

from collections.abc import Mapping
from typing import Any, Protocol


class Printer(Protocol):
    """Sets a sheet of ``templates/print`` with what it says: JSON values, words in the reader's language.

    The same sheet gives the same bytes; nothing but the sheet and the project's own fonts is looked at.
    """

    def pdf(self, template: str, sheet: Mapping[str, Any]) -> bytes: ...
