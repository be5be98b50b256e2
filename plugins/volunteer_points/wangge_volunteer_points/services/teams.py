"""Teams: set up by the community, joined and left by volunteers as they like."""

from uuid import UUID

from sqlalchemy import select

from wangge import DuplicateValue, RequestContext
from wangge_volunteer_points import permissions
from wangge_volunteer_points.errors import AlreadyMember, NotTeamLeader, NotTeamMember
from wangge_volunteer_points.models import Volunteer, VolunteerTeam, VolunteerTeamMember
from wangge_volunteer_points.rules.inputs import NAME, PURPOSE, checked_text
from wangge_volunteer_points.services.references import known_grid, known_organization
from wangge_volunteer_points.services.volunteers import acting_volunteer


async def create_team(
    ctx: RequestContext, *, grid_id: UUID, name: str, purpose: str, organization_id: UUID | None = None
) -> VolunteerTeam:
    """Set up a team in a grid.

    Raises:
        Forbidden: the caller may not set up teams.
        NotFound: there is no such grid or organisation.
        OutOfScope: the grid is not one of the caller's.
        DuplicateValue: the grid has a team of this name.
        TextUnfit: a text is empty or too long.
    """
    ctx.require(permissions.WRITE_TEAMS)
    team = VolunteerTeam(
        grid_id=await known_grid(ctx, grid_id),
        name=checked_text(name, most=NAME, field="name"),
        purpose=checked_text(purpose, most=PURPOSE, field="purpose"),
        organization_id=await known_organization(ctx, organization_id),
    )
    async with ctx.db.unique(DuplicateValue(path=("name",))):
        ctx.db.add(team)
    ctx.audit("volunteer_points.team.created", subject=team)
    return team


async def appoint_team_leader(ctx: RequestContext, *, team_id: UUID, volunteer_id: UUID) -> VolunteerTeam:
    """Make one of its members the leader of a team.

    Raises:
        Forbidden: the caller may not appoint leaders.
        OutOfScope: the team is not of the caller's grids.
        NotTeamMember: the volunteer has not joined the team.
    """
    ctx.require(permissions.WRITE_TEAMS)
    team = await ctx.db.lock(VolunteerTeam, team_id, path=("team",))
    if await membership(ctx, team_id=team.id, volunteer_id=volunteer_id) is None:
        raise NotTeamMember(path=("volunteer",))
    team.leader_id = volunteer_id
    await ctx.db.flush()
    ctx.audit("volunteer_points.team.leader_appointed", subject=team, fields=("leader",))
    return team


async def join_team(ctx: RequestContext, *, team_id: UUID) -> VolunteerTeamMember:
    """Let the calling volunteer join a team.

    Raises:
        NotVolunteer: the caller is no volunteer.
        AlreadyMember: they have joined before.
    """
    volunteer = await acting_volunteer(ctx)
    team = await ctx.db.must_get(VolunteerTeam, team_id, path=("team",))
    member = VolunteerTeamMember(
        team_id=team.id,
        volunteer_id=volunteer.id,
        person_id=volunteer.person_id,
        grid_id=team.grid_id,
        since=ctx.today,
    )
    async with ctx.db.unique(AlreadyMember(path=("team",))):
        ctx.db.add(member)
    return member


async def leave_team(ctx: RequestContext, *, team_id: UUID) -> VolunteerTeam:
    """Let the calling volunteer leave a team; a leader who leaves leaves the post vacant.

    Raises:
        NotTeamMember: the caller is not in the team.
    """
    volunteer = await acting_volunteer(ctx)
    member = await membership(ctx, team_id=team_id, volunteer_id=volunteer.id)
    if member is None:
        raise NotTeamMember(path=("team",))
    await ctx.db.delete(member)
    team = await ctx.db.must_get(VolunteerTeam, team_id, path=("team",))
    if team.leader_id == volunteer.id:
        async with ctx.beyond_scope("A leader who leaves the team vacates the post."):
            team.leader_id = None
    return team


async def membership(ctx: RequestContext, *, team_id: UUID, volunteer_id: UUID) -> VolunteerTeamMember | None:
    """Return the volunteer's membership of a team, if they have joined it."""
    found: VolunteerTeamMember | None = await ctx.db.scalar(
        select(VolunteerTeamMember).where(
            VolunteerTeamMember.team_id == team_id, VolunteerTeamMember.volunteer_id == volunteer_id
        )
    )
    return found


async def led_team(ctx: RequestContext, *, team_id: UUID) -> tuple[VolunteerTeam, Volunteer]:
    """Return a team with the calling volunteer, who must be its leader.

    There is no way around this: whoever else could answer for a team could assign work to it.

    Raises:
        NotVolunteer: the caller is no volunteer.
        NotTeamLeader: they do not lead this team.
    """
    volunteer = await acting_volunteer(ctx)
    team = await ctx.db.must_get(VolunteerTeam, team_id, path=("team",))
    if team.leader_id != volunteer.id:
        raise NotTeamLeader(path=("team",))
    return team, volunteer
