"""Core's tables of background work in a district database: places of handlers, failed events, jobs."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Index, Integer, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from wangge.db.base import Identified, Model
from wangge.db.columns import UtcDateTime


class Leased:
    """A row that one process at a time works on: it holds the lease, and renews it while it works."""

    lease: Mapped[str | None] = mapped_column(String(32))
    """Token of who holds it; who finds another one here has lost it, and commits nothing."""
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HandlerCursor(Leased, Model):
    """How far a handler has come in the order of the district's events."""

    __tablename__ = "wangge_handler_cursors"

    plugin: Mapped[str] = mapped_column(String(64), primary_key=True)
    handler: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    """Of the last event that was handled, or set aside."""
    lost: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Leases in a row that nobody gave back: the next event ends the process that handles it."""


class Delivery(Identified, Model):
    """An event that a handler has failed on: tried again later, or dead and kept until someone decides."""

    __tablename__ = "wangge_deliveries"
    __table_args__ = (
        UniqueConstraint("plugin", "handler", "event_number"),
        Index("ix_wangge_deliveries_dead_due_at", "dead", "due_at"),
    )

    plugin: Mapped[str] = mapped_column(String(64))
    handler: Mapped[str] = mapped_column(String(64))
    event_number: Mapped[int] = mapped_column(BigInteger)
    event_type: Mapped[str] = mapped_column(String(128))
    attempts: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    dead: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    error: Mapped[str] = mapped_column(String(128))
    """Class of the failure; its text may hold a personal value and stands in the log alone, scrubbed."""
    reference: Mapped[str] = mapped_column(String(32))
    """What the line of the log is found by."""
    set_aside_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Job(Leased, Model):
    """Work that is due again and again in a district: the platform's, or a programme's as `slug.key`."""

    __tablename__ = "wangge_jobs"

    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # counts by name
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Runs in a row that did not end well, the present one included."""
    dead: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """It is not tried again before its schedule says so."""
    error: Mapped[str | None] = mapped_column(String(128))
    reference: Mapped[str | None] = mapped_column(String(32))
