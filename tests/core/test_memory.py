"""The short memory of a district: one load however many ask, nothing older than a change."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from wangge._host import memory as room
from wangge._host.memory import Memory


@pytest.fixture
async def memory() -> AsyncIterator[Memory]:
    """A memory that is closed at the end."""
    made = Memory()
    yield made
    await made.close()


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set the clock that the memory reads."""
    at = [100.0]
    monkeypatch.setattr(room, "monotonic", lambda: at[0])

    def pass_(seconds: float) -> None:
        at[0] += seconds

    return pass_


class Source:
    """Gives 1, 2, 3 … and counts how often it was asked; waits while it is held."""

    def __init__(self) -> None:
        self.asked = 0
        self.held: asyncio.Event | None = None

    async def __call__(self) -> int:
        self.asked += 1
        found = self.asked
        if self.held is not None:
            await self.held.wait()
        return found


async def test_many_who_ask_at_once_wait_for_one_load(memory: Memory) -> None:
    source = Source()
    source.held = asyncio.Event()
    waiting = [asyncio.create_task(memory.get("key", source)) for _ in range(20)]
    await asyncio.sleep(0)
    source.held.set()

    assert await asyncio.gather(*waiting) == [1] * 20
    assert source.asked == 1


async def test_a_fact_is_given_for_two_seconds_then_read_anew_beside_the_requests(
    memory: Memory, now: Callable[[float], None]
) -> None:
    source = Source()
    assert await memory.get("key", source) == 1
    now(1.9)
    assert await memory.get("key", source) == 1
    now(0.2)
    assert await memory.get("key", source) == 1  # usable still, and being read anew
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert await memory.get("key", source) == 2
    assert source.asked == 2


async def test_nobody_is_given_a_fact_of_four_seconds(memory: Memory, now: Callable[[float], None]) -> None:
    source = Source()
    await memory.get("key", source)
    now(4.0)

    assert await memory.get("key", source) == 2


async def test_what_was_being_read_when_something_changed_is_not_kept(memory: Memory) -> None:
    source = Source()
    source.held = asyncio.Event()
    early = asyncio.create_task(memory.get("key", source))
    await asyncio.sleep(0)
    memory.forget()
    later = asyncio.create_task(memory.get("key", source))
    await asyncio.sleep(0)
    source.held.set()

    assert await early == 1
    assert await later == 2
    assert await memory.get("key", source) == 2


async def test_a_failure_reaches_all_who_wait_and_is_not_kept(memory: Memory) -> None:
    asked = []

    async def broken() -> int:
        asked.append(1)
        raise LookupError

    answers: list[Awaitable[int]] = [memory.get("key", broken) for _ in range(3)]
    found = await asyncio.gather(*answers, return_exceptions=True)

    assert [type(one) for one in found] == [LookupError] * 3
    assert len(asked) == 1
    assert await memory.get("key", Source()) == 1


async def test_who_stops_waiting_takes_nothing_from_the_others(memory: Memory) -> None:
    source = Source()
    source.held = asyncio.Event()
    first = asyncio.create_task(memory.get("key", source))
    second = asyncio.create_task(memory.get("key", source))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    source.held.set()

    assert await second == 1
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_what_was_worked_out_before_a_change_is_not_kept_after_it(memory: Memory) -> None:
    since = memory.changes
    memory.forget()
    memory.keep("old", 1, since)
    memory.keep("new", 2, memory.changes)

    assert (memory.fresh("old"), memory.fresh("new")) == (None, 2)


async def test_kept_facts_end_after_two_seconds(memory: Memory, now: Callable[[float], None]) -> None:
    memory.keep("key", 1, memory.changes)
    now(1.9)
    assert memory.fresh("key") == 1
    now(0.1)

    assert memory.fresh("key") is None


async def test_what_is_too_old_to_be_given_is_dropped(memory: Memory, now: Callable[[float], None]) -> None:
    for number in range(5):
        memory.keep(number, number, memory.changes)
    now(4.1)
    memory.keep("new", 1, memory.changes)

    assert list(memory._known) == ["new"]


async def test_no_more_is_kept_than_there_is_room_for(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST", 3)
    for number in range(10):
        memory.keep(number, number, memory.changes)

    assert [memory.fresh(number) for number in range(10)] == [None] * 7 + [7, 8, 9]
