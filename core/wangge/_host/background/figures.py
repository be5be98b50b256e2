"""The queues of all districts for Prometheus: read when it asks, and not more often than it should."""

import asyncio
from time import monotonic
from typing import Final

import structlog

from wangge._host.background.queue import figures
from wangge._host.runtime import Server

FRESH: Final = 10.0
"""Seconds for which figures are good enough to be told again."""

PATIENCE: Final = 3.0
"""Seconds that reading them may take; districts that were not reached keep the figures of before."""

log = structlog.get_logger("wangge.background")


class QueueFigures:
    """Reads the queues of a server's districts into its metrics."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._read_at = -FRESH
        self._reading = asyncio.Lock()

    async def refresh(self) -> None:
        """Bring the metrics up to date; a database that does not answer holds nobody up."""
        async with self._reading:
            if monotonic() - self._read_at < FRESH:
                return
            try:
                async with asyncio.timeout(PATIENCE):
                    for code in self._server.codes:
                        await self._read(code)
            except TimeoutError:
                log.warning("the queues were not all read")
            self._read_at = monotonic()

    async def _read(self, code: str) -> None:
        try:
            found = await figures(self._server.district(code))
        except Exception as error:  # noqa: BLE001  # behind, away or gone: its figures are those of before
            log.warning("a queue was not read", district=code, reason=type(error).__name__)
            return
        if found is not None:
            self._server.metrics.queue(code, found.waiting, found.dead, found.seconds)
