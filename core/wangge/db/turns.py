"""Whose turn it is on a session: one statement at a time, and none once the session is over."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy.exc import PendingRollbackError
from sqlalchemy.ext.asyncio import AsyncSession

from wangge.errors import DatabaseUnavailable

T = TypeVar("T")

_CONNECTION_LOST = "8s2b"
"""SQLAlchemy's code for a session that has lost its connection, and its transaction with it."""


@contextmanager
def connected() -> Iterator[None]:
    """Run a statement; the session's connection may be lost though another's statement noticed it.

    Raises:
        DatabaseUnavailable: in that case.
    """
    try:
        yield
    except PendingRollbackError as lost:
        if lost.code == _CONNECTION_LOST:
            raise DatabaseUnavailable() from lost
        raise


BROKEN_OFF = "broken off"
"""Message with which a task is cancelled whose programme took too long: what it reads is not left to end."""


class Turn(asyncio.Lock):
    """Whose turn it is on a session; nobody's any more once the session is over."""

    def __init__(self, session: Callable[[], AsyncSession]) -> None:
        super().__init__()
        self._session = session
        self.over = False
        self._under_way: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> None:
        """Wait for the turn.

        Raises:
            CancelledError: when the session is over. Loaders of a field whose neighbour failed run on after
                the answer; on a closed session they would take a connection that nobody gives back.
        """
        await super().__aenter__()
        if self.over:
            self.release()
            raise asyncio.CancelledError

    async def take(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do something when the turn comes, to its end even where whoever asked is cancelled meanwhile."""
        task = asyncio.ensure_future(self._do(work))
        self._under_way.add(task)
        task.add_done_callback(self._settle)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError as end:
            if end.args == (BROKEN_OFF,) and not task.cancelling():
                task.cancel()  # others of the same request wait for the session
            raise

    def break_off(self) -> None:
        """Cancel what is being done, and what waits for its turn."""
        for task in self._under_way:
            if not task.cancelling():  # once: a second time would cut short what ends the statement
                task.cancel()

    async def _do(self, work: Callable[[], Awaitable[T]]) -> T:
        async with self:
            try:
                return await work()
            except asyncio.CancelledError:
                session = self._session()
                session.expunge_all()  # rows that were read stay as they are
                await session.rollback()  # else it could not be used any more
                raise

    def _settle(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waits gets it; perhaps nobody does any more
