"""What takes too long is broken off down to its statement; the next request finds everything whole."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from importlib.metadata import EntryPoint
from typing import Any

import asyncpg
import httpx
import orjson
import pytest
from sqlalchemy import text
from starlette.types import Message

from wangge._host.app import create_app
from wangge._host.compose import SchemaCache
from wangge._host.databases import Engines
from wangge._host.http import departures
from wangge._host.lifecycle import enable
from wangge._host.plugins import PluginManager
from wangge._host.runtime import Server
from wangge.testing.districts import Client, TestDistrict
from wangge.testing.worlds import World

SLOW = {
    "sqlite": "SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
    "LIMIT 2000000000) SELECT i FROM n)",
    "postgresql": "SELECT count(*) FROM (SELECT pg_sleep(600)) AS slow",
}
"""Statements that run for minutes."""

PROGRAMME = '''
import asyncio

from sqlalchemy import text, update

from wangge import *
from wangge_schema.grids.models import Grid as GridModel

SLOW = {slow!r}


@payload_type("What came of it.")
class XyChangePayload(Payload):
    """Payload."""


@input_type("Nothing.")
class XyChangeInput(Input):
    """Input."""


@object_type(access=public, description="Two that are there together, or not at all.")
class XyPair:
    """One fails, one takes long."""

    @field(description="Fails soon.")
    @staticmethod
    async def broken(info: Info) -> int:
        await asyncio.sleep(0)
        raise NotFound("Nothing")

    @field(description="Takes minutes.")
    @staticmethod
    async def slow(info: Info) -> int:
        return (await info.context.db.execute(text(SLOW))).scalar_one()


@extends(Query)
class Queries:
    """Fields that take long."""

    @query(access=public, description="Takes minutes.")
    async def xy_slow(self, info: Info) -> int | None:
        return (await info.context.db.execute(text(SLOW))).scalar_one()

    @query(access=public, description="Both.")
    async def xy_pair(self) -> XyPair:
        return XyPair()


@extends(Mutation)
class Mutations:
    """A change that takes long."""

    @mutation(access=authenticated, description="Changes all names, then takes minutes.")
    async def xy_change(self, info: Info, input: XyChangeInput) -> XyChangePayload:
        await info.context.db.execute(update(GridModel).values(name="changed"))
        await info.context.db.execute(text(SLOW))
        return XyChangePayload()


@hookimpl
def graphql_types() -> list[type]:
    return [XyChangePayload, XyPair]


@hookimpl
def graphql_extensions() -> list[type]:
    return [Queries, Mutations]
'''

NAMES = "{ grids { totalCount edges { node { name } } } }"
ME = "{ me { account } }"


@pytest.fixture
async def slow(
    world: World, plant: Callable[..., EntryPoint], managing: Callable[..., PluginManager]
) -> AsyncIterator[TestDistrict]:
    """A district whose requests may take half a second, with a programme that takes minutes."""
    manager = managing(plant("slow", PROGRAMME.format(slow=SLOW[world.backend])))
    settings = world.settings.model_copy(update={"request_timeout": 0.5, "body_timeout": 0.2})
    server = Server(settings, plugins=manager, schemas=SchemaCache(2))
    async with AsyncExitStack() as stack:
        await server.start(watch=False)
        stack.push_async_callback(server.stop)
        await enable(server.district("370703"), "slow")
        transport = httpx.ASGITransport(create_app(server))
        http = httpx.AsyncClient(transport=transport, base_url="http://wangge.test")
        yield TestDistrict(server, await stack.enter_async_context(http))


async def _running(district: TestDistrict) -> int:
    """Return how many slow statements PostgreSQL runs for this district's database."""
    place = district.server.district(district.code).record.place
    connection = await asyncpg.connect(place.url.replace("+asyncpg", ""))
    try:
        found: int = await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND datname = current_database() "
            "AND query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()"
        )
    finally:
        await connection.close()
    return found


async def _ended(district: TestDistrict) -> bool:
    """Say whether the slow statements end, which a cancellation brings about in its own time."""
    if district.server.district(district.code).record.place.is_sqlite:
        return True  # its threads are joined when the server stops: the test would not end
    for _ in range(100):
        if await _running(district) == 0:
            return True
        await asyncio.sleep(0.05)
    return False


async def _refused(answer: httpx.Response) -> None:
    assert answer.status_code == 503
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["REQUEST_TIMEOUT"]
    assert "data" not in answer.json()


async def test_a_read_of_a_resolver_is_broken_off(slow: TestDistrict) -> None:
    client = slow.client("district_admin")

    for _ in range(3):
        await _refused(await client.post("{ xySlow }"))

    assert await _ended(slow)
    assert (await client.data(ME))["me"]["account"] == "370703/district_admin"


async def test_a_plans_statement_is_broken_off(
    slow: TestDistrict, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = slow.client("district_admin")
    fetch = Engines.fetch
    before = await client.data(NAMES)

    async def slowly(self: Engines, _text: str, _args: Any, *, ranges: bool = False) -> Any:
        return await fetch(self, SLOW[world.backend], (), ranges=ranges)

    monkeypatch.setattr(Engines, "fetch", slowly)
    for _ in range(3):
        await _refused(await client.post(NAMES))
    monkeypatch.undo()

    assert await _ended(slow)
    assert await client.data(NAMES) == before


async def test_a_change_that_takes_too_long_is_undone(slow: TestDistrict) -> None:
    client = slow.client("district_admin")
    before = await client.data(NAMES)

    await _refused(await client.post("mutation { xyChange(input: {}) { userErrors { code } } }"))

    assert await _ended(slow)
    assert await client.data(NAMES) == before
    create = """mutation ($parent: ID!) {
      createGrid(input: { parent: $parent, name: "东片", level: "section" }) { userErrors { code } }
    }"""
    parent = (await client.data('{ grid(code: "370703001001") { id } }'))["grid"]["id"]
    assert (await client.data(create, parent=parent))["createGrid"]["userErrors"] == []


async def test_a_field_that_fails_leaves_the_session_to_the_fields_after_it(slow: TestDistrict) -> None:
    """A read beside a failed field is cancelled by graphql-core; the session must survive that."""
    async with slow.server.district(slow.code).context(
        await slow.server.district(slow.code).principal(None)
    ) as ctx:
        database = ctx.db.beyond()
        reading = asyncio.ensure_future(database.execute(text(_brief(slow))))
        await asyncio.sleep(0.01)  # the statement has begun, or stands before it: both must do
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading

        assert (await database.execute(text("SELECT 1"))).scalar_one() == 1


def _brief(district: TestDistrict) -> str:
    sqlite = district.server.district(district.code).record.place.is_sqlite
    return SLOW["sqlite"].replace("2000000000", "300000") if sqlite else "SELECT pg_sleep(0.1)"


async def test_nobody_waits_for_a_read_beside_a_field_that_failed(slow: TestDistrict) -> None:
    client = slow.client("district_admin")

    answer = await client.post("{ xyPair { broken slow } }")

    assert (answer.status_code, answer.json()["data"]) == (200, {"xyPair": None})
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["NOT_FOUND"]
    assert await _ended(slow)
    assert (await client.data(ME))["me"]["account"] == "370703/district_admin"


@asynccontextmanager
async def _asked(district: TestDistrict, client: Client, document: str) -> AsyncIterator[asyncio.Event]:
    """Send a document as a server would pass it on; the event is set to have the client go."""
    gone, body = asyncio.Event(), orjson.dumps({"query": document})
    sent: list[Message] = []

    async def receive() -> Message:
        nonlocal body
        if body:
            message = {"type": "http.request", "body": body, "more_body": False}
            body = b""
            return message
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(name.encode(), value.encode()) for name, value in client.headers.items()]
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/{district.code}/graphql",
        "raw_path": b"",
        "query_string": b"",
        "headers": [*headers, (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
        "http_version": "1.1",
        "scheme": "http",
        "root_path": "",
        "server": ("wangge.test", 80),
    }
    serving = asyncio.ensure_future(create_app(district.server)(scope, receive, send))
    yield gone
    await serving
    assert sent[0]["status"] == 499


async def test_a_read_ends_with_its_client(slow: TestDistrict, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(departures, "AFTER", 0)
    slow.server.settings = slow.server.settings.model_copy(update={"request_timeout": 600.0})
    client = slow.client("district_admin")

    async with _asked(slow, client, "{ xySlow }") as gone:
        gone.set()

    assert await _ended(slow)
    assert (await client.data(ME))["me"]["account"] == "370703/district_admin"


async def test_a_body_that_does_not_come_to_its_end_is_given_up(slow: TestDistrict) -> None:
    async def drops() -> AsyncIterator[bytes]:
        yield b'{"query": '
        await asyncio.Event().wait()

    headers = {**slow.client("district_admin").headers, "content-type": "application/json"}
    answer = await slow.http.post(f"/{slow.code}/graphql", content=drops(), headers=headers)

    assert (answer.status_code, answer.headers["connection"]) == (408, "close")
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["BODY_TIMEOUT"]


async def test_postgresql_ends_statements_by_itself_as_a_second_fence(world: World) -> None:
    place = world.settings.catalog_url
    if world.backend == "sqlite" or place is None:
        return
    async with AsyncExitStack() as stack:
        server = Server(world.settings, plugins=world.plugins, schemas=world.schemas)
        server.fence = 0.1
        await server.start(watch=False)
        stack.push_async_callback(server.stop)
        engines = server.district("370703").engines

        for ranges in (False, True):
            with pytest.raises(asyncpg.QueryCanceledError):
                await engines.fetch(SLOW["postgresql"], (), ranges=ranges)
        async with engines.open(write=False) as db:
            with pytest.raises(Exception, match="statement timeout"):
                await db.execute(text(SLOW["postgresql"]))
