"""What follows on the death of a volunteer."""

from uuid import UUID

from sqlalchemy import select

from wangge import RequestContext
from wangge_volunteer_points.models import ActivityShift, Redemption, ShiftSignup, Volunteer
from wangge_volunteer_points.rules.activities import SignupState
from wangge_volunteer_points.rules.rewards import RedemptionState
from wangge_volunteer_points.rules.volunteers import VolunteerState
from wangge_volunteer_points.services.redemptions import release_redemption

REASON = "志愿者已故"


async def settle_death(ctx: RequestContext, *, person_id: UUID) -> Volunteer | None:
    """End what a volunteer who died had still to come; hours and points stay on record.

    The places they held in shifts are free for others, and rewards set aside for them go back on the shelf.
    Harmless when repeated.

    Returns:
        The volunteer, withdrawn, or None where the person was none.
    """
    found: UUID | None = await ctx.db.scalar(select(Volunteer.id).where(Volunteer.person_id == person_id))
    if found is None:
        return None
    volunteer = await ctx.db.lock(Volunteer, found)
    await _free_places(ctx, volunteer)
    await _release_rewards(ctx, volunteer)
    if volunteer.state is VolunteerState.ACTIVE:
        volunteer.state, volunteer.withdrawn_on = VolunteerState.WITHDRAWN, ctx.today
        ctx.audit("volunteer_points.volunteer.withdrawn", subject=volunteer, purpose="death")
    return volunteer


async def _free_places(ctx: RequestContext, volunteer: Volunteer) -> None:
    open_ones = select(ShiftSignup).where(
        ShiftSignup.volunteer_id == volunteer.id, ShiftSignup.state == SignupState.SIGNED_UP
    )
    signups: list[ShiftSignup] = await ctx.db.scalars(open_ones.order_by(ShiftSignup.shift_id))
    for signup in signups:
        shift = await ctx.db.lock(ActivityShift, signup.shift_id)
        signup.state, shift.taken = SignupState.CANCELLED, shift.taken - 1


async def _release_rewards(ctx: RequestContext, volunteer: Volunteer) -> None:
    reserved = select(Redemption.id).where(
        Redemption.volunteer_id == volunteer.id, Redemption.state == RedemptionState.RESERVED
    )
    for id in await ctx.db.scalars(reserved.order_by(Redemption.reward_id, Redemption.id)):
        await release_redemption(ctx, redemption_id=id, reason=REASON)
