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

CUTS, A_CUT = 8, 6
"""How often all connections are ended, and how many requests are answered between."""
PROGRAMME = "{ rewards { totalCount } }"
END = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
"""Ends every connection to the database: both pools, the one that listens, and the test's own."""


class Progress:
    """How much was answered, one way or the other, and whether it is enough."""

    def __init__(self) -> None:
        self.answers = 0
        self.done = asyncio.Event()

    async def go_on(self, answers: int) -> None:
        """Wait until so many more were answered."""
        until = self.answers + answers
        while self.answers < until:  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # they come from a real server


async def cut_between(world: World, progress: Progress) -> int:
    """End all connections several times, with some work between; return how many were ended."""
    ended = 0
    url = make_url(str(world.settings.catalog_url)).set(drivername="postgresql")
    admin = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        for _ in range(CUTS):
            ended += await admin.fetchval(END)
            await progress.go_on(A_CUT)
    finally:
        await admin.close()
        progress.done.set()
    return ended


async def read_on(district: TestDistrict, progress: Progress) -> tuple[int, int]:
    """Read until told to stop; return how many reads were answered and how many refused."""
    answered = refused = 0
    client = district.client("district_admin")
    for number in count():
        if progress.done.is_set():
            return answered, refused
        response = await client.post(READS[number % len(READS)])
        codes = await codes_of(response)
        assert codes <= CODED, response.text
        answered, refused = answered + (not codes), refused + bool(codes)
        progress.answers += 1
    raise AssertionError


async def write_on(district: TestDistrict, several: list[Call], progress: Progress) -> None:
    """Send mutations one after the other until told to stop, or none is left."""
    while several and not progress.done.is_set():
        call = several.pop()
        await call.send(district.client(call.who))
        progress.answers += 1


async def until_suspended(district: TestDistrict) -> None:
    """Ask until the server has noticed that the programme is off."""
    client = district.client("district_admin")
    async with asyncio.timeout(WITHIN):
        while await codes_of(await client.post(PROGRAMME)) != {"PLUGIN_NOT_ENABLED"}:  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # the notice takes its way


async def test_a_server_whose_connections_are_ended_goes_on_and_still_hears_of_changes(
    postgres_world: World, nursery: Nursery, tally: Tally
) -> None:
    fault, progress = "all PostgreSQL connections ended", Progress()
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
            reading = asyncio.create_task(read_on(district, progress))
            writing = [asyncio.create_task(write_on(district, waiting, progress)) for _ in range(4)]
            ended = await cut_between(postgres_world, progress)
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
