"""Connections that stay: sockets and event streams, who is at them, and when they end."""

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from time import time
from typing import Protocol

import structlog
from sqlalchemy import select

from wangge._host.authn import LEEWAY, Identity
from wangge._host.http.operations import Caller
from wangge._host.runtime import DistrictRuntime
from wangge.auth.models import Account
from wangge.auth.principal import Principal
from wangge.errors import RequestError, SubscriberTooSlow, Unauthenticated

WATCH = 2.0
"""Seconds between looks whether the accounts at connections are still let in."""

log = structlog.get_logger("wangge.connections")


@dataclass(frozen=True)
class Ending:
    """Why the server ends a connection.

    Attributes:
        code: with which a socket is closed.
        reason: with which a socket is closed; at most 123 bytes.
        error: what an event stream says; None where it just ends.
    """

    code: int
    reason: str
    error: RequestError | None = None


EXPIRED = Ending(4403, "The token has expired: connect again with a new one.", Unauthenticated())
REVOKED = Ending(4403, "This account is not let in any more.", Unauthenticated())
TOO_SLOW = Ending(1013, "SUBSCRIBER_TOO_SLOW: subscribe again after the last cursor.", SubscriberTooSlow())
MOVED = Ending(1012, "The district is being moved: connect again.")
STOPPED = Ending(1001, "The server is stopping: connect again.")


class Connection(Protocol):
    """What the server needs of a connection that stays."""

    visitor: "Visitor | None"

    def end(self, ending: Ending) -> None:
        """End the connection soon."""
        ...


class Visitor:
    """Who is at a connection: known by a token at its beginning, looked up anew for all that they ask."""

    def __init__(self, first: Caller, identity: Identity) -> None:
        self.identity = identity
        self.district = first.district
        self._first = first

    async def principal(self) -> Principal:
        """Return who asks, as they stand now; what was revoked is gone within five seconds.

        Raises:
            Unauthenticated: when the account is not let in any more, or the token has ended.
        """
        if self.seconds_left() <= 0:
            raise Unauthenticated()
        return await self.district.follower(self.identity)

    async def caller(self) -> Caller:
        """Return who asks, for an operation."""
        await self.district.check_ready()
        return replace(self._first, principal=await self.principal())

    def seconds_left(self) -> float:
        """Return for how long the token still holds."""
        until = self.identity.until
        return float("inf") if until is None else until + LEEWAY - time()


class Connections:
    """All connections of this process that stay."""

    def __init__(self) -> None:
        self._open: set[Connection] = set()
        self._gone = asyncio.Event()
        self._closing: Ending | None = None
        self._watcher: asyncio.Task[None] | None = None

    def add(self, connection: Connection) -> None:
        """Note one that was opened."""
        self._open.add(connection)
        if self._closing is not None:
            connection.end(self._closing)
        if self._watcher is None:
            self._watcher = asyncio.create_task(self._watch())

    def discard(self, connection: Connection) -> None:
        """Forget one that has ended."""
        self._open.discard(connection)
        if not self._open:
            self._gone.set()
            if self._watcher is not None:
                self._watcher.cancel()
                self._watcher = None

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._open)

    async def close(self, ending: Ending = STOPPED, *, patience: float = 5.0) -> None:
        """End all, each with the reason, also those that are opened later; wait for them to be gone."""
        self._closing = ending
        if not self._open:
            return
        self._gone.clear()
        for connection in [*self._open]:
            connection.end(ending)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._gone.wait(), patience)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH)
            try:
                await self.end_revoked()
            except Exception:  # a district may be away for a while; each event is checked all the same
                log.exception("accounts at connections cannot be looked up")

    async def end_revoked(self) -> None:
        """End the connections of accounts that are disabled or gone: one statement for each district."""
        by_district: dict[DistrictRuntime, list[tuple[Connection, str]]] = {}
        for one in self._open:
            if one.visitor is not None:
                there = by_district.setdefault(one.visitor.district, [])
                there.append((one, one.visitor.identity.subject))
        for district, there in by_district.items():
            active = await _active(district, {subject for _, subject in there})
            for connection, subject in there:
                if subject not in active:
                    connection.end(REVOKED)


async def _active(district: DistrictRuntime, subjects: Iterable[str]) -> set[str]:
    found = select(Account.subject).where(Account.subject.in_([*subjects]), Account.disabled.is_(False))
    async with district.engines.open(write=False) as db:
        return set(await db.scalars(found))
