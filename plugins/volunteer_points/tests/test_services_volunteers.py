"""Volunteers and teams: free will, guardians, members and leaders."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from wangge import Forbidden, NotFound, OutOfScope, RuleError
from wangge.events.outbox import OutboxEvent
from wangge_schema import models as base
from wangge_volunteer_points.errors import (
    AlreadyMember,
    AlreadyVolunteer,
    ApplicationMissing,
    GuardianConsentMissing,
    NotTeamMember,
    NotVolunteer,
    PersonMissing,
)
from wangge_volunteer_points.models import (
    PointsAccount,
    Volunteer,
    VolunteerTeam,
    VolunteerTeamMember,
)
from wangge_volunteer_points.rules.volunteers import VolunteerState
from wangge_volunteer_points.services import teams, volunteers

MINOR = date(2012, 1, 1)


async def test_a_resident_registers_and_gets_an_empty_account(town: Any) -> None:
    await town.settle("zhang", volunteer=False)

    async with town.acting("zhang") as ctx:
        volunteer = await volunteers.register_volunteer(ctx)

    assert volunteer.person_id == town.persons["zhang"]
    assert volunteer.registered_on == date(2026, 11, 23)
    assert volunteer.state is VolunteerState.ACTIVE
    assert await town.holding("zhang") == (0, 0, 0)


async def test_nobody_registers_twice(town: Any) -> None:
    await town.settle("zhang")

    with pytest.raises(AlreadyVolunteer):
        async with town.acting("zhang") as ctx:
            await volunteers.register_volunteer(ctx)

    assert await town.count(Volunteer) == 1
    assert await town.count(PointsAccount) == 1


async def test_staff_register_nobody_without_their_signed_application(town: Any) -> None:
    person_id = await town.settle("zhang", volunteer=False)

    with pytest.raises(ApplicationMissing):
        async with town.acting("community_secretary") as ctx:
            await volunteers.register_volunteer(ctx, person_id=person_id)
    assert await town.count(Volunteer) == 0

    async with town.acting("community_secretary") as ctx:
        made = await volunteers.register_volunteer(ctx, person_id=person_id, application_number="2026-17")
    assert made.application_number == "2026-17"


async def test_staff_register_nobody_of_other_grids(town: Any) -> None:
    person_id = await town.settle("li", grid="370703002200", volunteer=False)

    with pytest.raises(NotFound):
        async with town.acting("community_secretary") as ctx:
            await volunteers.register_volunteer(ctx, person_id=person_id, application_number="2026-17")

    assert await town.count(Volunteer) == 0


async def test_an_account_without_a_person_must_name_one(town: Any) -> None:
    with pytest.raises(PersonMissing):
        async with town.acting("community_secretary") as ctx:
            await volunteers.register_volunteer(ctx)


async def test_a_minor_cannot_state_a_guardians_consent_but_staff_can_record_it(town: Any) -> None:
    person_id = await town.settle("xiao", born=MINOR, volunteer=False)
    consented = date(2026, 11, 20)

    with pytest.raises(GuardianConsentMissing):
        async with town.acting("xiao") as ctx:
            await volunteers.register_volunteer(ctx, guardian_consent_on=consented)
    with pytest.raises(GuardianConsentMissing):
        async with town.acting("community_secretary") as ctx:
            await volunteers.register_volunteer(ctx, person_id=person_id, application_number="2026-17")
    assert await town.count(Volunteer) == 0

    async with town.acting("community_secretary") as ctx:
        made = await volunteers.register_volunteer(
            ctx, person_id=person_id, application_number="2026-17", guardian_consent_on=consented
        )
    assert made.guardian_consent_on == consented


async def test_a_guardian_consents_by_registering_the_ward(town: Any) -> None:
    ward = await town.settle("xiao", born=MINOR, volunteer=False)
    guardian = await town.settle("zhang", volunteer=False)
    async with town.acting(None) as ctx:
        ctx.db.add(
            base.Guardianship(
                ward_id=ward, guardian_id=guardian, since=date(2020, 1, 1), grid_id=await town.grid_id()
            )
        )

    async with town.acting("zhang") as ctx:
        made = await volunteers.register_volunteer(ctx, person_id=ward)

    assert made.person_id == ward
    assert made.guardian_consent_on == date(2026, 11, 23)


async def test_who_withdraws_keeps_points_and_may_come_back(town: Any) -> None:
    await town.settle("zhang", points=12)

    async with town.acting("zhang") as ctx:
        gone = await volunteers.withdraw_volunteer(ctx)
    assert (gone.state, gone.withdrawn_on) == (VolunteerState.WITHDRAWN, date(2026, 11, 23))
    assert await town.holding("zhang") == (12, 0, 0)

    with pytest.raises(NotVolunteer):
        async with town.acting("zhang") as ctx:
            await volunteers.withdraw_volunteer(ctx)
    async with town.acting("zhang") as ctx:
        back = await volunteers.register_volunteer(ctx)
    assert (back.id, back.state, back.withdrawn_on) == (gone.id, VolunteerState.ACTIVE, None)
    assert await town.count(PointsAccount) == 1


async def test_a_team_belongs_to_a_grid_of_who_sets_it_up(town: Any) -> None:
    elsewhere = await town.grid_id("370703002200")

    with pytest.raises(OutOfScope):
        async with town.acting("community_secretary") as ctx:
            await teams.create_team(ctx, grid_id=elsewhere, name="和事佬", purpose="调解")
    with pytest.raises(Forbidden):
        async with town.acting("grid_worker") as ctx:
            await teams.create_team(ctx, grid_id=await town.grid_id(), name="和事佬", purpose="调解")

    assert await town.count(VolunteerTeam) == 0


async def test_a_grid_has_one_team_of_a_name(town: Any) -> None:
    await town.team(name="夕阳红")

    with pytest.raises(RuleError) as refused:
        await town.team(name="夕阳红")

    assert refused.value.code == "DUPLICATE_VALUE"
    assert await town.count(VolunteerTeam) == 1


async def test_volunteers_join_and_leave_as_they_like(town: Any) -> None:
    await town.settle("zhang")
    team_id = await town.team("zhang")

    with pytest.raises(AlreadyMember):
        async with town.acting("zhang") as ctx:
            await teams.join_team(ctx, team_id=team_id)
    assert await town.count(VolunteerTeamMember) == 1

    async with town.acting("zhang") as ctx:
        await teams.leave_team(ctx, team_id=team_id)
    assert await town.count(VolunteerTeamMember) == 0
    with pytest.raises(NotTeamMember):
        async with town.acting("zhang") as ctx:
            await teams.leave_team(ctx, team_id=team_id)


async def test_only_a_member_can_lead_and_a_leader_who_leaves_vacates_the_post(town: Any) -> None:
    await town.settle("zhang")
    await town.settle("wang")
    team_id = await town.team("zhang", leader="zhang")

    async with town.district.context() as ctx:
        wang = await town.volunteer(ctx, "wang")
    with pytest.raises(NotTeamMember):
        async with town.acting("community_secretary") as ctx:
            await teams.appoint_team_leader(ctx, team_id=team_id, volunteer_id=wang.id)
    assert (await town.row(VolunteerTeam, team_id)).leader_id is not None

    async with town.acting("zhang") as ctx:
        await teams.leave_team(ctx, team_id=team_id)
    assert (await town.row(VolunteerTeam, team_id)).leader_id is None


async def test_who_is_no_volunteer_joins_no_team(town: Any) -> None:
    await town.settle("zhang", volunteer=False)

    with pytest.raises(NotVolunteer):
        await town.team("zhang")

    assert await town.count(VolunteerTeamMember) == 0


async def test_registering_is_told_without_personal_values(town: Any) -> None:
    await town.settle("zhang")

    async with town.district.context() as ctx:
        events = await ctx.db.scalars(
            select(OutboxEvent).where(OutboxEvent.type.startswith("volunteer_points."))
        )
    assert [(event.type, event.data) for event in events] == [("volunteer_points.volunteer.registered", {})]
    assert events[0].at == datetime(2026, 11, 23, 1, tzinfo=UTC)
