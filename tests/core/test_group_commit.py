"""Mutations that share a COMMIT on SQLite: each whole or not at all, none answered before it is kept."""

import asyncio
import random
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as WaitedTooLong

from wangge import RuleError
from wangge._host.databases import Engines, Place, group_commit, sqlite_url
from wangge._host.databases.group_commit import GroupCommit, Member
from wangge.db.session import Database
from wangge.testing.districts import TestDistrict

WRITERS = 16
TABLES = """
CREATE TABLE notes (name TEXT PRIMARY KEY, about TEXT REFERENCES notes DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL CHECK (value >= 0));
INSERT INTO counters VALUES ('stock', 10), ('sum', 0);
CREATE TRIGGER no_poison BEFORE INSERT ON notes WHEN NEW.name = 'poison'
  BEGIN SELECT RAISE(ROLLBACK, 'poisoned'); END;
"""


class Taken(RuleError):
    """Raised when a name is taken."""

    code = "TEST_TAKEN"
    message = "taken"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with two tables, and a trigger that undoes the whole transaction."""
    path = tmp_path / "written.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.executescript(TABLES)
    connection.close()
    return path


@pytest.fixture
async def group(file: Path) -> AsyncIterator[GroupCommit]:
    """The writer of the file."""
    found = GroupCommit(str(file))
    yield found
    await found.close()


@pytest.fixture
async def engines(file: Path) -> AsyncIterator[Engines]:
    """The connections of sessions to the file."""
    found = Engines(Place(sqlite_url(file)))
    yield found
    await found.dispose()


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each COMMIT that has been run."""
    found: list[int] = []
    commit = group_commit._commit

    def counted(connection: sqlite3.Connection) -> None:
        commit(connection)
        found.append(1)

    monkeypatch.setattr(group_commit, "_commit", counted)
    return found


class Gate:
    """A COMMIT that waits until it is let through."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()

    async def is_reached(self) -> None:
        """Wait until the COMMIT is about to be run."""
        assert await asyncio.to_thread(self.reached.wait, 30)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Hold every COMMIT back."""
    found, commit = Gate(), group_commit._commit

    def held(connection: sqlite3.Connection) -> None:
        found.reached.set()
        assert found.open.wait(30)
        commit(connection)

    monkeypatch.setattr(group_commit, "_commit", held)
    yield found
    found.open.set()


def names(file: Path) -> list[str]:
    """Return the notes that another connection sees."""
    connection = sqlite3.connect(file)
    try:
        return [row[0] for row in connection.execute("SELECT name FROM notes ORDER BY name")]
    finally:
        connection.close()


async def ask(member: Member, statement: str, *values: object) -> list[tuple[object, ...]]:
    """Run a statement as a session would and return its rows."""
    cursor = member.cursor()
    await cursor.execute(statement, values)
    return await cursor.fetchall()


async def note(group: GroupCommit, name: str, *, keep: bool = True, about: str | None = None) -> None:
    """Write a note in a turn of its own, and keep it or not."""
    member = await group.member()
    await member.begin()
    try:
        await ask(member, "INSERT INTO notes VALUES (?, ?)", name, about)
    except BaseException:
        await member.rollback()
        raise
    await (member.commit() if keep else member.rollback())


async def queued(
    group: GroupCommit, *works: Callable[[], "asyncio.Task[None]"]
) -> list["asyncio.Task[None]"]:
    """Start works while somebody else has the turn, so that they stand in the queue in this order."""
    member = await group.member()
    await member.begin()
    tasks = [work() for work in works]
    await asyncio.sleep(0)
    await member.rollback()
    return tasks


def writing(
    group: GroupCommit, name: str, *, keep: bool = True, about: str | None = None
) -> Callable[[], "asyncio.Task[None]"]:
    """Return a work for the queue."""
    return lambda: asyncio.create_task(note(group, name, keep=keep, about=about))


async def test_who_waits_shares_one_commit(group: GroupCommit, file: Path, commits: list[int]) -> None:
    tasks = await queued(group, *(writing(group, f"n{number:02}") for number in range(WRITERS)))

    await asyncio.gather(*tasks)

    assert names(file) == [f"n{number:02}" for number in range(WRITERS)]
    assert len(commits) < WRITERS


@pytest.mark.parametrize(("most", "expected"), [(1, 6), (2, 3), (4, 2), (64, 1)])
async def test_a_group_is_bounded(
    file: Path, commits: list[int], most: int, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "LONGEST", 600.0)
    group = GroupCommit(str(file), most=most)

    await asyncio.gather(*await queued(group, *(writing(group, f"n{number}") for number in range(6))))
    await group.close()

    assert len(names(file)) == 6
    assert len(commits) == expected


async def test_an_old_group_is_committed_before_the_next_has_its_turn(
    group: GroupCommit, file: Path, commits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "LONGEST", -1.0)

    await asyncio.gather(*await queued(group, *(writing(group, f"n{number}") for number in range(4))))

    assert (len(names(file)), len(commits)) == (4, 4)


async def test_nobody_sees_or_is_told_of_a_write_before_the_commit(
    group: GroupCommit, file: Path, gate: Gate
) -> None:
    works = (writing(group, "a"), writing(group, "b"), writing(group, "refused", keep=False))
    tasks = await queued(group, *works)

    await gate.is_reached()
    assert names(file) == []
    assert [task.done() for task in tasks] == [False] * 3
    gate.open.set()
    await asyncio.gather(*tasks)

    assert names(file) == ["a", "b"]


async def test_one_that_is_rolled_back_leaves_its_neighbours(group: GroupCommit, file: Path) -> None:
    works = [writing(group, name, keep=name != "b") for name in "abc"]

    await asyncio.gather(*await queued(group, *works))

    assert names(file) == ["a", "c"]


async def test_one_that_fails_leaves_its_neighbours(group: GroupCommit, file: Path) -> None:
    tasks = await queued(group, *(writing(group, name) for name in ("a", "a", "c")))

    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(one) for one in outcomes] == [type(None), sqlite3.IntegrityError, type(None)]
    assert names(file) == ["a", "c"]


async def test_a_failed_commit_fails_all_of_the_group(group: GroupCommit, file: Path) -> None:
    works = (writing(group, "a"), writing(group, "b", about="nobody"), writing(group, "c"))
    tasks = await queued(group, *works)

    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(one) for one in outcomes] == [sqlite3.IntegrityError] * 3
    assert len({id(one) for one in outcomes}) == 3
    assert names(file) == []
    await note(group, "later")
    assert names(file) == ["later"]


async def test_a_transaction_that_the_database_undoes_fails_all_that_had_ended_in_it(
    group: GroupCommit, file: Path
) -> None:
    tasks = await queued(group, *(writing(group, name) for name in ("a", "poison", "c")))

    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert isinstance(outcomes[0], sqlite3.OperationalError)
    assert isinstance(outcomes[1], sqlite3.IntegrityError)
    assert outcomes[2] is None
    assert names(file) == ["c"]


async def test_nothing_is_written_after_the_database_has_undone_the_transaction(
    group: GroupCommit, file: Path
) -> None:
    member = await group.member()
    await member.begin()
    with pytest.raises(sqlite3.IntegrityError, match="poisoned"):
        await ask(member, "INSERT INTO notes VALUES ('poison', NULL)")

    with pytest.raises(sqlite3.OperationalError, match="begin it again"):
        await ask(member, "INSERT INTO notes VALUES ('stray', NULL)")
    with pytest.raises(sqlite3.OperationalError, match="begin it again"):
        await member.commit()

    await note(group, "later")
    assert names(file) == ["later"]


async def test_who_is_cancelled_in_the_queue_holds_nobody_up(group: GroupCommit, file: Path) -> None:
    tasks = await queued(group, *(writing(group, name) for name in "abc"))
    tasks[0].cancel()  # it has been given the turn by now
    tasks[1].cancel()

    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(one) for one in outcomes[:2]] == [asyncio.CancelledError] * 2
    assert outcomes[2] is None
    assert names(file) == ["c"]


async def test_who_is_cancelled_while_the_commit_runs_is_written_with_the_others(
    group: GroupCommit, file: Path, gate: Gate
) -> None:
    tasks = await queued(group, *(writing(group, name) for name in "ab"))
    await gate.is_reached()

    tasks[0].cancel()
    gate.open.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(one) for one in outcomes] == [asyncio.CancelledError, type(None)]
    assert names(file) == ["a", "b"]


async def test_a_turn_that_does_not_come_is_an_error(
    group: GroupCommit, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "PATIENCE", 0.0)
    first = await group.member()
    await first.begin()

    with pytest.raises(WaitedTooLong):
        await note(group, "late")

    await ask(first, "INSERT INTO notes VALUES ('first', NULL)")
    await first.commit()
    assert names(file) == ["first"]


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
