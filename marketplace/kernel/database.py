"""The declarative base of every table: named constraints, exact types, PostgreSQL only."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import BigInteger, Date, DateTime, Identity, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# Types stand on a registry: Flask-SQLAlchemy 3.1 does not take a type_annotation_map on the base itself.
_registry = registry(
    metadata=MetaData(naming_convention=NAMING),
    type_annotation_map={
        int: BigInteger,
        str: Text,
        datetime: DateTime(timezone=True),
        date: Date,
        dict[str, Any]: JSONB,
        list[str]: JSONB,
        list[int]: JSONB,
    },
)


class Base(DeclarativeBase):
    registry: ClassVar[registry] = _registry


metadata = Base.metadata

Key = Annotated[int, mapped_column(BigInteger, Identity(always=False), primary_key=True)]
"""A surrogate key: an identity column, never shown to people."""
