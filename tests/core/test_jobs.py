"""Work that is due by itself: taken by one process, done at least once, due again when it failed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from wangge._host.jobs import JOBS, LEASE, Work, jobs_running, known_jobs, run_due
from wangge._host.runtime import DistrictRuntime, Server
from wangge.auth.models import Job
from wangge.testing.worlds import DISTRICT, World

START = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        """Return its time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def servers(world: World, clock: Clock) -> AsyncIterator[list[Server]]:
    """Two servers over the same districts, as two processes would be."""
    made = [world.server(clock), world.server(clock)]
    for one in made:
        await one.start(watch=False)
    yield made
    for one in made:
        await one.stop()


@pytest.fixture
def both(servers: list[Server]) -> list[DistrictRuntime]:
    return [one.district(DISTRICT) for one in servers]


def counting(done: list[str]) -> Callable[[DistrictRuntime], object]:
    """Return a job that notes each of its runs."""

    async def run(district: DistrictRuntime) -> dict[str, int]:
        done.append(district.record.code)
        return {"rows": len(done)}

    return run


async def test_a_job_is_due_for_the_first_time_after_one_interval(
    both: list[DistrictRuntime], clock: Clock
) -> None:
    [job] = await known_jobs(both[0])
    assert (job.name, job.due_at, job.started_at, job.result) == ("retention", START + DAY, None, {})
    assert await run_due(both[0]) == []

    clock.now = START + DAY
    assert await run_due(both[0]) == ["retention"]

    [job] = await known_jobs(both[0])
    assert (job.started_at, job.finished_at, job.due_at) == (clock.now, clock.now, clock.now + DAY)
    assert await run_due(both[1]) == []


async def test_one_of_several_processes_takes_a_job(both: list[DistrictRuntime], clock: Clock) -> None:
    done: list[str] = []
    jobs = {"retention": Work(DAY, counting(done))}  # type: ignore[arg-type]  # an async function of one argument
    await asyncio.gather(*(known_jobs(one) for one in both))
    clock.now = START + DAY

    taken = await asyncio.gather(*(run_due(one, jobs) for one in [*both, *both]))

    assert sorted(taken) == [[], [], [], ["retention"]]
    assert done == [DISTRICT]
    [job] = await known_jobs(both[1])
    assert job.result == {"rows": 1}


async def test_a_job_that_fails_is_due_again_after_its_lease(
    both: list[DistrictRuntime], clock: Clock
) -> None:
    async def fail(_district: DistrictRuntime) -> dict[str, int]:
        raise ValueError("cut off")

    done: list[str] = []
    await known_jobs(both[0])
    clock.now = START + DAY
    with pytest.raises(ValueError, match="cut off"):
        await run_due(both[0], {"retention": Work(DAY, fail)})
    jobs = {"retention": Work(DAY, counting(done))}  # type: ignore[arg-type]  # as above

    assert await run_due(both[1], jobs) == []
    clock.now += LEASE
    assert await run_due(both[1], jobs) == ["retention"]
    assert done == [DISTRICT]


async def test_a_server_looks_for_jobs_while_it_runs_and_stops_with_it(servers: list[Server]) -> None:
    server = servers[0]
    server.settings = server.settings.model_copy(update={"jobs_poll": 0.05})
    async with jobs_running(server):
        for _ in range(200):
            async with server.district(DISTRICT).engines.open(write=False) as db:
                if await db.scalars(select(Job.name)):
                    break
            await asyncio.sleep(0.05)
    async with server.district(DISTRICT).engines.open(write=False) as db:
        assert await db.scalars(select(Job.name)) == ["retention"]
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert [task for task in others if "_look_after" in repr(task.get_coro())] == []


async def test_a_server_that_is_told_so_leaves_the_jobs_to_others(servers: list[Server]) -> None:
    server = servers[0]
    server.settings = server.settings.model_copy(update={"jobs": False})
    async with jobs_running(server):
        await asyncio.sleep(0)
    async with server.district(DISTRICT).engines.open(write=False) as db:
        assert await db.scalars(select(Job.name)) == []


def test_the_platform_keeps_terms_once_a_day() -> None:
    assert {name: work.every for name, work in JOBS.items()} == {"retention": DAY}
