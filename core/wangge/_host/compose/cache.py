"""Keeps composed schemas: built once however many ask, off the event loop, in a bounded cache."""

import asyncio
import gc
import sys
from collections import OrderedDict
from collections.abc import Sequence

from wangge._host.compose.schema import ComposedSchema, compose, plugin_set_of
from wangge._host.plugins import LoadedPlugin

BRIEF = 0.0005
"""Seconds for which the composing thread keeps Python's lock while others want it."""

PluginSet = tuple[tuple[str, str], ...]
"""Slugs and versions, sorted."""


class SchemaCache:
    """An LRU of composed schemas by plugin set."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._made: OrderedDict[PluginSet, ComposedSchema] = OrderedDict()
        self._turns: tuple[asyncio.AbstractEventLoop, asyncio.Lock] | None = None
        self._pending: dict[PluginSet, asyncio.Task[ComposedSchema]] = {}

    async def get(self, plugins: Sequence[LoadedPlugin]) -> ComposedSchema:
        """Return the schema of a plugin set, composing it in a thread on first use."""
        key = plugin_set_of(plugins)
        made = self._made.get(key)
        if made is not None:
            self._made.move_to_end(key)
            return made
        task = self._pending.get(key)
        if task is None:
            task = self._pending[key] = asyncio.create_task(self._compose(list(plugins)))
            task.add_done_callback(lambda done: self._keep(key, done))
        return await asyncio.shield(task)

    async def _compose(self, plugins: list[LoadedPlugin]) -> ComposedSchema:
        """Compose in a thread, one at a time, in a way that lets requests through.

        The thread shares Python's one lock with the event loop: it hands it over more often than by default.
        The many objects it makes would set off full collections, each of which stops everything for a time
        that grows with the heap; they wait until the schema is made, and leave it out from then on: it stays
        as long as the server, or nearly.
        """
        async with self._turn():
            interval = sys.getswitchinterval()
            sys.setswitchinterval(BRIEF)
            gc.disable()
            try:
                made = await asyncio.to_thread(compose, plugins)
                gc.freeze()
                return made
            finally:
                gc.enable()
                sys.setswitchinterval(interval)

    def _turn(self) -> asyncio.Lock:
        """Return the lock of the running loop: tests share a cache between several, one after the other."""
        loop = asyncio.get_running_loop()
        if self._turns is None or self._turns[0] is not loop:
            self._turns = (loop, asyncio.Lock())
        return self._turns[1]

    def _keep(self, key: PluginSet, done: asyncio.Task[ComposedSchema]) -> None:
        self._pending.pop(key, None)
        if done.cancelled() or done.exception() is not None:
            return
        self._made[key] = done.result()
        if len(self._made) > self._size:
            self._made.popitem(last=False)
            gc.unfreeze()  # else what it was made of would never be collected; the next one freezes the rest
