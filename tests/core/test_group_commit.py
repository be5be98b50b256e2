"""Mutations that share a COMMIT on SQLite: each whole or not at all, none answered before it is kept."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import TimeoutError as WaitedTooLong

from wangge._host.databases import group_commit
from wangge._host.databases.group_commit import GroupCommit, Member

WRITERS = 16
TABLES = """
CREATE TABLE notes (name TEXT PRIMARY KEY, about TEXT REFERENCES notes DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL CHECK (value >= 0));
INSERT INTO counters VALUES ('stock', 10), ('sum', 0);
CREATE TRIGGER no_poison BEFORE INSERT ON notes WHEN NEW.name = 'poison'
  BEGIN SELECT RAISE(ROLLBACK, 'poisoned'); END;
"""


def made_file(folder: Path) -> Path:
    """Make a database with two tables, and a trigger that undoes the whole transaction."""
    path = folder / "written.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.executescript(TABLES)
    connection.close()
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database of its own."""
    return made_file(tmp_path)


@pytest.fixture
async def group(file: Path) -> AsyncIterator[GroupCommit]:
    """The writer of the file."""
    found = GroupCommit(str(file))
    yield found
    await found.close()


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
