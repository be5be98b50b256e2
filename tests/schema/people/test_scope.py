"""What a resident reaches, and what others see of a person beyond their grids."""

from datetime import date
from typing import Any

from sqlalchemy import select, update

from wangge.testing.districts import TestDistrict
from wangge_schema import models as base
from wangge_schema.people.scope import persons_of_resident

TODAY = date(2026, 11, 22)


async def test_a_resident_reaches_self_household_and_wards(district: TestDistrict, town: Any) -> None:
    async with district.context() as ctx:
        head, spouse, child = (town.uuid(name) for name in ("head", "spouse", "child"))
        reach = await persons_of_resident(ctx.db.session, head, TODAY)
        assert reach.person_ids == {head, spouse, child}
        assert reach.household_ids == {town.uuid("household")}
        assert reach.dwelling_ids == {town.uuid("dwelling")}


async def test_a_guardian_of_another_household_reaches_the_ward_alone(
    district: TestDistrict, town: Any
) -> None:
    async with district.context() as ctx:
        stranger, child = town.uuid("stranger"), town.uuid("child")
        ward = await ctx.db.must_get(base.Person, child)
        ctx.db.add(base.Guardianship(ward_id=child, guardian_id=stranger, since=TODAY, grid_id=ward.grid_id))
        await ctx.db.flush()
        reach = await persons_of_resident(ctx.db.session, stranger, TODAY)
        assert reach.person_ids == {stranger, child}
        assert reach.household_ids == {town.uuid("far_household"), town.uuid("household")}
        mine = base.Guardianship.guardian_id == stranger
        await ctx.db.execute(update(base.Guardianship).where(mine).values(until=TODAY))
        reach = await persons_of_resident(ctx.db.session, stranger, TODAY)
        assert reach.person_ids == {stranger}


async def test_someone_without_a_household_reaches_oneself(district: TestDistrict, town: Any) -> None:
    async with district.context() as ctx:
        stranger = town.uuid("stranger")
        await ctx.db.execute(update(base.Person).where(base.Person.id == stranger).values(household_id=None))
        reach = await persons_of_resident(ctx.db.session, stranger, TODAY)
        assert reach.person_ids == {stranger}
        assert reach.household_ids == set()
        assert reach.dwelling_ids == {town.uuid("far")}


async def test_a_published_post_shows_no_more_than_a_masked_name(district: TestDistrict, town: Any) -> None:
    async with district.committed() as ctx:
        grid = await ctx.db.scalar(select(base.Grid.id).where(base.Grid.code == "370703001"))
        role = await ctx.db.scalar(select(base.PostRole.key))
        ctx.db.add(base.Post(grid_id=grid, role_key=role, person_id=town.uuid("stranger"), since=TODAY))
    document = """{ posts { edges { node { person { name sex birthDate documentNumber phone relation diedOn
      grid { code } household { id } residences { since } } } } } }"""
    for role_name in ("grid_worker", "resident"):
        [edge] = (await district.client(role_name).data(document))["posts"]["edges"]
        assert edge["node"]["person"] == {
            "name": "王*",
            "sex": None,
            "birthDate": None,
            "documentNumber": "***",
            "phone": None,
            "relation": None,
            "diedOn": None,
            "grid": None,
            "household": None,
            "residences": [],
        }
