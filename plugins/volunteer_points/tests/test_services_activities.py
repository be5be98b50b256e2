"""Activities and shifts: publishing, places, overlaps, full days, check-in and check-out."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from wangge import Forbidden, OutOfScope
from wangge_volunteer_points.errors import (
    ActivityNotReady,
    AdultsOnly,
    AlreadySignedUp,
    CheckInClosed,
    CheckInCodeWrong,
    DailyCapReached,
    NotVolunteer,
    PeriodInvalid,
    ShiftFull,
    ShiftOverlaps,
    SignupNotReady,
)
from wangge_volunteer_points.models import ActivityShift, ServiceRecord, ShiftSignup, VolunteerActivity
from wangge_volunteer_points.rules.activities import ActivityState, SignupState
from wangge_volunteer_points.rules.records import RecordState
from wangge_volunteer_points.services import activities, attendance
from wangge_volunteer_points.services.plans import ServicePlan


async def sign_up(town: Any, who: str, shift: ActivityShift) -> UUID:
    async with town.acting(who) as ctx:
        return (await attendance.sign_up(ctx, shift_id=shift.id)).id


async def check_in(town: Any, who: str, shift: ActivityShift, code: str | None = None) -> None:
    async with town.acting(who) as ctx:
        await attendance.check_in(ctx, shift_id=shift.id, code=code or shift.check_in_code)


async def check_out(town: Any, who: str, shift: ActivityShift) -> ServiceRecord:
    async with town.acting(who) as ctx:
        return await attendance.check_out(ctx, shift_id=shift.id)


async def test_staff_run_activities_in_their_own_grids_alone(town: Any) -> None:
    about = ServicePlan("义诊", "量血压", "广场")
    plan = [activities.ShiftPlan(town.period(1, 2), 3)]
    elsewhere, grid_id = await town.grid_id("370703002200"), await town.grid_id()

    for who, at, shifts, refusal in (
        ("community_secretary", elsewhere, plan, OutOfScope),
        ("resident", grid_id, plan, Forbidden),
        ("community_secretary", grid_id, [], ActivityNotReady),
        ("community_secretary", grid_id, [activities.ShiftPlan(town.period(0, 9), 3)], PeriodInvalid),
    ):
        with pytest.raises(refusal):
            async with town.acting(who) as ctx:
                await activities.create_activity(ctx, grid_id=at, shifts=shifts, plan=about)

    assert await town.count(VolunteerActivity) == 0
    assert await town.count(ActivityShift) == 0


async def test_a_volunteer_takes_a_place_once_and_may_give_it_back(town: Any) -> None:
    await town.settle("zhang")
    shift = await town.shift(capacity=2)

    signup_id = await sign_up(town, "zhang", shift)
    with pytest.raises(AlreadySignedUp):
        await sign_up(town, "zhang", shift)
    assert (await town.row(ActivityShift, shift.id)).taken == 1

    async with town.acting("zhang") as ctx:
        await attendance.cancel_signup(ctx, shift_id=shift.id)
    assert (await town.row(ActivityShift, shift.id)).taken == 0
    assert await sign_up(town, "zhang", shift) == signup_id
    assert (await town.row(ActivityShift, shift.id)).taken == 1


async def test_a_full_shift_takes_nobody(town: Any) -> None:
    for name in ("zhang", "wang"):
        await town.settle(name)
    shift = await town.shift(capacity=1)
    await sign_up(town, "zhang", shift)

    with pytest.raises(ShiftFull):
        await sign_up(town, "wang", shift)

    assert (await town.row(ActivityShift, shift.id)).taken == 1
    assert await town.count(ShiftSignup) == 1


async def test_who_is_no_volunteer_signs_up_for_nothing(town: Any) -> None:
    await town.settle("zhang", volunteer=False)
    shift = await town.shift()

    with pytest.raises(NotVolunteer):
        await sign_up(town, "zhang", shift)

    assert (await town.row(ActivityShift, shift.id)).taken == 0


async def test_overlapping_shifts_of_one_volunteer_are_refused(town: Any) -> None:
    await town.settle("zhang")
    first, overlapping, following = await town.shifts((1, 3), (2, 4), (3, 4))
    await sign_up(town, "zhang", first)

    with pytest.raises(ShiftOverlaps):
        await sign_up(town, "zhang", overlapping)
    await sign_up(town, "zhang", following)

    assert await town.count(ShiftSignup) == 2


async def test_a_day_is_not_overfilled_but_the_next_one_is_another(town: Any) -> None:
    await town.settle("zhang")
    morning, evening, tomorrow = await town.shifts((0, 6), (6, 9), (24, 30))
    await sign_up(town, "zhang", morning)

    with pytest.raises(DailyCapReached):
        await sign_up(town, "zhang", evening)
    await sign_up(town, "zhang", tomorrow)

    assert (await town.row(ActivityShift, evening.id)).taken == 0


async def test_minors_take_no_dangerous_shift(town: Any) -> None:
    await town.settle("xiao", born=date(2012, 1, 1), volunteer=False)
    await town.admit("xiao")
    dangerous = await town.shift(dangerous=True)
    harmless = await town.shift(4, 5)

    with pytest.raises(AdultsOnly):
        await sign_up(town, "xiao", dangerous)
    await sign_up(town, "xiao", harmless)

    assert (await town.row(ActivityShift, dangerous.id)).taken == 0


async def test_nobody_signs_up_before_publication_or_after_the_end(town: Any) -> None:
    await town.settle("zhang")
    shift = await town.shift()
    async with town.acting("community_secretary") as ctx:
        await activities.cancel_activity(ctx, activity_id=shift.activity_id)

    with pytest.raises(ActivityNotReady):
        await sign_up(town, "zhang", shift)
    with pytest.raises(ActivityNotReady):
        async with town.acting("community_secretary") as ctx:
            await activities.publish_activity(ctx, activity_id=shift.activity_id)

    assert (await town.row(VolunteerActivity, shift.activity_id)).state is ActivityState.CANCELLED
    assert await town.count(ShiftSignup) == 0


async def test_a_cancelled_activity_no_longer_stands_in_the_way(town: Any) -> None:
    await town.settle("zhang")
    called_off, instead = await town.shift(1, 3), await town.shift(1, 3)
    await sign_up(town, "zhang", called_off)
    async with town.acting("community_secretary") as ctx:
        await activities.cancel_activity(ctx, activity_id=called_off.activity_id)

    await sign_up(town, "zhang", instead)

    assert (await town.row(ActivityShift, instead.id)).taken == 1


async def test_check_in_needs_a_place_the_time_and_the_code(town: Any) -> None:
    await town.settle("zhang")
    await town.settle("wang")
    shift = await town.shift(1, 3)
    signup_id = await sign_up(town, "zhang", shift)

    with pytest.raises(CheckInClosed):
        await check_in(town, "zhang", shift)
    town.clock.forward(hours=1)
    with pytest.raises(CheckInCodeWrong):
        await check_in(town, "zhang", shift, code="not-it")
    with pytest.raises(SignupNotReady):
        await check_in(town, "wang", shift)
    assert (await town.row(ShiftSignup, signup_id)).state is SignupState.SIGNED_UP

    await check_in(town, "zhang", shift)
    signup = await town.row(ShiftSignup, signup_id)
    assert (signup.state, signup.checked_in_at) == (SignupState.CHECKED_IN, town.clock.now)


async def test_checking_out_records_the_time_within_the_shift(town: Any) -> None:
    await town.settle("zhang")
    shift = await town.shift(0.5, 2.5)
    await sign_up(town, "zhang", shift)
    await check_in(town, "zhang", shift)
    town.clock.forward(hours=4)

    record = await check_out(town, "zhang", shift)

    assert (record.minutes_served, record.minutes_counted, record.points) == (120, 0, 0)
    assert (record.started_at, record.ended_at) == (shift.starts_at, shift.ends_at)
    assert (record.state, record.served_on, record.title) == (
        RecordState.PENDING,
        date(2026, 11, 23),
        "义诊",
    )
    with pytest.raises(SignupNotReady):
        await check_out(town, "zhang", shift)
    assert await town.count(ServiceRecord) == 1


async def test_who_has_checked_in_cannot_cancel(town: Any) -> None:
    await town.settle("zhang")
    shift = await town.shift(0, 2)
    await sign_up(town, "zhang", shift)
    await check_in(town, "zhang", shift)

    with pytest.raises(SignupNotReady):
        async with town.acting("zhang") as ctx:
            await attendance.cancel_signup(ctx, shift_id=shift.id)

    assert (await town.row(ActivityShift, shift.id)).taken == 1
