"""Keeps composed schemas: built once however many ask, off the event loop, in a bounded cache."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from wangge._host.compose.schema import ComposedSchema, compose, plugin_set_of
from wangge._host.plugins import LoadedPlugin


PluginSet = tuple[tuple[str, str], ...]
"""Slugs and versions, sorted."""


class SchemaCache:
    """An LRU of composed schemas by plugin set."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._made: OrderedDict[PluginSet, ComposedSchema] = OrderedDict()
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
            task = self._pending[key] = asyncio.create_task(asyncio.to_thread(compose, list(plugins)))
            task.add_done_callback(lambda done: self._keep(key, done))
        return await asyncio.shield(task)

    def _keep(self, key: PluginSet, done: asyncio.Task[ComposedSchema]) -> None:
        self._pending.pop(key, None)
        if done.cancelled() or done.exception() is not None:
            return
        self._made[key] = done.result()
        while len(self._made) > self._size:
            self._made.popitem(last=False)
