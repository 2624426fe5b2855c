"""What holds for a cell of any file by the name of its column, as the data's README says."""

import re

from marketplace.kernel.message import Message, msg

LIST_SEPARATOR = ";"
_CONFIDENCE = ("high", "medium", "low")
_SOURCE = re.compile(r"S\d{2,3}[A-Z]?|K|design(_estimate)?")


def unfit(column: str, value: str) -> Message | None:
    """Return why a cell's value cannot stand there, whoever reads it, or nothing."""
    if value != value.strip() or any(ord(character) < ord(" ") for character in value):
        return msg("单元格两端有空格，或含有换行等控制字符")
    if column.endswith("confidence") and value and value not in _CONFIDENCE:
        return msg("“%(value)s”应为%(allowed)s之一", value=value, allowed="、".join(_CONFIDENCE))
    if column == "source" and value and not all(map(_SOURCE.fullmatch, value.split(LIST_SEPARATOR))):
        return msg("“%(value)s”的格式不对", value=value)
    return None
