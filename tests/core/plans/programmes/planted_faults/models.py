"""Its tables: values that are hard to write, keys of rows that may be hidden."""

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Boolean, Date, Float, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from wangge import Identified, Model, UtcDateTime, enum_type
from wangge_schema import GridBound


class FaultyMood(enum.Enum):
    """How a thing feels."""

    GLAD = "glad"
    SAD = "sad"


class Thing(Identified, GridBound, Model):
    """A row with a column of each kind."""

    __tablename__ = "faults_things"

    name: Mapped[str] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(Integer)
    wide: Mapped[int | None] = mapped_column(BigInteger)
    fen: Mapped[int | None] = mapped_column(Integer)
    open: Mapped[bool | None] = mapped_column(Boolean)
    mood: Mapped[FaultyMood | None] = mapped_column(enum_type(FaultyMood))
    day: Mapped[date | None] = mapped_column(Date)
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # whatever JSON holds
    keeper_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("base_people.id", ondelete="SET NULL"))


class Part(Identified, GridBound, Model):
    """A row that belongs to a thing, and may lie elsewhere."""

    __tablename__ = "faults_parts"

    thing_id: Mapped[UUID] = mapped_column(ForeignKey("faults_things.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(String(200))
    ratio: Mapped[float | None] = mapped_column(Float)
