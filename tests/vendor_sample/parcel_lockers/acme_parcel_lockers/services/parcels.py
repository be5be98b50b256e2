"""Parcels: deposited, collected with a code, returned, written off."""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from acme_parcel_lockers import permissions
from acme_parcel_lockers.errors import CodeNotYours, CodeWrong, RecipientDead
from acme_parcel_lockers.models import Locker, Parcel
from acme_parcel_lockers.rules import (
    AcmeParcelState,
    checked_text,
    ensure_takes_parcels,
    ensure_waiting,
    first_free_cell,
    free_until,
    masked_code,
    storage_fee,
)
from acme_parcel_lockers.settings import ParcelLockersSettings
from wangge import RequestContext
from wangge_schema import models as base

CODE = "pick_up_code"
"""The name under which codes are sealed: the column's, without `_cipher`."""

_SHARED = "A locker's cells are shared by recipients of all grids."


async def deposit_parcel(
    ctx: RequestContext, *, locker_id: UUID, person_id: UUID, carrier: str, recipient_agreed: bool
) -> Parcel:
    """Put a parcel into the lowest free cell and make its code, which the recipient alone may read.

    Raises:
        Forbidden: the caller may not deposit parcels.
        NotFound, OutOfScope: locker or person are not there, or not of the caller's grids.
        RecipientNotAsked, RecipientDead, LockerClosed, LockerFull: it cannot go in.
    """
    ctx.require(permissions.DEPOSIT)
    locker = await ctx.db.lock(Locker, locker_id, path=("locker",))
    settings = await ctx.settings_at(ParcelLockersSettings, locker.grid_id)
    ensure_takes_parcels(locker.state, agreed=recipient_agreed)
    person = await ctx.db.must_get(base.Person, person_id, path=("person",))
    if person.died_on is not None:
        raise RecipientDead(path=("person",))
    taken = await _taken_cells(ctx, locker)
    cell = first_free_cell(locker.cells, taken)
    code = await _fresh_code(ctx, locker)
    sealed = ctx.keys.seal(CODE, code, masked=masked_code(code))
    parcel = Parcel(
        locker_id=locker.id,
        person_id=person.id,
        grid_id=locker.grid_id,
        cell=cell,
        carrier=checked_text(carrier, most=64, field="carrier"),
        deposited_at=ctx.now,
        free_until=free_until(ctx.now, hours=settings.free_hours),
        fee_per_day_fen=settings.fee_per_day_fen,
        fee_cap_fen=settings.fee_cap_fen,
        pick_up_code_cipher=sealed.cipher,
        pick_up_code_digest=sealed.digest,
        pick_up_code_masked=sealed.masked,
    )
    locker.free_cells = locker.cells - len(taken) - 1
    ctx.db.add(parcel)
    await ctx.db.flush()
    ctx.audit("parcel_lockers.parcel.deposited", subject=parcel)
    ctx.emit(
        "parcel_lockers.parcel.deposited",
        subject=parcel,
        grid_id=parcel.grid_id,
        data={"locker": locker.id.hex},
    )
    return parcel


async def show_pick_up_code(ctx: RequestContext, *, parcel_id: UUID) -> str:
    """Return the code of one's own parcel; the audit keeps who read it.

    Raises:
        NotFound: the parcel is not within the scope.
        CodeNotYours: the caller is staff.
        ParcelGone: it left the locker.
    """
    ctx.require(permissions.COLLECT)
    parcel = await ctx.db.must_get(Parcel, parcel_id, path=("parcel",))
    if ctx.principal.person_id is None:
        raise CodeNotYours(path=("parcel",))
    ensure_waiting(parcel.state)
    assert parcel.pick_up_code_cipher is not None  # a waiting parcel has its code
    ctx.audit("parcel_lockers.parcel.code_shown", subject=parcel, fields=("pickUpCode",))
    return ctx.keys.open(CODE, parcel.pick_up_code_cipher)


async def collect_parcel(ctx: RequestContext, *, locker_id: UUID, code: str) -> Parcel:
    """Open the cell that a code stands for and note what the stay cost.

    Raises:
        Forbidden: the caller may not collect parcels.
        NotFound: there is no such locker.
        CodeWrong: no parcel of the caller's own, or of their grids, waits there under this code.
    """
    ctx.require(permissions.COLLECT)
    waiting = select(Parcel.id).where(
        Parcel.locker_id == locker_id,
        Parcel.pick_up_code_digest == ctx.keys.digest(CODE, code.strip()),
        Parcel.state == AcmeParcelState.WAITING,
    )
    await ctx.db.must_get(Locker, locker_id, path=("locker",))
    found = await ctx.db.scalar(waiting)
    if found is None:
        raise CodeWrong(path=("code",))
    parcel = await end_stay(ctx, parcel_id=found, state=AcmeParcelState.COLLECTED)
    parcel.fee_fen = fee_now(ctx, parcel)
    await ctx.db.flush()
    ctx.audit("parcel_lockers.parcel.collected", subject=parcel)
    ctx.emit(
        "parcel_lockers.parcel.collected",
        subject=parcel,
        grid_id=parcel.grid_id,
        data={"fee_fen": parcel.fee_fen},
    )
    return parcel


async def write_off_parcel(ctx: RequestContext, *, parcel_id: UUID, reason: str) -> Parcel:
    """Write off a parcel that is not in its cell any more, such as one that was lost.

    Raises:
        Forbidden: the caller may not write parcels off.
        NotFound: it is not of the caller's grids.
        ParcelGone: it left the locker before.
        TextUnfit: no reason is given.
    """
    ctx.require(permissions.WRITE_OFF)
    why = checked_text(reason, most=200, field="reason")
    parcel = await end_stay(ctx, parcel_id=parcel_id, state=AcmeParcelState.WRITTEN_OFF)
    parcel.note = why
    await ctx.db.flush()
    ctx.audit("parcel_lockers.parcel.written_off", subject=parcel)
    ctx.emit("parcel_lockers.parcel.written_off", subject=parcel, grid_id=parcel.grid_id)
    return parcel


async def return_parcels_of(ctx: RequestContext, *, person_id: UUID, because: str) -> int:
    """Send what waits for a person back to its carriers; return how many. The programme's own call."""
    waiting = select(Parcel.id).where(Parcel.person_id == person_id, Parcel.state == AcmeParcelState.WAITING)
    return await _return(ctx, list(await ctx.db.scalars(waiting.order_by(Parcel.id))), because)


async def return_overdue_parcels(ctx: RequestContext) -> int:
    """Send back what waits longer than the district allows; return how many. The programme's own call."""
    latest = ctx.now - timedelta(days=ctx.settings(ParcelLockersSettings).longest_days)
    waiting = select(Parcel.id).where(Parcel.state == AcmeParcelState.WAITING, Parcel.deposited_at < latest)
    return await _return(ctx, list(await ctx.db.scalars(waiting.order_by(Parcel.id))), "overdue")


def fee_now(ctx: RequestContext, parcel: Parcel) -> int:
    """Return what a parcel's stay costs if it ends now, in fen."""
    return storage_fee(
        ctx.now, parcel.free_until, fen_per_day=parcel.fee_per_day_fen, most_fen=parcel.fee_cap_fen
    )


async def end_stay(ctx: RequestContext, *, parcel_id: UUID, state: AcmeParcelState) -> Parcel:
    """Take a parcel out of its cell, under the locks of locker and parcel, and forget its code.

    Raises:
        NotFound: it is not within the scope.
        ParcelGone: it left the locker before.
    """
    known = await ctx.db.must_get(Parcel, parcel_id, path=("parcel",))
    async with ctx.beyond_scope(_SHARED):
        locker = await ctx.db.lock(Locker, known.locker_id)
        parcel = await ctx.db.lock(Parcel, parcel_id, path=("parcel",))
        ensure_waiting(parcel.state)
        parcel.state, parcel.ended_at = state, ctx.now
        parcel.pick_up_code_cipher = parcel.pick_up_code_digest = None
        await ctx.db.flush()
        locker.free_cells = locker.cells - len(await _taken_cells(ctx, locker))
    return parcel


async def _return(ctx: RequestContext, parcel_ids: list[UUID], because: str) -> int:
    for parcel_id in parcel_ids:
        parcel = await end_stay(ctx, parcel_id=parcel_id, state=AcmeParcelState.RETURNED)
        parcel.note = because
        ctx.emit(
            "parcel_lockers.parcel.returned",
            subject=parcel,
            grid_id=parcel.grid_id,
            data={"because": because},
        )
    await ctx.db.flush()
    return len(parcel_ids)


async def _taken_cells(ctx: RequestContext, locker: Locker) -> set[int]:
    statement = select(Parcel.cell).where(
        Parcel.locker_id == locker.id, Parcel.state == AcmeParcelState.WAITING
    )
    return set(await ctx.db.including_restricted().scalars(statement))


async def _fresh_code(ctx: RequestContext, locker: Locker) -> str:
    """Return a code that opens no other cell of the locker."""
    taken = select(Parcel.pick_up_code_digest).where(
        Parcel.locker_id == locker.id, Parcel.state == AcmeParcelState.WAITING
    )
    digests = set(await ctx.db.including_restricted().scalars(taken))
    while True:
        code = f"{secrets.randbelow(10**6):06}"
        if ctx.keys.digest(CODE, code) not in digests:
            return code
