"""The declarative base that all packages share, and the mixins every table starts from."""

from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import MetaData, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from uuid_utils.compat import uuid7

from wangge.db.columns import UtcDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def utc_now() -> datetime:
    """Return the present time, aware, in UTC."""
    return datetime.now(UTC)


class Model(DeclarativeBase):
    """Base of every table of a district database.

    A table's name starts with its package's slug (`canteen_meals_orders`), which is checked when
    the plugin loads. Tables carry no district column: each district has a database of its own.
    """

    metadata = MetaData(naming_convention=NAMING)

    __published__: ClassVar[bool] = False
    """Rows bound to a grid are readable in the whole district; writes stay within the scope."""

    __person_key__: ClassVar[str | None] = None
    """Name of the attribute that says to which person a row belongs, if to one."""

    __restricted_by__: ClassVar[str | None] = None
    """On the table of persons: the attribute that says since when a person's data are restricted."""

    __shows_restricted__: ClassVar[bool] = False
    """Rows stay in view where the data of their person are restricted: the record of restrictions itself."""


class CatalogModel(DeclarativeBase):
    """Base of the catalog's tables: districts, placements, plugin states and settings."""

    metadata = MetaData(naming_convention=NAMING)


class Identified:
    """A UUIDv7 primary key: ordered by time, so that inserts stay local in the index."""

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid7, sort_order=-10)


class Timestamped:
    """When the row was written first and last, in UTC."""

    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(
        UtcDateTime, default=utc_now, onupdate=utc_now, sort_order=91
    )
