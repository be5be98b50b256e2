"""Work that is due by itself: run by one process, at least once, tried again when it failed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select, update
from tests.core.workers import SLUG, Clock, with_work

from wangge import AuditEntry, RequestContext, ScheduledJob
from wangge._host.background.failures import delay_after
from wangge._host.background.handlers import DIED
from wangge._host.background.jobs import PLATFORM, PlatformJob, job_rows, jobs_of, run_due, run_job
from wangge._host.background.leases import LEASE, Lease
from wangge._host.background.schedule import next_due
from wangge._host.lifecycle import enable, suspend
from wangge._host.runtime import DistrictRuntime
from wangge._host.settings import Settings
from wangge.background.models import Job
from wangge.testing.worlds import DISTRICT, World

DAY = timedelta(days=1)
NAME = f"{SLUG}.sweep"
SWEPT = "volunteer_points.test.swept"

Opening = Callable[..., AbstractAsyncContextManager[list[DistrictRuntime]]]


class Sweeping:
    """A job that notes each of its runs in the district, and fails for as long as it is told to."""

    def __init__(self, *counts: int, failing: bool = False) -> None:
        self.failing = failing
        self.runs = 0
        self._counts = counts or (1,)

    async def run(self, ctx: RequestContext) -> dict[str, int]:
        """Sweep."""
        self.runs += 1
        ctx.audit(SWEPT)
        if self.failing:
            raise ValueError("张三 370703199001011234")
        return {"rows": self._counts[min(self.runs, len(self._counts)) - 1]}

    def job(self, *, in_batches: bool = False, timeout: float = 60.0) -> ScheduledJob:
        """Return it as a programme declares it: once an hour."""
        every = timedelta(hours=1)
        return ScheduledJob("sweep", "Sweeps.", self.run, every, timeout=timeout, in_batches=in_batches)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(world: World, clock: Clock) -> Opening:
    """Open the district on two servers, as two processes would, with these jobs of a programme."""

    @asynccontextmanager
    async def opening(*jobs: ScheduledJob) -> AsyncIterator[list[DistrictRuntime]]:
        shared = with_work(world, jobs=jobs)
        servers = [shared.server(clock), shared.server(clock)]
        for one in servers:
            await one.start(watch=False)
        both = [one.district(DISTRICT) for one in servers]
        await rows(both[0])
        yield both
        for one in servers:
            await one.stop()

    return opening


async def rows(district: DistrictRuntime) -> dict[str, Job]:
    """Return the jobs of a district, by name."""
    return {job.name: job for job in await job_rows(district, jobs_of(district))}


async def swept(district: DistrictRuntime) -> int:
    """Return how many runs were committed."""
    chosen = select(AuditEntry.id).where(AuditEntry.action == SWEPT)
    async with district.engines.open(write=False) as db:
        return len(await db.scalars(chosen))


async def test_a_job_is_due_for_the_first_time_after_one_interval(opened: Opening, clock: Clock) -> None:
    start = clock.now
    async with opened() as both:
        found = await rows(both[0])
        assert set(found) == {"retention"}
        job = found["retention"]
        assert (job.due_at, job.started_at, job.result, job.attempts) == (start + DAY, None, {}, 0)
        assert await run_due(both[0]) == []

        clock.now += DAY
        assert await run_due(both[0]) == ["retention"]

        job = (await rows(both[0]))["retention"]
        assert (job.started_at, job.finished_at, job.due_at) == (clock.now, clock.now, clock.now + DAY)
        assert (job.attempts, job.lease) == (0, None)
        assert await run_due(both[1]) == []


async def test_one_of_several_processes_runs_a_job(opened: Opening, clock: Clock) -> None:
    sweeping = Sweeping(3)
    async with opened(sweeping.job()) as both:
        clock.now += timedelta(hours=1)

        ran = await asyncio.gather(*(run_due(one) for one in [*both, *both]))

        assert sorted(ran) == [[], [], [], [NAME]]
        assert (sweeping.runs, await swept(both[0])) == (1, 1)
        job = (await rows(both[1]))[NAME]
        assert (job.result, job.due_at) == ({"rows": 3}, clock.now + timedelta(hours=1))


async def test_a_job_that_fails_commits_nothing_and_is_tried_again(opened: Opening, clock: Clock) -> None:
    sweeping = Sweeping(failing=True)
    async with opened(sweeping.job()) as both:
        clock.now += timedelta(hours=1)
        assert await run_due(both[0]) == [NAME]

        job = (await rows(both[0]))[NAME]
        assert (job.attempts, job.dead, job.error, job.finished_at) == (1, False, "ValueError", None)
        assert timedelta(seconds=5) <= job.due_at - clock.now <= timedelta(seconds=10)
        assert await swept(both[0]) == 0
        assert await run_due(both[1]) == []

        sweeping.failing = False
        clock.now += timedelta(seconds=10)
        assert await run_due(both[1]) == [NAME]
        job = (await rows(both[0]))[NAME]
        assert (job.attempts, job.error, job.reference, job.finished_at) == (0, None, None, clock.now)


async def test_a_job_that_fails_each_time_is_dead_until_its_schedule_says_so(
    opened: Opening, clock: Clock
) -> None:
    sweeping = Sweeping(failing=True)
    job = ScheduledJob("sweep", "Sweeps.", sweeping.run, timedelta(days=30))
    async with opened(job) as [district, _]:
        clock.now += timedelta(days=30)
        while not (await rows(district))[NAME].dead:
            await run_due(district)
            clock.now = (await rows(district))[NAME].due_at
        row = (await rows(district))[NAME]
        assert (sweeping.runs, row.attempts, row.error) == (10, 10, "ValueError")
        assert row.due_at == row.started_at + timedelta(days=30)  # type: ignore[operator]  # it was started

        await run_due(district)

        row = (await rows(district))[NAME]
        assert (sweeping.runs, row.attempts, row.dead) == (11, 1, False)


async def test_a_job_that_takes_too_long_is_broken_off(opened: Opening, clock: Clock) -> None:
    async def hang(ctx: RequestContext) -> None:
        ctx.audit(SWEPT)
        await asyncio.Event().wait()

    async with opened(ScheduledJob("sweep", "Hangs.", hang, timedelta(hours=1), timeout=0.05)) as both:
        clock.now += timedelta(hours=1)
        await run_due(both[0])

        assert (await rows(both[0]))[NAME].error == "TimeoutError"
        assert await swept(both[0]) == 0


async def test_a_job_in_batches_runs_until_it_counts_nothing(opened: Opening, clock: Clock) -> None:
    sweeping = Sweeping(5, 5, 2, 0)
    async with opened(sweeping.job(in_batches=True)) as both:
        clock.now += timedelta(hours=1)
        await run_due(both[0])

        assert (sweeping.runs, await swept(both[0])) == (4, 4)
        assert (await rows(both[0]))[NAME].result == {"rows": 12}


async def test_a_job_of_a_dead_process_is_run_by_another_when_its_lease_is_over(
    opened: Opening, clock: Clock
) -> None:
    sweeping = Sweeping()
    async with opened(sweeping.job()) as both:
        clock.now += timedelta(hours=1)
        assert await Lease(both[0], Job, Job.name == NAME).take()  # and the process dies
        assert await run_due(both[1]) == []

        clock.now += LEASE

        assert await run_due(both[1]) == [NAME]
        assert sweeping.runs == 1


async def test_a_job_that_no_process_survives_is_dead_until_its_schedule_says_so(
    opened: Opening, clock: Clock
) -> None:
    sweeping = Sweeping()
    async with opened(sweeping.job()) as both:
        clock.now += timedelta(hours=1)
        async with both[0].engines.open(write=True) as db:
            died = {"lease": "dead", "leased_until": clock.now, "attempts": 10}
            await db.execute(update(Job).where(Job.name == NAME).values(died))
            await db.session.commit()

        assert await run_due(both[0]) == [NAME]

        row = (await rows(both[0]))[NAME]
        assert (sweeping.runs, row.dead, row.error) == (0, True, DIED)
        assert (row.due_at, row.lease) == (clock.now + timedelta(hours=1), None)
        clock.now = row.due_at
        assert await run_due(both[0]) == [NAME]
        assert sweeping.runs == 1


async def test_who_has_lost_the_lease_commits_nothing(opened: Opening, clock: Clock) -> None:
    async def lose(ctx: RequestContext) -> None:
        ctx.audit(SWEPT)
        await ctx.db.execute(update(Job).values(lease="another", leased_until=clock.now + LEASE))

    async with opened(ScheduledJob("sweep", "Loses its lease.", lose, timedelta(hours=1))) as both:
        clock.now += timedelta(hours=1)

        assert await run_due(both[0]) == []

        assert await swept(both[0]) == 0
        assert (await rows(both[0]))[NAME].finished_at is None


async def test_a_suspended_programme_has_no_jobs_and_is_late_when_it_is_resumed(
    opened: Opening, clock: Clock
) -> None:
    sweeping = Sweeping()
    async with opened(sweeping.job()) as both:
        await suspend(both[0], SLUG)
        clock.now += timedelta(hours=5)
        assert await run_due(both[0]) == []

        await enable(both[0], SLUG)

        assert await run_due(both[0]) == [NAME]
        assert await run_due(both[0]) == []


async def test_a_job_can_be_run_by_hand_before_it_is_due(opened: Opening, clock: Clock) -> None:
    sweeping = Sweeping()
    async with opened(sweeping.job()) as both:
        assert await run_job(both[0], jobs_of(both[0])[NAME], due=False)

        assert (await rows(both[0]))[NAME].due_at == clock.now + timedelta(hours=1)
        assert sweeping.runs == 1


async def test_a_job_of_the_platform_opens_its_transactions_itself(opened: Opening, clock: Clock) -> None:
    done: list[str] = []

    async def count(district: DistrictRuntime) -> dict[str, int]:
        done.append(district.record.code)
        return {"rows": len(done)}

    async with opened() as both:
        clock.now += DAY
        assert await run_due(both[0], {"retention": PlatformJob(DAY, count)}) == ["retention"]

        assert done == [DISTRICT]
        assert (await rows(both[1]))["retention"].result == {"rows": 1}


def test_the_platform_keeps_terms_once_a_day() -> None:
    assert {name: job.every for name, job in PLATFORM.items()} == {"retention": DAY}


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-22T01:00", "2026-11-22T18:00"),  # nine in the morning: the coming night
        ("2026-11-22T17:59", "2026-11-22T18:00"),
        ("2026-11-22T18:00", "2026-11-23T18:00"),  # at two sharp: the next night
    ],
)
def test_a_daily_job_is_due_at_its_time_in_the_district(now: str, due: str) -> None:
    at, expected = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, due))

    assert next_due(at, every=None, at=time(2, 0)) == expected


def test_the_wait_doubles_up_to_a_bound_and_half_of_it_is_chance() -> None:
    settings = Settings(retry_first=10, retry_longest=100)
    for attempts, whole in {1: 10, 2: 20, 3: 40, 4: 80, 5: 100, 90: 100}.items():
        waits = {delay_after(attempts, settings).total_seconds() for _ in range(50)}
        assert min(waits) >= whole / 2
        assert max(waits) <= whole
        assert len(waits) > 1
