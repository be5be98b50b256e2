"""Servers whose way to PostgreSQL can be broken, and the account of what was tried and survived."""

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace

import httpx
import pytest

from wangge._host.app import create_app
from wangge._host.runtime import Server
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import DISTRICT, POSTGRES_URL, World, Worlds

from .children import Nursery
from .proxy import Proxy, proxy_to
from .tally import Tally
from .work import Setting, prepare

TIMEOUT = 3.0
"""Seconds a request may take on the server behind the proxy."""


@pytest.fixture(scope="session")
def tally() -> Iterator[Tally]:
    """What was tried; written down where `WANGGE_FAULTS_REPORT` says."""
    found = Tally()
    yield found
    if path := os.environ.get("WANGGE_FAULTS_REPORT"):
        found.write(path)


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Where servers and commands are forked."""
    made = Nursery(tmp_path_factory.mktemp("children"))
    yield made
    made.close()


@dataclass(frozen=True)
class Behind:
    """A district on a server that reaches PostgreSQL through a proxy."""

    proxy: Proxy
    district: TestDistrict
    setting: Setting
    server: Server


@pytest.fixture
def postgres_world(worlds: Worlds) -> Iterator[World]:
    """A fresh world on PostgreSQL, for faults that files do not have."""
    if not os.environ.get(POSTGRES_URL):
        pytest.skip(f"{POSTGRES_URL} is not set: no PostgreSQL to test on")
    made = worlds.fresh("postgresql")
    yield made
    worlds.drop(made)


@pytest.fixture
async def behind(postgres_world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Behind]:
    """A server in this process, watching its catalog, behind a proxy."""
    for name in ("databases.engines", "databases.reads", "notices"):
        monkeypatch.setattr(f"wangge._host.{name}.CONNECTING", 0.5)
    monkeypatch.setattr("wangge._host.memory.PATIENCE", 1.0)
    monkeypatch.setattr("wangge._host.databases.lanes.GIVING_UP", 0.5)
    settings = postgres_world.settings
    async with proxy_to(str(settings.catalog_url)) as (proxy, url):
        changes = {"catalog_url": url, "request_timeout": TIMEOUT, "database_pool": 4}
        server = replace(postgres_world, settings=settings.model_copy(update=changes)).server()
        await server.start()
        transport = httpx.ASGITransport(create_app(server))
        async with httpx.AsyncClient(transport=transport, base_url="http://wangge.test") as http:
            district = TestDistrict(server, http, DISTRICT)
            yield Behind(proxy, district, await prepare(district), server)
        proxy.flow()
        await server.stop()
