"""Column types and conditions that several tables of the room share."""

from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import JSONB

STATE = String(20)
HOLDER = String(60)
NUMBER = String(40)
NAME = JSONB(none_as_null=True)


def one_of(column: str, values: type[StrEnum]) -> str:
    """Return the condition that a column holds nothing but an enumeration's values."""
    return f"{column} IN ({', '.join(repr(str(one)) for one in values)})"
