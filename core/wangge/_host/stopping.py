"""Stops a server in order: subscriptions end with a reason, open requests are finished, then it goes."""

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import structlog

log = structlog.get_logger("wangge")
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopping:
    """Whether this process is about to stop, and what is done before the web server is told."""

    def __init__(self, prepare: Callable[[], Awaitable[None]]) -> None:
        self._prepare = prepare
        self._begun = False
        self._work: asyncio.Task[None] | None = None

    @property
    def begun(self) -> bool:
        """Whether the server takes no new work: `/health/ready` says so to the balancer."""
        return self._begun

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Stand before the web server's own handlers of SIGTERM and SIGINT.

        Streams never end by themselves, so the web server would wait for them in vain: on the first signal
        they are ended, and then its handler runs. A second signal goes to its handler at once.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        before = {one: signal.getsignal(one) for one in SIGNALS}

        def told(number: int, frame: FrameType | None) -> None:
            handler: Any = before[signal.Signals(number)]  # callable, or one of the two defaults
            if self._begun or not callable(handler):
                if callable(handler):
                    handler(number, frame)
                return
            self._begun = True
            loop.call_soon_threadsafe(self._begin, lambda: handler(number, frame))

        for one in SIGNALS:
            signal.signal(one, told)
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    def _begin(self, then: Callable[[], None]) -> None:
        self._work = asyncio.ensure_future(self._run(then))

    async def _run(self, then: Callable[[], None]) -> None:
        log.info("stopping: open requests are finished")
        try:
            await self._prepare()
        except Exception:  # whatever keeps streams from ending, the server stops all the same
            log.exception("streams could not be ended")
        finally:
            then()
