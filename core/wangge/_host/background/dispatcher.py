"""Keeps a process at work: looks at each district when something may be due, and runs what it finds."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from time import monotonic

import structlog

from wangge._host.background.cursors import cursors_of
from wangge._host.background.guard import Withheld
from wangge._host.background.handlers import HandlerRun, KnownHandler, handlers_of
from wangge._host.background.jobs import KnownJob, run_due, run_job
from wangge._host.background.leases import now_in
from wangge._host.background.looking import Found, Looking
from wangge._host.runtime import DistrictRuntime, Server
from wangge.errors import DistrictUnavailable, DistrictUnknown

_NEWEST = "SELECT max(number) FROM wangge_outbox"
"""Asked again and again of SQLite files: by the shortest way."""

log = structlog.get_logger("wangge.background")


class Dispatcher:
    """Works on the districts of a server until it is told to stop."""

    def __init__(self, server: Server, codes: Collection[str] | None = None) -> None:
        self.server = server
        self.stopping = asyncio.Event()
        self.slots = asyncio.Semaphore(server.settings.jobs_at_once)
        self.looks = asyncio.Semaphore(server.settings.jobs_at_once)
        """Districts that are looked at at a time: when the server starts, all want to be."""
        self._codes = codes
        self._districts: dict[str, tuple[DistrictWork, asyncio.Task[None]]] = {}

    async def run(self) -> None:
        """Work until it is cancelled, on districts that come and go as the catalog says."""
        while True:
            followed = self.server.followed()
            self._tend()
            await followed

    async def stop(self, running: asyncio.Task[None]) -> None:
        """Begin nothing more, wait for what runs as long as the server's grace, and break off the rest.

        Args:
            running: the task of `run`.
        """
        self.stopping.set()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        works = [work for work, _ in self._districts.values()]
        for _, task in self._districts.values():
            task.cancel()
        await asyncio.gather(*(task for _, task in self._districts.values()), return_exceptions=True)
        await asyncio.gather(*(work.finish(self.server.settings.grace) for work in works))
        self._districts.clear()

    def _tend(self) -> None:
        """Follow the catalog: begin with new districts, let go of those that are gone, look at all anew."""
        wanted = {code for code in self.server.codes if self._codes is None or code in self._codes}
        for code in set(self._districts) - wanted:
            self._districts.pop(code)[1].cancel()
        for code in wanted - set(self._districts):
            work = DistrictWork(self, code)
            self._districts[code] = (work, asyncio.create_task(work.run()))
        for work, _ in self._districts.values():
            work.nudge()


class DistrictWork:
    """The work of one district: what runs, and when to look again."""

    def __init__(self, dispatcher: Dispatcher, code: str) -> None:
        self._dispatcher = dispatcher
        self._server = dispatcher.server
        self._code = code
        self._nudged = asyncio.Event()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._withheld: dict[str, float] = {}

    def nudge(self) -> None:
        """Look now: there may be something to do."""
        self._nudged.set()

    async def run(self) -> None:
        """Look and begin what is found, until it is cancelled."""
        while (district := self._district()) is not None:
            try:
                await self._follow(district)
            except Exception:  # whatever it is, the district must not be left without work until a restart
                log.exception("the work of a district was broken off", district=self._code)
                await asyncio.sleep(self._server.settings.retry_first)

    async def _follow(self, district: DistrictRuntime) -> None:
        looking, plugins = Looking(district), district.plugins
        async with self._listening(district):
            while self._district() is district and district.plugins is plugins:
                self._nudged.clear()
                found = await self._look(looking)
                await self._rest(district, found)

    async def finish(self, grace: float) -> None:
        """Wait for what runs, and break off what takes longer."""
        running = [*self._running.values()]
        if running:
            await asyncio.wait(running, timeout=grace)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _district(self) -> DistrictRuntime | None:
        try:
            return self._server.district(self._code)
        except DistrictUnknown:
            return None

    @asynccontextmanager
    async def _listening(self, district: DistrictRuntime) -> AsyncIterator[None]:
        """Hear of events, where there is a handler to care."""
        if not any(plugin.event_handlers for plugin in district.plugins):
            yield
            return
        async with self._server.notices.listening(district, self.nudge):
            yield

    async def _look(self, looking: Looking) -> Found | None:
        """Begin what is found; None where the district does not answer."""
        if looking.district.record.is_moving:
            return None
        try:
            async with self._dispatcher.looks:
                found = await looking.look()
        except DistrictUnavailable as away:
            log.warning("a district is not looked at", district=self._code, reason=away.code)
            return None
        except Exception:  # one district that fails must not keep the others waiting
            log.exception("a district cannot be looked at", district=self._code)
            return None
        for handler in found.handlers:
            self._begin(looking.district, handler)
        for job in found.jobs:
            self._begin(looking.district, job)
        return found

    def _begin(self, district: DistrictRuntime, work: KnownHandler | KnownJob) -> None:
        name = f"{type(work).__name__} {work.name}"
        if name in self._running or self._withheld.get(name, 0.0) > monotonic():
            return
        task = asyncio.create_task(self._run(district, work, name))
        self._running[name] = task
        task.add_done_callback(lambda _: self._ended(name))

    def _ended(self, name: str) -> None:
        del self._running[name]
        self.nudge()

    async def _run(self, district: DistrictRuntime, work: KnownHandler | KnownJob, name: str) -> None:
        try:
            async with self._dispatcher.slots:
                if self._dispatcher.stopping.is_set():
                    return
                if isinstance(work, KnownHandler):
                    await HandlerRun(district, work, self._dispatcher.stopping).run()
                else:
                    await run_job(district, work)
        except Withheld as withheld:
            self._withheld[name] = monotonic() + withheld.seconds
        except DistrictUnavailable as away:
            self._put_off(name)
            log.warning("work was broken off", district=self._code, work=work.name, reason=away.code)
        except Exception:  # it is the platform's own failure: a plugin's was caught and noted
            self._put_off(name)
            log.exception("work was broken off", district=self._code, work=work.name)

    def _put_off(self, name: str) -> None:
        """Leave work alone for a while that could not even be noted as failed."""
        self._withheld[name] = monotonic() + self._server.settings.retry_first

    async def _rest(self, district: DistrictRuntime, found: Found | None) -> None:
        """Wait for a nudge, until something is due, or until the net's time is over."""
        settings, seconds = self._server.settings, self._server.settings.jobs_poll
        if found is None:
            seconds = min(seconds, settings.retry_first)
        elif found.next_at is not None:
            seconds = min(seconds, max((found.next_at - now_in(district)).total_seconds(), 0.0))
        until = [one - monotonic() for one in self._withheld.values() if one > monotonic()]
        seconds = max(min([seconds, *until]), 0.01)
        if found is not None and found.newest is not None and district.record.place.is_sqlite:
            await self._watch_file(district, found.newest, seconds)
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._nudged.wait(), seconds)

    async def _watch_file(self, district: DistrictRuntime, number: int, seconds: float) -> None:
        """Wait likewise, and look now and then what other processes have written: SQLite has no notices."""
        until = monotonic() + seconds
        while monotonic() < until:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(
                    self._nudged.wait(), min(self._server.settings.event_poll, until - monotonic())
                )
            if self._nudged.is_set():
                return
            with contextlib.suppress(DistrictUnavailable):  # the next look says so
                if (await district.engines.fetch(_NEWEST, ()) or 0) != number:
                    return


@asynccontextmanager
async def background_running(server: Server) -> AsyncIterator[None]:
    """Do the work of all districts until the block ends, unless the settings leave it to others."""
    if not server.settings.jobs:
        yield
        return
    dispatcher = Dispatcher(server)
    running = asyncio.create_task(dispatcher.run())
    try:
        yield
    finally:
        await dispatcher.stop(running)


async def run_once(server: Server, codes: Collection[str] | None = None) -> int:
    """Do all that is due now in these districts, or in all; return how many events and jobs that were."""
    done, stopping = 0, asyncio.Event()
    for code in server.codes if codes is None else codes:
        district = server.district(code)
        await district.check_ready()
        await cursors_of(district, handlers_of(district))
        while True:
            ran = [*await _run_handlers(district, stopping), *await run_due(district)]
            done += len(ran)
            if not ran:
                break
    return done


async def _run_handlers(district: DistrictRuntime, stopping: asyncio.Event) -> list[str]:
    """Run each handler once; return its name for each event that it handled."""
    names = []
    for known in handlers_of(district):
        one = HandlerRun(district, known, stopping)
        with contextlib.suppress(Withheld):
            await one.run()
        names += [known.name] * one.handled
    return names
