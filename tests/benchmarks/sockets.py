"""Sockets that follow one district on one worker: every event to each, none lost, none twice, and how soon.

Each socket is an account's own, or all are of one. Events are committed here, one by one at a rate, and then
once more all in one transaction; the server hears of them by its database's notices.
`python -m tests.benchmarks.sockets --help` tells the options.
"""

import argparse
import asyncio
import os
import statistics
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import orjson
import uvloop
from sqlalchemy import insert
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from wangge import Account, PrincipalKind, RoleGrant, uuid7
from wangge._host.runtime import DistrictRuntime, Server
from wangge.testing.districts import LiveServer
from wangge.testing.worlds import DISTRICT, World, Worlds

DOCUMENT = "subscription { events { cursor type at plugin grid { code name } } }"
MOST_SOCKETS, MOST_EVENTS = 2000, 1000


class Peer:
    """One socket: what it received, and when."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self.received: dict[str, list[float]] = {}

    async def begin(self, token: str) -> None:
        """Sign in and subscribe; returns when the subscription stands."""
        await self._tell(type="connection_init", payload={"Authorization": f"Bearer {token}"})
        await self._tell(type="subscribe", id="1", payload={"query": DOCUMENT})
        await self._tell(type="ping")
        kinds = [orjson.loads(await self._connection.recv())["type"] for _ in range(2)]
        if kinds != ["connection_ack", "pong"]:
            raise AssertionError(f"The subscription did not begin: {kinds}.")

    async def take(self) -> None:
        """Note what comes until the socket ends."""
        async for message in self._connection:
            now = perf_counter()
            told = orjson.loads(message)
            if told["type"] != "next" or "errors" in told["payload"]:
                raise AssertionError(f"A subscription failed: {told}")
            event = told["payload"]["data"]["events"]
            self.received.setdefault(event["type"], []).append(now)

    async def _tell(self, **message: Any) -> None:  # JSON
        await self._connection.send(orjson.dumps(message).decode())


async def add_accounts(district: DistrictRuntime, count: int) -> list[str]:
    """Enter as many administrators and return their names."""
    names = [f"bench/{number}" for number in range(count)]
    async with district.work() as ctx:
        ids = {name: uuid7() for name in names}
        rows = [{"id": ids[name], "subject": name, "kind": PrincipalKind.STAFF} for name in names]
        await ctx.db.session.execute(insert(Account), rows)
        since = datetime(2026, 1, 1, tzinfo=UTC)
        grants = [{"account_id": id, "role": "district_admin", "since": since} for id in ids.values()]
        await ctx.db.session.execute(insert(RoleGrant), grants)
    return names


async def commit(district: DistrictRuntime, names: Sequence[str], place: Any) -> float:
    """Commit events in one transaction and return when the commit was answered."""
    async with district.work() as ctx:
        for name in names:
            ctx.emit(name, grid_id=place)
    return perf_counter()


def check(peers: Sequence[Peer], names: Sequence[str]) -> None:
    """Insist that every socket has every event once, in the order of the commits.

    Raises:
        AssertionError: where one is lost, told twice or out of its order.
    """
    for peer in peers:
        got = [name for name in peer.received if name in set(names)]
        if got != list(names) or any(len(peer.received[name]) != 1 for name in names):
            raise AssertionError(f"A socket received {len(got)} of {len(names)} events, or some twice.")


async def until_all(peers: Sequence[Peer], names: Sequence[str]) -> None:
    """Wait until the last event is everywhere, for four minutes at most; a reader that failed ends it."""
    async with asyncio.timeout(240):
        while any(names[-1] not in peer.received for peer in peers):  # noqa: ASYNC110  # a benchmark may look
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.5)  # what would come twice


async def measure(world: World, options: argparse.Namespace) -> list[str]:
    """Open the sockets, commit the events and return the lines of the report."""
    server = world.server()
    await server.start(watch=False)
    live = LiveServer(world.settings)
    try:
        await live.wait()
        return await _measure(server, live, options)
    finally:
        live.stop()
        await server.stop()


async def _measure(server: Server, live: LiveServer, options: argparse.Namespace) -> list[str]:
    district = server.district(DISTRICT)
    names = await add_accounts(district, options.accounts)
    tokens = [server.authenticator.issue(name, DISTRICT) for name in names]
    address = f"ws://127.0.0.1:{live.port}/{DISTRICT}/graphql"
    peers: list[Peer] = []
    begun = perf_counter()
    for number in range(options.sockets):
        protocol = Subprotocol("graphql-transport-ws")
        peer = Peer(await connect(address, subprotocols=[protocol], compression=None, ping_interval=None))
        await peer.begin(tokens[number % len(tokens)])
        peers.append(peer)
    opened = perf_counter() - begun
    readers = [asyncio.create_task(peer.take()) for peer in peers]
    place = await _place(district)
    paced = [f"base.bench.{number}" for number in range(options.events)]
    at: dict[str, float] = {}
    for name in paced:
        at[name] = await commit(district, [name], place)
        await asyncio.sleep(1 / options.rate)
    await until_all(peers, paced)
    check(peers, paced)
    delays = [(peer.received[name][0] - at[name]) * 1000 for peer in peers for name in paced]
    burst = [f"base.burst.{number}" for number in range(options.events)]
    answered = await commit(district, burst, place)
    await until_all(peers, burst)
    check(peers, burst)
    last = max(peer.received[burst[-1]][0] for peer in peers) - answered
    for reader in readers:
        reader.cancel()
    cuts = statistics.quantiles(delays, n=100)
    return [
        f"{options.sockets} sockets of {options.accounts} accounts, {options.events} events each: "
        f"none lost, none twice; opened in {opened:.1f} s; load of the machine {os.getloadavg()[0]:.1f}",
        f"paced at {options.rate:g} a second, commit to receipt: median {cuts[49]:.0f} ms, "
        f"99 % within {cuts[98]:.0f} ms",
        f"{options.events} in one transaction: all {options.sockets * options.events} received "
        f"{last:.2f} s after the commit",
    ]


async def _place(district: DistrictRuntime) -> Any:  # a grid's id
    provider = district.scope_provider()
    assert provider is not None  # the base provides it
    async with district.engines.open(write=False) as db:
        return await provider.place_by_code(db, "370703001001")


def main() -> None:
    """Measure on a fresh district and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=500)
    parser.add_argument("--events", type=int, default=100)
    parser.add_argument("--accounts", type=int, default=500, help="accounts that the sockets are of")
    parser.add_argument("--rate", type=float, default=10.0, help="commits in a second")
    parser.add_argument("--backend", choices=("postgresql", "sqlite"), default="postgresql")
    options = parser.parse_args()
    options.sockets = min(options.sockets, MOST_SOCKETS)
    options.events = min(options.events, MOST_EVENTS)
    worlds = Worlds()
    try:
        for line in uvloop.run(measure(worlds.fresh(options.backend), options)):
            sys.stdout.write(f"{line}\n")
    finally:
        worlds.close()


if __name__ == "__main__":
    main()
