"""Connections at hand: never more than allowed, handed over in order, lost by nobody who stops waiting."""

import asyncio
from typing import Any, cast

import pytest

from wangge._host.databases import lanes as room
from wangge._host.databases.lanes import Lane


class Pool:
    """Stands for asyncpg's pool: gives numbers and counts what is out."""

    def __init__(self) -> None:
        self.made = 0
        self.out: set[int] = set()
        self.failing = False

    async def acquire(self) -> int:
        """Give a connection."""
        await asyncio.sleep(0)
        if self.failing:
            raise ConnectionRefusedError
        self.made += 1
        self.out.add(self.made)
        return self.made

    async def release(self, connection: int, *, timeout: float) -> None:  # noqa: ASYNC109  # as the pool has it
        """Take one back."""
        await asyncio.sleep(0)
        self.out.discard(connection)


def lane_of(pool: Pool, size: int) -> Lane:
    """Return a lane over the stand-in."""
    return Lane(cast(Any, pool), size)


async def test_a_connection_is_used_again_and_again() -> None:
    pool = Pool()
    lane = lane_of(pool, 4)
    for _ in range(5):
        lane.give(await lane.take())

    assert pool.made == 1
    await lane.close()
    assert pool.out == set()


async def test_there_are_never_more_than_allowed_and_all_get_one_in_order() -> None:
    pool = Pool()
    lane = lane_of(pool, 3)
    served: list[int] = []
    busy: list[int] = []

    async def work(number: int) -> None:
        connection = await lane.take()
        busy.append(connection)
        assert len(busy) <= 3
        await asyncio.sleep(0)
        busy.remove(connection)
        served.append(number)
        lane.give(connection)

    await asyncio.gather(*(work(number) for number in range(20)))

    assert served == list(range(20))
    assert pool.made == 3
    await lane.close()


async def test_who_stops_waiting_leaves_the_connection_to_the_next() -> None:
    pool = Pool()
    lane = lane_of(pool, 1)
    held = await lane.take()
    gone, next_ = asyncio.create_task(lane.take()), asyncio.create_task(lane.take())
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    lane.give(held)

    assert await next_ == held
    lane.give(held)
    await lane.close()
    assert pool.out == set()


async def test_who_is_cancelled_in_the_moment_of_the_handing_over_gives_it_on() -> None:
    pool = Pool()
    lane = lane_of(pool, 1)
    held = await lane.take()
    gone = asyncio.create_task(lane.take())
    await asyncio.sleep(0)
    lane.give(held)  # handed over, but the task has not run yet
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone

    assert await lane.take() == held
    lane.give(held)
    await lane.close()


async def test_one_that_broke_makes_room_for_a_new_one() -> None:
    pool = Pool()
    lane = lane_of(pool, 1)
    broken = await lane.take()
    waiting = asyncio.create_task(lane.take())
    await asyncio.sleep(0)
    await lane.drop(broken)

    assert await waiting == 2
    lane.give(2)
    await lane.close()


async def test_a_pool_that_fails_keeps_no_place_taken() -> None:
    pool = Pool()
    lane = lane_of(pool, 1)
    pool.failing = True
    with pytest.raises(ConnectionRefusedError):
        await lane.take()
    pool.failing = False

    assert await lane.take() == 1
    lane.give(1)
    await lane.close()


async def test_connections_that_nobody_needed_go_back_to_the_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "UNUSED", 0.0)
    pool = Pool()
    lane = lane_of(pool, 3)
    taken = [await lane.take() for _ in range(3)]
    for connection in taken:
        lane.give(connection)
    for _ in range(50):
        await asyncio.sleep(0)

    assert pool.out == set()
    await lane.close()
