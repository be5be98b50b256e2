"""Two districts with a programme on that fails as it is told, a planted clock, and short limits."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select
from starlette.types import ASGIApp

from wangge import Model, uuid7
from wangge._host.app import create_app
from wangge._host.compose import SchemaCache
from wangge._host.compose.rules import apply_rules
from wangge._host.lifecycle import enable
from wangge._host.plugins import GROUP, PluginManager
from wangge._host.runtime import Server
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import DISTRICT, OTHER, World
from wangge_schema.grids.models import Grid
from wangge_schema.grids.services import address_of
from wangge_schema.people.models import Person
from wangge_schema.people.rules import DocumentType

SLUG = "hazards"
COUNT = 50
PROGRAMMES = Path(__file__).parent / "programmes"


@dataclass
class Clock:
    """A time that passes when it is told to."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 29, 4, tzinfo=UTC))

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def pass_(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


@dataclass
class Hazards:
    """A server with the programme on in both of its districts."""

    server: Server
    http: httpx.AsyncClient
    clock: Clock
    ways: ModuleType
    plugin: ModuleType
    app: ASGIApp

    @property
    def district(self) -> TestDistrict:
        """The district that is asked."""
        return TestDistrict(self.server, self.http, DISTRICT, self.app)

    @property
    def other(self) -> TestDistrict:
        """Another district of the same server."""
        return TestDistrict(self.server, self.http, OTHER)

    @property
    def calls(self) -> list[str]:
        """What of the programme was called."""
        found: list[str] = self.ways.CALLS
        return found


@pytest.fixture(scope="session")
def hazards_manager() -> Iterator[PluginManager]:
    """A manager of all installed programmes and the planted one."""
    sys.path.insert(0, str(PROGRAMMES))
    tables = set(Model.metadata.tables)
    manager = PluginManager([*entry_points(group=GROUP), EntryPoint(SLUG, "planted_hazards.plugin", GROUP)])
    apply_rules(manager)
    assert SLUG in manager.loaded, manager.quarantined
    yield manager
    sys.path.remove(str(PROGRAMMES))
    for name in [one for one in sys.modules if one.startswith("planted_hazards")]:
        del sys.modules[name]
    for name in set(Model.metadata.tables) - tables:
        Model.metadata.remove(Model.metadata.tables[name])


@pytest.fixture(scope="session")
def hazards_schemas() -> SchemaCache:
    """Composed schemas, shared between tests."""
    return SchemaCache(4)


@pytest.fixture
def limits() -> dict[str, Any]:
    """Settings of the server that differ from the defaults; tests override them."""
    return {}


@pytest.fixture
async def hazards(
    world: World, hazards_manager: PluginManager, hazards_schemas: SchemaCache, limits: dict[str, Any]
) -> AsyncIterator[Hazards]:
    """The server, with everything as it is at first."""
    clock = Clock()
    plugin, ways = sys.modules["planted_hazards.plugin"], sys.modules["planted_hazards.ways"]
    plugin.HOOKS.clear()
    ways.CALLS.clear()
    settings = world.settings.model_copy(update=limits)
    async with AsyncExitStack() as stack:
        server = Server(settings, plugins=hazards_manager, schemas=hazards_schemas, clock=clock)
        await server.start(watch=False)
        stack.push_async_callback(server.stop)
        for code in (DISTRICT, OTHER):
            await enable(server.district(code), SLUG)
        ways.CALLS.clear()
        app = create_app(server)
        transport = httpx.ASGITransport(app)
        http = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://wangge.test")
        )
        yield Hazards(server, http, clock, ways, plugin, app)


async def crowd(district: TestDistrict) -> list[str]:
    """Make fifty people; return their names."""
    async with district.committed() as ctx:
        grid = (await ctx.db.scalars(select(Grid).where(Grid.code == "370703001001001")))[0]
        names = [f"人{number:02}" for number in range(COUNT)]
        same = {"document_type": DocumentType.NONE, **address_of(grid)}
        await ctx.db.execute(insert(Person), [{"id": uuid7(), "name": name, **same} for name in names])
    return names
