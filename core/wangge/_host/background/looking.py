"""Looks at a district for work: what can begin now, and when there will be something again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from wangge._host.background.cursors import cursors_of
from wangge._host.background.handlers import KnownHandler, handlers_of
from wangge._host.background.jobs import KnownJob, job_rows, jobs_of
from wangge._host.background.leases import now_in
from wangge._host.events.reading import newest
from wangge._host.runtime import DistrictRuntime
from wangge.background.models import Delivery, HandlerCursor, Job
from wangge.db.session import Database
from wangge.events.outbox import OutboxEvent

SKIP: Final = 1000
"""Events of no concern after which a handler's place is moved on, so that it need not be far behind."""


@dataclass
class Found:
    """What a look at a district found.

    Attributes:
        handlers: those that have something to do, and that nobody runs.
        jobs: likewise.
        next_at: when the next is due, or a lease ends that may have been a dead process's.
        newest: number of the newest event, where there is a handler to care.
    """

    handlers: list[KnownHandler] = field(default_factory=list)
    jobs: list[KnownJob] = field(default_factory=list)
    next_at: datetime | None = None
    newest: int | None = None

    def wait_until(self, at: datetime | None) -> None:
        """Note that there may be something to do at a time."""
        if at is not None and (self.next_at is None or at < self.next_at):
            self.next_at = at


class Looking:
    """Looks at one district, and remembers up to where there was nothing for a handler."""

    def __init__(self, district: DistrictRuntime) -> None:
        self.district = district
        self._nothing_until: dict[str, int] = {}

    async def look(self) -> Found:
        """Return what there is to do.

        Raises:
            DistrictUnavailable: when the district is behind, or its database away.
        """
        await self.district.check_ready()
        found = Found()
        await self._look_for_jobs(found)
        known = handlers_of(self.district)
        if known:
            await self._look_for_events(found, known)
        return found

    async def _look_for_jobs(self, found: Found) -> None:
        known, now = jobs_of(self.district), now_in(self.district)
        for job in await job_rows(self.district, known):
            free_at = _held_until(job, now)
            if free_at is not None or job.due_at > now:
                found.wait_until(max(job.due_at, free_at or job.due_at))
            else:
                found.jobs.append(known[job.name])

    async def _look_for_events(self, found: Found, known: Sequence[KnownHandler]) -> None:
        now = now_in(self.district)
        places = {(row.plugin, row.handler): row for row in await cursors_of(self.district, known)}
        found.newest = end = await newest(self.district)
        async with self.district.engines.open(write=False) as db:
            due = await _due_deliveries(db)
            for one in known:
                place, failed = places[one.plugin, one.handler.key], due.get((one.plugin, one.handler.key))
                has_work = (failed is not None and failed <= now) or await self._has_events(
                    db, one, place, end
                )
                free_at = _held_until(place, now)
                if has_work and free_at is None:
                    found.handlers.append(one)
                elif has_work:
                    found.wait_until(free_at)
                else:
                    found.wait_until(failed)

    async def _has_events(
        self, db: Database, known: KnownHandler, place: HandlerCursor, newest_number: int
    ) -> bool:
        since = max(place.number, self._nothing_until.get(known.name, 0))
        if since > newest_number:  # an older backup was put back
            since = place.number
        if newest_number <= since:
            return False
        wanted = select(OutboxEvent.number).where(
            OutboxEvent.number > since,
            OutboxEvent.number <= newest_number,
            OutboxEvent.type.in_(known.handler.types),
        )
        if await db.scalar(wanted.limit(1)) is not None:
            return True
        self._nothing_until[known.name] = newest_number
        return newest_number - place.number >= SKIP


async def _due_deliveries(db: Database) -> dict[tuple[str, str], datetime]:
    """Return when each handler's first failed event is to be tried again."""
    first = select(Delivery.plugin, Delivery.handler, func.min(Delivery.due_at)).where(
        Delivery.dead.is_(False)
    )
    rows = await db.execute(first.group_by(Delivery.plugin, Delivery.handler))
    return {(plugin, handler): due_at for plugin, handler, due_at in rows}


def _held_until(row: HandlerCursor | Job, now: datetime) -> datetime | None:
    """Return until when somebody holds a row, or None."""
    return row.leased_until if row.leased_until is not None and row.leased_until > now else None
