"""The outbox: an event is written in the transaction of the change it tells of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from wangge.db.base import Model
from wangge.db.columns import UtcDateTime


@dataclass(frozen=True)
class EventType:
    """An event that a package emits, such as `volunteer_points.activity.confirmed`.

    Attributes:
        name: starts with the package's slug.
        description: when it is emitted and what `data` holds; never a personal value.
    """

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Event:
    """A committed event, as those who follow the district's events meet it.

    Attributes:
        number: its place in the order of commits.
        cursor: opaque name of that place; events that follow it are found by it again.
        type: as its package declares it.
        at: when it happened, in UTC.
        plugin: slug of the package it belongs to.
        place_id: where it happened, if anywhere.
        node: GraphQL type of the record it is about, where that is a node of the district's schema.
        subject_id: key of that record.
        data: small facts; never a personal value.
    """

    number: int
    cursor: str
    type: str
    at: datetime
    plugin: str
    place_id: UUID | None
    node: str | None
    subject_id: UUID | None
    data: dict[str, Any]


class OutboxEvent(Model):
    """An event of the district, in the order of its number."""

    __tablename__ = "wangge_outbox"

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    type: Mapped[str] = mapped_column(String(128), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    subject_type: Mapped[str | None] = mapped_column(String(64))
    subject_id: Mapped[UUID | None] = mapped_column(Uuid)
    place_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)  # small facts of any JSON kind
