"""A server in a process of its own is read and written while a command moves one of its districts."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from wangge import encode_id
from wangge._host.transfer.moving import move
from wangge.testing.districts import Client, TestDistrict
from wangge.testing.worlds import DISTRICT, OTHER
from wangge_schema.grids.models import Grid

from .conftest import COUNT, CREATE, nothing_told

COMMUNITIES = {DISTRICT: "370703001001", OTHER: "370784001045"}
MOST = 2000
"""Requests of a client: a bound, should the move never end."""


@dataclass
class Traffic:
    """What a client was answered."""

    read: int = 0
    written: list[str] = field(default_factory=list)
    """Names of the grids whose creation was acknowledged."""
    refused: dict[str, str] = field(default_factory=dict)
    """Name → code."""
    other: list[Any] = field(default_factory=list)
    """Answers that should not have been given."""


async def write(client: Client, parent: str, mark: str, over: asyncio.Event) -> Traffic:
    """Create grids one after the other until it is over, and once more then."""
    traffic = Traffic()
    for number in range(MOST):
        last, name = over.is_set(), f"{mark}-{number}"
        given = {"parent": parent, "name": name, "level": "compound", "kind": "BASIC"}
        response = await client.post(CREATE, input=given)
        body = response.json()
        if response.status_code == 200 and "errors" not in body:
            assert body["data"]["createGrid"]["userErrors"] == []
            traffic.written.append(name)
        elif response.status_code == 503:
            traffic.refused[name] = body["errors"][0]["extensions"]["code"]
        else:
            traffic.other.append(body)
        if last and response.status_code == 200:
            break
    return traffic


async def read(client: Client, over: asyncio.Event) -> Traffic:
    """Read until it is over."""
    traffic = Traffic()
    while not over.is_set() and traffic.read < 10 * MOST:
        response = await client.post(COUNT)
        traffic.read += 1
        if response.status_code != 200 or "errors" in response.json():
            traffic.other.append(response.json())
        await asyncio.sleep(0.005)
    return traffic


async def names_in(district: TestDistrict, mark: str) -> set[str]:
    """Return the names of the grids that a client created."""
    async with district.context() as ctx:
        return set(await ctx.db.scalars(select(Grid.name).where(Grid.name.startswith(f"{mark}-"))))


async def test_nothing_acknowledged_is_lost_and_the_other_district_notices_nothing(
    live_server: TestDistrict, elsewhere: dict[str, str]
) -> None:
    server, over = live_server.server, asyncio.Event()
    other = TestDistrict(server, live_server.http, OTHER)
    parents = {}
    for one in (live_server, other):
        async with one.context() as ctx:
            community = select(Grid.id).where(Grid.code == COMMUNITIES[one.code])
            parents[one.code] = encode_id("Grid", (await ctx.db.scalars(community))[0])
    mine, theirs = live_server.client("district_admin"), other.client("district_admin")
    clients = [
        *(asyncio.create_task(write(mine, parents[DISTRICT], f"w{n}", over)) for n in range(3)),
        asyncio.create_task(read(mine, over)),
        asyncio.create_task(write(theirs, parents[OTHER], "o", over)),
        asyncio.create_task(read(theirs, over)),
    ]

    first = await move(server, DISTRICT, "embedded", nothing_told)
    second = await move(server, DISTRICT, elsewhere.get("postgresql", elsewhere["sqlite"]), nothing_told)
    over.set()
    *writers, reader, other_writer, other_reader = await asyncio.gather(*clients)

    assert first.old != second.old
    for number, writer in enumerate(writers):
        assert writer.other == []
        assert set(writer.refused.values()) <= {"DISTRICT_MOVING", "REQUEST_TIMEOUT"}
        found = await names_in(live_server, f"w{number}")
        assert found >= set(writer.written)
        late = {name for name, code in writer.refused.items() if code == "REQUEST_TIMEOUT"}
        assert found - set(writer.written) <= late
        assert writer.written
    assert (reader.other, other_reader.other) == ([], [])
    assert (other_writer.other, other_writer.refused) == ([], {})
    assert await names_in(other, "o") == set(other_writer.written)
    assert min(reader.read, other_reader.read) > 0
