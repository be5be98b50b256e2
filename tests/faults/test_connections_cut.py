"""An administrator ends all connections to PostgreSQL, again and again, under a server that is asked."""

import asyncio
from itertools import count

import asyncpg
import httpx
from sqlalchemy import make_url

from wangge._host.lifecycle import suspend
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import DISTRICT, World

from .children import Nursery
from .tally import Tally
from .test_postgres_away import READS, WITHIN, codes_of
from .work import CODED, Call, calls, check_whole, prepare, send_all

CUTS = 8
PROGRAMME = "{ rewards { totalCount } }"
END = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
"""Ends every connection to the database: both pools, the one that listens, and the test's own."""


async def cut_between(world: World, done: asyncio.Event) -> int:
    """End all connections several times, with some time for work between; return how many were ended."""
    ended = 0
    url = make_url(str(world.settings.catalog_url)).set(drivername="postgresql")
    admin = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        for _ in range(CUTS):
            ended += await admin.fetchval(END)
            await asyncio.sleep(0.1)  # a real server answers some between
    finally:
        await admin.close()
        done.set()
    return ended


async def read_on(district: TestDistrict, done: asyncio.Event) -> tuple[int, int]:
    """Read until told to stop; return how many reads were answered and how many refused."""
    answered = refused = 0
    client = district.client("district_admin")
    for number in count():
        if done.is_set():
            return answered, refused
        response = await client.post(READS[number % len(READS)])
        codes = await codes_of(response)
        assert codes <= CODED, response.text
        answered, refused = answered + (not codes), refused + bool(codes)
    raise AssertionError


async def write_on(district: TestDistrict, several: list[Call], done: asyncio.Event) -> None:
    """Send mutations one after the other until told to stop, or none is left."""
    while several and not done.is_set():
        call = several.pop()
        await call.send(district.client(call.who))


async def until_suspended(district: TestDistrict) -> None:
    """Ask until the server has noticed that the programme is off."""
    client = district.client("district_admin")
    async with asyncio.timeout(WITHIN):
        while await codes_of(await client.post(PROGRAMME)) != {"PLUGIN_NOT_ENABLED"}:  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # the notice takes its way


async def test_a_server_whose_connections_are_ended_goes_on_and_still_hears_of_changes(
    postgres_world: World, nursery: Nursery, tally: Tally
) -> None:
    fault, done = "all PostgreSQL connections ended", asyncio.Event()
    near = postgres_world.server()
    await near.start(watch=False)
    child = nursery.serve(postgres_world.settings)
    async with httpx.AsyncClient(base_url=child.url, timeout=WITHIN) as http:
        district = TestDistrict(near, http, DISTRICT)
        sent = calls(await prepare(district), 200)
        await child.wait()
        tally.tried(fault, CUTS)

        waiting = list(sent)
        async with asyncio.timeout(60):
            reading = asyncio.create_task(read_on(district, done))
            writing = [asyncio.create_task(write_on(district, waiting, done)) for _ in range(4)]
            ended = await cut_between(postgres_world, done)
            answered, refused = await reading
            await asyncio.gather(*writing)

        tried = [call for call in sent if call not in waiting]
        await check_whole(district, tried)
        assert await send_all(district, tried) == len(tried)
        assert await check_whole(district, tried) == len(tried)
        await suspend(near.district(DISTRICT), "volunteer_points")
        await until_suspended(district)
    child.stop()
    await near.stop()
    figures = {"reads": answered, "reads_refused": refused, "writes": len(tried), "ended": ended}
    tally.survived(fault, CUTS, **figures)
