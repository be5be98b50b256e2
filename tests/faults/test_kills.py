"""The server is killed while people write: what was answered is there, the rest is whole or absent."""

import asyncio
import os
import sqlite3
from contextlib import closing
from random import Random

import httpx

from wangge._host.runtime import Server
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import DISTRICT, World

from .children import Child, Nursery
from .tally import Tally
from .work import Call, calls, check_whole, prepare, send_until_done

KILLS = int(os.environ.get("WANGGE_FAULTS", "5"))
"""How often the server is killed on each database."""
A_ROUND = 24
"""Mutations that clients send between two kills, if the server lets them."""
CLIENTS = 8


async def send_until_killed(live: Child, district: TestDistrict, several: list[Call], after: int) -> int:
    """Send mutations from several clients; kill the server with so many answered. Return how many were."""
    waiting, answered = list(reversed(several)), 0

    async def client() -> None:
        nonlocal answered
        while waiting:
            call = waiting.pop()
            if not await call.send(district.client(call.who)):
                return  # the server is gone
            answered += 1
            if answered == after:
                live.kill()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return answered


def check_file(world: World) -> None:
    """Insist that SQLite finds nothing wrong with the files."""
    if world.backend != "sqlite":
        return
    for file in (
        world.settings.data / "catalog.sqlite3",
        world.settings.data / "districts" / f"{DISTRICT}.sqlite3",
    ):
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


async def test_what_was_answered_survives_a_kill_and_the_rest_is_whole_or_absent(
    world: World, server: Server, district: TestDistrict, nursery: Nursery, tally: Tally
) -> None:
    fault = f"SIGKILL while writing, {world.backend}"
    setting = await prepare(district)
    moments = Random(4)
    sent: list[Call] = []
    settings = world.settings.model_copy(update={"request_timeout": 60.0})  # as a busy machine needs
    live = nursery.serve(settings)
    try:
        await live.wait()
        async with httpx.AsyncClient(base_url=live.url, timeout=30) as http:
            asked = TestDistrict(server, http, DISTRICT)
            for _ in range(KILLS):
                fresh = calls(setting, A_ROUND, start=len(sent))
                sent += fresh
                tally.tried(fault)

                answered = await send_until_killed(
                    live, asked, fresh, after=moments.randint(1, A_ROUND * 2 // 3)
                )

                check_file(world)
                there = await check_whole(district, sent)
                live = nursery.serve(settings, live.port)
                await live.wait()
                unanswered = [call for call in sent if call.answer is None]
                again = await send_until_done(asked, fresh)
                assert await check_whole(district, sent) == len(sent)
                tally.survived(
                    fault,
                    answered=answered,
                    unanswered=len(unanswered),
                    made_unanswered=there - (len(sent) - len(unanswered)),
                    refused_on_repeat=again,
                )
    finally:
        live.kill()
