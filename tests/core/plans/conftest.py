"""A district full of people whose rows point across the borders of everybody's grids, asked in two ways."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import httpx
import pytest

from wangge._host.app import create_app
from wangge._host.plugins import PluginManager
from wangge._host.runtime import Server
from wangge.testing.districts import TestDistrict
from wangge.testing.tiers import Both, Tiers, Variables
from wangge.testing.worlds import POSTGRES_URL, World, Worlds

from .crossing import NOW, PAGE, fill
from .faults import fill_faults, module_of, new_cache, planted


@dataclass
class Crowd:
    """A district that only reads are asked of, and the loop in which its server runs."""

    backend: str
    runner: asyncio.Runner
    tiers: Tiers

    @property
    def district(self) -> TestDistrict:
        """The district."""
        return self.tiers.district

    def both(
        self, role: str | None, document: str, variables: Variables | None = None, name: str | None = None
    ) -> Both:
        """Ask by plans and without."""
        return self.runner.run(self.tiers.both(role, document, variables, name))


async def opened(stack: AsyncExitStack, world: World, plugins: PluginManager | None = None) -> TestDistrict:
    """Start a server over a world, with small pages; the stack stops it."""
    sizes = {"page_default": PAGE, "page_max": 1000, "limit_cost": 100_000, "plugin_failures": 1_000_000}
    settings = world.settings.model_copy(update=sizes)
    server = Server(settings, plugins=plugins or world.plugins, schemas=world.schemas, clock=lambda: NOW)
    await server.start(watch=False)
    stack.push_async_callback(server.stop)
    transport = httpx.ASGITransport(create_app(server))
    client = httpx.AsyncClient(transport=transport, base_url="http://wangge.test")
    return TestDistrict(server, await stack.enter_async_context(client))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_backend(request: pytest.FixtureRequest) -> str:
    """Each database in turn, once per module; PostgreSQL is skipped where none is configured."""
    name: str = request.param
    if name == "postgresql" and not os.environ.get(POSTGRES_URL):
        pytest.skip(f"{POSTGRES_URL} is not set: no PostgreSQL to test on")
    return name


@pytest.fixture(scope="module")
def crowd(worlds: Worlds, shared_backend: str) -> Iterator[Crowd]:
    """A district with the demo's people, whose rows cross the borders; made once for a module."""
    world = worlds.fresh(shared_backend)
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            district = runner.run(opened(stack, world))
            runner.run(fill(district))
            yield Crowd(shared_backend, runner, Tiers(district))
        finally:
            runner.run(stack.aclose())
            worlds.drop(world)


@pytest.fixture(scope="session")
def manager() -> Iterator[PluginManager]:
    """All installed programmes and the planted one."""
    with planted() as made:
        yield made


@pytest.fixture(scope="module")
def faulty(worlds: Worlds, shared_backend: str, manager: PluginManager) -> Iterator[Crowd]:
    """A district with the programme on."""
    world = replace(worlds.fresh(shared_backend), schemas=new_cache())
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            district = runner.run(opened(stack, world, manager))
            runner.run(fill_faults(district, module_of(manager, "models")))
            yield Crowd(shared_backend, runner, Tiers(district))
        finally:
            runner.run(stack.aclose())
            worlds.drop(world)
