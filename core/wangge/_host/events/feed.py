"""The feed of a district: its outbox read once in this process, for all who follow it."""

import asyncio
import contextlib
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from wangge._host.events.reading import Told, check_position, events_after, newest
from wangge.auth.principal import Principal
from wangge.errors import EventTypeUnknown, PluginNotEnabled, SubscriberTooSlow
from wangge.events.cursors import decode_cursor
from wangge.events.outbox import Event

if TYPE_CHECKING:
    from wangge._host.runtime import DistrictRuntime

WINDOW = 1000
"""Events kept in memory for those who follow; who is further behind reads them from the database."""

AskNow = Callable[[], Awaitable[Principal]]
"""Returns who follows, as they stand now."""

log = structlog.get_logger("wangge.events")


class FeedClosed(Exception):
    """Raise to those who follow a district that this process serves no longer, or from another place."""


class Feed:
    """Reads what is committed and lets followers go on; it runs only while there are any.

    Followers hold no queue: each has its place in the order of events and takes what comes after it, from the
    window in memory or from the database. One that is slow holds up nobody and costs no memory.
    """

    def __init__(self, district: "DistrictRuntime") -> None:
        self.head = 0
        """Number of the newest event that was read."""
        self._district = district
        self._window: list[Told] = []
        self._since = 0
        """Every event after this number, up to the head, is in the window."""
        self._followers: set[Follower] = set()
        self._news: asyncio.Future[None] | None = None
        self._nudged = asyncio.Event()
        self._starting: asyncio.Task[None] | None = None
        self._reader: asyncio.Task[None] | None = None
        self._pages: dict[tuple[int, int], asyncio.Task[list[Told]]] = {}
        self._closed = False

    def nudge(self) -> None:
        """Look at the outbox now: something may have been committed."""
        self._nudged.set()

    @property
    def follower_count(self) -> int:
        """How many follow."""
        return len(self._followers)

    async def follow(
        self, ask_now: AskNow, *, types: Collection[str] | None, place_id: UUID | None, after: str | None
    ) -> "Follower":
        """Return a follower whose place is the newest event, or that of a cursor."""
        self._check_types(types)
        position = decode_cursor(after) if after is not None else None
        follower = Follower(self, ask_now, types, await self._place_number(place_id))
        self._followers.add(follower)
        try:
            await self._start()
            follower.number = (
                self.head if position is None else await check_position(self._district, position)
            )
        except BaseException:
            self.leave(follower)
            raise
        return follower

    def leave(self, follower: "Follower") -> None:
        """Let a follower go; with the last one the feed rests."""
        self._followers.discard(follower)
        if not self._followers:
            for task in (self._starting, self._reader):
                if task is not None:
                    task.cancel()
            self._starting = self._reader = None
            self._window.clear()

    async def close(self) -> None:
        """End all that follow."""
        self._closed = True
        tasks = [task for task in (self._starting, self._reader, *self._pages.values()) if task is not None]
        for follower in [*self._followers]:
            self.leave(follower)
        self._spread_news()
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task

    async def after(self, number: int) -> list[Told]:
        """Return the events after a number, some of them at least, when there are any.

        Raises:
            FeedClosed: when there will be none.
        """
        while number >= self.head or self._closed:
            if self._closed:
                raise FeedClosed
            if self._news is None:
                self._news = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._news)
        if number >= self._since:
            return self._window[bisect_right(self._window, number, key=lambda told: told.event.number) :]
        return await self._page(number, self.head)

    async def _place_number(self, place_id: UUID | None) -> int | None:
        if place_id is None:
            return None
        async with self._district.engines.open(write=False) as db:
            found = await self._district.lineages(db, [place_id])
        return found[place_id][-1] if place_id in found else -1  # an unknown place holds nothing

    async def _page(self, number: int, until: int) -> list[Told]:
        """Return a page from the database, read once for all who ask for it at the time."""
        key = (number, until)
        task = self._pages.get(key)
        if task is None:
            task = self._pages[key] = asyncio.create_task(events_after(self._district, number, until))
            task.add_done_callback(lambda _: self._pages.pop(key, None))
        return await asyncio.shield(task)

    async def _start(self) -> None:
        if self._closed:
            raise FeedClosed
        if self._starting is None:
            self._starting = asyncio.create_task(self._begin())
        await asyncio.shield(self._starting)

    async def _begin(self) -> None:
        try:
            self.head = self._since = await newest(self._district)
        except BaseException:
            self._starting = None
            raise
        self._reader = asyncio.create_task(self._read_on())

    async def _read_on(self) -> None:
        """Read whenever there may be something new; a look each second is the net for lost notices."""
        async with self._district.server.notices.listening(self._district, self.nudge):
            while self._is_reader():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._district.server.settings.event_poll):
                        await self._nudged.wait()
                self._nudged.clear()
                try:
                    await self._take_in()
                except Exception:  # the database may be away for a while; followers wait
                    log.exception("the outbox cannot be read", district=self._district.record.code)

    async def _take_in(self) -> None:
        while found := await events_after(self._district, self.head):
            if not self._is_reader():
                return
            self._window += found
            self.head = found[-1].event.number
            if len(self._window) > 2 * WINDOW:
                self._since = self._window[-WINDOW - 1].event.number
                del self._window[:-WINDOW]
            self._spread_news()

    def _is_reader(self) -> bool:
        """Say whether this task is the one that reads: a cancelled one may live on for a moment."""
        return self._reader is asyncio.current_task()

    def _spread_news(self) -> None:
        news, self._news = self._news, None
        if news is not None and not news.done():
            news.set_result(None)

    def is_on(self, slug: str) -> bool:
        """Say whether a programme is switched on."""
        return any(plugin.slug == slug for plugin in self._district.plugins)

    @property
    def backlog(self) -> int:
        """How far one may fall behind who was up to date."""
        return self._district.server.settings.subscription_backlog

    def _check_types(self, types: Collection[str] | None) -> None:
        known = {one.name for plugin in self._district.plugins for one in plugin.event_types}
        for type in types or ():
            if type in known:
                continue
            slug = type.partition(".")[0]
            if slug in self._district.server.plugins.loaded and not self.is_on(slug):
                raise PluginNotEnabled(path=("types",), field=type, plugin=slug)
            raise EventTypeUnknown(path=("types",), type=type[:128])


class Follower:
    """An asynchronous iterator over the events that someone may see, from a place on."""

    def __init__(self, feed: Feed, ask_now: AskNow, types: Collection[str] | None, place: int | None) -> None:
        self.number = 0
        self._feed = feed
        self._ask_now = ask_now
        self._types = frozenset(types) if types is not None else None
        self._place = place
        self._taken: list[Told] = []
        self._caught_up = False

    def __aiter__(self) -> "Follower":
        """Return itself."""
        return self

    async def __anext__(self) -> Event:
        """Return the next event.

        Raises:
            SubscriberTooSlow: when it lies too far back for someone who was up to date.
            FeedClosed: when there will be none.
        """
        while True:
            if not self._taken:
                self._check_pace()
                self._taken = (await self._feed.after(self.number))[::-1]
                if not self._taken:  # they were removed meanwhile
                    self.number = self._feed.head
            while self._taken:
                told = self._taken.pop()
                self.number = told.event.number
                if await self._is_meant(told):
                    return told.event

    async def aclose(self) -> None:
        """Follow no longer."""
        self._feed.leave(self)

    def _check_pace(self) -> None:
        behind = self._feed.head - self.number
        if behind == 0:
            self._caught_up = True
        elif self._caught_up and behind > self._feed.backlog:
            raise SubscriberTooSlow()

    async def _is_meant(self, told: Told) -> bool:
        event = told.event
        if self._types is not None and event.type not in self._types:
            return False
        if self._place is not None and (told.lineage is None or self._place not in told.lineage):
            return False
        return self._feed.is_on(event.plugin) and told.visible_to(await self._ask_now())
