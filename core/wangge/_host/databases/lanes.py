"""Connections of asyncpg's pool, kept at hand between statements: taking one costs no task and no await."""

import asyncio
from collections import deque
from typing import Any

import asyncpg

UNUSED = 60.0
"""Seconds after which connections that nobody needed go back to the pool, which closes them in turn."""

GIVING_UP = 2.0
"""Seconds within which a server must say that it has broken a statement off; then the connection is cut."""


class Lane:
    """Connections taken from a pool; whoever is done hands over to whoever waits."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", size: int) -> None:
        self.pool = pool
        self._size = size
        self._taken = 0
        self._free: list[Any] = []  # the pool's proxies of connections
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._idle = 0
        """How many have lain free since the last look."""
        self._sweeper: asyncio.TimerHandle | None = None
        self._returning: set[asyncio.Task[None]] = set()

    async def take(self) -> Any:  # a proxy of a connection
        """Return a connection; give it to `give` or `drop` afterwards."""
        if self._free:
            found = self._free.pop()
            self._idle = min(self._idle, len(self._free))
            return found
        if self._taken < self._size:
            self._taken += 1
            try:
                return await self.pool.acquire()
            except BaseException:
                self._left()
                raise
        turn: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            found = await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.result() is not None:
                self.give(turn.result())  # handed over at the moment in which nobody waited any more
            raise
        return found if found is not None else await self.take()

    def give(self, connection: Any) -> None:  # as above
        """Take back a connection that works."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        self._free.append(connection)
        if self._sweeper is None:
            self._sweeper = asyncio.get_running_loop().call_later(UNUSED, self._sweep)

    async def drop(self, connection: Any) -> None:  # as above
        """Return a connection to the pool, which looks after what was broken off."""
        try:
            await self.pool.release(connection, timeout=GIVING_UP)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            pass  # it did not answer: the pool has cut it
        finally:
            self._left()

    async def close(self) -> None:
        """Return all connections to the pool."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        while self._free:
            await self.drop(self._free.pop())
        for task in [*self._returning]:
            await task

    def _left(self) -> None:
        self._taken -= 1
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)  # there is room for another connection
                return

    def _sweep(self) -> None:
        self._sweeper = None
        unused, self._free = self._free[: self._idle], self._free[self._idle :]
        for connection in unused:
            task = asyncio.get_running_loop().create_task(self.drop(connection))
            self._returning.add(task)
            task.add_done_callback(self._returning.discard)
        self._idle = len(self._free)
        if self._free:
            self._sweeper = asyncio.get_running_loop().call_later(UNUSED, self._sweep)
