"""A short memory: facts that many requests ask for, loaded once for all who wait, soon read anew."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Hashable
from time import monotonic
from typing import Any, TypeVar

from wangge.errors import DatabaseUnavailable

V = TypeVar("V")

FRESH = 2.0
"""Seconds for which a fact is given as it is."""
USABLE = 4.0
"""Seconds for which it is still given while it is read anew; what was revoked is gone within five."""
PATIENCE = 8.0
"""Seconds after which a reading is given up: all who ask wait for the one that is under way."""
MOST = 10_000


class Memory:
    """Facts of one district by key."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[float, Any]] = {}  # facts of any kind
        self._loading: dict[Hashable, asyncio.Task[Any]] = {}
        self._orphans: set[asyncio.Task[Any]] = set()
        self._changes = 0

    def forget(self) -> None:
        """Forget all, because something was changed; what is being read now is given to nobody else."""
        self._known.clear()
        self._loading.clear()
        self._changes += 1

    @property
    def changes(self) -> int:
        """How often all was forgotten; for `keep`."""
        return self._changes

    def fresh(self, key: Hashable) -> Any:  # what `keep` was given
        """Return what was kept under a key within the last seconds, or None."""
        known = self._known.get(key)
        return known[1] if known is not None and monotonic() - known[0] < FRESH else None

    def keep(self, key: Hashable, fact: Any, since: int) -> None:  # a fact of any kind
        """Keep a fact that was worked out after `changes` was `since`, unless all was forgotten meanwhile."""
        if since == self._changes:
            self._store(key, monotonic(), fact)

    async def close(self) -> None:
        """Break off what is being read."""
        self.forget()
        for task in [*self._orphans]:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task

    async def get(self, key: Hashable, load: Callable[[], Awaitable[V]]) -> V:
        """Return what is known under a key, or load it, once however many ask."""
        known = self._known.get(key)
        age = monotonic() - known[0] if known is not None else USABLE
        if known is not None and age < USABLE:
            if age >= FRESH and key not in self._loading:
                self._load(key, load)
            found: V = known[1]
            return found
        task = self._loading.get(key)
        if task is None:
            task = self._load(key, load)
        answer: V = await asyncio.shield(task)
        return answer

    def _load(self, key: Hashable, load: Callable[[], Awaitable[V]]) -> "asyncio.Task[V]":
        async def run() -> V:
            try:
                asked = monotonic()
                async with asyncio.timeout(PATIENCE):
                    found = await load()
                if self._loading.get(key) is task:  # nothing changed since
                    self._store(key, asked, found)
                return found
            except TimeoutError as late:
                raise DatabaseUnavailable() from late
            finally:
                if self._loading.get(key) is task:
                    del self._loading[key]

        task = asyncio.create_task(run())
        self._loading[key] = task
        self._orphans.add(task)
        task.add_done_callback(self._settle)
        return task

    def _store(self, key: Hashable, at: float, fact: Any) -> None:  # as above
        self._known.pop(key, None)
        while self._known:  # what is too old to be given is not kept either; the oldest stand first
            oldest = next(iter(self._known))
            if self._known[oldest][0] > at - USABLE and len(self._known) < MOST:
                break
            del self._known[oldest]
        self._known[key] = (at, fact)

    def _settle(self, task: "asyncio.Task[Any]") -> None:
        self._orphans.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waits gets it; a refresh that nobody waits for is tried again
