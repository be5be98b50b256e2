"""Organisations and memberships, written within the caller's grids."""

from datetime import date

import pytest
from sqlalchemy import func, select

from wangge import EVERYTHING, Forbidden, NotFound, OutOfScope
from wangge.testing.districts import TestDistrict
from wangge_schema.organizations import services
from wangge_schema.organizations.errors import (
    CreditCodeCheckWrong,
    CreditCodeTaken,
    MembershipEnded,
    MembershipExists,
)
from wangge_schema.organizations.models import Membership, Organization
from wangge_schema.organizations.rules import OrganizationKind
from wangge_schema.people.rules import DocumentType
from wangge_schema.people.services import (
    create_dwelling,
    create_household,
    move_household,
    register_person,
)

from .conftest import COMMUNITY, COMPOUND, VILLAGE, Town

CODE = "91350100M000100Y43"


async def test_an_organisation_without_a_grid_belongs_to_the_district(
    district: TestDistrict, town: Town
) -> None:
    async with district.context("district_admin") as ctx:
        made = await services.create_organization(ctx, name="民政局", kind=OrganizationKind.DEPARTMENT)
        assert made.grid_id == town.grids["370703"]
        assert [made.anc_1, made.credit_code] == [None, None]


async def test_a_secretary_creates_organisations_of_the_own_community_alone(
    district: TestDistrict, town: Town
) -> None:
    async with district.context("community_secretary") as ctx:
        made = await services.create_organization(
            ctx,
            name="社区党委",
            kind=OrganizationKind.PARTY_ORGANIZATION,
            credit_code=CODE.lower(),
            grid_id=town.grids[COMMUNITY],
        )
        assert made.credit_code == CODE
        assert (await services.organization_by_code(ctx, f" {CODE.lower()} ")) is made
    for grid_id in (town.grids[VILLAGE], None):
        async with district.context("community_secretary") as ctx:
            with pytest.raises(OutOfScope):
                await services.create_organization(
                    ctx, name="合作社", kind=OrganizationKind.COOPERATIVE, grid_id=grid_id
                )


async def test_a_credit_code_is_held_once(district: TestDistrict, town: Town) -> None:
    async with district.context("district_admin") as ctx:
        kind = OrganizationKind.COMPANY
        await services.create_organization(ctx, name="物业公司", kind=kind, credit_code=CODE)
        with pytest.raises(CreditCodeTaken):
            await services.create_organization(ctx, name="另一公司", kind=kind, credit_code=CODE)
        with pytest.raises(CreditCodeCheckWrong):
            await services.create_organization(ctx, name="另一公司", kind=kind, credit_code=CODE[:-1] + "4")
        held = select(func.count(Organization.id)).where(Organization.credit_code == CODE)
        assert await ctx.db.scalar(held) == 1


async def test_an_unknown_parent_is_not_found(district: TestDistrict, town: Town) -> None:
    async with district.context("district_admin") as ctx:
        with pytest.raises(NotFound) as refused:
            await services.create_organization(
                ctx, name="支部", kind=OrganizationKind.PARTY_ORGANIZATION, parent_id=town.people["陈安"]
            )
        assert refused.value.path == ("parent",)


async def test_a_membership_is_bound_to_the_person_and_shares_no_day_with_another(
    district: TestDistrict, town: Town
) -> None:
    async with district.context("community_secretary") as ctx:
        party = await services.create_organization(
            ctx, name="党支部", kind=OrganizationKind.PARTY_ORGANIZATION, grid_id=town.grids[COMMUNITY]
        )
        member = town.people["陈安"]
        first = await services.begin_membership(
            ctx, person_id=member, organization_id=party.id, title="委员", since=date(2025, 1, 1)
        )
        assert first.grid_id == town.grids[COMPOUND]
        with pytest.raises(MembershipExists):
            await services.begin_membership(ctx, person_id=member, organization_id=party.id)
        ended = await services.end_membership(ctx, membership_id=first.id, until=date(2025, 12, 31))
        assert ended.until == date(2025, 12, 31)
        with pytest.raises(MembershipEnded):
            await services.end_membership(ctx, membership_id=first.id)
        await services.begin_membership(
            ctx, person_id=member, organization_id=party.id, title="书记", since=date(2026, 1, 1)
        )
        rows = await ctx.db.execute(select(Membership.title, Membership.until).order_by(Membership.since))
        assert [tuple(row) for row in rows.all()] == [("委员", date(2025, 12, 31)), ("书记", None)]


async def test_nobody_joins_from_outside_the_callers_grids(district: TestDistrict, town: Town) -> None:
    async with district.context("community_secretary") as ctx:
        party = await services.create_organization(
            ctx, name="党支部", kind=OrganizationKind.PARTY_ORGANIZATION, grid_id=town.grids[COMMUNITY]
        )
        with pytest.raises(NotFound) as refused:
            await services.begin_membership(ctx, person_id=town.people["林远"], organization_id=party.id)
        assert refused.value.path == ("person",)
        ctx.db.use_scope(EVERYTHING)
        assert await ctx.db.scalar(select(func.count(Membership.id))) == 0


async def test_residents_create_no_organisations(district: TestDistrict, town: Town) -> None:
    async with district.context("resident") as ctx:
        with pytest.raises(Forbidden):
            await services.create_organization(ctx, name="民政局", kind=OrganizationKind.DEPARTMENT)


async def test_a_membership_follows_the_person_who_moves(district: TestDistrict, town: Town) -> None:
    async with district.context("district_admin") as ctx:
        here = await create_dwelling(ctx, grid_id=town.grids[COMPOUND], unit="9", room="901")
        there = await create_dwelling(ctx, grid_id=town.grids[VILLAGE], room="12")
        home = await create_household(ctx, dwelling_id=here.id, number="T0001")
        person = await register_person(
            ctx,
            name="郑和",
            document_type=DocumentType.NONE,
            document_number="",
            dwelling_id=here.id,
            household_id=home.id,
            purpose="registration",
        )
        branch = await services.create_organization(
            ctx, name="党支部", kind=OrganizationKind.PARTY_ORGANIZATION, grid_id=town.grids[COMMUNITY]
        )
        member = await services.begin_membership(ctx, person_id=person.id, organization_id=branch.id)
        assert member.grid_id == town.grids[COMPOUND]
        await move_household(ctx, household_id=home.id, dwelling_id=there.id)
        bound = select(Membership.grid_id).where(Membership.id == member.id)
        assert await ctx.db.scalar(bound) == town.grids[VILLAGE]
        assert branch.grid_id == town.grids[COMMUNITY]
