"""Shifts as volunteers meet them: sign up, cancel, check in at the place with its code, check out."""

import secrets
from uuid import UUID

from sqlalchemy import select

from wangge import RequestContext
from wangge_volunteer_points.errors import (
    ActivityNotReady,
    AlreadySignedUp,
    CheckInCodeWrong,
    SignupNotReady,
)
from wangge_volunteer_points.models import (
    ActivityShift,
    ServiceRecord,
    ShiftSignup,
    Volunteer,
    VolunteerActivity,
)
from wangge_volunteer_points.rules.activities import (
    ActivityState,
    SignupState,
    attended,
    ensure_check_in_open,
    ensure_not_over,
    ensure_place_left,
)
from wangge_volunteer_points.services.commitments import ensure_can_commit, local_day
from wangge_volunteer_points.services.volunteers import acting_volunteer
from wangge_volunteer_points.settings import VolunteerPointsSettings


async def sign_up(ctx: RequestContext, *, shift_id: UUID) -> ShiftSignup:
    """Let the calling volunteer take a place of a shift.

    Raises:
        NotVolunteer: the caller is no volunteer.
        ActivityNotReady: the activity is not published.
        AlreadySignedUp: the caller has a place.
        ShiftOver: it has ended.
        ShiftFull: no place is left.
        AdultsOnly, ShiftOverlaps, DailyCapReached: see `ensure_can_commit`.
    """
    volunteer = await acting_volunteer(ctx, lock=True)
    shift = await ctx.db.lock(ActivityShift, shift_id, path=("shift",))
    activity = await _published_activity(ctx, shift, lock=True)
    signup = await _signup(ctx, shift, volunteer)
    if signup is not None and signup.state is not SignupState.CANCELLED:
        raise AlreadySignedUp(path=("shift",))
    ensure_not_over(ctx.now, shift.period)
    ensure_place_left(shift.taken, shift.capacity)
    await ensure_can_commit(ctx, volunteer, shift.period, dangerous=activity.dangerous)
    async with ctx.beyond_scope("A sign-up takes a place of the shift."):
        shift.taken += 1
        signup = _place(ctx, signup, shift, volunteer)
    return signup


async def cancel_signup(ctx: RequestContext, *, shift_id: UUID) -> ShiftSignup:
    """Give the caller's place of a shift back before checking in.

    Raises:
        NotVolunteer: the caller is no volunteer.
        SignupNotReady: the caller has no place, or was there already.
    """
    volunteer = await acting_volunteer(ctx, lock=True)
    shift = await ctx.db.lock(ActivityShift, shift_id, path=("shift",))
    signup = await _signup_in(ctx, shift, volunteer, SignupState.SIGNED_UP)
    async with ctx.beyond_scope("A cancelled sign-up frees a place of the shift."):
        signup.state, shift.taken = SignupState.CANCELLED, shift.taken - 1
    return signup


async def check_in(ctx: RequestContext, *, shift_id: UUID, code: str) -> ShiftSignup:
    """Note that the calling volunteer has arrived; the code is shown at the place.

    Raises:
        NotVolunteer: the caller is no volunteer.
        ActivityNotReady: the activity is not published.
        SignupNotReady: the caller has no place, or checked in before.
        CheckInClosed: too early, or after the shift.
        CheckInCodeWrong: not the shift's code.
    """
    volunteer = await acting_volunteer(ctx, lock=True)
    shift = await ctx.db.must_get(ActivityShift, shift_id, path=("shift",))
    await _published_activity(ctx, shift)
    signup = await _signup_in(ctx, shift, volunteer, SignupState.SIGNED_UP)
    settings = await ctx.settings_at(VolunteerPointsSettings, shift.grid_id)
    ensure_check_in_open(ctx.now, shift.period, early_minutes=settings.check_in_early_minutes)
    if not secrets.compare_digest(code.encode(), shift.check_in_code.encode()):
        raise CheckInCodeWrong(path=("code",))
    signup.state, signup.checked_in_at = SignupState.CHECKED_IN, ctx.now
    await ctx.db.flush()
    return signup


async def check_out(ctx: RequestContext, *, shift_id: UUID) -> ServiceRecord:
    """Note that the calling volunteer has left, and open the record of their hours for confirmation.

    Raises:
        NotVolunteer: the caller is no volunteer.
        SignupNotReady: the caller has not checked in, or has checked out.
    """
    volunteer = await acting_volunteer(ctx, lock=True)
    shift = await ctx.db.must_get(ActivityShift, shift_id, path=("shift",))
    signup = await _signup_in(ctx, shift, volunteer, SignupState.CHECKED_IN)
    activity = await ctx.db.must_get(VolunteerActivity, shift.activity_id)
    signup.state, signup.checked_out_at = SignupState.CHECKED_OUT, ctx.now
    assert signup.checked_in_at is not None  # every sign-up that is CHECKED_IN has the time
    served = attended(signup.checked_in_at, ctx.now, shift.period)
    record = ServiceRecord(
        volunteer_id=volunteer.id,
        person_id=volunteer.person_id,
        grid_id=activity.grid_id,
        signup_id=signup.id,
        title=activity.title,
        place=activity.place,
        service_class=activity.service_class,
        circumstance=activity.circumstance,
        served_on=local_day(served.starts_at),
        started_at=served.starts_at,
        ended_at=served.ends_at,
        minutes_served=served.minutes,
    )
    ctx.db.add(record)
    await ctx.db.flush()
    return record


async def _published_activity(
    ctx: RequestContext, shift: ActivityShift, *, lock: bool = False
) -> VolunteerActivity:
    """Return the activity of a shift; locked, it cannot be cancelled while a place is being taken."""
    find = ctx.db.lock if lock else ctx.db.must_get
    activity = await find(VolunteerActivity, shift.activity_id, path=("shift",))
    if activity.state is not ActivityState.PUBLISHED:
        raise ActivityNotReady(path=("shift",), state=activity.state.name)
    return activity


async def _signup(ctx: RequestContext, shift: ActivityShift, volunteer: Volunteer) -> ShiftSignup | None:
    found: ShiftSignup | None = await ctx.db.scalar(
        select(ShiftSignup).where(ShiftSignup.shift_id == shift.id, ShiftSignup.volunteer_id == volunteer.id)
    )
    return found


async def _signup_in(
    ctx: RequestContext, shift: ActivityShift, volunteer: Volunteer, state: SignupState
) -> ShiftSignup:
    signup = await _signup(ctx, shift, volunteer)
    if signup is None or signup.state is not state:
        raise SignupNotReady(path=("shift",), state=signup.state.name if signup else "MISSING")
    return signup


def _place(
    ctx: RequestContext, cancelled: ShiftSignup | None, shift: ActivityShift, volunteer: Volunteer
) -> ShiftSignup:
    """Return the sign-up that now holds a place: the cancelled one again, or a new one."""
    if cancelled is not None:
        cancelled.state = SignupState.SIGNED_UP
        return cancelled
    signup = ShiftSignup(
        shift_id=shift.id,
        volunteer_id=volunteer.id,
        person_id=volunteer.person_id,
        grid_id=shift.grid_id,
    )
    ctx.db.add(signup)
    return signup
