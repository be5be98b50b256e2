"""Runs jobs: the platform's own and the programmes', each by one process at a time."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import case, select
from sqlalchemy.exc import IntegrityError

from wangge._host.background.failures import Failure, delay_after, new_reference
from wangge._host.background.guard import Withheld, run_guarded
from wangge._host.background.handlers import DIED
from wangge._host.background.leases import Lease, LeaseLost, now_in
from wangge._host.background.schedule import next_due
from wangge._host.retention import run_retention
from wangge._host.runtime import DistrictRuntime
from wangge.auth.principal import SYSTEM
from wangge.background.declarations import ScheduledJob
from wangge.background.models import Job

MOST_BATCHES: Final = 1000
"""Transactions of one run of a job; what is left over is due at once."""

Counts = Mapping[str, int]


@dataclass(frozen=True)
class PlatformJob:
    """What the platform does by itself; it opens its transactions itself and must be harmless if repeated."""

    every: timedelta
    run: Callable[[DistrictRuntime], Awaitable[Counts]]


async def _retention(district: DistrictRuntime) -> Counts:
    return {f"{one.table} {one.fate}": one.rows for one in await run_retention(district)}


PLATFORM: Final[Mapping[str, PlatformJob]] = {"retention": PlatformJob(timedelta(days=1), _retention)}


@dataclass(frozen=True)
class KnownJob:
    """A job of a district: the platform's under a plain name, or a programme's as `slug.key`."""

    name: str
    plugin: str | None
    job: PlatformJob | ScheduledJob

    def due_after(self, now: datetime) -> datetime:
        """Return when its schedule says that it is due next."""
        at = self.job.at if isinstance(self.job, ScheduledJob) else None
        return next_due(now, every=self.job.every, at=at)


def jobs_of(district: DistrictRuntime, platform: Mapping[str, PlatformJob] = PLATFORM) -> dict[str, KnownJob]:
    """Return the jobs of the platform and of the programmes that are on in a district, by name."""
    own = [KnownJob(name, None, job) for name, job in platform.items()]
    theirs = [
        KnownJob(f"{plugin.slug}.{job.key}", plugin.slug, job)
        for plugin in district.plugins
        for job in plugin.jobs
    ]
    return {known.name: known for known in (*own, *theirs)}


async def enter_missing(district: DistrictRuntime, known: Mapping[str, KnownJob], found: list[Job]) -> bool:
    """Enter jobs never seen before, due after one interval; say whether there were any."""
    missing = sorted(set(known) - {job.name for job in found})
    if not missing:
        return False
    now = now_in(district)
    async with district.engines.open(write=True) as db:
        for name in missing:
            with contextlib.suppress(IntegrityError):  # another process entered it first
                async with db.session.begin_nested():
                    db.add(Job(name=name, due_at=known[name].due_after(now), result={}))
                    await db.flush()
        await db.session.commit()
    return True


async def job_rows(district: DistrictRuntime, known: Mapping[str, KnownJob]) -> list[Job]:
    """Return the rows of a district's jobs, by name."""
    chosen = select(Job).order_by(Job.name)
    async with district.engines.open(write=False) as db:
        found: list[Job] = await db.scalars(chosen)
    if await enter_missing(district, known, found):
        async with district.engines.open(write=False) as db:
            found = await db.scalars(chosen)
    return [job for job in found if job.name in known]


async def run_due(district: DistrictRuntime, platform: Mapping[str, PlatformJob] = PLATFORM) -> list[str]:
    """Run the jobs of a district that are due and that no other process runs; return their names."""
    known, done = jobs_of(district, platform), []
    for job in await job_rows(district, known):
        if job.due_at > now_in(district):
            continue
        with contextlib.suppress(Withheld):
            if await run_job(district, known[job.name]):
                done.append(job.name)
    return done


async def run_job(district: DistrictRuntime, known: KnownJob, *, due: bool = True) -> bool:
    """Run a job, if it is due and no other process runs it; say whether this one did.

    A failure is noted with the job, which is tried again later.

    Args:
        district: where.
        known: which.
        due: whether it must be due; by hand it need not.

    Raises:
        Withheld: when the plugin's work is not to be run now.
    """
    now, reference = now_in(district), new_reference()
    lease = Lease(district, Job, Job.name == known.name)
    attempts = case((Job.dead, 1), else_=Job.attempts + 1)
    if not await lease.take(*_at(now, due=due), started_at=now, attempts=attempts, dead=False):
        return False
    try:
        if due and await _has_killed(district, known):
            await _note_failure(district, known, lease, Failure(DIED, reference))
            return True
        async with lease.kept():
            await _work(district, known, lease, reference)
    except LeaseLost:
        return False
    except Withheld:
        await _note(district, lease, attempts=Job.attempts - 1)
        raise
    except Exception as error:  # noqa: BLE001  # whatever a job raises: it is tried again later
        facts = {"district": district.record.code, "job": known.name}
        failure = Failure.noted("a job failed", error, reference, **facts)
        await _note_failure(district, known, lease, failure)
    finally:
        await asyncio.shield(lease.give_back())
    return True


async def _has_killed(district: DistrictRuntime, known: KnownJob) -> bool:
    """Say whether processes did not survive a job as often as it may fail: failures would have been noted."""
    async with district.engines.open(write=False) as db:
        attempts = await db.scalar(select(Job.attempts).where(Job.name == known.name))
    return int(attempts) > district.server.settings.retry_attempts


def _at(now: datetime, *, due: bool) -> list[Any]:  # conditions
    return [Job.due_at <= now] if due else []


async def _work(district: DistrictRuntime, known: KnownJob, lease: Lease, reference: str) -> None:
    if isinstance(known.job, PlatformJob):
        result = await known.job.run(district)
        await _note(district, lease, **_done(district, known, result))
        return
    counts: Counter[str] = Counter()
    for _ in range(MOST_BATCHES):
        async with district.work(SYSTEM, reference) as ctx:
            run = partial(known.job.run, ctx)
            found = await run_guarded(district, str(known.plugin), run, known.job.timeout) or {}
            counts.update(found)
            await ctx.db.flush()
            if not (known.job.in_batches and any(found.values())):
                await lease.hold(ctx.db, **_done(district, known, counts))
                return
            await lease.hold(ctx.db)
    left_over = {**_done(district, known, counts), "due_at": now_in(district)}
    await _note(district, lease, **left_over)


def _done(district: DistrictRuntime, known: KnownJob, result: Counts) -> dict[str, Any]:  # column values
    now = now_in(district)
    return {
        "due_at": known.due_after(now),
        "finished_at": now,
        "result": dict(result),
        "attempts": 0,
        "dead": False,
        "error": None,
        "reference": None,
    }


async def _note_failure(district: DistrictRuntime, known: KnownJob, lease: Lease, failure: Failure) -> None:
    """Note a failure: the job is tried again after a while, or when its schedule says so, if it is dead."""
    now, settings = now_in(district), district.server.settings
    async with district.engines.open(write=True) as db:
        attempts = int(await db.scalar(select(Job.attempts).where(Job.name == known.name)))
        dead = attempts >= settings.retry_attempts
        scheduled = known.due_after(now)
        again = scheduled if dead else min(now + delay_after(attempts, settings), scheduled)
        told = {"error": failure.error, "reference": failure.reference}
        await lease.hold(db, due_at=again, dead=dead, **told)
        await db.session.commit()


async def _note(district: DistrictRuntime, lease: Lease, **values: Any) -> None:  # column values
    async with district.engines.open(write=True) as db:
        await lease.hold(db, **values)
        await db.session.commit()
