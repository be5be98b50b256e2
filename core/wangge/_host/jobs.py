"""Work that is due again and again in each district, done by one server process at a time.

A row per district and job says when it is due next. Whoever finds it due takes it with a single UPDATE, which
moves the time on by a lease: of several processes one wins, and where that one dies the job is due again when
the lease is over. So a job runs at least once, and must do no harm when it is repeated.

No library does this on SQLite and PostgreSQL alike without a broker of its own: Procrastinate needs
PostgreSQL, Celery, Dramatiq and arq need Redis or RabbitMQ, APScheduler 3 runs a job once per process. The
whole of it is one table and this module, to be replaced when programmes bring jobs of their own.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from wangge._host.retention import run_retention
from wangge._host.runtime import DistrictRuntime, Server
from wangge.auth.models import Job

log = structlog.get_logger("wangge")

LEASE: Final = timedelta(hours=1)
"""For how long a process that took a job keeps it from the others."""

Result = Mapping[str, int]
Run = Callable[[DistrictRuntime], Awaitable[Result]]


@dataclass(frozen=True)
class Work:
    """A job: how often it is due, and what it does; its result are counts."""

    every: timedelta
    run: Run


async def _retention(district: DistrictRuntime) -> Result:
    ended = await run_retention(district)
    return {f"{one.table} {one.fate}": one.rows for one in ended}


JOBS: Final[Mapping[str, Work]] = {"retention": Work(timedelta(days=1), _retention)}
"""What the platform does by itself. A new district's jobs are due for the first time after one interval."""


async def known_jobs(district: DistrictRuntime) -> list[Job]:
    """Return the jobs of a district with when they are due, by name; those never seen before are entered."""
    async with district.engines.open(write=False) as db:
        found: list[Job] = await db.scalars(select(Job).order_by(Job.name))
    missing = set(JOBS) - {job.name for job in found}
    if not missing:
        return found
    async with district.engines.open(write=True) as db:
        for name in sorted(missing):
            with contextlib.suppress(IntegrityError):  # another process entered it first
                async with db.session.begin_nested():
                    db.add(Job(name=name, due_at=_now(district) + JOBS[name].every, result={}))
                    await db.flush()
        await db.session.commit()
        return await db.scalars(select(Job).order_by(Job.name))


async def run_due(district: DistrictRuntime, jobs: Mapping[str, Work] = JOBS) -> list[str]:
    """Run the jobs of a district that are due and that no other process takes; return their names."""
    done = []
    for job in await known_jobs(district):
        work = jobs.get(job.name)
        if work is None or job.due_at > _now(district) or not await _take(district, job.name):
            continue
        result = await work.run(district)
        await _note(district, job.name, work, result)
        done.append(job.name)
    return done


async def _take(district: DistrictRuntime, name: str) -> bool:
    """Take a job that is due, and say whether it was this process that got it."""
    now = _now(district)
    claim = update(Job).where(Job.name == name, Job.due_at <= now)
    async with district.engines.open(write=True) as db:
        taken: Any = await db.execute(claim.values(due_at=now + LEASE, started_at=now))
        await db.session.commit()
    return bool(taken.rowcount == 1)


async def _note(district: DistrictRuntime, name: str, work: Work, result: Result) -> None:
    now = _now(district)
    values = {"due_at": now + work.every, "finished_at": now, "result": dict(result)}
    async with district.engines.open(write=True) as db:
        await db.execute(update(Job).where(Job.name == name).values(values))
        await db.session.commit()


def _now(district: DistrictRuntime) -> datetime:
    clock = district.server.clock
    return clock() if clock is not None else datetime.now(UTC)


@contextlib.asynccontextmanager
async def jobs_running(server: Server) -> AsyncIterator[None]:
    """Look for due jobs of all districts until the block ends; what is cut off is due again."""
    if not server.settings.jobs:
        yield
        return
    runner = asyncio.create_task(_look_after(server))
    try:
        yield
    finally:
        runner.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await runner


async def _look_after(server: Server) -> None:
    while True:
        for code in server.codes:
            try:
                district = server.district(code)
                await district.check_ready()
                await run_due(district)
            except Exception:  # a district that fails, or is away, must not keep the others waiting
                log.exception("a job failed", district=code)
        await asyncio.sleep(server.settings.jobs_poll)
