"""The fences of a district: a breaker per programme and side, and what is told of it."""

import asyncio
from collections.abc import Coroutine, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from wangge._host.catalog import DistrictRecord
from wangge._host.fences.breakers import Breaker, Budget, Opening, Reason, Side
from wangge._host.fences.calls import Call, Caller, Part
from wangge._host.fences.store import forget_openings, note_opening, openings_in
from wangge.errors import PluginPaused

if TYPE_CHECKING:
    from wangge._host.runtime import DistrictRuntime

log = structlog.get_logger("wangge.plugins")


class Fences:
    """What keeps the programmes of one district from costing it more than themselves.

    Attributes:
        paused: parts whose breaker is open; empty nearly always, so that looking costs nothing.
        watch: of this server process.
    """

    def __init__(self, district: "DistrictRuntime") -> None:
        server = district.server
        settings = server.settings
        self.paused: set[Part] = set()
        self.watch = server.watch
        self.seconds = settings.plugin_timeout
        self.hook_seconds = settings.plugin_hook_timeout
        self._district = district
        self._budget = Budget(
            settings.plugin_failures,
            timedelta(seconds=settings.plugin_window),
            timedelta(seconds=settings.plugin_rest),
        )
        self._breakers: dict[Part, Breaker] = {}
        self._order = asyncio.Lock()
        self._recorded: dict[Part, int] = {}
        """Open breakers that the catalog has → its version since it has them."""
        self._closed: dict[Part, int] = {}
        """Breakers that closed here → the catalog's version that was known then."""
        self._writing: set[asyncio.Task[None]] = set()
        self.follow(district.record)

    @property
    def code(self) -> str:
        """The district's code."""
        return self._district.record.code

    def now(self) -> datetime:
        """Return the time, by the server's clock."""
        clock = self._district.server.clock
        return clock() if clock is not None else datetime.now(UTC)

    def admit(self, part: Part, who: Caller) -> bool:
        """Let a caller through where a breaker's rest is over; its calls are the trial.

        Raises:
            PluginPaused: otherwise.
        """
        breaker = self._breakers[part]
        if breaker.admits(who, self.now()):
            return True
        assert breaker.opening is not None  # else it admits everybody
        raise PluginPaused(part[0], breaker.opening.retry_at)

    def tell(
        self, call: Call, reason: Reason, reference: str, error: BaseException | None, request_id: str | None
    ) -> None:
        """Write into the log why a call failed; callers are given the reference alone."""
        self._district.server.metrics.plugin_failed(self.code, call.slug, call.side.value, reason.value)
        if call.side is Side.HANDLERS:
            return  # the queue tells, under a reference of its own
        log.error(
            "a programme failed",
            plugin=call.slug,
            district=self.code,
            what=call.what,
            reason=reason.value,
            reference=reference,
            request_id=request_id,
            exc_info=error,
        )

    def failed(self, part: Part, reason: Reason, reference: str) -> None:
        """Charge a failure; it may open the breaker."""
        breaker = self._breakers.setdefault(part, Breaker(self._budget))
        if breaker.failed(reason, reference, self.now()):
            opening = breaker.opening
            assert opening is not None  # it opened just now
            self._pause(part)
            until = opening.retry_at.isoformat(timespec="seconds")
            log.error("a programme is paused", **self._names(part), retry_at=until, reference=reference)
            self._write(self._note(part, opening))

    def succeeded(self, part: Part) -> None:
        """Close a breaker whose trial went well."""
        self._close(part)
        log.info("a programme goes on", **self._names(part))
        self._write(forget_openings(self._district.server.catalog, self.code, *part))

    def follow(self, record: DistrictRecord) -> None:
        """Take over what the catalog says: openings of other processes, and what goes on again there."""
        known = openings_in(record.breakers)
        for part, opening in known.items():
            if record.version <= self._closed.get(part, -1):
                continue  # it may be of before
            self._breakers.setdefault(part, Breaker(self._budget)).take_over(opening)
            self._recorded.setdefault(part, record.version)
            self._pause(part)
        for part, since in list(self._recorded.items()):
            if part not in known and record.version >= since:
                self._close(part)

    async def reset(self, slug: str) -> None:
        """Let a programme go on in all server processes, whatever it did."""
        for part in [one for one in self._breakers if one[0] == slug]:
            self._close(part)
        await forget_openings(self._district.server.catalog, self.code, slug)

    async def close(self) -> None:
        """Wait for what is being written."""
        await asyncio.gather(*self._writing)

    def _names(self, part: Part) -> dict[str, str]:
        return {"plugin": part[0], "district": self.code, "side": part[1].value}

    def _pause(self, part: Part) -> None:
        self.paused.add(part)
        self._district.server.metrics.plugin_paused(*self._names(part).values(), paused=True)

    def _close(self, part: Part) -> None:
        self._breakers[part].close()
        self._closed[part] = self._district.record.version
        self.paused.discard(part)
        self._recorded.pop(part, None)
        self._district.server.metrics.plugin_paused(*self._names(part).values(), paused=False)

    async def _note(self, part: Part, opening: Opening) -> None:
        self._recorded[part] = await note_opening(self._district.server.catalog, self.code, part, opening)

    def _write(self, work: Coroutine[Any, Any, None]) -> None:
        """Write to the catalog beside what is being answered, in order; breakers work without it, too."""

        async def run() -> None:
            try:
                async with self._order:
                    await work
            except Exception:  # the catalog may be away for a while
                log.exception("the catalog does not take what is paused", district=self.code)

        task = asyncio.get_running_loop().create_task(run())
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    def stalls(self, part: Part, who: Caller) -> bool:
        """Say whether a part is paused because it stalled, and a caller is not the one that tries it."""
        opening = self._breakers[part].opening
        return opening is not None and opening.reason is Reason.STALLED and part not in who.tried

    def openings(self) -> dict[Part, Opening]:
        """Return the open breakers."""
        return {part: one.opening for part, one in self._breakers.items() if one.opening is not None}

    def pauses(self, slugs: Iterable[str]) -> bool:
        """Say whether the fields of one of these programmes are paused."""
        return any((slug, Side.FIELDS) in self.paused for slug in slugs)
