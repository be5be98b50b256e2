"""Activities, shifts and sign-ups, and how they are found."""

from datetime import datetime
from enum import Enum

from wangge import (
    ID,
    BooleanMatch,
    Connection,
    DateTimeMatch,
    EnumMatch,
    Filter,
    IdMatch,
    Node,
    Parent,
    column,
    connection,
    field,
    filter_type,
    match,
    match_by,
    order_type,
    related,
    related_list,
    requires,
    table_type,
)
from wangge_schema import Grid, Organization
from wangge_volunteer_points import models, permissions
from wangge_volunteer_points.rules.activities import ActivityState, SignupState
from wangge_volunteer_points.types.places import within_grid
from wangge_volunteer_points.types.volunteers import Volunteer, VolunteerTeam


@table_type(
    models.VolunteerActivity,
    access=requires(permissions.READ_ACTIVITIES),
    description="Volunteer activity (志愿活动): a free clinic, legal advice, mediation, a festival.",
)
class VolunteerActivity(Node):
    """An activity."""

    title: str = column("Title (标题).")
    content: str = column("What is done (内容).")
    place: str = column("Where (地点).")
    grid: Grid = related("grid_id", "Where it belongs (网格).")
    service_class: str = column("Class of service (服务类别), a key of the district's settings.")
    circumstance: str = column("Circumstance (情形), a key of the district's settings.")
    dangerous: bool = column("Whether it is dangerous (危险) and so open to adults only.")
    starts_at: datetime = column("When the first shift starts (开始时间).")
    state: ActivityState = column("Where it stands (状态).")
    team: VolunteerTeam | None = related("team_id", "Team that runs it (承办队伍), if one does.")
    organization: Organization | None = related(
        "organization_id", "Organisation that runs it (承办单位), if one does."
    )
    shifts: list["ActivityShift"] = related_list(
        models.ActivityShift.activity_id, "Shifts (班次) by start.", order_by=models.ActivityShift.starts_at
    )


@table_type(
    models.ActivityShift,
    access=requires(permissions.READ_ACTIVITIES),
    description="Shift of an activity (班次), with its own places.",
)
class ActivityShift(Node):
    """A shift."""

    activity: VolunteerActivity = related("activity_id", "The activity.")
    starts_at: datetime = column("When it starts (开始时间).")
    ends_at: datetime = column("When it ends (结束时间).")
    capacity: int = column("How many volunteers it takes (人数).")
    taken: int = column("How many places are taken (已报人数).")
    check_in_code: str | None = column(
        "Code to be shown at the place (签到码); null outside the caller's grids.",
        access=requires(permissions.WRITE_ACTIVITIES),
        within_scope=True,
    )
    signups: Connection["ShiftSignup"] = connection(
        "Sign-ups (报名) within the caller's scope.", via=models.ShiftSignup.shift_id
    )

    @field(description="How many places are left (剩余名额).", sql=lambda shift: shift.capacity - shift.taken)
    @staticmethod
    def places_left(root: Parent[models.ActivityShift]) -> int:
        """Return the free places."""
        return root.capacity - root.taken


@table_type(
    models.ShiftSignup,
    access=requires(permissions.READ_VOLUNTEERS),
    description="Sign-up of a volunteer for a shift (报名), with arrival and departure.",
)
class ShiftSignup(Node):
    """A sign-up."""

    shift: ActivityShift = related("shift_id", "The shift.")
    volunteer: Volunteer | None = related("volunteer_id", "Who signed up; null outside the caller's grids.")
    state: SignupState = column("Where it stands (状态).")
    checked_in_at: datetime | None = column("When they arrived (签到时间).")
    checked_out_at: datetime | None = column("When they left (签退时间).")


@filter_type(models.VolunteerActivity, "Which activities to list. Several conditions hold together.")
class VolunteerActivityFilter(Filter):
    """Conditions on activities."""

    state: EnumMatch[ActivityState] | None = match("state", "Where they stand (状态).")
    starts_at: DateTimeMatch | None = match("starts_at", "When the first shift starts (开始时间).")
    team: IdMatch | None = match("team_id", "Team that runs them (承办队伍).")
    organization: IdMatch | None = match("organization_id", "Organisation that runs them (承办单位).")
    dangerous: BooleanMatch | None = match("dangerous", "Whether they are dangerous (危险).")
    within: ID | None = match_by(within_grid(models.VolunteerActivity), "This grid (网格) or one below it.")


@order_type(models.VolunteerActivity, "Order of activities.")
class VolunteerActivityOrdering(Enum):
    """Orders of activities."""

    STARTS_AT_ASC = "starts_at"
    STARTS_AT_DESC = "-starts_at"
