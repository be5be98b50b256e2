"""What tests of programmes are given: synthetic people, accounts, a clock, background work."""

from datetime import UTC, date, datetime, timedelta

import pytest
from stdnum.cn import ric

from wangge import split_id
from wangge.testing import Clock, Faults, Make, TestDistrict
from wangge.testing.factories import document_number
from wangge_schema.models import Person

PEOPLE = "{ people { totalCount } }"
NOON = datetime(2030, 6, 1, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("serial", [1, 7, 42, 998, 1001])
def test_document_numbers_are_valid_and_nobodys(serial: int) -> None:
    number = document_number(date(1981, 7, 8), serial)

    assert ric.calc_check_digit(number) == number[-1]
    assert number.startswith("37999919810708")


async def test_a_person_lives_in_the_grid_that_is_named(district: TestDistrict, make: Make) -> None:
    near, far = await make.person(), await make.person("陈安", grid="370703002200001")

    admin = district.client("district_admin")
    told = await admin.data(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Person { name grid { code } } } }",
        ids=[near.id, far.id],
    )
    assert told["nodes"] == [
        {"name": near.name, "grid": {"code": "370703001001001"}},
        {"name": "陈安", "grid": {"code": "370703002200001"}},
    ]
    assert near.document_number != far.document_number


async def test_people_share_a_household(district: TestDistrict, make: Make) -> None:
    home = await make.dwelling(room="502")
    family = await make.household(dwelling=home)
    people = [await make.person(dwelling=home, household=family) for _ in range(2)]

    told = await district.client("district_admin").data(
        "query ($id: ID!) { node(id: $id) { ... on Household { members { id } } } }", id=family
    )

    assert [one["id"] for one in told["node"]["members"]] == [one.id for one in people]


async def test_an_account_sees_the_grid_where_its_role_is_held(make: Make) -> None:
    await make.person(grid="370703001001001")
    await make.person(grid="370703002200001")

    everywhere = await make.account("district_admin")
    near = await make.account("grid_worker", grid="370703001001001")
    nobody = await make.account("grid_worker", grid="370703001007")

    assert [(await one.data(PEOPLE))["people"]["totalCount"] for one in (everywhere, near, nobody)] == [
        2,
        1,
        0,
    ]


async def test_a_resident_is_a_person(make: Make) -> None:
    person = await make.person()

    own = await make.account("resident", person=person.id)

    assert await own.data("{ me { person { id } } }") == {"me": {"person": {"id": person.id}}}


async def test_contexts_follow_the_clock(district: TestDistrict, clock: Clock) -> None:
    clock.move_to(NOON)
    async with district.context() as ctx:
        at_first = ctx.now, ctx.today
    clock.move_on(timedelta(hours=20))
    async with district.context("district_admin") as ctx:
        later = ctx.now, ctx.today

    assert at_first == (NOON, date(2030, 6, 1))
    assert later == (NOON + timedelta(hours=20), date(2030, 6, 2))


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="give it a time zone"):
        Clock().move_to(datetime(2030, 6, 1))  # what is refused


async def test_jobs_run_when_they_are_due(district: TestDistrict, clock: Clock) -> None:
    clock.move_to(NOON)
    first = await district.run_jobs()
    clock.move_on(timedelta(days=2))
    later = await district.run_jobs()

    assert first == []
    assert "volunteer_points.expire_points" in later


async def test_a_job_that_fails_fails_the_test(district: TestDistrict, clock: Clock, faults: Faults) -> None:
    clock.move_to(NOON)
    await district.run_jobs()
    clock.move_on(timedelta(days=2))
    await faults.raise_in("volunteer_points.expire_points")

    with pytest.raises(AssertionError, match=r"volunteer_points\.expire_points failed"):
        await district.run_jobs()


async def test_events_are_delivered_once(district: TestDistrict, make: Make) -> None:
    person = await make.person()
    await district.deliver_events()
    async with district.committed() as ctx:
        subject = await ctx.db.must_get(Person, split_id(person.id)[1])
        ctx.emit("base.person.died", subject=subject, grid_id=subject.grid_id)

    assert [await district.deliver_events(), await district.deliver_events()] == [1, 0]
