"""The fences of a district: a breaker per programme and side, and what is told of it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from wangge._host.fences.breakers import Breaker, Budget, Opening, Reason, Side
from wangge._host.fences.calls import Call, Caller, Part
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
        self._district = district
        self._budget = Budget(
            settings.plugin_failures,
            timedelta(seconds=settings.plugin_window),
            timedelta(seconds=settings.plugin_rest),
        )
        self._breakers: dict[Part, Breaker] = {}

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
            assert breaker.opening is not None  # it opened just now
            self.paused.add(part)
            log.error(
                "a programme is paused",
                plugin=part[0],
                district=self.code,
                side=part[1].value,
                retry_at=breaker.opening.retry_at.isoformat(),
                reference=reference,
            )

    def succeeded(self, part: Part) -> None:
        """Close a breaker whose trial went well."""
        self._breakers[part].close()
        self.paused.discard(part)
        log.info("a programme goes on", plugin=part[0], district=self.code, side=part[1].value)

    def openings(self) -> dict[Part, Opening]:
        """Return the open breakers."""
        return {part: one.opening for part, one in self._breakers.items() if one.opening is not None}

    def pauses(self, slugs: Iterable[str]) -> bool:
        """Say whether the fields of one of these programmes are paused."""
        return any((slug, Side.FIELDS) in self.paused for slug in slugs)
