"""Column types and conditions that several tables of the room share."""

from enum import StrEnum
from typing import Annotated

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import mapped_column

Code = Annotated[str, mapped_column(String(40))]
CodeKey = Annotated[str, mapped_column(String(40), primary_key=True)]
State = Annotated[str, mapped_column(String(20))]
PartyKey = Annotated[int, mapped_column(ForeignKey("parties_party.id"), index=True)]


def one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(one)) for one in values)})"


def in_order(low: str, high: str) -> str:
    """Both ends of a range or none, and not the wrong way round."""
    return f"({low} IS NULL) = ({high} IS NULL) AND ({low} IS NULL OR {low} <= {high})"
