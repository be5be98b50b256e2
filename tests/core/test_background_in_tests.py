"""What tests of programmes do with background work: they do it now, and see it fail."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from tests.core.workers import SLUG, Told, emit, with_work

from wangge import EventHandler, RequestContext, ScheduledJob
from wangge.testing import TestDistrict
from wangge.testing.worlds import World

Opening = Callable[..., AbstractAsyncContextManager[TestDistrict]]


@pytest.fixture
def opened(world: World, http: httpx.AsyncClient) -> Opening:
    """Open the district on a server of its own, whose programme of volunteers has this work."""

    @asynccontextmanager
    async def opening(
        *, handlers: tuple[EventHandler, ...] = (), jobs: tuple[ScheduledJob, ...] = ()
    ) -> AsyncIterator[TestDistrict]:
        server = with_work(world, handlers=handlers, jobs=jobs).server()
        await server.start(watch=False)
        district = TestDistrict(server, http)
        await district.deliver_events()  # handlers begin at the newest event
        yield district
        await server.stop()

    return opening


def job(run: Callable[[RequestContext], object]) -> ScheduledJob:
    """Return a job that is due in an hour."""

    async def counted(ctx: RequestContext) -> dict[str, int] | None:
        found = run(ctx)
        return found if isinstance(found, dict) else None

    return ScheduledJob("count", "Counts.", counted, every=timedelta(hours=1))


async def test_waiting_events_are_handed_out_once(opened: Opening) -> None:
    told = Told()
    async with opened(handlers=(told.handler("base.grid.created"),)) as district:
        await emit(district.server.district(district.code), "base.grid.created", "base.grid.moved")

        assert await district.deliver_events() == 1
        assert await district.deliver_events() == 0

    assert told.names == ["base.grid.created"]


async def test_a_handler_that_fails_fails_the_test(opened: Opening) -> None:
    told = Told(failing={"base.grid.created"})
    async with opened(handlers=(told.handler("base.grid.created"),)) as district:
        await emit(district.server.district(district.code), "base.grid.created")

        with pytest.raises(AssertionError, match=f"{SLUG}.told failed on base.grid.created: ValueError"):
            await district.deliver_events()


async def test_a_job_is_run_before_it_is_due_and_tells_its_counts(opened: Opening) -> None:
    async with opened(jobs=(job(lambda ctx: {"lamps": 3}),)) as district:
        assert await district.run_job(f"{SLUG}.count") == {"lamps": 3}
        assert await district.run_job(f"{SLUG}.count") == {"lamps": 3}


async def test_a_job_that_counts_nothing_tells_nothing(opened: Opening) -> None:
    async with opened(jobs=(job(lambda ctx: None),)) as district:
        assert await district.run_job(f"{SLUG}.count") == {}


async def test_a_job_that_fails_fails_the_test(opened: Opening) -> None:
    lamps: dict[str, int] = {}
    async with opened(jobs=(job(lambda ctx: lamps["lit"]),)) as district:
        with pytest.raises(AssertionError, match=f"{SLUG}.count failed: KeyError"):
            await district.run_job(f"{SLUG}.count")


async def test_a_job_that_is_none_is_named_with_those_there_are(opened: Opening) -> None:
    async with opened(jobs=(job(lambda ctx: None),)) as district:
        with pytest.raises(AssertionError, match=f"no job {SLUG}.sleep: there are .*{SLUG}.count"):
            await district.run_job(f"{SLUG}.sleep")
