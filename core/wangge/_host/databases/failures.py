"""What drivers raise when a database is away, busy or full, turned into coded errors where it is raised."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import structlog
from sqlalchemy.exc import TimeoutError as WaitedTooLong

from wangge._host.databases.fences import is_fence
from wangge.errors import (
    DatabaseBusy,
    DatabaseNotWritable,
    DatabaseUnavailable,
    DistrictMoving,
    DistrictUnavailable,
)

log = structlog.get_logger("wangge.database")

_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,  # shutting down, starting up, ended by an administrator
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientResourcesError,  # too many connections, out of memory
    asyncpg.PostgresIOError,
    asyncpg.InternalClientError,  # the server's last words have come, the end of the connection not yet
    OSError,  # TimeoutError and ConnectionError are among them
)
_BUSY = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    WaitedTooLong,
)
_NOT_WRITABLE = (asyncpg.DiskFullError, asyncpg.ReadOnlySQLTransactionError)
_OURS = (asyncpg.QueryCanceledError,)
"""Of these classes, but broken off by whoever asked."""

_OF_SQLITE: dict[int, type[DistrictUnavailable]] = {
    sqlite3.SQLITE_BUSY: DatabaseBusy,
    sqlite3.SQLITE_LOCKED: DatabaseBusy,
    sqlite3.SQLITE_PROTOCOL: DatabaseBusy,
    sqlite3.SQLITE_FULL: DatabaseNotWritable,
    sqlite3.SQLITE_READONLY: DatabaseNotWritable,
    sqlite3.SQLITE_PERM: DatabaseNotWritable,
    sqlite3.SQLITE_IOERR: DatabaseUnavailable,
    sqlite3.SQLITE_CANTOPEN: DatabaseUnavailable,
    sqlite3.SQLITE_CORRUPT: DatabaseUnavailable,
    sqlite3.SQLITE_NOTADB: DatabaseUnavailable,
}
_WRITING = {
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_DIR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
}
"""Kinds of SQLITE_IOERR that a file system raises which takes no more."""


def refusal_of(error: BaseException) -> DistrictUnavailable | None:
    """Return the coded error for what a driver raised because of the database's state, or None.

    The log is told the reason: an operator must see what the caller is spared.
    """
    for one in _behind(error):
        if is_fence(one):
            return DistrictMoving()
        kind = _kind_of(one)
        if kind is not None:
            log.warning("the database refuses", code=kind.code, reason=type(one).__name__, text=_line(one))
            return kind()
    return None


@contextmanager
def coded() -> Iterator[None]:
    """Run a block that asks a database; what its state makes the driver raise comes as a coded error.

    Raises:
        DatabaseUnavailable, DatabaseBusy, DatabaseNotWritable: as the database's state is.
    """
    try:
        yield
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error


def translate(context: Any) -> None:  # an ExceptionContext of SQLAlchemy
    """Raise the coded error for what a statement, a commit or a ping met; listens to `handle_error`."""
    error = context.original_exception
    if not isinstance(error, Exception):
        return
    refusal = refusal_of(error)
    if refusal is None and context.is_disconnect:
        refusal = DatabaseUnavailable()
    if refusal is None:
        return
    if isinstance(error, OSError):  # no error of the driver's, by which SQLAlchemy would know
        context.is_disconnect = True
    raise refusal from error


def _kind_of(error: BaseException) -> type[DistrictUnavailable] | None:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0)
        return DatabaseNotWritable if code in _WRITING else _OF_SQLITE.get(code & 0xFF)
    if isinstance(error, _OURS):
        return None
    if isinstance(error, _NOT_WRITABLE):
        return DatabaseNotWritable
    if isinstance(error, _BUSY):
        return DatabaseBusy
    return DatabaseUnavailable if isinstance(error, _AWAY) else None


def _behind(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it was raised from: SQLAlchemy wraps the driver's, the queue copies it."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = getattr(found, "orig", None) or found.__cause__


def _line(error: BaseException) -> str:
    """Return the first line of an error's text: of these kinds, none quotes a value."""
    return (str(error).splitlines() or [""])[0][:200]
