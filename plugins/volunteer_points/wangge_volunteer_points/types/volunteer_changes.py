"""Inputs and payloads of changes to volunteers and teams."""

from datetime import date

from wangge import ID, Input, Payload, argument, column, input_type, payload_type
from wangge_volunteer_points.types.volunteers import Volunteer, VolunteerTeam, VolunteerTeamMember


@input_type("Who registers as a volunteer (志愿者注册).")
class RegisterVolunteerInput(Input):
    """Input of registerVolunteer."""

    person: ID | None = argument("The person; leave out to register yourself.", default=None)
    application_number: str | None = argument(
        "Number of the application the person signed (申请书编号); staff must give it.", default=None
    )
    guardian_consent_on: date | None = argument(
        "When a guardian consented in writing (监护人同意日期), where staff register a minor.", default=None
    )


@payload_type("Answer of registerVolunteer.")
class RegisterVolunteerPayload(Payload):
    """Payload of registerVolunteer."""

    volunteer: Volunteer | None = column("The volunteer.", default=None)


@input_type("Who withdraws: always the caller (退出志愿者).")
class WithdrawVolunteerInput(Input):
    """Input of withdrawVolunteer."""


@payload_type("Answer of withdrawVolunteer.")
class WithdrawVolunteerPayload(Payload):
    """Payload of withdrawVolunteer."""

    volunteer: Volunteer | None = column("The volunteer.", default=None)


@input_type("A team to set up (组建队伍).")
class CreateVolunteerTeamInput(Input):
    """Input of createVolunteerTeam."""

    grid: ID = argument("Where it belongs (网格).")
    name: str = argument("Name (名称), once in the grid.")
    purpose: str = argument("What the team is for (宗旨).")
    organization: ID | None = argument("Organisation it belongs to (所属组织).", default=None)


@payload_type("Answer of createVolunteerTeam.")
class CreateVolunteerTeamPayload(Payload):
    """Payload of createVolunteerTeam."""

    team: VolunteerTeam | None = column("The team.", default=None)


@input_type("Which member is to lead a team (任命队长).")
class AppointVolunteerTeamLeaderInput(Input):
    """Input of appointVolunteerTeamLeader."""

    team: ID = argument("The team.")
    volunteer: ID = argument("A member of it.")


@payload_type("Answer of appointVolunteerTeamLeader.")
class AppointVolunteerTeamLeaderPayload(Payload):
    """Payload of appointVolunteerTeamLeader."""

    team: VolunteerTeam | None = column("The team.", default=None)


@input_type("A team to join (加入队伍).")
class JoinVolunteerTeamInput(Input):
    """Input of joinVolunteerTeam."""

    team: ID = argument("The team.")


@payload_type("Answer of joinVolunteerTeam.")
class JoinVolunteerTeamPayload(Payload):
    """Payload of joinVolunteerTeam."""

    membership: VolunteerTeamMember | None = column("The membership.", default=None)


@input_type("A team to leave (退出队伍).")
class LeaveVolunteerTeamInput(Input):
    """Input of leaveVolunteerTeam."""

    team: ID = argument("The team.")


@payload_type("Answer of leaveVolunteerTeam.")
class LeaveVolunteerTeamPayload(Payload):
    """Payload of leaveVolunteerTeam."""

    team: VolunteerTeam | None = column("The team.", default=None)
