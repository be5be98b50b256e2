"""The pytest plugin: fixtures for tests of programmes, as `core/docs/testing.md` tells them."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from wangge._host.app import create_app
from wangge._host.logs import configure_logs
from wangge._host.runtime import Server
from wangge._host.settings import Settings
from wangge.testing.clock import Clock
from wangge.testing.districts import LiveServer, TestDistrict
from wangge.testing.factories import Make
from wangge.testing.faults import Faults
from wangge.testing.reporting import AGAINST, MARKER, Reporter, database_of
from wangge.testing.worlds import DISTRICT, OTHER, POSTGRES_URL, World, Worlds


@pytest.fixture(scope="session")
def worlds() -> Iterator[Worlds]:
    """Test worlds of this session."""
    made = Worlds()
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Each database in turn; PostgreSQL is skipped where none is configured."""
    name: str = request.param
    if name == "postgresql" and not os.environ.get(POSTGRES_URL):
        pytest.skip(f"{POSTGRES_URL} is not set: no PostgreSQL to test on")
    return name


@pytest.fixture
def world(worlds: Worlds, backend: str) -> Iterator[World]:
    """A fresh copy of the two districts."""
    made = worlds.fresh(backend)
    yield made
    worlds.drop(made)


@pytest.fixture
def clock() -> Clock:
    """The clock of the server and its contexts: real until a test moves it."""
    return Clock()


@pytest.fixture
async def server(world: World, clock: Clock) -> AsyncIterator[Server]:
    """A started server over the fresh districts, in this process."""
    made = world.server(clock)
    await made.start(watch=False)
    yield made
    await made.stop()


@pytest.fixture
def app(server: Server) -> ASGIApp:
    """The application over the server."""
    return create_app(server)


@pytest.fixture
async def http(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the server, without a network between."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://wangge.test") as client:
        yield client


@pytest.fixture
def district(server: Server, http: httpx.AsyncClient, app: ASGIApp) -> TestDistrict:
    """District 370703 with every first-party plugin enabled."""
    return TestDistrict(server, http, DISTRICT, app)


@pytest.fixture
def other_district(server: Server, http: httpx.AsyncClient, app: ASGIApp) -> TestDistrict:
    """District 370784 with the base programme alone, on the same server."""
    return TestDistrict(server, http, OTHER, app)


@pytest.fixture
def make(district: TestDistrict) -> Make:
    """Synthetic people, households, dwellings and accounts of district 370703."""
    return Make(district)


@pytest.fixture
def faults(district: TestDistrict) -> Iterator[Faults]:
    """Faults to plant in the programmes of district 370703; taken back at the end."""
    planted = Faults(district)
    yield planted
    planted.mend()


@pytest.fixture
async def live_server(world: World, server: Server) -> AsyncIterator[TestDistrict]:
    """District 370703 on a server in a process of its own, for tests of concurrency."""
    async with AsyncExitStack() as stack:
        live = LiveServer(world.settings)
        stack.callback(live.stop)
        await live.wait()
        limits = httpx.Limits(max_connections=100)
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=live.url, limits=limits, timeout=60)
        )
        yield TestDistrict(server, client, DISTRICT)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what `wangge plugin check` runs the suite with."""
    group = parser.getgroup("wangge")
    group.addoption("--wangge-report", metavar="FILE", help="Write what the suite found, as JSON.")
    group.addoption(AGAINST, metavar="FILE", help="Compare with what this file says was released.")
    group.addoption("--wangge-databases", metavar="NAMES", help="Run tests on these databases alone.")


def pytest_configure(config: pytest.Config) -> None:
    """Log as the server does, without the values of local variables; note what the suite finds."""
    configure_logs(Settings(log_level="warning"))
    config.addinivalue_line("markers", f"{MARKER}(key): the check of the conformance suite it belongs to")
    path = config.getoption("--wangge-report")
    if path is not None:
        config.pluginmanager.register(Reporter(Path(path)))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the databases that are not asked for."""
    names = config.getoption("--wangge-databases")
    if names is not None:
        items[:] = [one for one in items if database_of(one) in {None, *names.split(",")}]
