"""Service records: hours reported, confirmed by both sides, turned into points, voided where wrong."""

from uuid import UUID

from sqlalchemy import Select, func, select

from wangge import RequestContext
from wangge_volunteer_points import permissions
from wangge_volunteer_points.errors import (
    AlreadyRecorded,
    ClaimMissing,
    DailyCapReached,
    NothingToConfirm,
    OrderNotReady,
    OwnRecord,
)
from wangge_volunteer_points.models import OrderClaim, ServiceRecord, VolunteerOrder
from wangge_volunteer_points.rules.activities import Period, ensure_reported
from wangge_volunteer_points.rules.inputs import REASON, checked_text
from wangge_volunteer_points.rules.orders import ClaimState, OrderState
from wangge_volunteer_points.rules.records import (
    RecordState,
    Side,
    counted_minutes,
    ensure_side_open,
    ensure_voidable,
    points_for,
)
from wangge_volunteer_points.services import ledger
from wangge_volunteer_points.services.commitments import ensure_not_elsewhere, local_day
from wangge_volunteer_points.services.orders import claim_of
from wangge_volunteer_points.services.postings import lock_account
from wangge_volunteer_points.services.volunteers import acting_volunteer
from wangge_volunteer_points.settings import VolunteerPointsSettings


async def report_order_service(ctx: RequestContext, *, order_id: UUID, period: Period) -> ServiceRecord:
    """Let a volunteer report when they served an order they claimed. Reporting confirms their side.

    Raises:
        NotVolunteer: the caller is no volunteer.
        ClaimMissing: they have not claimed the order.
        OrderNotReady: it was cancelled.
        PeriodInvalid: the period ends before it starts, lasts too long, or is not over yet.
        ShiftOverlaps: they served elsewhere at that time.
        AlreadyRecorded: reported before.
    """
    volunteer = await acting_volunteer(ctx, lock=True)
    order = await ctx.db.lock(VolunteerOrder, order_id, path=("order",))
    if order.state is OrderState.CANCELLED:
        raise OrderNotReady(path=("order",), state=order.state.name)
    claim = await claim_of(ctx, order_id=order.id, volunteer_id=volunteer.id)
    if claim is None or claim.state is not ClaimState.CLAIMED:
        raise ClaimMissing(path=("order",))
    cap_hours = ctx.settings(VolunteerPointsSettings).daily_cap_hours
    ensure_reported(period, now=ctx.now, cap_hours=cap_hours)
    await ensure_not_elsewhere(ctx, volunteer, period)
    record = _record_of(order, claim, period)
    record.volunteer_confirmed_at = ctx.now
    async with ctx.db.unique(AlreadyRecorded(path=("order",))):
        ctx.db.add(record)
    async with ctx.beyond_scope("Reported time is summed up on the order, for its recipient to see."):
        order.minutes_reported += record.minutes_served
    return record


async def confirm_record(ctx: RequestContext, *, record_id: UUID) -> ServiceRecord:
    """Confirm a record: volunteers for their own side, staff for the organiser's. Both together earn points.

    Raises:
        NotFound: the record is neither the caller's nor of their grids.
        Forbidden: it is someone else's and the caller may not confirm for the organiser.
        RecordNotReady: it is confirmed or voided.
        AlreadyConfirmed: this side has confirmed.
    """
    record = await ctx.db.lock(ServiceRecord, record_id, path=("record",))
    side = Side.VOLUNTEER if record.person_id == ctx.principal.person_id else Side.ORGANISER
    ctx.require(permissions.JOIN if side is Side.VOLUNTEER else permissions.CONFIRM_RECORDS)
    _confirm_side(ctx, record, side)
    await ctx.db.flush()
    await _settle(ctx, record)
    ctx.audit("volunteer_points.record.confirmed", subject=record, detail={"side": side.value})
    return record


async def confirm_received_service(ctx: RequestContext, *, order_id: UUID) -> VolunteerOrder:
    """Let the resident who placed an order confirm the hours that its volunteers reported.

    Raises:
        Forbidden: the caller may not place orders, and so has received nothing.
        NothingToConfirm: the order is not the caller's, or no reported hours await confirmation.
        OwnRecord: the caller has served the order as well; staff must confirm instead.
    """
    ctx.require(permissions.PLACE_ORDERS)
    order = await ctx.db.lock(VolunteerOrder, order_id, path=("order",))
    if order.placed_by_id is None or order.placed_by_id != ctx.principal.person_id:
        raise NothingToConfirm(path=("order",))
    async with ctx.beyond_scope("A recipient confirms the hours served for them."):
        records = await ctx.db.scalars(_awaiting_recipient(order))
        if not records:
            raise NothingToConfirm(path=("order",))
        if any(record.person_id == order.placed_by_id for record in records):
            raise OwnRecord(path=("order",))
        for record in sorted(records, key=lambda one: one.volunteer_id):
            _confirm_side(ctx, record, Side.ORGANISER)
            await _settle(ctx, record)
    ctx.audit("volunteer_points.order.service_confirmed", subject=order, detail={"records": len(records)})
    return order


async def void_record(ctx: RequestContext, *, record_id: UUID, reason: str) -> ServiceRecord:
    """Void a record that was wrong. Its points are taken back as far as they are there; the rest is owed.

    Raises:
        Forbidden: the caller may not void records.
        NotFound: the record is not of the caller's grids.
        OwnRecord: it is the caller's own.
        RecordNotReady: it is voided.
        TextUnfit: no reason is given, or a very long one.
    """
    ctx.require(permissions.VOID_RECORDS)
    record = await ctx.db.lock(ServiceRecord, record_id, path=("record",))
    if record.person_id == ctx.principal.person_id:
        raise OwnRecord(path=("record",))
    ensure_voidable(record.state)
    record.state, record.voided_at = RecordState.VOIDED, ctx.now
    record.void_reason = checked_text(reason, most=REASON, field="reason")
    await ctx.db.flush()
    await ledger.reverse_record(ctx, record)
    ctx.audit("volunteer_points.record.voided", subject=record, fields=("state",))
    ctx.emit("volunteer_points.record.voided", subject=record, grid_id=record.grid_id)
    return record


def _confirm_side(ctx: RequestContext, record: ServiceRecord, side: Side) -> None:
    if side is Side.VOLUNTEER:
        ensure_side_open(record.state, record.volunteer_confirmed_at)
        record.volunteer_confirmed_at = ctx.now
    else:
        ensure_side_open(record.state, record.organiser_confirmed_at)
        record.organiser_confirmed_at = ctx.now
        record.organiser_account_id = ctx.principal.account_id


async def _settle(ctx: RequestContext, record: ServiceRecord) -> None:
    """Once both sides have confirmed, count the hours under the day's cap and credit the points."""
    if record.volunteer_confirmed_at is None or record.organiser_confirmed_at is None:
        return
    settings = await ctx.settings_at(VolunteerPointsSettings, record.grid_id)
    async with ctx.beyond_scope("Confirmed hours count against the volunteer's whole day and account."):
        account = await lock_account(ctx, volunteer_id=record.volunteer_id)
        counted_before = await _counted_that_day(ctx, record)
        record.minutes_counted = counted_minutes(
            record.minutes_served,
            counted_before=counted_before,
            cap_hours=settings.daily_cap_hours,
            step_minutes=settings.record_step_minutes,
        )
        record.points = points_for(
            record.minutes_counted,
            unit_points=settings.service_class(record.service_class).unit_points,
            coefficient=settings.circumstance(record.circumstance).coefficient,
        )
        record.state = RecordState.CONFIRMED
        await ledger.credit_record(ctx, account, record)
    if counted_before + record.minutes_served > settings.daily_cap_hours * 60:
        ctx.warn(DailyCapReached(path=("record",), hours=settings.daily_cap_hours))
    ctx.emit(
        "volunteer_points.record.confirmed",
        subject=record,
        grid_id=record.grid_id,
        data={"minutes": record.minutes_counted, "points": record.points},
    )


async def _counted_that_day(ctx: RequestContext, record: ServiceRecord) -> int:
    """Sum what counts already on the record's day; with the account locked nothing is added meanwhile."""
    statement = select(func.coalesce(func.sum(ServiceRecord.minutes_counted), 0)).where(
        ServiceRecord.volunteer_id == record.volunteer_id,
        ServiceRecord.served_on == record.served_on,
        ServiceRecord.state == RecordState.CONFIRMED,
        ServiceRecord.id != record.id,
    )
    return int(await ctx.db.scalar(statement))


def _awaiting_recipient(order: VolunteerOrder) -> Select[ServiceRecord]:
    return (
        select(ServiceRecord)
        .join(OrderClaim, OrderClaim.id == ServiceRecord.claim_id)
        .where(
            OrderClaim.order_id == order.id,
            ServiceRecord.state == RecordState.PENDING,
            ServiceRecord.organiser_confirmed_at.is_(None),
        )
        .order_by(ServiceRecord.id)
        .with_for_update(of=ServiceRecord)
    )


def _record_of(order: VolunteerOrder, claim: OrderClaim, served: Period) -> ServiceRecord:
    return ServiceRecord(
        volunteer_id=claim.volunteer_id,
        person_id=claim.person_id,
        grid_id=order.grid_id,
        claim_id=claim.id,
        title=order.title,
        place=order.place,
        service_class=order.service_class,
        circumstance=order.circumstance,
        served_on=local_day(served.starts_at),
        started_at=served.starts_at,
        ended_at=served.ends_at,
        minutes_served=served.minutes,
    )
