"""Runs event handlers: from their place in the order of events on, each event in one transaction."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, delete, select, update

from wangge._host.background.failures import Failure, delay_after, new_reference
from wangge._host.background.guard import Withheld, run_guarded
from wangge._host.background.leases import Lease, LeaseLost, now_in, rows_of
from wangge._host.events.reading import event_numbered, events_of, newest
from wangge._host.runtime import DistrictRuntime
from wangge.auth.principal import SYSTEM
from wangge.background.declarations import EventHandler
from wangge.background.models import Delivery, HandlerCursor
from wangge.events.outbox import Event

RETRIES: Final = 10
"""Failed events that are tried again before the handler turns to new ones."""

MOST_LOST: Final = 3
"""Processes that may die in a row on an event, before it counts as one that failed."""

DIED: Final = "ProcessDied"
GONE: Final = "EventGone"


@dataclass(frozen=True)
class KnownHandler:
    """A handler of a programme that is on in a district."""

    plugin: str
    handler: EventHandler

    @property
    def name(self) -> str:
        """Its full name."""
        return f"{self.plugin}.{self.handler.key}"

    @property
    def own_cursor(self) -> ColumnElement[bool]:
        """The condition that chooses its row among the places."""
        return and_(HandlerCursor.plugin == self.plugin, HandlerCursor.handler == self.handler.key)

    @property
    def own_deliveries(self) -> ColumnElement[bool]:
        """The condition that chooses its rows among the failed events."""
        return and_(Delivery.plugin == self.plugin, Delivery.handler == self.handler.key)

    def due(self, now: datetime) -> ColumnElement[bool]:
        """Return the condition that chooses its failed events that are to be tried again."""
        return and_(self.own_deliveries, Delivery.dead.is_(False), Delivery.due_at <= now)


def handlers_of(district: DistrictRuntime) -> list[KnownHandler]:
    """Return the handlers of the programmes that are on in a district."""
    return [KnownHandler(plugin.slug, one) for plugin in district.plugins for one in plugin.event_handlers]


class HandlerRun:
    """One run of a handler, which nobody else runs meanwhile: until there is nothing more to do."""

    def __init__(self, district: DistrictRuntime, known: KnownHandler, stopping: asyncio.Event) -> None:
        self.handled = 0
        self._district = district
        self._known = known
        self._stopping = stopping
        self._lease = Lease(district, HandlerCursor, known.own_cursor)
        self._number = 0

    async def run(self) -> bool:
        """Handle what there is, and say whether it was this process that got to do it.

        Raises:
            Withheld: when the plugin's work is not to be run now.
        """
        lost = case((HandlerCursor.lease.is_(None), 0), else_=HandlerCursor.lost + 1)
        if not await self._lease.take(lost=lost):
            return False
        try:
            async with self._lease.kept():
                await self._work()
        except LeaseLost:
            return False
        finally:
            await asyncio.shield(self._lease.give_back())
        return True

    async def _work(self) -> None:
        died = await self._read_place() >= MOST_LOST
        while not self._stopping.is_set():
            end = await newest(self._district)
            retried = await self._retry()
            events = await events_of(self._district, self._known.handler.types, self._number, end)
            for event in events:
                if self._stopping.is_set():
                    return
                await self._take(event, died=died)
                died = False
            if not events:
                await self._skip_to(end)
            if not events and not retried:
                return

    async def _read_place(self) -> int:
        place = select(HandlerCursor.number, HandlerCursor.lost).where(self._known.own_cursor)
        async with self._district.engines.open(write=False) as db:
            self._number, lost = (await db.execute(place)).one()
        return int(lost)

    async def _skip_to(self, number: int) -> None:
        """Move on past events that are of no concern."""
        if number > self._number:
            async with self._district.engines.open(write=True) as db:
                await self._lease.hold(db, number=number)
                await db.session.commit()
            self._number = number

    async def _take(self, event: Event, *, died: bool) -> None:
        """Handle the next event, or set it aside where that fails, and move on."""
        reference = new_reference()
        if died:
            await self._set_aside(event, Failure(DIED, reference))
            return
        try:
            await self._handle(event, reference)
        except (LeaseLost, Withheld):
            raise
        except Exception as error:  # noqa: BLE001  # whatever a plugin raises: the event is tried again later
            await self._set_aside(event, self._noted(error, reference, event.number))

    async def _handle(self, event: Event, reference: str) -> None:
        known, before = self._known, HandlerCursor.number == self._number
        async with self._district.work(SYSTEM, reference) as ctx:
            await run_guarded(
                self._district,
                known.plugin,
                lambda: known.handler.handle(ctx, event),
                known.handler.timeout,
            )
            await ctx.db.flush()
            await self._lease.hold(ctx.db, before, number=event.number, lost=0)
        self._number = event.number
        self.handled += 1

    async def _set_aside(self, event: Event, failure: Failure) -> None:
        now, settings = now_in(self._district), self._district.server.settings
        row = Delivery(
            plugin=self._known.plugin,
            handler=self._known.handler.key,
            event_number=event.number,
            event_type=event.type,
            attempts=1,
            due_at=now + delay_after(1, settings),
            dead=settings.retry_attempts == 1,
            error=failure.error,
            reference=failure.reference,
            set_aside_at=now,
            failed_at=now,
        )
        async with self._district.engines.open(write=True) as db:
            await self._lease.hold(db, HandlerCursor.number == self._number, number=event.number, lost=0)
            same = and_(self._known.own_deliveries, Delivery.event_number == event.number)
            await db.execute(delete(Delivery).where(same))  # of a place that was put back
            db.add(row)
            await db.flush()
            await db.session.commit()
        self._number = event.number

    async def _retry(self) -> int:
        """Try failed events again that are due; return how many there were."""
        due = select(Delivery.id).where(self._known.due(now_in(self._district)))
        async with self._district.engines.open(write=False) as db:
            ids: list[UUID] = await db.scalars(due.order_by(Delivery.event_number).limit(RETRIES))
        for id in ids:
            if self._stopping.is_set():
                break
            await self._try_again(id)
        return len(ids)

    async def _try_again(self, id: UUID) -> None:
        row = await self._still_due(id)
        if row is None:
            return
        event = await event_numbered(self._district, row.event_number)
        reference = new_reference()
        if event is None:
            await self._change(row, row.attempts, dead=True, error=GONE)
            return
        if row.attempts >= self._district.server.settings.retry_attempts:  # the last one was not survived
            await self._change(row, row.attempts, dead=True, error=DIED)
            return
        attempts = row.attempts + 1
        if not await self._change(row, row.attempts, attempts=attempts, due_at=self._after(attempts)):
            return
        try:
            await self._handle_again(row, event, reference)
        except LeaseLost:
            raise
        except Withheld:
            await self._change(row, attempts, attempts=row.attempts, due_at=row.due_at)
            raise
        except Exception as error:  # noqa: BLE001  # as above
            failure = self._noted(error, reference, event.number)
            await self._change(
                row,
                attempts,
                dead=attempts >= self._district.server.settings.retry_attempts,
                due_at=self._after(attempts),
                failed_at=now_in(self._district),
                error=failure.error,
                reference=failure.reference,
            )

    async def _still_due(self, id: UUID) -> Delivery | None:
        """Return a failed event as it is now: meanwhile it may have been dropped or replayed."""
        mine = select(Delivery).where(Delivery.id == id, self._known.due(now_in(self._district)))
        async with self._district.engines.open(write=False) as db:
            found: list[Delivery] = await db.scalars(mine)
        return next(iter(found), None)

    async def _handle_again(self, row: Delivery, event: Event, reference: str) -> None:
        known = self._known
        async with self._district.work(SYSTEM, reference) as ctx:
            await run_guarded(
                self._district,
                known.plugin,
                lambda: known.handler.handle(ctx, event),
                known.handler.timeout,
            )
            await ctx.db.flush()
            await self._lease.hold(ctx.db)
            await ctx.db.execute(delete(Delivery).where(Delivery.id == row.id))
        self.handled += 1

    async def _change(self, row: Delivery, had: int, /, **values: object) -> bool:
        """Change a failed event, with the lease, unless it was dropped or replayed since.

        Args:
            row: the event as it was read.
            had: attempts that it had then.
            values: columns and what they are set to.

        Returns:
            Whether it was changed.
        """
        same = and_(Delivery.id == row.id, Delivery.attempts == had)
        async with self._district.engines.open(write=True) as db:
            await self._lease.hold(db, lost=0)
            changed = await rows_of(db, update(Delivery).where(same).values(values))
            await db.session.commit()
        return changed == 1

    def _after(self, attempts: int) -> datetime:
        return now_in(self._district) + delay_after(attempts, self._district.server.settings)

    def _noted(self, error: Exception, reference: str, number: int) -> Failure:
        return Failure.noted(
            "an event handler failed",
            error,
            reference,
            district=self._district.record.code,
            handler=self._known.name,
            number=number,
        )
