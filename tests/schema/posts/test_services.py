"""Posts and pairings, written within the caller's grids."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from wangge import Forbidden, NotFound, OutOfScope, RequestContext
from wangge.testing.districts import TestDistrict
from wangge_schema.grids.errors import GridClosed
from wangge_schema.grids.models import Grid
from wangge_schema.organizations.rules import OrganizationKind
from wangge_schema.organizations.services import begin_membership, create_organization
from wangge_schema.people.errors import PersonDead
from wangge_schema.people.models import Person
from wangge_schema.people.services import record_death
from wangge_schema.posts import services
from wangge_schema.posts.errors import (
    PairingEnded,
    PairingExists,
    PairingNeedsBuildingHead,
    PairingOfOne,
    PostEnded,
    PostOverlaps,
    PostRoleTaken,
    PostRoleUnknown,
)
from wangge_schema.posts.models import Pairing, PairingHousehold, Post, PostRole
from wangge_schema.posts.rules import DEFAULT_ROLES

from .conftest import COMMUNITY, COMPOUND, VILLAGE, Town


async def assign(ctx: RequestContext, town: Town, **given: Any) -> Post:
    defaults = {
        "role_key": "grid_head",
        "person_id": town.people["周平"],
        "grid_id": town.grids[COMPOUND],
    }
    return await services.assign_post(ctx, **{**defaults, **given})


async def count(ctx: RequestContext, model: type[Post] | type[Pairing]) -> int:
    found: int = await ctx.db.scalar(select(func.count(model.id)))
    return found


async def test_a_new_district_has_the_default_roles_once(district: TestDistrict) -> None:
    async with district.context("district_admin") as ctx:
        await services.ensure_post_roles(ctx)
        roles = await services.post_roles(ctx)
        assert [role.key for role in roles] == sorted(role.key for role in DEFAULT_ROLES)


async def test_the_district_alone_adds_roles_each_key_once(district: TestDistrict) -> None:
    async with district.context("district_admin") as ctx:
        role = await services.create_post_role(ctx, key="river_head", title="河长", full_time=False)
        assert (role.key, role.title, role.full_time) == ("river_head", "河长", False)
        with pytest.raises(PostRoleTaken):
            await services.create_post_role(ctx, key="grid_head", title="格长", full_time=False)
    async with district.context("street_secretary") as ctx:
        with pytest.raises(OutOfScope):
            await services.create_post_role(ctx, key="river_head", title="河长", full_time=False)
        assert await ctx.db.scalar(select(func.count(PostRole.key))) == len(DEFAULT_ROLES)


async def test_a_post_starts_today_and_lasts_unless_stated(district: TestDistrict, town: Town) -> None:
    async with district.context("community_secretary") as ctx:
        post = await assign(ctx, town, duty_name=" 周网格长 ", duty_phone=" 0536-7251234 ")
        assert (post.since, post.until) == (ctx.today, None)
        assert (post.duty_name, post.duty_phone) == ("周网格长", "0536-7251234")
        assert post.grid_id == town.grids[COMPOUND]


async def test_the_same_post_is_not_held_twice_on_one_day(district: TestDistrict, town: Town) -> None:
    async with district.context("community_secretary") as ctx:
        await assign(ctx, town, since=date(2026, 1, 1), until=date(2026, 6, 30))
        with pytest.raises(PostOverlaps):
            await assign(ctx, town, since=date(2026, 6, 30))
        await assign(ctx, town, since=date(2026, 7, 1))
        await assign(ctx, town, since=date(2026, 1, 1), role_key="red_grid_captain")
        await assign(ctx, town, since=date(2026, 1, 1), grid_id=town.grids[COMMUNITY])
        await assign(ctx, town, since=date(2026, 1, 1), person_id=town.people["吴清"])
        assert await count(ctx, Post) == 5


async def test_an_unknown_role_is_refused_with_the_known_ones(district: TestDistrict, town: Town) -> None:
    async with district.context("community_secretary") as ctx:
        with pytest.raises(PostRoleUnknown) as refused:
            await assign(ctx, town, role_key="mayor")
        assert refused.value.params == {
            "role": "mayor",
            "roles": ", ".join(sorted(role.key for role in DEFAULT_ROLES)),
        }


async def test_posts_are_written_only_within_the_own_grids(district: TestDistrict, town: Town) -> None:
    async with district.context("community_secretary") as ctx:
        with pytest.raises(NotFound) as refused:
            await assign(ctx, town, person_id=town.people["林远"])
        assert refused.value.path == ("person",)
        with pytest.raises(OutOfScope):
            await assign(ctx, town, grid_id=town.grids[VILLAGE])


async def test_the_dead_serve_no_grid(district: TestDistrict, town: Town) -> None:
    async with district.context("community_secretary") as ctx:
        person = await ctx.db.must_get(Person, town.people["周平"])
        person.died_on = ctx.today
        with pytest.raises(PersonDead):
            await assign(ctx, town)


async def test_posts_memberships_and_pairings_end_with_a_death(district: TestDistrict, town: Town) -> None:
    async with district.context("district_admin") as ctx:
        head, official = town.people["陈安"], town.people["吴清"]
        branch = await create_organization(ctx, name="党支部", kind=OrganizationKind.PARTY_ORGANIZATION)
        since = ctx.today - timedelta(days=30)
        died = ctx.today - timedelta(days=10)
        post = await assign(
            ctx, town, role_key="building_head", person_id=head, grid_id=town.building, since=since
        )
        planned = ctx.today + timedelta(days=30)
        await assign(ctx, town, person_id=head, grid_id=town.grids[VILLAGE], since=since, until=planned)
        past = await assign(ctx, town, person_id=head, since=since, until=since)
        late = await assign(ctx, town, role_key="lane_steward", person_id=head)
        pairing = await services.pair_official(
            ctx, official_id=official, building_head_id=head, household_ids=town.households, since=since
        )
        member = await begin_membership(ctx, person_id=head, organization_id=branch.id, since=since)
        await record_death(ctx, person_id=head, died_on=died)
        assert [post.until, pairing.until, member.until] == [died, died, died]
        assert past.until == since
        assert late.until == late.since
        current = select(func.count(Post.id)).where(Post.person_id == head, Post.until.is_(None))
        assert await ctx.db.scalar(current) == 0
        elsewhere = select(Post.until).where(Post.person_id == head, Post.grid_id == town.grids[VILLAGE])
        assert await ctx.db.scalars(elsewhere) == [died]


async def test_nobody_serves_a_grid_that_has_ended(district: TestDistrict, town: Town) -> None:
    async with district.context("district_admin") as ctx:
        grid = await ctx.db.must_get(Grid, town.grids[COMPOUND])
        grid.valid_to = ctx.today
        with pytest.raises(GridClosed):
            await assign(ctx, town)


async def test_an_unknown_organisation_is_not_found(district: TestDistrict, town: Town) -> None:
    async with district.context("district_admin") as ctx:
        company = await create_organization(ctx, name="物业公司", kind=OrganizationKind.COMPANY)
        post = await assign(ctx, town, organization_id=company.id)
        assert post.organization_id == company.id
        with pytest.raises(NotFound) as refused:
            await assign(ctx, town, role_key="lane_steward", organization_id=uuid4())
        assert refused.value.path == ("organization",)


async def test_a_post_ends_on_its_last_day_and_once(district: TestDistrict, town: Town) -> None:
    async with district.context("community_secretary") as ctx:
        post = await assign(ctx, town, since=date(2026, 1, 1))
        assert (await services.end_post(ctx, post_id=post.id)).until == ctx.today
        with pytest.raises(PostEnded):
            await services.end_post(ctx, post_id=post.id)


async def test_a_post_elsewhere_is_not_ended(district: TestDistrict, town: Town) -> None:
    async with district.committed("district_admin") as ctx:
        post = await assign(ctx, town, person_id=town.people["林远"], grid_id=town.grids[VILLAGE])
    async with district.context("community_secretary") as ctx:
        with pytest.raises(OutOfScope):
            await services.end_post(ctx, post_id=post.id)
    async with district.context("district_admin") as ctx:
        assert (await ctx.db.must_get(Post, post.id)).until is None


async def test_duty_contacts_are_those_of_the_place_and_above_nearest_first(
    district: TestDistrict, town: Town
) -> None:
    async with district.context("district_admin") as ctx:
        await assign(ctx, town, grid_id=town.grids[COMMUNITY], duty_phone="0536-7250001", duty_name="社区")
        await assign(ctx, town, duty_phone="0536-7250002")
        await assign(ctx, town, role_key="lane_steward")
        await assign(
            ctx,
            town,
            role_key="red_grid_captain",
            duty_phone="0536-7250003",
            since=date(2026, 1, 1),
            until=ctx.today - timedelta(days=1),
        )
        compound = await ctx.db.must_get(Grid, town.grids[COMPOUND])
        numbers = [one for one in (compound.anc_1, compound.anc_2, compound.anc_3) if one is not None]
        contacts = await services.duty_contacts(ctx, numbers=numbers)
        assert [(one.title, one.name, one.phone) for one in contacts] == [
            ("网格长", None, "0536-7250002"),
            ("网格长", "社区", "0536-7250001"),
        ]


async def test_a_pairing_is_bound_to_the_building_that_its_head_serves(
    district: TestDistrict, town: Town
) -> None:
    async with district.context("community_secretary") as ctx:
        head, official = town.people["陈安"], town.people["吴清"]
        with pytest.raises(PairingNeedsBuildingHead):
            await services.pair_official(
                ctx, official_id=official, building_head_id=head, household_ids=town.households
            )
        await assign(ctx, town, role_key="building_head", person_id=head, grid_id=town.building)
        pairing = await services.pair_official(
            ctx,
            official_id=official,
            building_head_id=head,
            household_ids=[*town.households, town.households[0]],
        )
        assert pairing.grid_id == town.building
        covered = await ctx.db.scalars(select(PairingHousehold.household_id))
        assert sorted(covered) == sorted(town.households)
        (warning,) = ctx.take_warnings()
        assert (warning.code, warning.params) == (
            "BASE_PAIRING_SIZE_UNUSUAL",
            {"households": 3, "low": 40, "high": 60},
        )


async def test_a_district_sets_its_own_range_of_households(district: TestDistrict, town: Town) -> None:
    wanted = {"pairing_households_low": 1, "pairing_households_high": 3}
    await district.server.catalog.set_settings(district.code, "base", wanted)
    await district.server.reload()
    async with district.context("community_secretary") as ctx:
        head = town.people["陈安"]
        await assign(ctx, town, role_key="building_head", person_id=head, grid_id=town.building)
        await services.pair_official(
            ctx, official_id=town.people["吴清"], building_head_id=head, household_ids=town.households
        )
        assert ctx.take_warnings() == []


async def test_neither_of_a_pair_is_paired_twice(district: TestDistrict, town: Town) -> None:
    async with district.context("community_secretary") as ctx:
        head, official = town.people["陈安"], town.people["吴清"]
        await assign(ctx, town, role_key="building_head", person_id=head, grid_id=town.building)
        other = town.people["周平"]
        await assign(ctx, town, role_key="building_head", person_id=other, grid_id=town.building)

        async def pair(one: Any, two: Any, **dates: date) -> Pairing:
            return await services.pair_official(
                ctx, official_id=one, building_head_id=two, household_ids=town.households, **dates
            )

        with pytest.raises(PairingOfOne):
            await pair(head, head)
        first = await pair(official, head)
        with pytest.raises(PairingExists):
            await pair(official, other)
        with pytest.raises(PairingExists):
            await pair(other, head)
        await services.end_pairing(ctx, pairing_id=first.id)
        with pytest.raises(PairingEnded):
            await services.end_pairing(ctx, pairing_id=first.id)
        await pair(official, other, since=ctx.today + timedelta(days=1))
        assert await count(ctx, Pairing) == 2


async def test_households_outside_the_own_grids_are_not_found(district: TestDistrict, town: Town) -> None:
    async with district.context("community_secretary") as ctx:
        head, official = town.people["陈安"], town.people["吴清"]
        await assign(ctx, town, role_key="building_head", person_id=head, grid_id=town.building)
        with pytest.raises(NotFound) as refused:
            await services.pair_official(
                ctx, official_id=official, building_head_id=head, household_ids=[*town.households, uuid4()]
            )
        assert refused.value.path == ("households",)
        assert await count(ctx, Pairing) == 0


async def test_residents_write_no_posts(district: TestDistrict, town: Town) -> None:
    async with district.context("resident") as ctx:
        with pytest.raises(Forbidden):
            await assign(ctx, town)
        with pytest.raises(Forbidden):
            await services.pair_official(
                ctx,
                official_id=town.people["吴清"],
                building_head_id=town.people["陈安"],
                household_ids=town.households,
            )
