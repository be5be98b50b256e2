"""Hours and points: both sides confirm, the day's cap holds, voided records are reversed, points expire."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from wangge import Forbidden, NotFound
from wangge_volunteer_points.errors import (
    AlreadyConfirmed,
    AlreadyRecorded,
    ClaimMissing,
    NotEnoughPoints,
    NothingToConfirm,
    OwnRecord,
    PeriodInvalid,
    RecordNotReady,
    ShiftOverlaps,
)
from wangge_volunteer_points.models import (
    PointsLot,
    PointsTransfer,
    ServiceRecord,
    VolunteerOrder,
)
from wangge_volunteer_points.rules.ledger import TransferKind
from wangge_volunteer_points.rules.records import RecordState
from wangge_volunteer_points.services import answers, attendance, ledger, orders, records, redemptions
from wangge_volunteer_points.services.plans import ServicePlan


async def served(town: Any, who: str = "zhang", *, hours: float = 2) -> UUID:
    """Let a volunteer serve a shift from now on; return the record."""
    shift = await town.shift(0, hours)
    async with town.acting(who) as ctx:
        await attendance.sign_up(ctx, shift_id=shift.id)
    async with town.acting(who) as ctx:
        await attendance.check_in(ctx, shift_id=shift.id, code=shift.check_in_code)
    town.clock.forward(hours=hours)
    async with town.acting(who) as ctx:
        return (await attendance.check_out(ctx, shift_id=shift.id)).id


async def confirm(town: Any, who: str, record_id: UUID) -> list[str]:
    """Confirm a record as someone; return the codes of the warnings."""
    async with town.acting(who) as ctx:
        await records.confirm_record(ctx, record_id=record_id)
        return [warning.code for warning in ctx.take_warnings()]


async def void(town: Any, record_id: UUID, who: str = "community_secretary") -> None:
    async with town.acting(who) as ctx:
        await records.void_record(ctx, record_id=record_id, reason="登记有误")


async def claimed_order(town: Any, *, placed_by: str | None = None) -> UUID:
    """Let zhang claim an order, placed by a resident or by the community."""
    team_id = await town.team("zhang", leader="zhang")
    async with town.acting(placed_by or "community_secretary") as ctx:
        order = await orders.place_order(
            ctx,
            grid_id=None if placed_by else await town.grid_id(),
            plan=ServicePlan("陪诊", "陪老人看病", "区医院", service_class="care", circumstance="holiday"),
            period=town.period(1, 3),
        )
    async with town.acting("zhang") as ctx:
        await answers.accept_order(ctx, order_id=order.id, team_id=team_id)
    async with town.acting("zhang") as ctx:
        await answers.claim_order(ctx, order_id=order.id)
    return order.id


async def test_points_are_earned_once_both_sides_have_confirmed(town: Any) -> None:
    await town.settle("zhang")
    record_id = await served(town)

    await confirm(town, "zhang", record_id)
    assert (await town.row(ServiceRecord, record_id)).state is RecordState.PENDING
    assert await town.holding("zhang") == (0, 0, 0)
    await confirm(town, "community_secretary", record_id)

    record = await town.row(ServiceRecord, record_id)
    assert (record.state, record.minutes_counted, record.points) == (RecordState.CONFIRMED, 120, 4)
    assert await town.holding("zhang") == (4, 0, 0)


async def test_a_side_confirms_once_and_a_settled_record_is_closed(town: Any) -> None:
    await town.settle("zhang")
    record_id = await served(town)
    await confirm(town, "zhang", record_id)

    with pytest.raises(AlreadyConfirmed):
        await confirm(town, "zhang", record_id)
    await confirm(town, "community_secretary", record_id)
    for who in ("zhang", "community_secretary"):
        with pytest.raises(RecordNotReady):
            await confirm(town, who, record_id)

    assert await town.holding("zhang") == (4, 0, 0)
    assert await town.count(PointsTransfer) == 1


async def test_nobody_confirms_records_of_other_people_or_grids(town: Any) -> None:
    await town.settle("zhang")
    await town.settle("wang")
    record_id = await served(town)

    for who in ("wang", "grid_worker_elsewhere"):
        with pytest.raises(NotFound):
            await confirm(town, who, record_id)

    record = await town.row(ServiceRecord, record_id)
    assert (record.volunteer_confirmed_at, record.organiser_confirmed_at) == (None, None)


async def test_only_the_days_cap_counts_though_the_true_time_is_kept(town: Any) -> None:
    await town.settle("zhang")
    first = await town.endow("zhang", 14, minutes=420)
    async with town.acting(None) as ctx:
        early = await ctx.db.must_get(ServiceRecord, first)
        early.served_on = ctx.today
    record_id = await served(town)

    await confirm(town, "zhang", record_id)
    assert await confirm(town, "community_secretary", record_id) == ["VOLUNTEER_POINTS_DAILY_CAP_REACHED"]

    record = await town.row(ServiceRecord, record_id)
    assert (record.minutes_served, record.minutes_counted, record.points) == (120, 60, 2)
    assert await town.holding("zhang") == (16, 0, 0)


async def test_the_recipient_confirms_the_service_on_their_order(town: Any) -> None:
    await town.settle("zhang")
    await town.settle("wang", volunteer=False)
    order_id = await claimed_order(town, placed_by="wang")
    with pytest.raises(NothingToConfirm):
        async with town.acting("wang") as ctx:
            await records.confirm_received_service(ctx, order_id=order_id)
    town.clock.forward(hours=3)
    async with town.acting("zhang") as ctx:
        record = await records.report_order_service(ctx, order_id=order_id, period=town.period(-2, -0.5))
    assert (await town.row(VolunteerOrder, order_id)).minutes_reported == 90

    with pytest.raises(NothingToConfirm):
        async with town.acting("zhang") as ctx:
            await records.confirm_received_service(ctx, order_id=order_id)
    async with town.acting("wang") as ctx:
        await records.confirm_received_service(ctx, order_id=order_id)

    found = await town.row(ServiceRecord, record.id)
    assert (found.state, found.minutes_counted, found.points) == (RecordState.CONFIRMED, 90, 9)
    assert await town.holding("zhang") == (9, 0, 0)


async def test_who_serves_their_own_order_cannot_confirm_it_as_its_recipient(town: Any) -> None:
    await town.settle("zhang")
    order_id = await claimed_order(town, placed_by="zhang")
    town.clock.forward(hours=3)
    async with town.acting("zhang") as ctx:
        await records.report_order_service(ctx, order_id=order_id, period=town.period(-2, -1))

    with pytest.raises(OwnRecord):
        async with town.acting("zhang") as ctx:
            await records.confirm_received_service(ctx, order_id=order_id)

    assert await town.holding("zhang") == (0, 0, 0)


async def test_time_is_reported_once_for_a_claim_when_it_is_over(town: Any) -> None:
    await town.settle("zhang")
    await town.settle("wang")
    order_id = await claimed_order(town)

    for who, span, refusal in (("zhang", (0, 1), PeriodInvalid), ("wang", (-2, -1), ClaimMissing)):
        with pytest.raises(refusal):
            async with town.acting(who) as ctx:
                await records.report_order_service(ctx, order_id=order_id, period=town.period(*span))
    assert await town.count(ServiceRecord) == 0

    async with town.acting("zhang") as ctx:
        await records.report_order_service(ctx, order_id=order_id, period=town.period(-2, -1))
    with pytest.raises(AlreadyRecorded):
        async with town.acting("zhang") as ctx:
            await records.report_order_service(ctx, order_id=order_id, period=town.period(-5, -4))
    assert await town.count(ServiceRecord) == 1
    assert (await town.row(VolunteerOrder, order_id)).minutes_reported == 60


async def test_nobody_reports_time_at_which_they_served_elsewhere(town: Any) -> None:
    await town.settle("zhang")
    order_id = await claimed_order(town)
    await town.endow("zhang", 2)

    with pytest.raises(ShiftOverlaps):
        async with town.acting("zhang") as ctx:
            await records.report_order_service(ctx, order_id=order_id, period=town.period(-24.5, -23.5))

    assert (await town.row(VolunteerOrder, order_id)).minutes_reported == 0


async def test_a_voided_record_gives_its_points_back(town: Any) -> None:
    await town.settle("zhang")
    kept, wrong = await town.endow("zhang", 7), await town.endow("zhang", 10)

    await void(town, wrong)

    assert await town.holding("zhang") == (7, 0, 0)
    record = await town.row(ServiceRecord, wrong)
    assert (record.state, record.void_reason) == (RecordState.VOIDED, "登记有误")
    with pytest.raises(RecordNotReady):
        await void(town, wrong)
    assert await town.holding("zhang") == (7, 0, 0)
    assert (await town.row(ServiceRecord, kept)).state is RecordState.CONFIRMED


async def test_points_spent_before_their_record_is_voided_are_owed_and_come_off_the_next(town: Any) -> None:
    await town.settle("zhang")
    wrong = await town.endow("zhang", 10)
    reward_id = await town.reward(cost=6)
    async with town.acting("zhang") as ctx:
        redemption = await redemptions.redeem_reward(ctx, reward_id=reward_id)
    async with town.acting("community_secretary") as ctx:
        await redemptions.confirm_redemption(ctx, redemption_id=redemption.id)
    assert await town.holding("zhang") == (4, 0, 0)

    await void(town, wrong)
    assert await town.holding("zhang") == (0, 0, 6)

    await town.endow("zhang", 5)
    assert await town.holding("zhang") == (0, 0, 1)
    await town.endow("zhang", 5)
    assert await town.holding("zhang") == (4, 0, 0)


async def test_points_reserved_when_their_record_is_voided_settle_the_debt_on_release(town: Any) -> None:
    await town.settle("zhang")
    wrong = await town.endow("zhang", 10)
    reward_id = await town.reward(cost=6)
    async with town.acting("zhang") as ctx:
        redemption = await redemptions.redeem_reward(ctx, reward_id=reward_id)

    await void(town, wrong)
    assert await town.holding("zhang") == (0, 6, 6)
    async with town.acting("zhang") as ctx:
        await redemptions.release_redemption(ctx, redemption_id=redemption.id)

    assert await town.holding("zhang") == (0, 0, 0)


async def test_a_pending_record_is_voided_without_a_movement(town: Any) -> None:
    await town.settle("zhang")
    record_id = await served(town)

    await void(town, record_id)

    assert await town.count(PointsTransfer) == 0
    with pytest.raises(RecordNotReady):
        await confirm(town, "community_secretary", record_id)


async def test_only_staff_of_its_grid_void_a_record(town: Any) -> None:
    await town.settle("zhang")
    record_id = await town.endow("zhang", 10)

    with pytest.raises(Forbidden):
        await void(town, record_id, "zhang")
    with pytest.raises(Forbidden):
        await void(town, record_id, "grid_worker")
    await town.settle("li", grid="370703002200")
    far = await town.endow("li", 10)
    with pytest.raises(NotFound):
        await void(town, far)

    assert await town.holding("zhang") == (10, 0, 0)
    assert await town.holding("li") == (10, 0, 0)


async def test_points_expire_first_in_first_out_after_the_districts_months(town: Any) -> None:
    await town.settle("zhang")
    await town.endow("zhang", 5)
    town.clock.forward(days=30)
    await town.endow("zhang", 7)
    async with town.district.context() as ctx:
        lots = await ctx.db.scalars(select(PointsLot).order_by(PointsLot.expires_on))
    assert [(lot.earned_on, lot.expires_on) for lot in lots] == [
        (date(2026, 11, 23), date(2028, 11, 23)),
        (date(2026, 12, 23), date(2028, 12, 23)),
    ]
    town.clock.now += date(2028, 11, 23) - date(2026, 12, 23)

    async with town.acting("community_secretary") as ctx:
        assert await ledger.expire_points(ctx) == (0, 0)
    town.clock.forward(days=1)
    async with town.acting("community_secretary") as ctx:
        assert await ledger.expire_points(ctx) == (1, 5)

    assert await town.holding("zhang") == (7, 0, 0)


async def test_points_past_their_day_cannot_be_spent_though_nobody_closed_the_day(town: Any) -> None:
    await town.settle("zhang", points=10)
    reward_id = await town.reward(cost=10)
    town.clock.now += timedelta(days=800)

    with pytest.raises(NotEnoughPoints):
        async with town.acting("zhang") as ctx:
            await redemptions.redeem_reward(ctx, reward_id=reward_id)

    assert await town.holding("zhang") == (10, 0, 0)


async def test_what_expired_unused_is_not_owed_when_its_record_is_voided(town: Any) -> None:
    await town.settle("zhang")
    wrong = await town.endow("zhang", 10)
    town.clock.now += timedelta(days=800)

    await void(town, wrong)

    assert await town.holding("zhang") == (0, 0, 0)
    async with town.district.context() as ctx:
        kinds = await ctx.db.scalars(
            select(PointsTransfer.kind).order_by(PointsTransfer.at, PointsTransfer.id)
        )
    assert kinds == [TransferKind.EARN, TransferKind.EXPIRE]


async def test_expiry_stays_within_the_callers_grids(town: Any) -> None:
    await town.settle("li", grid="370703002200", points=5)
    town.clock.now += timedelta(days=800)

    async with town.acting("community_secretary") as ctx:
        assert await ledger.expire_points(ctx) == (0, 0)
    async with town.acting("district_admin") as ctx:
        assert await ledger.expire_points(ctx) == (1, 5)
