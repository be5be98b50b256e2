"""Sessions whose transactions share a COMMIT on SQLite: as they would be each alone."""

import asyncio
import random
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from wangge import RuleError
from wangge._host.databases import Engines, Place, sqlite_url
from wangge.db.session import Database
from wangge.testing.districts import TestDistrict

from .test_group_commit import WRITERS, made_file, names


class Taken(RuleError):
    """Raised when a name is taken."""

    code = "TEST_TAKEN"
    message = "taken"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database of its own."""
    return made_file(tmp_path)


@pytest.fixture
async def engines(file: Path) -> AsyncIterator[Engines]:
    """The connections of sessions to the file."""
    found = Engines(Place(sqlite_url(file)))
    yield found
    await found.dispose()


async def _take_one(engines: Engines, writer: int) -> None:
    async with engines.open(write=True) as db:
        value = (await db.session.execute(text("SELECT value FROM counters WHERE name = 'sum'"))).scalar_one()
        await db.session.execute(
            text("UPDATE counters SET value = :next WHERE name = 'sum'"), {"next": value + 1}
        )
        await db.session.execute(text("UPDATE counters SET value = value - 1 WHERE name = 'stock'"))
        await db.session.execute(text("INSERT INTO notes (name) VALUES (:name)"), {"name": f"w{writer:03}"})
        await db.session.commit()


async def test_sixteen_writers_lose_nothing_and_take_nothing_twice(engines: Engines, file: Path) -> None:
    outcomes = await asyncio.gather(
        *(_take_one(engines, number) for number in range(WRITERS)), return_exceptions=True
    )

    assert outcomes.count(None) == 10
    assert sum(isinstance(one, IntegrityError) for one in outcomes) == WRITERS - 10
    assert len(names(file)) == 10
    async with engines.open(write=False) as db:
        rows = await db.session.execute(text("SELECT name, value FROM counters ORDER BY name"))
        assert [tuple(row) for row in rows] == [("stock", 0), ("sum", 10)]


async def _write_twice(db: Database, name: str) -> None:
    more = [{"name": f"{name}-more"}, {"name": name}]
    async with db.unique(Taken()):
        await db.session.execute(text("INSERT INTO notes (name) VALUES (:name)"), more)


async def test_a_savepoint_within_a_turn_undoes_its_part_alone(engines: Engines, file: Path) -> None:
    async def write(name: str) -> None:
        async with engines.open(write=True) as db:
            await db.session.execute(text("INSERT INTO notes (name) VALUES (:name)"), {"name": name})
            with pytest.raises(Taken):
                await _write_twice(db, name)
            await db.session.commit()

    await asyncio.gather(*(write(f"n{number}") for number in range(4)))

    assert names(file) == [f"n{number}" for number in range(4)]


async def test_a_session_that_is_cancelled_while_it_writes_has_written_nothing(
    engines: Engines, file: Path
) -> None:
    begun = asyncio.Event()

    async def write(name: str, *, linger: bool) -> None:
        async with engines.open(write=True) as db:
            await db.session.execute(text("INSERT INTO notes (name) VALUES (:name)"), {"name": name})
            if linger:
                begun.set()
                await db.session.execute(text(_LONG))
            await db.session.commit()

    cut = asyncio.create_task(write("cut", linger=True))
    others = [asyncio.create_task(write(f"n{number}", linger=False)) for number in range(4)]
    await begun.wait()
    cut.cancel()

    with pytest.raises(asyncio.CancelledError):
        await cut
    await asyncio.gather(*others)
    assert names(file) == [f"n{number}" for number in range(4)]


_LONG = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) FROM n"
)


async def test_another_process_that_writes_is_waited_for(engines: Engines, file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO notes (name) VALUES ('other')")
        waiting = asyncio.create_task(_take_one(engines, 1))
        await asyncio.sleep(0)
        other.execute("COMMIT")
        await waiting
    finally:
        other.close()

    assert names(file) == ["other", "w001"]


async def test_disposing_leaves_no_thread(file: Path) -> None:
    before = set(threading.enumerate())
    engines = Engines(Place(sqlite_url(file)))
    await _take_one(engines, 1)
    async with engines.open(write=False) as db:
        await db.session.execute(text("SELECT 1"))

    await engines.dispose()

    assert set(threading.enumerate()) <= before
    with pytest.raises(ProgrammingError, match="closed"):
        await _take_one(engines, 2)
    assert names(file) == ["w001"]


async def test_a_failed_commit_is_an_error_of_the_database_to_a_session(engines: Engines, file: Path) -> None:
    async with engines.open(write=True) as db:
        await db.session.execute(text("INSERT INTO notes VALUES ('a', 'nobody')"))
        with pytest.raises(IntegrityError):
            await db.session.commit()
    async with engines.open(write=True) as db:
        with pytest.raises(IntegrityError, match="poisoned"):
            await db.session.execute(text("INSERT INTO notes VALUES ('poison', NULL)"))
        with pytest.raises(OperationalError, match="begin it again"):
            await db.session.execute(text("INSERT INTO notes VALUES ('stray', NULL)"))

    assert names(file) == []


async def test_a_district_on_postgresql_has_no_group(district: TestDistrict) -> None:
    engines = district.server.district(district.code).engines

    assert (engines.writer is engines.reader) == (not engines.place.is_sqlite)


async def _write_both(engines: Engines, name: str, fate: str) -> None:
    """Write two rows that belong together, and meet one's fate between them or after."""
    async with engines.open(write=True) as db:
        await db.session.execute(text("INSERT INTO notes (name) VALUES (:name)"), {"name": f"{name}-1"})
        if fate in ("poison", "twice"):
            again = "poison" if fate == "poison" else f"{name}-1"
            await db.session.execute(text("INSERT INTO notes (name) VALUES (:name)"), {"name": again})
        await db.session.execute(text("INSERT INTO notes (name) VALUES (:name)"), {"name": f"{name}-2"})
        if fate == "refused":
            await db.session.rollback()
            return
        await db.session.commit()


async def _cancel_after(task: "asyncio.Task[None]", steps: int) -> None:
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_befalls_the_writers_each_is_whole_and_as_it_was_told(
    engines: Engines, file: Path, seed: int
) -> None:
    chance = random.Random(seed)  # fates, repeated at each run
    kinds = ["good"] * 8 + ["cancelled"] * 4 + ["refused", "twice", "twice", "poison"]
    fates = [chance.choice(kinds) for _ in range(5 * WRITERS)]
    tasks, cancels = [], []
    for number, fate in enumerate(fates):
        tasks.append(asyncio.create_task(_write_both(engines, f"n{number}", fate)))
        if fate == "cancelled":
            cancels.append(asyncio.create_task(_cancel_after(tasks[-1], chance.randrange(400))))

    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.gather(*cancels)

    stored = names(file)
    halves = [[f"n{number}-{half}" in stored for half in (1, 2)] for number in range(len(fates))]
    assert [number for number, both in enumerate(halves) if both[0] != both[1]] == []
    for number, (fate, outcome) in enumerate(zip(fates, outcomes, strict=True)):
        kept = halves[number][0]
        if outcome is None:
            assert kept == (fate != "refused"), (number, fate)
        elif not isinstance(
            outcome, asyncio.CancelledError
        ):  # whose work may have been in the COMMIT already
            assert not kept, (number, fate, outcome)
    await _write_both(engines, "later", "good")
    assert {"later-1", "later-2"} <= set(names(file))
