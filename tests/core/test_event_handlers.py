"""Events reach handlers at least once and in order; their effects and their place are committed together."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from tests.core.workers import SLUG, Clock, Told, emit, handle_all, with_work

from wangge import AuditEntry, Event, EventHandler, RequestContext
from wangge._host.background.cursors import cursors_of
from wangge._host.background.guard import Withheld
from wangge._host.background.handlers import DIED, MOST_LOST, HandlerRun, handlers_of
from wangge._host.background.leases import LEASE, Lease
from wangge._host.background.looking import Looking
from wangge._host.lifecycle import enable, suspend
from wangge._host.runtime import DistrictRuntime
from wangge.background.models import Delivery, HandlerCursor
from wangge.testing.worlds import DISTRICT, World

HANDLED = "volunteer_points.test.handled"
NAMES = [f"base.test.happened_{number}" for number in range(5)]

Opening = Callable[..., AbstractAsyncContextManager[DistrictRuntime]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(world: World, clock: Clock) -> Opening:
    """Open the district on a server of its own with these handlers, which begin at once."""

    @asynccontextmanager
    async def opening(*handlers: EventHandler) -> AsyncIterator[DistrictRuntime]:
        server = with_work(world, handlers=handlers).server(clock)
        await server.start(watch=False)
        district = server.district(DISTRICT)
        await cursors_of(district, handlers_of(district))
        yield district
        await server.stop()

    return opening


async def handled(district: DistrictRuntime) -> list[str]:
    """Return the events whose handling was committed, in the order of the commits."""
    chosen = select(AuditEntry).where(AuditEntry.action == HANDLED).order_by(AuditEntry.number)
    async with district.engines.open(write=False) as db:
        return [entry.detail["type"] for entry in await db.scalars(chosen)]


async def failed(district: DistrictRuntime) -> list[Delivery]:
    """Return the failed events, by number."""
    async with district.engines.open(write=False) as db:
        return await db.scalars(select(Delivery).order_by(Delivery.event_number))


async def place(district: DistrictRuntime) -> HandlerCursor:
    """Return the place of the one handler."""
    [row] = await cursors_of(district, handlers_of(district))
    return row


async def test_a_handler_is_told_of_its_events_in_order_and_of_no_others(opened: Opening) -> None:
    told = Told()
    async with opened(told.handler(NAMES[0], NAMES[1])) as district:
        await emit(district, NAMES[0], NAMES[2], NAMES[1], NAMES[0])

        assert await handle_all(district) == [True]

        assert told.names == [NAMES[0], NAMES[1], NAMES[0]]
        assert await handled(district) == told.names
        assert (await place(district)).lease is None
        await handle_all(district)
        assert len(told.names) == 3


async def test_a_handler_begins_at_the_newest_event(opened: Opening) -> None:
    told = Told()
    async with opened() as district:
        await emit(district, NAMES[0])
    async with opened(told.handler(*NAMES)) as district:
        await handle_all(district)
        assert told.names == []
        await emit(district, NAMES[1])
        await handle_all(district)
        assert told.names == [NAMES[1]]


async def test_an_event_knows_its_record_and_its_cursor(opened: Opening) -> None:
    found: list[Event] = []

    async def handle(ctx: RequestContext, event: Event) -> None:
        assert ctx.principal.is_system
        found.append(event)

    async with opened(EventHandler("told", ("base.test.happened",), handle, "Notes.")) as district:
        async with district.work() as ctx:
            ctx.emit("base.test.happened", data={"size": 3})
        await handle_all(district)

    [event] = found
    assert (event.type, event.plugin, event.data) == ("base.test.happened", "base", {"size": 3})
    assert (event.node, event.subject_id, event.place_id) == (None, None, None)
    assert event.cursor


async def test_what_a_handler_emits_is_an_event_like_others(opened: Opening) -> None:
    told = Told()

    async def echo(ctx: RequestContext, event: Event) -> None:
        ctx.emit("volunteer_points.test.echoed")

    first = EventHandler("first", ("base.test.happened",), echo, "Echoes.")
    async with opened(first, told.handler("volunteer_points.test.echoed")) as district:
        await emit(district, "base.test.happened")
        await handle_all(district)

    assert told.names == ["volunteer_points.test.echoed"]


async def test_a_failed_event_is_set_aside_and_the_others_go_on(opened: Opening, clock: Clock) -> None:
    told = Told(failing={NAMES[1]})
    async with opened(told.handler(*NAMES)) as district:
        await emit(district, *NAMES)
        await handle_all(district)

        assert told.names == NAMES
        assert await handled(district) == [NAMES[0], *NAMES[2:]]  # nothing of the failed one was committed
        [row] = await failed(district)
        assert (row.plugin, row.handler, row.event_type) == (SLUG, "told", NAMES[1])
        assert (row.attempts, row.dead, row.error) == (1, False, "ValueError")
        assert timedelta(seconds=5) <= row.due_at - clock.now <= timedelta(seconds=10)
        assert len(row.reference) == 12


async def test_a_failed_event_is_tried_again_when_it_is_due(opened: Opening, clock: Clock) -> None:
    told = Told(failing={NAMES[0]})
    async with opened(told.handler(*NAMES)) as district:
        await emit(district, NAMES[0])
        await handle_all(district)
        told.failing.clear()
        await handle_all(district)
        assert told.names == [NAMES[0]]  # it is not due

        clock.now += timedelta(seconds=10)
        await handle_all(district)

        assert told.names == [NAMES[0], NAMES[0]]
        assert await handled(district) == [NAMES[0]]
        assert await failed(district) == []


async def test_an_event_that_fails_each_time_is_dead_after_the_most_attempts(
    opened: Opening, clock: Clock
) -> None:
    told = Told(failing={NAMES[0]})
    async with opened(told.handler(*NAMES)) as district:
        await emit(district, NAMES[0])
        for _ in range(12):
            await handle_all(district)
            clock.now += timedelta(hours=1)

        [row] = await failed(district)
        assert (row.attempts, row.dead) == (10, True)
        assert len(told.names) == 10
        assert await handled(district) == []


async def test_a_handler_that_takes_too_long_is_broken_off_and_undone(opened: Opening) -> None:
    async def hang(ctx: RequestContext, event: Event) -> None:
        ctx.audit(HANDLED, detail={"type": event.type})
        await ctx.db.flush()
        await asyncio.Event().wait()

    handler = EventHandler("told", (NAMES[0],), hang, "Hangs.", timeout=0.05)
    async with opened(handler) as district:
        await emit(district, NAMES[0])
        await handle_all(district)

        assert [(row.error, row.attempts) for row in await failed(district)] == [("TimeoutError", 1)]
        assert await handled(district) == []


@pytest.mark.parametrize("way", [asyncio.CancelledError, SystemExit])
async def test_a_handler_that_leaves_by_no_proper_way_has_failed(
    opened: Opening, way: type[BaseException]
) -> None:
    told = Told()

    async def leave(ctx: RequestContext, event: Event) -> None:
        await told.handle(ctx, event)
        if event.type == NAMES[0]:
            raise way

    async with opened(EventHandler("told", NAMES, leave, "Leaves.")) as district:
        await emit(district, *NAMES[:2])

        assert await handle_all(district) == [True]

        assert told.names == NAMES[:2]
        assert await handled(district) == NAMES[1:2]
        assert [(row.event_type, row.error) for row in await failed(district)] == [(NAMES[0], "WorkEnded")]


async def test_a_handler_ends_with_the_event_at_which_its_programme_is_suspended(opened: Opening) -> None:
    told = Told()
    async with opened(told.handler(*NAMES)) as district:

        async def handle(ctx: RequestContext, event: Event) -> None:
            await told.handle(ctx, event)
            district.follow(replace(district.record, states={}))  # as another process has left it

        await emit(district, *NAMES)
        [known] = handlers_of(district)
        suspended = replace(known, handler=replace(known.handler, handle=handle))
        with pytest.raises(Withheld):
            await HandlerRun(district, suspended, asyncio.Event()).run()

        assert told.names == NAMES[:1]
        assert await handled(district) == NAMES[:1]


@pytest.mark.parametrize(("again", "tried"), [(None, NAMES[:1]), (0, NAMES[:2])], ids=["dropped", "replayed"])
async def test_what_operators_decide_while_others_are_tried_again_holds(
    opened: Opening, clock: Clock, again: int | None, tried: list[str]
) -> None:
    told = Told(failing={*NAMES[:2]})
    second = Delivery.event_type == NAMES[1]

    async def handle(ctx: RequestContext, event: Event) -> None:
        if not told.failing and event.type == NAMES[0]:
            decided = delete(Delivery) if again is None else update(Delivery).values(attempts=again)
            await ctx.db.execute(decided.where(second))
        await told.handle(ctx, event)
        if event.type == NAMES[1]:
            raise ValueError

    async with opened(EventHandler("told", NAMES, handle, "Decides.")) as district:
        await emit(district, *NAMES[:2])
        await handle_all(district)
        async with district.engines.open(write=True) as db:
            await db.execute(update(Delivery).where(second).values(attempts=9))
            await db.session.commit()
        clock.now += timedelta(hours=1)
        told.failing, told.names = set(), []

        await handle_all(district)

        assert told.names == tried
        left = [(row.event_type, row.attempts, row.dead) for row in await failed(district)]
        assert left == ([] if again is None else [(NAMES[1], 1, False)])


async def test_one_of_several_runners_handles_each_event(world: World, clock: Clock) -> None:
    told = Told()
    shared = with_work(world, handlers=[told.handler(*NAMES)])
    servers = [shared.server(clock) for _ in range(3)]
    for server in servers:
        await server.start(watch=False)
    districts = [server.district(DISTRICT) for server in servers]
    await asyncio.gather(*(cursors_of(one, handlers_of(one)) for one in districts))
    await emit(districts[0], *NAMES)

    ran = await asyncio.gather(*(handle_all(one) for one in districts))

    assert [True] in ran
    assert told.names == NAMES
    assert await handled(districts[1]) == NAMES
    for server in servers:
        await server.stop()


async def test_who_has_lost_the_lease_commits_nothing(opened: Opening, clock: Clock) -> None:
    async def lose(ctx: RequestContext, event: Event) -> None:
        ctx.audit(HANDLED, detail={"type": event.type})
        await ctx.db.execute(update(HandlerCursor).values(lease="another", leased_until=clock.now + LEASE))

    async with opened(EventHandler("told", (NAMES[0],), lose, "Loses its lease.")) as district:
        await emit(district, NAMES[0])
        before = (await place(district)).number

        assert await handle_all(district) == [False]

        assert await handled(district) == []
        assert await failed(district) == []
        assert (await place(district)).number == before


async def test_a_dead_runner_is_followed_by_another_when_its_lease_is_over(
    opened: Opening, clock: Clock
) -> None:
    told = Told()
    async with opened(told.handler(*NAMES)) as district:
        [known] = handlers_of(district)
        assert await Lease(district, HandlerCursor, known.own_cursor).take()  # and the process dies
        await emit(district, NAMES[0])
        assert await handle_all(district) == [False]
        found = await Looking(district).look()
        assert (found.handlers, found.next_at) == ([], clock.now + LEASE)

        clock.now += LEASE

        assert (await Looking(district).look()).handlers == [known]
        assert await handle_all(district) == [True]
        assert told.names == [NAMES[0]]


async def test_an_event_that_ends_the_process_each_time_is_set_aside(opened: Opening, clock: Clock) -> None:
    told = Told()
    async with opened(told.handler(*NAMES)) as district:
        [known] = handlers_of(district)
        await emit(district, NAMES[0], NAMES[1])
        async with district.engines.open(write=True) as db:
            left = {"lease": "dead", "leased_until": clock.now, "lost": MOST_LOST - 1}
            await db.execute(update(HandlerCursor).values(left))
            await db.session.commit()

        await HandlerRun(district, known, asyncio.Event()).run()

        assert told.names == [NAMES[1]]
        assert [(row.event_type, row.error) for row in await failed(district)] == [(NAMES[0], DIED)]


async def test_a_runner_that_is_told_to_stop_gives_back_what_it_holds(opened: Opening) -> None:
    stopping = asyncio.Event()
    told = Told()

    async def handle(ctx: RequestContext, event: Event) -> None:
        await told.handle(ctx, event)
        stopping.set()

    async with opened(EventHandler("told", NAMES, handle, "Is told to stop.")) as district:
        await emit(district, *NAMES)
        [known] = handlers_of(district)
        await HandlerRun(district, known, stopping).run()

        assert told.names == NAMES[:1]
        assert (await place(district)).lease is None


async def test_a_suspended_programme_is_told_nothing_and_everything_when_it_is_resumed(
    opened: Opening,
) -> None:
    told = Told(failing={NAMES[0]})
    async with opened(told.handler(*NAMES)) as district:
        await emit(district, NAMES[0])
        await handle_all(district)
        await suspend(district, SLUG)
        await emit(district, *NAMES[1:])
        assert handlers_of(district) == []
        assert (await Looking(district).look()).handlers == []

        await enable(district, SLUG)
        await handle_all(district)

        assert told.names == NAMES
        assert await handled(district) == NAMES[1:]
        assert [row.event_type for row in await failed(district)] == NAMES[:1]


async def test_fifty_events_with_failures_lose_none(opened: Opening, clock: Clock) -> None:
    names = [f"base.test.happened_{number}" for number in range(50)]
    told = Told(failing=set(names[::7]))
    async with opened(told.handler(*names)) as district:
        await emit(district, *names)
        for _ in range(10):
            await handle_all(district)
            clock.now += timedelta(hours=1)

        assert await handled(district) == [name for name in names if name not in told.failing]
        assert [row.event_type for row in await failed(district) if row.dead] == names[::7]
