"""Single read statements on raw connections: their answers, their ends, and servers that go away."""

import asyncio
import json
import sqlite3
import threading
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import text

from wangge._host.databases import Engines
from wangge.errors import DatabaseNotWritable
from wangge.testing.districts import TestDistrict

SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(600)",
}
GRIDS = {
    "sqlite": "SELECT json_group_array(code) FROM base_grids WHERE code >= ?",
    "postgresql": 'SELECT json_agg(code) FROM "{schema}".base_grids WHERE code >= $1',
}


@pytest.fixture
async def engines(district: TestDistrict) -> AsyncIterator[Engines]:
    """Two connections of their own to the district's database."""
    found = Engines(district.server.district(district.code).record.place, pool=2)
    yield found
    await found.dispose()


def statement(engines: Engines, of: dict[str, str]) -> str:
    """Return the statement for this database, with its schema filled in."""
    name = "sqlite" if engines.place.is_sqlite else "postgresql"
    return of[name].format(schema=engines.place.schema)


def threads() -> int:
    """Count the threads that read."""
    return sum(one.name == "wangge-read" for one in threading.enumerate())


async def test_json_comes_as_bytes(engines: Engines) -> None:
    found = await engines.fetch(statement(engines, GRIDS), ["370703001001"])

    assert isinstance(found, bytes)
    codes = json.loads(found)
    assert "370703001001" in codes
    assert min(codes) == "370703001001"


async def test_no_row_is_none(engines: Engines) -> None:
    assert await engines.fetch("SELECT 1 WHERE 1 = 0", []) is None


async def test_more_statements_than_connections_are_all_answered(engines: Engines) -> None:
    text = {"sqlite": "SELECT ? + 1", "postgresql": "SELECT $1::int + 1"}

    found = await asyncio.gather(*(engines.fetch(statement(engines, text), [n]) for n in range(40)))

    assert found == list(range(1, 41))
    assert threads() <= 2


async def test_a_statement_that_fails_leaves_the_connections_usable(engines: Engines) -> None:
    for _ in range(4):
        with pytest.raises((sqlite3.OperationalError, asyncpg.UndefinedTableError)):
            await engines.fetch("SELECT 1 FROM nowhere", [])
        with pytest.raises((sqlite3.ProgrammingError, asyncpg.InterfaceError)):
            await engines.fetch("SELECT 1", [5])

    assert await engines.fetch("SELECT 7", []) == 7


async def test_a_reader_changes_nothing_on_sqlite(engines: Engines) -> None:
    if not engines.place.is_sqlite:  # the district's role owns its tables: the statement decides there
        return
    with pytest.raises(DatabaseNotWritable):
        await engines.fetch("DELETE FROM base_grids", [])


async def test_who_no_longer_waits_holds_no_connection(engines: Engines) -> None:
    slow = [asyncio.create_task(engines.fetch(statement(engines, SLOW), [])) for _ in range(4)]
    quick = asyncio.create_task(engines.fetch("SELECT 7", []))
    await asyncio.sleep(0)

    for one in slow:
        one.cancel()

    outcomes = await asyncio.gather(*slow, return_exceptions=True)
    assert [type(one) for one in outcomes] == [asyncio.CancelledError] * 4
    assert await quick == 7
    assert await asyncio.gather(*(engines.fetch("SELECT 8", []) for _ in range(4))) == [8] * 4


async def test_disposing_ends_what_runs_and_all_threads(engines: Engines) -> None:
    if engines.place.is_sqlite:
        slow = asyncio.create_task(engines.fetch(statement(engines, SLOW), []))
        await asyncio.sleep(0)
        assert await engines.fetch("SELECT 7", []) == 7

        await engines.dispose()

        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            await slow
        assert threads() == 0
    await engines.dispose()
    with pytest.raises((sqlite3.ProgrammingError, asyncpg.InterfaceError), match="closed"):
        await engines.fetch("SELECT 7", [])


async def test_disposing_closes_a_sessions_connection_that_is_still_in_use(engines: Engines) -> None:
    if engines.place.is_sqlite:
        return  # a session there holds a place in a queue, no connection of its own
    session = engines.session(write=True)
    own = (await (await session.connection()).get_raw_connection()).driver_connection
    assert isinstance(own, asyncpg.Connection)

    await engines.dispose()

    assert own.is_closed()
    await session.invalidate()


async def test_a_server_that_closed_its_connections_is_asked_again(engines: Engines) -> None:
    if engines.place.is_sqlite:  # a file closes nothing
        return
    await asyncio.gather(*(engines.fetch("SELECT pg_sleep(0.01)", []) for _ in range(2)))
    others = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'wangge' AND pid <> pg_backend_pid()"
    )
    assert await engines.fetch(others, []) >= 1

    found = await asyncio.gather(*(engines.fetch("SELECT 7", []) for _ in range(4)))

    assert found == [7] * 4


async def test_a_statement_whose_connection_dies_under_it_runs_again(engines: Engines) -> None:
    if engines.place.is_sqlite:
        return
    url = engines.place.url.replace("+asyncpg", "")
    admin = await asyncpg.connect(url)
    try:
        await admin.execute("CREATE SEQUENCE public.asked")
        text = "SELECT CASE nextval('public.asked') WHEN 1 THEN pg_terminate_backend(pg_backend_pid()) END"
        assert await engines.fetch(text, []) is None
        assert await admin.fetchval("SELECT last_value FROM public.asked") == 2
    finally:
        await admin.close()


@pytest.mark.parametrize("idle", [-1.0, 600.0])
async def test_a_session_gets_no_connection_that_the_server_has_closed(
    engines: Engines, monkeypatch: pytest.MonkeyPatch, idle: float
) -> None:
    if engines.place.is_sqlite:
        return
    monkeypatch.setattr("wangge._host.databases.engines.IDLE", idle)
    number = text("SELECT pg_backend_pid()")
    admin = await asyncpg.connect(engines.place.url.replace("+asyncpg", ""))
    try:
        async with engines.open(write=False) as db:
            before = (await db.session.execute(number)).scalar_one()
        async with engines.open(write=False) as db:
            assert (await db.session.execute(number)).scalar_one() == before
        await admin.execute("SELECT pg_terminate_backend($1, 10000)", before)
        await engines.fetch("SELECT 7", [])  # meanwhile the loop hears of it

        async with engines.open(write=True) as db:
            assert (await db.session.execute(number)).scalar_one() != before
    finally:
        await admin.close()


async def test_a_session_that_is_cancelled_while_it_reads_gives_its_connection_back(engines: Engines) -> None:
    async def read() -> None:
        async with engines.open(write=False) as db:
            await db.session.execute(text("SELECT 1"))
            await db.session.execute(text(statement(engines, SLOW)))

    for _ in range(3):  # more than there are connections
        task = asyncio.create_task(read())
        await engines.fetch("SELECT 7", [])
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async with engines.open(write=False) as db:
        assert (await db.session.execute(text("SELECT 8"))).scalar_one() == 8
