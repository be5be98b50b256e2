"""Events stand in the outbox in the order of their commits, and only when their change was committed."""

import asyncio
from random import Random

import pytest
from sqlalchemy import func, select

from wangge.auth.models import AuditEntry
from wangge.context import RequestContext
from wangge.errors import DuplicateValue
from wangge.events.outbox import OutboxEvent
from wangge.testing.districts import TestDistrict

WRITERS, TURNS = 50, 4


class Undone(Exception):
    """What ends a transaction that is to leave nothing."""


async def _head(ctx: RequestContext) -> int:
    return int(await ctx.db.scalar(select(func.coalesce(func.max(OutboxEvent.number), 0))))


async def _write(district: TestDistrict, writer: int, told: list[str]) -> None:
    """Write some transactions of all kinds: with and without audit, flushed between, and undone."""
    chance = Random(writer)
    for turn in range(TURNS):
        names = [f"base.test.{writer}.{turn}.{event}" for event in range(chance.randint(1, 3))]
        undone = chance.random() < 0.2
        try:
            async with district.committed() as ctx:
                for name in names:
                    ctx.emit(name)
                    if chance.random() < 0.5:
                        await ctx.db.flush()
                await ctx.db.scalar(select(func.count(AuditEntry.id)))  # others come in between
                if chance.random() < 0.5:
                    ctx.audit("base.test")
                if undone:
                    raise Undone
        except Undone:
            continue
        told += names


async def test_who_reads_on_from_a_number_meets_each_event_once(district: TestDistrict) -> None:
    told: list[str] = []
    seen: list[str] = []
    async with district.context() as ctx:
        position = await _head(ctx)

    async def read_on() -> int:
        nonlocal position
        async with district.context() as ctx:
            later = select(OutboxEvent).where(OutboxEvent.number > position).order_by(OutboxEvent.number)
            found = await ctx.db.scalars(later)
        seen.extend(event.type for event in found)
        position = found[-1].number if found else position
        return len(found)

    writers = asyncio.gather(*(_write(district, number, told) for number in range(WRITERS)))
    while not writers.done():
        await read_on()
    await writers
    while await read_on():
        pass

    assert sorted(seen) == sorted(told)
    assert len(seen) > WRITERS
    for writer in range(WRITERS):  # each one's own keep their order
        assert [name for name in seen if name.startswith(f"base.test.{writer}.")] == [
            name for name in told if name.startswith(f"base.test.{writer}.")
        ]


async def test_what_is_rolled_back_tells_nothing(district: TestDistrict) -> None:
    async with district.context() as ctx:
        before = await _head(ctx)

    async with district.context() as ctx:
        ctx.emit("base.test.lost")
        await ctx.db.flush()
        assert await _head(ctx) == before  # events are written with the commit alone

    async with district.context() as ctx:
        assert await _head(ctx) == before


async def test_a_savepoint_that_fails_keeps_what_was_told_before(district: TestDistrict) -> None:
    async with district.context() as ctx:
        before = await _head(ctx)

    async with district.committed() as ctx:
        ctx.emit("base.test.before")
        with pytest.raises(ValueError, match="broken"):
            await _fail_in_savepoint(ctx)

    async with district.context() as ctx:
        found = await ctx.db.scalars(select(OutboxEvent.type).where(OutboxEvent.number > before))
    assert found == ["base.test.before"]


async def _fail_in_savepoint(ctx: RequestContext) -> None:
    async with ctx.db.unique(DuplicateValue()):
        ctx.emit("base.test.within")
        raise ValueError("broken")
