"""SQLite connections for SQLAlchemy, each statement one hop to a thread instead of aiosqlite's four."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any

PRAGMAS = ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "busy_timeout=15000")
"""Of every connection: FULL, so that what was answered is on the disk; 15 s for other processes to finish."""

STEPS = 200_000
"""Steps of SQLite's machine, some milliseconds, between looks at whether anyone still waits for a read."""

Call = Callable[[sqlite3.Connection], Any]
"""Work on the connection, in its thread; what it returns is for who asked alone."""


class _Connection(sqlite3.Connection):
    """A connection that knows what it is at."""

    reads = False
    """Whether the statement under way only reads."""


class DriverThread:
    """A connection of the driver and the thread that alone touches it, in the order of the asking."""

    def __init__(self, path: str, *, writing: bool) -> None:
        self._path = path
        self._writing = writing
        self._queue: SimpleQueue[tuple[asyncio.Future[Any], Call] | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._closed = False
        self._asked: asyncio.Future[Any] | None = None

    def submit(self, call: Call) -> asyncio.Future[Any]:  # of whatever the call returns
        """Have something done; it is done even when nobody waits for it any more.

        Raises:
            sqlite3.ProgrammingError: when the connection is closed.
        """
        if self._closed:
            raise sqlite3.ProgrammingError("The database was closed.")
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self._thread is None:
            self._thread = Thread(target=self._run, name="wangge-sqlite", daemon=True)
            self._thread.start()
        self._queue.put((future, call))
        return future

    async def close(self) -> None:
        """Close the connection after what was asked before, and end the thread; a long read is broken off."""
        if not self._closed and self._thread is not None:
            closing = self.submit(sqlite3.Connection.close)
            self.stop()
            await closing
            self._thread.join()  # it has nothing left to do
        self._closed = True

    def stop(self) -> None:
        """End the thread after what was asked before; no loop need be running."""
        self._closed = True
        self._queue.put(None)

    def _run(self) -> None:
        connection: sqlite3.Connection | None = None
        try:
            while (asked := self._queue.get()) is not None:
                future, call = asked
                self._asked = future
                try:
                    connection = connection or self._connect()
                    _settle(future, call(connection), None)
                except BaseException as error:  # noqa: BLE001  # raised again where the call is awaited
                    _settle(future, None, error)
                self._asked = None
                del asked, future, call
        finally:
            if connection is not None:
                connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, isolation_level=None, cached_statements=512, factory=_Connection
        )
        try:
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}").close()
            if not self._writing:
                connection.execute("PRAGMA query_only=ON").close()
            connection.set_progress_handler(lambda: self._is_given_up(connection), STEPS)
        except BaseException:
            connection.close()
            raise
        return connection

    def _is_given_up(self, connection: _Connection) -> bool:
        """Say whether the statement under way shall be broken off.

        A write never is: the database would undo the whole group's transaction with it.
        """
        if self._writing and not connection.reads:
            return False
        return (self._closed and not self._writing) or (self._asked is not None and self._asked.cancelled())


def _settle(future: asyncio.Future[Any], value: Any, error: BaseException | None) -> None:
    """Hand over an outcome from the thread."""

    def settle() -> None:
        if future.done():  # whoever waited was cancelled
            return
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)

    loop = future.get_loop()
    if not loop.is_closed():  # else it is gone, with whoever waited
        loop.call_soon_threadsafe(settle)


class Cursor:
    """What SQLAlchemy's adapter of aiosqlite asks of a cursor; a statement brings all its rows at once."""

    def __init__(self, run: Callable[[Call], asyncio.Future[Any]]) -> None:
        self._run = run
        self._rows: list[Any] = []  # tuples of columns
        self.description: Any = None  # as the driver gives it
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> "Cursor":
        """Return itself: nothing is opened before the statement."""
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Run a statement and keep its rows."""
        self._keep(await self._run(partial(_execute, statement=statement, parameters=parameters)))

    async def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each row of parameters."""
        self._keep(await self._run(partial(_execute_many, statement=statement, rows=rows)))

    async def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Forget the rows; the driver's cursor is closed already."""
        self._rows = []

    def _keep(self, outcome: tuple[Any, int, int | None, list[Any]]) -> None:
        self.description, self.rowcount, self.lastrowid, self._rows = outcome


def _execute(connection: sqlite3.Connection, *, statement: str, parameters: Sequence[Any]) -> Any:
    assert isinstance(connection, _Connection)  # the thread opens no others
    connection.reads = statement.startswith("SELECT")
    try:
        cursor = connection.execute(statement, parameters)
        try:
            rows = cursor.fetchall() if cursor.description else []
            return cursor.description, cursor.rowcount, cursor.lastrowid, rows
        finally:
            cursor.close()
    finally:
        connection.reads = False


def _execute_many(connection: sqlite3.Connection, *, statement: str, rows: Sequence[Sequence[Any]]) -> Any:
    cursor = connection.executemany(statement, rows)
    try:
        return cursor.description, cursor.rowcount, cursor.lastrowid, []
    finally:
        cursor.close()


class ReadingConnection:
    """A connection of its own for a session that reads, behind SQLAlchemy's adapter of aiosqlite."""

    _connection = True  # the adapter looks whether it is open

    def __init__(self, path: str) -> None:
        self._thread = DriverThread(path, writing=False)
        self._to_begin = False

    async def begin(self) -> None:
        """Begin a transaction together with the next statement."""
        self._to_begin = True

    def cursor(self) -> Cursor:
        """Return a cursor."""
        return Cursor(self._run)

    def _run(self, call: Call) -> asyncio.Future[Any]:
        begin, self._to_begin = self._to_begin, False
        return self._thread.submit(partial(_begin_and, call=call) if begin else call)

    async def commit(self) -> None:
        """End the transaction, as there is nothing to write."""
        await self.rollback()

    async def rollback(self) -> None:
        """End the transaction before the next statement; nothing depends on when."""
        if self._to_begin:
            self._to_begin = False
        else:
            self._thread.submit(sqlite3.Connection.rollback)

    async def create_function(self, *args: Any, **options: Any) -> None:
        """Add a function, as the dialect does on a new connection."""
        await self._thread.submit(lambda connection: connection.create_function(*args, **options))

    async def close(self) -> None:
        """Close it and end its thread."""
        await self._thread.close()

    def stop(self) -> None:
        """Close it where nothing can be awaited."""
        self._thread.stop()


def _begin_and(connection: sqlite3.Connection, *, call: Call) -> Any:  # what the call returns
    connection.execute("BEGIN").close()
    return call(connection)
