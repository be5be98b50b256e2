"""Background work in tests: what waits is done now, and what fails there fails the test."""

import asyncio
from collections.abc import Mapping

from sqlalchemy import select

from wangge._host.background.cursors import cursors_of
from wangge._host.background.handlers import HandlerRun, handlers_of
from wangge._host.background.jobs import job_rows, jobs_of, run_due
from wangge._host.background.jobs import run_job as run_one
from wangge._host.runtime import DistrictRuntime
from wangge.background.models import Delivery


async def deliver_events(district: DistrictRuntime) -> int:
    """Hand the programmes the events that wait for their handlers, and return how often one was called.

    Raises:
        AssertionError: when a handler failed.
    """
    handled, handlers = 0, handlers_of(district)
    await cursors_of(district, handlers)
    for known in handlers:
        run = HandlerRun(district, known, asyncio.Event())
        assert await run.run(), f"Somebody else runs {known.plugin}.{known.handler.key}."
        handled += run.handled
    async with district.engines.open(write=False) as db:
        failed: list[Delivery] = await db.scalars(select(Delivery))
    told = [f"{one.plugin}.{one.handler} failed on {one.event_type}: {one.error}" for one in failed]
    assert not told, "; ".join(told)
    return handled


async def run_job(district: DistrictRuntime, name: str) -> Mapping[str, int]:
    """Run a job, due or not, and return what it counted.

    Raises:
        AssertionError: when there is no such job, or it failed.
    """
    known = jobs_of(district)
    assert name in known, f"There is no job {name}: there are {', '.join(known)}."
    await job_rows(district, known)
    assert await run_one(district, known[name], due=False), f"Somebody else runs {name}."
    row = next(one for one in await job_rows(district, known) if one.name == name)
    assert row.error is None, f"{name} failed: {row.error}."
    return dict(row.result or {})


async def run_jobs(district: DistrictRuntime) -> list[str]:
    """Run the jobs that are due, and return their names.

    Raises:
        AssertionError: when one failed.
    """
    done = await run_due(district)
    rows = await job_rows(district, jobs_of(district))
    failed = [f"{one.name} failed: {one.error}" for one in rows if one.name in done and one.error is not None]
    assert not failed, "; ".join(failed)
    return done
