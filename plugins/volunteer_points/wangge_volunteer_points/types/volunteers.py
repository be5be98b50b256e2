"""Volunteers and teams, and how they are found."""

from datetime import date, datetime
from enum import Enum
from typing import Optional

from wangge import (
    ID,
    Connection,
    DateMatch,
    EnumMatch,
    Filter,
    IdMatch,
    Node,
    StringMatch,
    column,
    connection,
    filter_type,
    match,
    match_by,
    order_type,
    related,
    related_list,
    requires,
    table_type,
)
from wangge_schema import Grid, Organization, Person
from wangge_volunteer_points import models, permissions
from wangge_volunteer_points.rules.volunteers import VolunteerState
from wangge_volunteer_points.types.places import within_grid


@table_type(
    models.Volunteer,
    access=requires(permissions.READ_VOLUNTEERS),
    description="Volunteer (志愿者): a person who registered to serve, of their own free will.",
)
class Volunteer(Node):
    """A volunteer."""

    person: Person = related("person_id", "Who it is.")
    grid: Grid = related("grid_id", "Where they live (网格).")
    state: VolunteerState = column("Whether they take part (状态).")
    registered_on: date = column("Day of the first registration (注册日期).")
    application_number: str | None = column(
        "Number of the signed application (申请书编号), where staff registered the person.",
        access=requires(permissions.REGISTER_OTHERS),
    )
    guardian_consent_on: date | None = column("When a guardian consented (监护人同意), for a minor.")
    withdrawn_on: date | None = column("Day of withdrawal (退出日期), for who has withdrawn.")
    memberships: list["VolunteerTeamMember"] = related_list(
        models.VolunteerTeamMember.volunteer_id, "Teams they belong to (所属队伍)."
    )


@table_type(
    models.VolunteerTeam,
    access=requires(permissions.READ_TEAMS),
    description="Volunteer team (志愿服务队), such as 红小二, 和事佬 or 夕阳红.",
)
class VolunteerTeam(Node):
    """A team of volunteers."""

    name: str = column("Name (名称).")
    purpose: str = column("What the team is for (宗旨).")
    grid: Grid = related("grid_id", "Where it belongs (网格).")
    organization: Organization | None = related(
        "organization_id", "Organisation it belongs to (所属组织), if to one."
    )
    leader: Optional["Volunteer"] = related(
        "leader_id", "Leader (队长), who answers for the team; null outside the caller's grids."
    )
    members: Connection["VolunteerTeamMember"] = connection(
        "Members (队员) within the caller's scope.", via=models.VolunteerTeamMember.team_id
    )
    created_at: datetime = column("When it was set up (成立时间).")


@table_type(
    models.VolunteerTeamMember,
    access=requires(permissions.READ_VOLUNTEERS),
    description="Membership of a volunteer in a team (队员).",
)
class VolunteerTeamMember(Node):
    """That a volunteer belongs to a team."""

    team: VolunteerTeam = related("team_id", "The team.")
    volunteer: Volunteer | None = related("volunteer_id", "The volunteer; null outside the caller's grids.")
    since: date = column("Since when (加入日期).")


@filter_type(models.Volunteer, "Which volunteers to list. Several conditions hold together.")
class VolunteerFilter(Filter):
    """Conditions on volunteers."""

    state: EnumMatch[VolunteerState] | None = match("state", "Whether they take part (状态).")
    registered_on: DateMatch | None = match("registered_on", "Day of registration (注册日期).")
    person: IdMatch | None = match("person_id", "Who it is.")
    within: ID | None = match_by(within_grid(models.Volunteer), "This grid (网格) or one below it.")


@order_type(models.Volunteer, "Order of volunteers.")
class VolunteerOrdering(Enum):
    """Orders of volunteers."""

    REGISTERED_ON_ASC = "registered_on"
    REGISTERED_ON_DESC = "-registered_on"


@filter_type(models.VolunteerTeam, "Which teams to list. Several conditions hold together.")
class VolunteerTeamFilter(Filter):
    """Conditions on teams."""

    name: StringMatch | None = match("name", "Name (名称).")
    organization: IdMatch | None = match("organization_id", "Organisation (所属组织).")
    leader: IdMatch | None = match("leader_id", "Leader (队长).", of=models.Volunteer)
    within: ID | None = match_by(within_grid(models.VolunteerTeam), "This grid (网格) or one below it.")


@order_type(models.VolunteerTeam, "Order of teams.")
class VolunteerTeamOrdering(Enum):
    """Orders of teams."""

    NAME_ASC = "name"
    NAME_DESC = "-name"
