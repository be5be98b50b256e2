"""Events between server processes, over real sockets: told by the one, committed by another."""

import asyncio
import signal
from collections.abc import AsyncIterator
from typing import Any, Self

import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from wangge.testing.districts import LiveServer, TestDistrict
from wangge.testing.worlds import World

EVENTS = "subscription ($after: String) { events(after: $after) { type cursor } }"


class Peer:
    """A client over a real connection."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    @classmethod
    async def at(cls, live: LiveServer, token: str) -> Self:
        """Open a socket and sign in."""
        address = f"ws://127.0.0.1:{live.port}/370703/graphql"
        made = cls(await connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]))
        await made.tell(type="connection_init", payload={"Authorization": f"Bearer {token}"})
        assert await made.hear() == {"type": "connection_ack"}
        return made

    async def tell(self, **message: Any) -> None:  # JSON
        """Send a message."""
        await self.connection.send(orjson.dumps(message).decode())

    async def hear(self) -> dict[str, Any]:  # JSON
        """Return the next message."""
        async with asyncio.timeout(30):
            found: dict[str, Any] = orjson.loads(await self.connection.recv())
        return found

    async def follow(self, **variables: Any) -> None:  # JSON
        """Subscribe and wait until the subscription stands."""
        await self.tell(type="subscribe", id="1", payload={"query": EVENTS, "variables": variables})
        await self.tell(type="ping")
        assert await self.hear() == {"type": "pong"}

    async def event(self) -> dict[str, Any]:  # JSON
        """Return the next event."""
        heard = await self.hear()
        assert heard["type"] == "next", heard
        event: dict[str, Any] = heard["payload"]["data"]["events"]
        return event


@pytest.fixture
async def live(world: World) -> AsyncIterator[LiveServer]:
    made = LiveServer(world.settings)
    await made.wait()
    yield made
    made.stop()


async def test_what_another_process_commits_is_told_once_and_in_order(
    live: LiveServer, district: TestDistrict
) -> None:
    peer = await Peer.at(live, district.token("district_admin"))
    await peer.follow()

    names = [f"base.test.{number}" for number in range(20)]
    for name in names:  # committed here, followed there
        async with district.committed() as ctx:
            ctx.emit(name)

    told = [await peer.event() for _ in names]
    assert [event["type"] for event in told] == names
    await peer.connection.close()
    again = await Peer.at(live, district.token("district_admin"))
    await again.tell(
        type="subscribe", id="1", payload={"query": EVENTS, "variables": {"after": told[9]["cursor"]}}
    )
    assert [(await again.event())["type"] for _ in names[10:]] == names[10:]
    await again.connection.close()


async def test_a_server_that_stops_says_so_to_those_who_follow(
    live: LiveServer, district: TestDistrict
) -> None:
    peer = await Peer.at(live, district.token("grid_worker"))
    await peer.follow()
    live._process.send_signal(signal.SIGTERM)

    with pytest.raises(ConnectionClosed) as closed:
        await peer.hear()

    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (
        1001,
        "The server is stopping: connect again.",
    )
    assert await asyncio.to_thread(live._process.wait, 20) in {0, -signal.SIGTERM}
