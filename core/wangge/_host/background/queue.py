"""The queue as operators see it: what handlers have still to do, what failed, and what to do about it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, true, update

from wangge._host.background.cursors import read_cursors
from wangge._host.background.handlers import KnownHandler, handlers_of
from wangge._host.background.leases import now_in
from wangge._host.runtime import DistrictRuntime
from wangge.background.models import Delivery, HandlerCursor
from wangge.context import RequestContext
from wangge.db.session import Database
from wangge.events.outbox import OutboxEvent

MOST_NAMED: Final = 100
"""Events that an entry of the audit trail names; there are as many as its counts say."""


@dataclass(frozen=True)
class HandlerState:
    """Where a handler stands.

    Attributes:
        known: which.
        behind: events that it has still to be told of.
        oldest: when the first of them, or of those that wait for another attempt, happened or failed.
        waiting: events that failed and are tried again.
        dead: events that failed for good.
        held_until: until when a process holds it, if one does.
    """

    known: KnownHandler
    behind: int
    oldest: datetime | None
    waiting: int
    dead: int
    held_until: datetime | None


async def handler_states(district: DistrictRuntime) -> list[HandlerState]:
    """Return where the handlers of a district stand: of enabled programmes, and begun."""
    known = handlers_of(district)
    if not known:
        return []
    places = {(row.plugin, row.handler): row for row in await read_cursors(district)}
    begun = [(one, places.get((one.plugin, one.handler.key))) for one in known]
    async with district.engines.open(write=False) as db:
        return [await _state(db, one, place) for one, place in begun if place is not None]


async def _state(db: Database, known: KnownHandler, place: HandlerCursor) -> HandlerState:
    unseen = select(func.count(), func.min(OutboxEvent.at)).where(
        OutboxEvent.number > place.number, OutboxEvent.type.in_(known.handler.types)
    )
    behind, at = (await db.execute(unseen)).one()
    failed = select(Delivery.dead, func.count(), func.min(Delivery.set_aside_at)).where(known.own_deliveries)
    counts = {dead: (count, since) for dead, count, since in await db.execute(failed.group_by(Delivery.dead))}
    waiting, since = counts.get(False, (0, None))
    dead, _ = counts.get(True, (0, None))
    oldest = min((one for one in (at, since) if one is not None), default=None)
    return HandlerState(known, behind, oldest, waiting, dead, place.leased_until)


@dataclass(frozen=True)
class Figures:
    """A district's queue in figures: events to be handled, those that are dead, seconds of the oldest."""

    waiting: int
    dead: int
    seconds: float


async def figures(district: DistrictRuntime) -> Figures | None:
    """Return a district's queue in figures, or None where no programme has a handler."""
    states = await handler_states(district)
    if not states:
        return None
    now = now_in(district)
    return Figures(
        waiting=sum(state.behind + state.waiting for state in states),
        dead=sum(state.dead for state in states),
        seconds=max(((now - state.oldest).total_seconds() for state in states if state.oldest), default=0.0),
    )


async def failed_events(district: DistrictRuntime, *, dead: bool = False) -> list[Delivery]:
    """Return the events that failed, in order; of suspended programmes and of packages that are gone, too.

    Args:
        district: where.
        dead: only those that are not tried again by themselves.
    """
    chosen = select(Delivery).order_by(Delivery.event_number, Delivery.plugin, Delivery.handler)
    if dead:
        chosen = chosen.where(Delivery.dead.is_(True))
    async with district.engines.open(write=False) as db:
        found: list[Delivery] = await db.scalars(chosen)
    return found


async def replay(district: DistrictRuntime, ids: Collection[UUID] | None) -> int:
    """Have failed events tried again now, with as many attempts as at first; audited.

    Args:
        district: where.
        ids: which; None for all.

    Returns:
        How many there were.
    """
    async with district.work() as ctx:
        found = await _chosen(ctx, ids)
        if found:
            again = {"dead": False, "attempts": 0, "due_at": ctx.now}
            await ctx.db.execute(update(Delivery).where(_one_of(ids)).values(again))
            _audit(ctx, "platform.queue.replayed", found)
    district.server.notices.told(district)
    return len(found)


async def drop(district: DistrictRuntime, ids: Collection[UUID]) -> int:
    """Give failed events up; audited. Return how many there were."""
    async with district.work() as ctx:
        found = await _chosen(ctx, ids)
        if found:
            await ctx.db.execute(delete(Delivery).where(_one_of(ids)))
            _audit(ctx, "platform.queue.dropped", found)
    return len(found)


async def _chosen(ctx: RequestContext, ids: Collection[UUID] | None) -> Sequence[Delivery]:
    found: list[Delivery] = await ctx.db.scalars(
        select(Delivery).where(_one_of(ids)).order_by(Delivery.event_number)
    )
    return found


def _one_of(ids: Collection[UUID] | None) -> ColumnElement[bool]:
    return true() if ids is None else Delivery.id.in_(ids)


def _audit(ctx: RequestContext, action: str, rows: Sequence[Delivery]) -> None:
    handlers = sorted({f"{row.plugin}.{row.handler}" for row in rows})
    events = sorted({row.event_number for row in rows})[:MOST_NAMED]
    ctx.audit(action, detail={"rows": len(rows), "handlers": handlers, "events": events})
