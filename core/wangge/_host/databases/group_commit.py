"""One SQLite writer for all mutations of a process: each in its savepoint, many to one COMMIT."""

import asyncio
import sqlite3
from collections import deque
from functools import partial
from time import monotonic
from typing import Any

from sqlalchemy.exc import TimeoutError as WaitedTooLong

from wangge._host.databases.sqlite import Call, Cursor, DriverThread

MOST = 64
"""Mutations to a COMMIT: more save nothing, the disk's share of each is a sixty-fourth already."""

LONGEST = 0.010
"""Seconds for which a mutation that has ended waits at most for others to begin in its transaction: together
with the last one's work and a slow COMMIT that stays below 25 ms. Some twenty small writes take as long."""

PATIENCE = 30.0
"""Seconds for which a mutation waits for its turn, as it would for a connection of a pool."""


class GroupCommit:
    """The writing connection and whose turn it is on it.

    Who has the turn works in a savepoint of the one transaction that is open, and ends by releasing or
    undoing it; then the next in the queue has the turn, in the same transaction. When nobody waits, or the
    group is large or old enough, the transaction is committed. Only then is anyone of the group answered,
    also those who undid their work: what they were refused for may have been their neighbours' rows.
    """

    def __init__(self, path: str, *, most: int = MOST) -> None:
        self._thread = DriverThread(path, writing=True)
        self._most = most
        self._taken = False
        self._queue: deque[asyncio.Future[None]] = deque()
        self._ended: list[_Ended] = []
        self._since = 0.0
        self._open = False

    async def member(self) -> "Member":
        """Return a new connection that takes turns with the others on the one beneath."""
        return Member(self)

    async def enter(self) -> None:
        """Wait for the turn.

        Raises:
            sqlalchemy.exc.TimeoutError: when it does not come.
        """
        if not self._taken:
            self._taken = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            async with asyncio.timeout(PATIENCE):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():  # it came together with the cancellation
                self.pass_on()
            if isinstance(error, TimeoutError):
                raise WaitedTooLong("The turn to write did not come: another mutation holds it.") from error
            raise

    def submit(self, call: Call) -> asyncio.Future[Any]:  # of whatever the call returns
        """Have something done on the connection; for who has the turn."""
        return self._thread.submit(call)

    def leave(self, *, keep: bool, savepoint: "Savepoint") -> asyncio.Future[None]:
        """End a savepoint and pass the turn on, whether or not anyone awaits the outcome.

        Returns:
            a future that is done when the COMMIT has returned; it fails when work to be kept is lost.
        """
        ended = _Ended(keep, asyncio.get_running_loop().create_future())
        left = self._thread.submit(savepoint.release if keep else savepoint.undo)
        left.add_done_callback(partial(self._left, ended))
        return ended.answer

    def pass_on(self) -> None:
        """Give the turn to the next in the queue, or commit, or have nobody's turn."""
        if not (self._open and self._is_full()):
            while self._queue:
                turn = self._queue.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        if self._open:
            self._thread.submit(_commit).add_done_callback(self._committed)
        else:
            self._taken = False

    async def close(self) -> None:
        """Close the connection; what is not committed is undone."""
        await self._thread.close()
        self._settle(sqlite3.OperationalError("The database was closed before the COMMIT."))

    def _is_full(self) -> bool:
        kept = len(self._ended)
        return kept >= self._most or (kept > 0 and monotonic() - self._since > LONGEST)

    def _left(self, ended: "_Ended", left: asyncio.Future[bool]) -> None:
        """Note that a savepoint has ended: with the transaction alive still, or lost."""
        error = left.exception()
        self._open = error is None and left.result()
        if not self._ended:
            self._since = monotonic()
        self._ended.append(ended)
        if not self._open:
            self._settle(
                error or sqlite3.OperationalError("The database undid the transaction of the group.")
            )
        elif not any(one.keep for one in self._ended):
            self._settle(None)
        self.pass_on()

    def _committed(self, done: asyncio.Future[None]) -> None:
        self._open = False
        self._settle(done.exception())
        self.pass_on()

    def _settle(self, error: BaseException | None) -> None:
        ended, self._ended = self._ended, []
        for one in ended:
            if one.answer.done():  # whoever waited was cancelled; the work is kept or lost with the others'
                continue
            if error is None or not one.keep:
                one.answer.set_result(None)
            else:
                one.answer.set_exception(_copied(error))


class _Ended:
    """A member that has ended its savepoint, and the future on which it waits for the COMMIT."""

    __slots__ = ("answer", "keep")

    def __init__(self, keep: bool, answer: asyncio.Future[None]) -> None:
        self.keep = keep
        self.answer = answer


def _copied(error: BaseException) -> BaseException:
    """Return an error of its own for each who waits: tracebacks grow on what is raised."""
    if not isinstance(error, sqlite3.Error):
        return error
    found = type(error)(*error.args)
    found.__cause__ = error
    return found


def _commit(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("COMMIT").close()
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK").close()
        raise


class Savepoint:
    """One member's part of the open transaction; its methods run in the connection's thread."""

    def __init__(self) -> None:
        self._made = False

    def begin(self, connection: sqlite3.Connection, *, call: Call) -> Any:  # what the call returns
        """Make the savepoint, and the transaction where none is open, then do the first call."""
        if not connection.in_transaction:
            connection.execute("BEGIN IMMEDIATE").close()
        connection.execute("SAVEPOINT mutation").close()
        self._made = True
        return call(connection)

    def go_on(self, connection: sqlite3.Connection, *, call: Call) -> Any:  # as above
        """Do a further call, unless the database has undone the transaction: it would count as committed."""
        self._insist(connection)
        return call(connection)

    def release(self, connection: sqlite3.Connection) -> bool:
        """Keep the work as part of the transaction."""
        self._insist(connection)
        return self._end(connection, "RELEASE mutation")

    def undo(self, connection: sqlite3.Connection) -> bool:
        """Undo the work, if any was begun, and say whether the transaction lives."""
        if self._made and connection.in_transaction:
            self._end(connection, "ROLLBACK TO mutation", "RELEASE mutation")
        return connection.in_transaction

    def _end(self, connection: sqlite3.Connection, *statements: str) -> bool:
        try:
            for statement in statements:
                connection.execute(statement).close()
        except BaseException:  # what stands in the transaction is not known any more: nobody's work is kept
            if connection.in_transaction:
                connection.execute("ROLLBACK").close()
            raise
        return True

    def _insist(self, connection: sqlite3.Connection) -> None:
        if not (self._made and connection.in_transaction):
            raise sqlite3.OperationalError("The database undid this transaction; begin it again.")


class Member:
    """One session's connection, behind SQLAlchemy's adapter of aiosqlite."""

    _connection = True  # the adapter looks whether it is open

    def __init__(self, group: GroupCommit) -> None:
        self._group = group
        self._in_turn = False
        self._savepoint: Savepoint | None = None

    async def begin(self) -> None:
        """Wait for the turn; the savepoint is made together with the first statement."""
        await self._group.enter()
        self._in_turn = True

    def cursor(self) -> Cursor:
        """Return a cursor."""
        return Cursor(self._run)

    async def commit(self) -> None:
        """Keep the work, pass the turn on, and wait for the COMMIT.

        A cancellation meanwhile changes nothing any more: the work is committed with the group's.
        """
        await self._leave(keep=True)

    async def rollback(self) -> None:
        """Undo the work, pass the turn on, and wait for the COMMIT of who went before."""
        await self._leave(keep=False)

    async def create_function(self, *args: Any, **options: Any) -> None:
        """Add a function, as the dialect does on a new connection."""
        await self._group.submit(lambda connection: connection.create_function(*args, **options))

    async def close(self) -> None:
        """Undo what is not committed; the connection beneath stays open for the others."""
        await self._leave(keep=False)

    def stop(self) -> None:
        """Undo what is not committed where nothing can be awaited."""
        self._end(keep=False)

    def _run(self, call: Call) -> asyncio.Future[Any]:
        if not self._in_turn:  # the dialect asks some things about a new connection outside a transaction
            return asyncio.ensure_future(self._run_alone(call))
        if self._savepoint is None:
            self._savepoint = Savepoint()
            return self._group.submit(partial(self._savepoint.begin, call=call))
        return self._group.submit(partial(self._savepoint.go_on, call=call))

    async def _run_alone(self, call: Call) -> Any:  # what the call returns
        await self.begin()
        try:
            found = await self._run(call)
        except BaseException:
            await self.rollback()
            raise
        await self.commit()
        return found

    async def _leave(self, *, keep: bool) -> None:
        answer = self._end(keep=keep)
        if answer is not None:
            await answer

    def _end(self, *, keep: bool) -> asyncio.Future[None] | None:
        if not self._in_turn:
            return None
        savepoint, self._savepoint, self._in_turn = self._savepoint, None, False
        if savepoint is None:
            self._group.pass_on()
            return None
        return self._group.leave(keep=keep, savepoint=savepoint)
