"""Restricted people are stored and nothing else: no list, count, search, programme or write meets them."""

from typing import Any

import pytest
from sqlalchemy import func, select

from wangge import AuditEntry, DataRestricted, NotFound
from wangge.testing.districts import TestDistrict
from wangge_schema import models as base
from wangge_schema.people.models import Person

ERRORS = "userErrors { code path }"
RESTRICT = f"""mutation ($person: ID!, $reason: String = "本人申请") {{ restrictPerson(input: {{
  person: $person, reason: $reason }}) {{
  restriction {{ id personId personName reason liftedAt erased grid {{ code }} }} {ERRORS} }} }}"""
LIFT = f"""mutation ($person: ID!) {{ liftRestriction(input: {{ person: $person, reason: "争议已解决" }}) {{
  restriction {{ liftedAt }} person {{ id name }} {ERRORS} }} }}"""
LISTED = """{ restrictions(where: { current: { eq: true } }) {
  totalCount edges { node { personId personName } } } }"""
UPDATE = f"""mutation ($person: ID!) {{ updatePerson(input: {{ person: $person, phone: "19900000009" }}) {{
  person {{ id }} {ERRORS} }} }}"""

EVERYWHERE = """query ($person: ID!, $household: ID!, $post: ID!, $number: String!) {
  person(id: $person) { id }
  node(id: $person) { id }
  nodes(ids: [$person, $post]) { id }
  people(orderBy: [CREATED_AT_ASC]) { totalCount edges { node { id } } }
  found: people(where: { documentNumber: { eq: $number } }) { totalCount edges { node { id } } }
  household(id: $household) { head { id } members { id } }
  grid(code: "370703001") { people { totalCount edges { node { id } } } counts { people } }
  posts { totalCount edges { node { id person { id } } } }
  pairings { totalCount }
  organizations { edges { node { members { totalCount } } } }
  volunteers { totalCount edges { node { id } } }
  volunteerTeams { edges { node { leader { id } } } }
}"""


def refusals(payload: dict[str, Any]) -> list[tuple[str, list[str] | None]]:
    """Return code and path of each user error."""
    return [(one["code"], one["path"]) for one in payload["userErrors"]]


async def seen(district: TestDistrict, role: str, home: Any) -> dict[str, Any]:
    """Return all places where the head could be met."""
    return await district.client(role).data(
        EVERYWHERE, person=home.head, household=home.household, post=home.post, number=home.number
    )


async def restrict(district: TestDistrict, person: str) -> dict[str, Any]:
    """Restrict somebody's data as the district's administrator and return the restriction."""
    payload = (await district.client("district_admin").data(RESTRICT, person=person))["restrictPerson"]
    assert payload["userErrors"] == []
    found: dict[str, Any] = payload["restriction"]
    return found


@pytest.mark.parametrize("role", ["district_admin", "grid_worker"])
async def test_the_restricted_are_nowhere_and_come_back(district: TestDistrict, home: Any, role: str) -> None:
    before = await seen(district, role, home)
    assert before["person"] == {"id": home.head}
    assert before["found"]["totalCount"] == before["volunteers"]["totalCount"] == 1

    await restrict(district, home.head)

    after = await seen(district, role, home)
    assert (after["person"], after["node"], after["nodes"]) == (None, None, [None, None])
    assert home.head not in str(after)
    assert after["people"]["totalCount"] == before["people"]["totalCount"] - 1
    assert after["found"] == {"totalCount": 0, "edges": []}
    assert after["household"] == {"head": None, "members": [{"id": home.spouse}, {"id": home.child}]}
    grids = (before["grid"], after["grid"])
    assert [grid["people"]["totalCount"] for grid in grids] == [3, 2]
    assert [grid["counts"]["people"] for grid in grids] == [3, 2]
    assert (after["posts"]["totalCount"], after["pairings"]["totalCount"]) == (0, 0)
    assert after["volunteers"] == {"totalCount": 0, "edges": []}
    assert [team["node"]["leader"] for team in after["volunteerTeams"]["edges"]] == [None]

    lifted = (await district.client("district_admin").data(LIFT, person=home.head))["liftRestriction"]
    assert lifted["userErrors"] == []
    assert lifted["person"] == {"id": home.head, "name": "欧阳密语"}
    assert await seen(district, role, home) == before


async def test_figures_leave_the_restricted_out(district: TestDistrict, home: Any) -> None:
    figures = "{ indicators { key value } }"
    client = district.client("district_admin")

    def of(data: dict[str, Any]) -> dict[str, str]:
        return {one["key"]: one["value"] for one in data["indicators"]}

    before = of(await client.data(figures))
    await restrict(district, home.head)
    after = of(await client.data(figures))

    assert (before["base.people"], after["base.people"]) == ("4", "3")
    assert (before["base.posts"], after["base.posts"]) == ("1", "0")


async def test_residents_do_not_see_a_restricted_member_of_the_household(
    district: TestDistrict, home: Any
) -> None:
    await restrict(district, home.spouse)

    data = await district.client("resident").data("{ me { person { household { members { id } } } } }")

    assert data["me"]["person"]["household"]["members"] == [{"id": home.head}, {"id": home.child}]


async def test_nothing_is_written_about_the_restricted(district: TestDistrict, home: Any) -> None:
    await restrict(district, home.head)
    for role in ("district_admin", "grid_worker"):
        payload = (await district.client(role).data(UPDATE, person=home.head))["updatePerson"]
        assert refusals(payload) == [("DATA_RESTRICTED", ["person"])]
    elsewhere = await district.client("grid_worker_elsewhere").data(UPDATE, person=home.head)
    assert refusals(elsewhere["updatePerson"]) == [("NOT_FOUND", ["person"])]
    twice = (await district.client("district_admin").data(RESTRICT, person=home.head))["restrictPerson"]
    assert refusals(twice) == [("DATA_RESTRICTED", ["person"])]
    async with district.context() as ctx:
        with pytest.raises(DataRestricted):
            await ctx.db.must_get(Person, home.uuid("head"))
        person = await ctx.db.including_restricted().must_get(Person, home.uuid("head"))
        assert ctx.keys.open("phone", person.phone_cipher or b"") == "19988776655"
        assert await ctx.db.scalar(select(func.count(base.Restriction.id))) == 1


async def test_work_beyond_the_scope_does_not_reach_the_restricted(district: TestDistrict, home: Any) -> None:
    await restrict(district, home.head)
    async with district.context("grid_worker") as ctx, ctx.beyond_scope("a programme's own work"):
        assert await ctx.db.get(Person, home.uuid("head")) is None
        async with ctx.beyond_scope("keeping rows in order", restricted=True):
            assert await ctx.db.get(Person, home.uuid("head")) is not None
        assert await ctx.db.get(Person, home.uuid("head")) is None


async def test_those_who_handle_restrictions_see_them(district: TestDistrict, home: Any) -> None:
    made = await restrict(district, home.head)
    assert made["personId"] == home.head
    assert (made["personName"], made["reason"], made["erased"]) == ("欧阳密语", "本人申请", False)
    assert (made["grid"], made["liftedAt"]) == ({"code": "370703001001001001"}, None)

    listed = (await district.client("district_admin").data(LISTED))["restrictions"]
    assert listed["totalCount"] == 1
    assert [edge["node"] for edge in listed["edges"]] == [{"personId": home.head, "personName": "欧阳密语"}]
    await district.client("district_admin").data(LIFT, person=home.head)
    assert (await district.client("district_admin").data(LISTED))["restrictions"]["totalCount"] == 0


@pytest.mark.parametrize("role", ["grid_worker", "community_secretary", "resident", "vendor_service"])
async def test_restricting_needs_the_permission(district: TestDistrict, home: Any, role: str) -> None:
    client = district.client(role)
    assert await client.codes(RESTRICT, person=home.head) == ["FORBIDDEN"]
    assert await client.codes(LIFT, person=home.head) == ["FORBIDDEN"]
    assert await client.codes(LISTED) == ["FORBIDDEN"]
    assert await district.client(None).codes(RESTRICT, person=home.head) == ["UNAUTHENTICATED"]
    async with district.context() as ctx:
        assert (await ctx.db.must_get(Person, home.uuid("head"))).restricted_at is None
        assert await ctx.db.scalar(select(func.count(base.Restriction.id))) == 0


async def test_a_person_of_another_district_is_not_there(
    district: TestDistrict, other_district: TestDistrict, home: Any
) -> None:
    for document, field in ((RESTRICT, "restrictPerson"), (LIFT, "liftRestriction")):
        payload = (await other_district.client("district_admin").data(document, person=home.head))[field]
        assert refusals(payload) == [("NOT_FOUND", ["person"])]
    async with district.context() as ctx:
        assert await ctx.db.get(Person, home.uuid("head")) is not None


async def test_a_reason_is_owed_and_only_what_stands_is_lifted(district: TestDistrict, home: Any) -> None:
    client = district.client("district_admin")
    silent = (await client.data(RESTRICT, person=home.head, reason=" "))["restrictPerson"]
    assert refusals(silent) == [("BASE_REASON_UNSTATED", ["reason"])]
    idle = (await client.data(LIFT, person=home.head))["liftRestriction"]
    assert refusals(idle) == [("BASE_NOT_RESTRICTED", ["person"])]
    async with district.context() as ctx:
        assert await ctx.db.scalar(select(func.count(base.Restriction.id))) == 0


async def test_restrictions_are_audited_with_their_reason(district: TestDistrict, home: Any) -> None:
    await restrict(district, home.head)
    await district.client("district_admin").data(LIFT, person=home.head)
    async with district.context() as ctx:
        about = select(AuditEntry).where(AuditEntry.subject_id == home.uuid("head"))
        entries = await ctx.db.scalars(about.order_by(AuditEntry.number))
    assert [(one.action, one.purpose) for one in entries[-2:]] == [
        ("base.person.restricted", "本人申请"),
        ("base.person.released", "争议已解决"),
    ]


async def test_rows_of_the_restricted_follow_when_grids_change(district: TestDistrict, home: Any) -> None:
    """Keeping rows in order is storage: a restriction must not leave them behind in a grid that ended."""
    from wangge_schema.grids.models import Grid
    from wangge_schema.grids.services import move_grid

    await restrict(district, home.head)
    async with district.committed() as ctx:
        grids = {grid.code: grid for grid in await ctx.db.scalars(select(Grid))}
        await move_grid(ctx, grid_id=grids["370703001001001"].id, parent_id=grids["370703001007"].id)
    async with district.context() as ctx:
        head = await ctx.db.including_restricted().must_get(Person, home.uuid("head"))
        spouse = await ctx.db.must_get(Person, home.uuid("spouse"))
        assert (head.anc_2, head.anc_3) == (spouse.anc_2, spouse.anc_3)
        with pytest.raises(NotFound):
            await ctx.db.must_get(Person, home.uuid("household"))
