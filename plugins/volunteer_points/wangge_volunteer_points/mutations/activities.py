"""Root mutation fields of activities and attendance."""

from typing import cast

from wangge import Info, Mutation, decode_id, extends, mutation, optional_id, requires
from wangge_schema import Grid, Organization
from wangge_volunteer_points import permissions
from wangge_volunteer_points.rules.activities import Period
from wangge_volunteer_points.services import activities, attendance
from wangge_volunteer_points.services.plans import ServicePlan
from wangge_volunteer_points.types.activities import ActivityShift, ShiftSignup, VolunteerActivity
from wangge_volunteer_points.types.activity_changes import (
    CancelShiftSignupInput,
    CancelShiftSignupPayload,
    CancelVolunteerActivityInput,
    CancelVolunteerActivityPayload,
    CheckInToShiftInput,
    CheckInToShiftPayload,
    CheckOutOfShiftInput,
    CheckOutOfShiftPayload,
    CloseVolunteerActivityInput,
    CloseVolunteerActivityPayload,
    CreateVolunteerActivityInput,
    CreateVolunteerActivityPayload,
    PublishVolunteerActivityInput,
    PublishVolunteerActivityPayload,
    SignUpForShiftInput,
    SignUpForShiftPayload,
)
from wangge_volunteer_points.types.records import ServiceRecord
from wangge_volunteer_points.types.volunteers import VolunteerTeam

_join = requires(permissions.JOIN)
_write = requires(permissions.WRITE_ACTIVITIES)


@extends(Mutation)
class ActivityMutations:
    """Running activities, and being there."""

    @mutation(access=_write, description="Draft an activity with its shifts (创建活动).")
    async def create_volunteer_activity(
        self, info: Info, input: CreateVolunteerActivityInput
    ) -> CreateVolunteerActivityPayload:
        """Translate for `activities.create_activity`."""
        activity = await activities.create_activity(
            info.context,
            grid_id=decode_id(Grid, input.grid, ("grid",)),
            plan=ServicePlan(
                title=input.title,
                content=input.content,
                place=input.place,
                service_class=input.service_class,
                circumstance=input.circumstance,
                dangerous=input.dangerous,
            ),
            shifts=[
                activities.ShiftPlan(Period(shift.starts_at, shift.ends_at), shift.capacity)
                for shift in input.shifts
            ],
            team_id=optional_id(VolunteerTeam, input.team, ("team",)),
            organization_id=optional_id(Organization, input.organization, ("organization",)),
        )
        return CreateVolunteerActivityPayload(activity=cast(VolunteerActivity, activity))

    @mutation(access=_write, description="Open an activity for sign-up (发布活动).")
    async def publish_volunteer_activity(
        self, info: Info, input: PublishVolunteerActivityInput
    ) -> PublishVolunteerActivityPayload:
        """Translate for `activities.publish_activity`."""
        activity_id = decode_id(VolunteerActivity, input.activity, ("activity",))
        activity = await activities.publish_activity(info.context, activity_id=activity_id)
        return PublishVolunteerActivityPayload(activity=cast(VolunteerActivity, activity))

    @mutation(access=_write, description="Say that an activity is over (结束活动).")
    async def close_volunteer_activity(
        self, info: Info, input: CloseVolunteerActivityInput
    ) -> CloseVolunteerActivityPayload:
        """Translate for `activities.close_activity`."""
        activity_id = decode_id(VolunteerActivity, input.activity, ("activity",))
        activity = await activities.close_activity(info.context, activity_id=activity_id)
        return CloseVolunteerActivityPayload(activity=cast(VolunteerActivity, activity))

    @mutation(access=_write, description="Call an activity off (取消活动).")
    async def cancel_volunteer_activity(
        self, info: Info, input: CancelVolunteerActivityInput
    ) -> CancelVolunteerActivityPayload:
        """Translate for `activities.cancel_activity`."""
        activity_id = decode_id(VolunteerActivity, input.activity, ("activity",))
        activity = await activities.cancel_activity(info.context, activity_id=activity_id)
        return CancelVolunteerActivityPayload(activity=cast(VolunteerActivity, activity))

    @mutation(access=_join, description="Sign up for a shift (报名).")
    async def sign_up_for_shift(self, info: Info, input: SignUpForShiftInput) -> SignUpForShiftPayload:
        """Translate for `attendance.sign_up`."""
        shift_id = decode_id(ActivityShift, input.shift, ("shift",))
        return SignUpForShiftPayload(
            signup=cast(ShiftSignup, await attendance.sign_up(info.context, shift_id=shift_id))
        )

    @mutation(access=_join, description="Give one's place of a shift back (取消报名).")
    async def cancel_shift_signup(
        self, info: Info, input: CancelShiftSignupInput
    ) -> CancelShiftSignupPayload:
        """Translate for `attendance.cancel_signup`."""
        shift_id = decode_id(ActivityShift, input.shift, ("shift",))
        signup = await attendance.cancel_signup(info.context, shift_id=shift_id)
        return CancelShiftSignupPayload(signup=cast(ShiftSignup, signup))

    @mutation(access=_join, description="Check in to a shift with the code shown at the place (签到).")
    async def check_in_to_shift(self, info: Info, input: CheckInToShiftInput) -> CheckInToShiftPayload:
        """Translate for `attendance.check_in`."""
        shift_id = decode_id(ActivityShift, input.shift, ("shift",))
        signup = await attendance.check_in(info.context, shift_id=shift_id, code=input.code)
        return CheckInToShiftPayload(signup=cast(ShiftSignup, signup))

    @mutation(access=_join, description="Check out of a shift (签退); opens the record of one's hours.")
    async def check_out_of_shift(self, info: Info, input: CheckOutOfShiftInput) -> CheckOutOfShiftPayload:
        """Translate for `attendance.check_out`."""
        shift_id = decode_id(ActivityShift, input.shift, ("shift",))
        return CheckOutOfShiftPayload(
            record=cast(ServiceRecord, await attendance.check_out(info.context, shift_id=shift_id))
        )
