"""Column types: UTC time and enums stored by name, the same on SQLite and PostgreSQL."""

import enum
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Enum
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time: aware and in UTC in Python, `timestamptz` on PostgreSQL, text on SQLite.

    Raises:
        ValueError: when a naive datetime is written, since its zone can only be guessed.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What the column holds in Python."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times and turn the rest to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A naive datetime cannot be stored: give it a time zone.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored time, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_type(members: type[enum.Enum], length: int = 32) -> Enum:
    """Return the column type of an enum: text holding the member's name, as GraphQL spells it.

    Native enums are avoided because adding a member to one cannot be rolled back.
    """
    options: dict[str, Any] = {"native_enum": False, "create_constraint": False, "length": length}
    return Enum(members, **options)
