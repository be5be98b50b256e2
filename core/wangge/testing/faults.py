"""Planted faults: a field, hook, figure, handler or job of a programme that raises, or never comes back."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from types import CellType
from typing import Any

from graphql import GraphQLObjectType

from wangge._host.fences import Fences
from wangge._host.fences.fields import fenced_by
from wangge._host.plugins import LoadedPlugin
from wangge.testing.districts import TestDistrict

PATIENCE = 0.1
"""Seconds that a programme is given while something of it hangs."""
KINDS = {"indicators": "compute", "event_handlers": "handle", "jobs": "run"}
"""What a programme declares → the attribute with the function that works."""

Fault = Callable[..., Awaitable[Any]]


class PlantedFault(Exception):
    """Raise in the place of a programme's code."""


async def _raise(*_: Any, **__: Any) -> Any:  # whatever it stands for
    raise PlantedFault("planted by a test")


async def _hang(*_: Any, **__: Any) -> Any:  # as above
    await asyncio.Event().wait()


class Faults:
    """Plants faults in the programmes of a district, and takes them back.

    While any is planted, graphql-core serves all: a field that SQL serves runs no code that could fail.
    """

    def __init__(self, district: TestDistrict) -> None:
        self._district = district
        self._stack = ExitStack()
        self._settings = district.server.settings

    async def raise_in(self, *names: str) -> None:
        """Let fields, hooks, figures, handlers or jobs raise.

        Args:
            names: `acmeLoans` or `Person.acmeLoans`, `on_enable` or `tool_loans.on_enable`, or the key of a
                figure, a handler or a job.

        Raises:
            LookupError: there is nothing of a name.
        """
        for name in names:
            await self._plant(name, _raise)

    async def hang_in(self, *names: str) -> None:
        """Let them wait for what never comes; the server gives up on them soon.

        Args:
            names: as `raise_in` takes them.

        Raises:
            LookupError: there is nothing of a name.
        """
        for name in names:
            await self._plant(name, _hang)
        impatient = {"plugin_timeout": PATIENCE, "plugin_hook_timeout": PATIENCE}
        self._district.server.settings = self._district.server.settings.model_copy(update=impatient)
        self._fresh_fences()

    def mend(self) -> None:
        """Take all faults back, and forget what the server holds against the programmes."""
        self._stack.close()
        self._district.server.settings = self._settings
        self._fresh_fences()

    def _fresh_fences(self) -> None:
        runtime = self._district.server.district(self._district.code)
        runtime.fences = Fences(runtime)

    async def _plant(self, name: str, fault: Fault) -> None:
        server = self._district.server
        server.settings = server.settings.model_copy(update={"sql_plans": False})
        found = [*await self._cells(name)]
        for cell in found:
            self._stack.callback(setattr, cell, "cell_contents", cell.cell_contents)
            cell.cell_contents = fault
        in_hooks = [self._in_hook(one, name, fault) for one in server.plugins.loaded.values() if not found]
        if not found and not any(in_hooks):
            raise LookupError(f"No programme here has a field, hook, figure, handler or job {name}.")

    async def _cells(self, name: str) -> Sequence[CellType]:
        """Return where the fences around fields of a name keep the resolvers."""
        kind, _, field = name.rpartition(".")
        composed = await self._district.server.district(self._district.code).schema()
        return [
            _cell(one.resolve)
            for each in composed.schema.type_map.values()
            if isinstance(each, GraphQLObjectType) and kind in {"", each.name} and field in each.fields
            for one in [each.fields[field]]
            if fenced_by(one) is not None
        ]

    def _in_hook(self, plugin: LoadedPlugin, name: str, fault: Fault) -> bool:
        """Plant it in a hook, or in a declared function; say whether the programme has one of the name."""
        slug, _, hook = name.rpartition(".")
        if slug in {"", plugin.slug} and hasattr(plugin.module, hook) and _works(plugin, hook):
            self._set(plugin.module, hook, fault)
            return True
        for kind, attribute in KINDS.items():
            declared = getattr(plugin, kind)
            if any(name in {one.key, f"{plugin.slug}.{one.key}"} for one in declared):
                faulty = [replace(one, **{attribute: fault}) for one in declared]
                changed = [
                    other if name in {one.key, f"{plugin.slug}.{one.key}"} else one
                    for one, other in zip(declared, faulty, strict=True)
                ]
                self._set(plugin, kind, changed)
                return True
        return False

    def _set(self, holder: Any, name: str, value: Any) -> None:  # a module or a plugin
        self._stack.callback(setattr, holder, name, getattr(holder, name))
        setattr(holder, name, value)


def _works(plugin: LoadedPlugin, hook: str) -> bool:
    """Say whether a name is a hook that works, not one that declares."""
    return asyncio.iscoroutinefunction(getattr(plugin.module, hook)) and hook in working_hooks(plugin)


def working_hooks(plugin: LoadedPlugin) -> list[str]:
    """Return the hooks of a programme that are called per district."""
    return sorted(
        name
        for name, value in vars(plugin.module).items()
        if hasattr(value, "wangge_impl") and asyncio.iscoroutinefunction(value)
    )


def _cell(resolve: Any) -> CellType:  # a resolver as the composed schema has it
    """Return where a fence keeps the resolver that it is around: other guards may stand before it."""
    while True:
        kept = dict(zip(resolve.__code__.co_freevars, resolve.__closure__, strict=True))
        if resolve.__name__ == "fenced":
            found: CellType = kept["resolve"]
            return found
        resolve = kept["resolve"].cell_contents


def fenced_fields(schema: Any, slug: str) -> Iterator[tuple[GraphQLObjectType, str]]:  # a composed schema's
    """Yield the fields of reads that are a programme's code."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and kind.name not in {"Mutation", "Subscription"}:
            for name, one in kind.fields.items():
                if fenced_by(one) == slug:
                    yield kind, name
