"""Root mutation fields of volunteers and teams."""

from typing import cast

from wangge import Info, Mutation, authenticated, decode_id, extends, mutation, optional_id, requires
from wangge_schema import Grid, Organization, Person
from wangge_volunteer_points import permissions
from wangge_volunteer_points.services import teams, volunteers
from wangge_volunteer_points.types.volunteer_changes import (
    AppointVolunteerTeamLeaderInput,
    AppointVolunteerTeamLeaderPayload,
    CreateVolunteerTeamInput,
    CreateVolunteerTeamPayload,
    JoinVolunteerTeamInput,
    JoinVolunteerTeamPayload,
    LeaveVolunteerTeamInput,
    LeaveVolunteerTeamPayload,
    RegisterVolunteerInput,
    RegisterVolunteerPayload,
    WithdrawVolunteerInput,
    WithdrawVolunteerPayload,
)
from wangge_volunteer_points.types.volunteers import Volunteer, VolunteerTeam, VolunteerTeamMember

_join = requires(permissions.JOIN)
_write = requires(permissions.WRITE_TEAMS)


@extends(Mutation)
class VolunteerMutations:
    """Registering, and teams."""

    @mutation(
        access=authenticated,
        description="Register as a volunteer (注册): oneself, a ward, or someone who signed an application "
        "(needs volunteer_points.volunteers.write). Nobody is registered against their will.",
    )
    async def register_volunteer(self, info: Info, input: RegisterVolunteerInput) -> RegisterVolunteerPayload:
        """Translate for `volunteers.register_volunteer`."""
        volunteer = await volunteers.register_volunteer(
            info.context,
            person_id=optional_id(Person, input.person, ("person",)),
            application_number=input.application_number,
            guardian_consent_on=input.guardian_consent_on,
        )
        return RegisterVolunteerPayload(volunteer=cast(Volunteer, volunteer))

    @mutation(access=_join, description="Stop being a volunteer (退出); hours and points are kept.")
    async def withdraw_volunteer(self, info: Info, input: WithdrawVolunteerInput) -> WithdrawVolunteerPayload:
        """Translate for `volunteers.withdraw_volunteer`."""
        return WithdrawVolunteerPayload(
            volunteer=cast(Volunteer, await volunteers.withdraw_volunteer(info.context))
        )

    @mutation(access=_write, description="Set up a team (组建队伍) in a grid.")
    async def create_volunteer_team(
        self, info: Info, input: CreateVolunteerTeamInput
    ) -> CreateVolunteerTeamPayload:
        """Translate for `teams.create_team`."""
        team = await teams.create_team(
            info.context,
            grid_id=decode_id(Grid, input.grid, ("grid",)),
            name=input.name,
            purpose=input.purpose,
            organization_id=optional_id(Organization, input.organization, ("organization",)),
        )
        return CreateVolunteerTeamPayload(team=cast(VolunteerTeam, team))

    @mutation(access=_write, description="Make a member the leader of a team (任命队长).")
    async def appoint_volunteer_team_leader(
        self, info: Info, input: AppointVolunteerTeamLeaderInput
    ) -> AppointVolunteerTeamLeaderPayload:
        """Translate for `teams.appoint_team_leader`."""
        team = await teams.appoint_team_leader(
            info.context,
            team_id=decode_id(VolunteerTeam, input.team, ("team",)),
            volunteer_id=decode_id(Volunteer, input.volunteer, ("volunteer",)),
        )
        return AppointVolunteerTeamLeaderPayload(team=cast(VolunteerTeam, team))

    @mutation(access=_join, description="Join a team (加入队伍).")
    async def join_volunteer_team(
        self, info: Info, input: JoinVolunteerTeamInput
    ) -> JoinVolunteerTeamPayload:
        """Translate for `teams.join_team`."""
        member = await teams.join_team(info.context, team_id=decode_id(VolunteerTeam, input.team, ("team",)))
        return JoinVolunteerTeamPayload(membership=cast(VolunteerTeamMember, member))

    @mutation(access=_join, description="Leave a team (退出队伍).")
    async def leave_volunteer_team(
        self, info: Info, input: LeaveVolunteerTeamInput
    ) -> LeaveVolunteerTeamPayload:
        """Translate for `teams.leave_team`."""
        team = await teams.leave_team(info.context, team_id=decode_id(VolunteerTeam, input.team, ("team",)))
        return LeaveVolunteerTeamPayload(team=cast(VolunteerTeam, team))
