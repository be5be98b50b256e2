"""A server, or a worker, does what is due while it runs, follows the catalog, and stops cleanly."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.core.workers import SLUG, START, Clock, Told, emit, with_work

from wangge import Event, EventHandler, RequestContext
from wangge._host.background.dispatcher import background_running
from wangge._host.background.guard import Withheld
from wangge._host.background.jobs import job_rows, jobs_of
from wangge._host.lifecycle import enable, suspend
from wangge._host.runtime import Server
from wangge.background.models import HandlerCursor, Job
from wangge.testing.worlds import DISTRICT, World

NAMES = [f"base.test.happened_{number}" for number in range(5)]
LONG = 600.0
OWN = HandlerCursor.handler != "settle_deaths"
"""The places of a test's handlers, not of the programme's own."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@asynccontextmanager
async def two_servers(world: World, clock: Clock, *handlers: EventHandler) -> AsyncIterator[list[Server]]:
    """Two servers over the same districts; nothing but nudges, notices and due times wakes the first."""
    shared = with_work(world, handlers=handlers)
    servers = [shared.server(clock), shared.server(clock)]
    servers[0].settings = servers[0].settings.model_copy(update={"jobs_poll": LONG, "event_poll": 0.05})
    for server in servers:
        await server.start()
    yield servers
    for server in servers:
        await server.stop()


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that happens by itself."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  # nothing says when
            await asyncio.sleep(0.01)


async def begun(server: Server) -> None:
    """Wait until the handlers have their places."""
    async with asyncio.timeout(10):
        while True:
            async with server.district(DISTRICT).engines.open(write=False) as db:
                if await db.scalars(select(HandlerCursor.number).where(OWN)):
                    return
            await asyncio.sleep(0.01)


async def test_events_are_handled_as_they_are_committed_here_or_elsewhere(world: World, clock: Clock) -> None:
    told = Told()
    async with two_servers(world, clock, told.handler(*NAMES)) as [server, other], background_running(server):
        await begun(server)
        await emit(server.district(DISTRICT), NAMES[0])
        await until(lambda: told.names == NAMES[:1])
        await emit(other.district(DISTRICT), NAMES[1], NAMES[2])
        await until(lambda: told.names == NAMES[:3])


async def test_programmes_are_followed_as_districts_suspend_and_resume_them(
    world: World, clock: Clock
) -> None:
    told = Told()
    async with two_servers(world, clock, told.handler(*NAMES)) as [server, other], background_running(server):
        await begun(server)
        await suspend(other.district(DISTRICT), SLUG)
        await until(lambda: SLUG not in server.district(DISTRICT).record.enabled)
        await emit(server.district(DISTRICT), *NAMES)
        assert told.names == []

        await enable(other.district(DISTRICT), SLUG)

        await until(lambda: told.names == NAMES)


async def test_a_district_whose_work_is_broken_off_is_worked_on_again(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told()
    async with two_servers(world, clock, told.handler(*NAMES)) as [server, _]:
        server.settings = server.settings.model_copy(update={"retry_first": 0.01})
        listening, broken = server.notices.listening, ["once"]

        def listen(*args: Any) -> Any:  # as the method has them
            if broken:
                raise RuntimeError(broken.pop())
            return listening(*args)

        monkeypatch.setattr(server.notices, "listening", listen)
        async with background_running(server):
            await begun(server)
            await emit(server.district(DISTRICT), NAMES[0])
            await until(lambda: told.names == NAMES[:1])


async def test_jobs_are_entered_and_run_when_they_are_due(world: World, clock: Clock) -> None:
    async with two_servers(world, clock) as [server, _]:
        district = server.district(DISTRICT)
        await job_rows(district, jobs_of(district))
        async with district.engines.open(write=True) as db:
            await db.execute(update(Job).values(due_at=START))
            await db.session.commit()
        async with background_running(server), asyncio.timeout(10):
            while (await job_rows(district, jobs_of(district)))[0].finished_at is None:  # noqa: ASYNC110  # as above
                await asyncio.sleep(0.01)


async def test_a_handler_at_work_is_waited_for_when_the_server_stops(world: World, clock: Clock) -> None:
    at_work, done = asyncio.Event(), []

    async def slow(ctx: RequestContext, event: Event) -> None:
        at_work.set()
        await asyncio.sleep(0.1)
        done.append(event.type)

    async with two_servers(world, clock, EventHandler("slow", NAMES, slow, "Takes its time.")) as [server, _]:
        async with background_running(server):
            await begun(server)
            await emit(server.district(DISTRICT), *NAMES)
            await at_work.wait()

        assert done == NAMES[:1]
        async with server.district(DISTRICT).engines.open(write=False) as db:
            assert await db.scalars(select(HandlerCursor.lease).where(OWN)) == [None]


async def test_a_handler_that_does_not_end_is_broken_off_and_given_back(world: World, clock: Clock) -> None:
    at_work = asyncio.Event()

    async def hang(ctx: RequestContext, event: Event) -> None:
        at_work.set()
        await asyncio.Event().wait()

    async with two_servers(world, clock, EventHandler("hang", NAMES, hang, "Hangs.")) as [server, _]:
        server.settings = server.settings.model_copy(update={"grace": 0.05})
        async with background_running(server):
            await begun(server)
            before = await newest_place(server)
            await emit(server.district(DISTRICT), NAMES[0])
            await at_work.wait()

        assert await newest_place(server) == before
        others = [task for task in asyncio.all_tasks() if "background" in repr(task.get_coro())]
        assert others == []


async def newest_place(server: Server) -> tuple[int, str | None]:
    """Return place and lease of the one handler."""
    async with server.district(DISTRICT).engines.open(write=False) as db:
        chosen = select(HandlerCursor.number, HandlerCursor.lease).where(OWN)
        number, lease = (await db.execute(chosen)).one()
    return number, lease


async def test_work_that_is_withheld_stays_where_it_is_and_counts_as_no_attempt(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, asked = Told(), []

    async def withhold(_district: object, slug: str, _work: object, _seconds: float) -> None:
        asked.append(slug)
        if len(asked) < 3:
            raise Withheld(0.02)

    monkeypatch.setattr("wangge._host.background.handlers.run_guarded", withhold)
    async with two_servers(world, clock, told.handler(*NAMES)) as [server, _], background_running(server):
        await begun(server)
        await emit(server.district(DISTRICT), NAMES[0])
        await until(lambda: len(asked) == 3)
    assert asked == [SLUG] * 3


async def test_a_server_that_is_told_so_leaves_the_work_to_others(world: World, clock: Clock) -> None:
    async with two_servers(world, clock) as [server, _]:
        server.settings = server.settings.model_copy(update={"jobs": False})
        async with background_running(server):
            await asyncio.sleep(0)
        async with server.district(DISTRICT).engines.open(write=False) as db:
            assert await db.scalars(select(Job.name)) == []
