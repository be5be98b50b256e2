"""What the tests of background work share: a clock, programmes with handlers and jobs made for a test."""

import asyncio
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from wangge import Event, EventHandler, RequestContext, ScheduledJob
from wangge._host.background.handlers import HandlerRun, handlers_of
from wangge._host.runtime import DistrictRuntime
from wangge.testing.worlds import World

START = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
SLUG = "volunteer_points"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        """Return its time."""
        return self.now


def with_work(
    world: World, *, handlers: Sequence[EventHandler] = (), jobs: Sequence[ScheduledJob] = ()
) -> World:
    """Return a world whose programme of volunteers has these handlers and jobs instead of its own."""
    plugins = copy(world.plugins)
    changed = replace(plugins.loaded[SLUG], event_handlers=handlers, jobs=jobs)
    plugins.loaded = {**plugins.loaded, SLUG: changed}
    return replace(world, plugins=plugins)


@dataclass
class Told:
    """A handler that notes what it is told, and fails on what it is told to fail on."""

    failing: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)

    async def handle(self, ctx: RequestContext, event: Event) -> None:
        """Note an event in the test, and on the audit trail of the district."""
        self.names.append(event.type)
        ctx.audit("volunteer_points.test.handled", detail={"type": event.type})
        if event.type in self.failing:
            raise ValueError("张三 370703199001011234")

    def handler(self, *types: str, key: str = "told", timeout: float = 10.0) -> EventHandler:
        """Return it as a programme declares it."""
        return EventHandler(key, types, self.handle, "Notes what it is told.", timeout)


async def emit(district: DistrictRuntime, *types: str) -> None:
    """Commit events, each in a transaction of its own."""
    for type in types:
        async with district.work() as ctx:
            ctx.emit(type)


async def handle_all(district: DistrictRuntime) -> list[bool]:
    """Run each handler of a district until it has nothing more to do."""
    runs = [HandlerRun(district, known, asyncio.Event()) for known in handlers_of(district)]
    return [await run.run() for run in runs]
