"""Inputs and payloads of changes to activities, shifts and sign-ups."""

from datetime import datetime

from wangge import ID, Input, Payload, argument, column, input_type, payload_type
from wangge_volunteer_points.types.activities import ShiftSignup, VolunteerActivity
from wangge_volunteer_points.types.records import ServiceRecord


@input_type("A shift of a new activity (班次).")
class ActivityShiftInput:
    """A shift to be."""

    starts_at: datetime = argument("When it starts (开始时间).")
    ends_at: datetime = argument("When it ends (结束时间), at most a day's cap later.")
    capacity: int = argument("How many volunteers it takes (人数).")


@input_type("An activity to draft (创建活动).")
class CreateVolunteerActivityInput(Input):
    """Input of createVolunteerActivity."""

    grid: ID = argument("Where it belongs (网格).")
    title: str = argument("Title (标题).")
    content: str = argument("What is done (内容).")
    place: str = argument("Where (地点).")
    shifts: list[ActivityShiftInput] = argument("Its shifts (班次), at least one.")
    service_class: str = argument(
        "Class of service (服务类别), a key of the district's settings.", default="general"
    )
    circumstance: str = argument("Circumstance (情形), a key of the district's settings.", default="ordinary")
    dangerous: bool = argument("Whether it is dangerous (危险) and so open to adults only.", default=False)
    team: ID | None = argument("Team that runs it (承办队伍).", default=None)
    organization: ID | None = argument("Organisation that runs it (承办单位).", default=None)


@payload_type("Answer of createVolunteerActivity.")
class CreateVolunteerActivityPayload(Payload):
    """Payload of createVolunteerActivity."""

    activity: VolunteerActivity | None = column("The activity.", default=None)


@input_type("Which activity opens for sign-up (发布活动).")
class PublishVolunteerActivityInput(Input):
    """Input of publishVolunteerActivity."""

    activity: ID = argument("The activity, a draft.")


@payload_type("Answer of publishVolunteerActivity.")
class PublishVolunteerActivityPayload(Payload):
    """Payload of publishVolunteerActivity."""

    activity: VolunteerActivity | None = column("The activity.", default=None)


@input_type("Which activity is over (结束活动).")
class CloseVolunteerActivityInput(Input):
    """Input of closeVolunteerActivity."""

    activity: ID = argument("The activity.")


@payload_type("Answer of closeVolunteerActivity.")
class CloseVolunteerActivityPayload(Payload):
    """Payload of closeVolunteerActivity."""

    activity: VolunteerActivity | None = column("The activity.", default=None)


@input_type("Which activity is called off (取消活动).")
class CancelVolunteerActivityInput(Input):
    """Input of cancelVolunteerActivity."""

    activity: ID = argument("The activity.")


@payload_type("Answer of cancelVolunteerActivity.")
class CancelVolunteerActivityPayload(Payload):
    """Payload of cancelVolunteerActivity."""

    activity: VolunteerActivity | None = column("The activity.", default=None)


@input_type("Which shift the caller signs up for (报名).")
class SignUpForShiftInput(Input):
    """Input of signUpForShift."""

    shift: ID = argument("The shift.")


@payload_type("Answer of signUpForShift.")
class SignUpForShiftPayload(Payload):
    """Payload of signUpForShift."""

    signup: ShiftSignup | None = column("The sign-up.", default=None)


@input_type("Which place the caller gives back (取消报名).")
class CancelShiftSignupInput(Input):
    """Input of cancelShiftSignup."""

    shift: ID = argument("The shift.")


@payload_type("Answer of cancelShiftSignup.")
class CancelShiftSignupPayload(Payload):
    """Payload of cancelShiftSignup."""

    signup: ShiftSignup | None = column("The sign-up.", default=None)


@input_type("That the caller has arrived (签到).")
class CheckInToShiftInput(Input):
    """Input of checkInToShift."""

    shift: ID = argument("The shift.")
    code: str = argument("The code shown at the place (签到码).")


@payload_type("Answer of checkInToShift.")
class CheckInToShiftPayload(Payload):
    """Payload of checkInToShift."""

    signup: ShiftSignup | None = column("The sign-up.", default=None)


@input_type("That the caller leaves (签退).")
class CheckOutOfShiftInput(Input):
    """Input of checkOutOfShift."""

    shift: ID = argument("The shift.")


@payload_type("Answer of checkOutOfShift.")
class CheckOutOfShiftPayload(Payload):
    """Payload of checkOutOfShift."""

    record: ServiceRecord | None = column(
        "The record of the hours, to be confirmed by both sides.", default=None
    )
