"""Leases: of all processes one works on a row, and says so in the transaction that commits the work."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import structlog
from sqlalchemy import ColumnElement, CursorResult, or_, update

from wangge._host.runtime import DistrictRuntime
from wangge.background.models import HandlerCursor, Job
from wangge.db.session import Database

LEASE: Final = timedelta(seconds=60)
"""For how long a row stays with a process that died. Clocks of servers may differ by half of it."""

log = structlog.get_logger("wangge.background")


class LeaseLost(Exception):
    """Raise when another process has taken over: what was done here must not be committed."""


def now_in(district: DistrictRuntime) -> datetime:
    """Return the present time by the server's clock."""
    clock = district.server.clock
    return clock() if clock is not None else datetime.now(UTC)


def is_free(row: type[HandlerCursor] | type[Job], now: datetime) -> ColumnElement[bool]:
    """Return the condition that nobody holds a row."""
    return or_(row.lease.is_(None), row.leased_until <= now)


class Lease:
    """The lease of one row, for as long as this process works on it."""

    def __init__(
        self, district: DistrictRuntime, row: type[HandlerCursor] | type[Job], which: ColumnElement[bool]
    ) -> None:
        self._district = district
        self._row = row
        self._which = which
        self._token = secrets.token_hex(12)

    async def take(self, *also: ColumnElement[bool], **values: Any) -> bool:  # of the row's columns
        """Take the row if nobody holds it, and say whether it is held now.

        Args:
            also: what must hold of the row, besides.
            values: what it is set to.
        """
        now = now_in(self._district)
        free = is_free(self._row, now)
        claim = update(self._row).where(self._which, free, *also)
        given = {"lease": self._token, "leased_until": now + LEASE, **values}
        async with self._district.engines.open(write=True) as db:
            taken = await rows_of(db, claim.values(given))
            await db.session.commit()
        return taken == 1

    async def hold(
        self, db: Database, *also: ColumnElement[bool], **values: Any
    ) -> None:  # of the row's columns
        """Renew the lease and set values of the row, in the transaction that is about to be committed.

        Raises:
            LeaseLost: when another process holds it, or what `also` says does not hold.
        """
        held = update(self._row).where(self._which, self._row.lease == self._token, *also)
        given = {"leased_until": now_in(self._district) + LEASE, **values}
        if await rows_of(db, held.values(given)) != 1:
            raise LeaseLost

    async def give_back(self) -> None:
        """Let the next one have it."""
        held = update(self._row).where(self._which, self._row.lease == self._token)
        async with self._district.engines.open(write=True) as db:
            await db.execute(held.values(lease=None, leased_until=None))
            await db.session.commit()

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Renew the lease for as long as the block runs."""
        renewing = asyncio.create_task(self._renew())
        try:
            yield
        finally:
            renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await renewing

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            try:
                async with self._district.engines.open(write=True) as db:
                    await self.hold(db)
                    await db.session.commit()
            except LeaseLost:
                return  # what works will find out when it commits
            except Exception as error:  # noqa: BLE001  # the database is away or busy; the next time comes
                log.warning(
                    "a lease was not renewed",
                    district=self._district.record.code,
                    reason=type(error).__name__,
                )


async def rows_of(db: Database, statement: Any) -> int:  # an UPDATE
    """Run an update and return how many rows it has changed."""
    return cast("CursorResult[Any]", await db.execute(statement)).rowcount
