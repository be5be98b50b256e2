"""Districts of one server have different programmes on, and switch them without a restart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date

import httpx
import pytest
from sqlalchemy import func, select

from wangge import AuditEntry
from wangge.testing.districts import LiveServer, TestDistrict
from wangge.testing.worlds import World
from wangge_schema.grids.models import Grid
from wangge_schema.people.models import Person
from wangge_schema.people.rules import DocumentType
from wangge_volunteer_points.models import Volunteer

TEAMS = "{ volunteerTeams { totalCount } }"
VOLUNTEERS = "{ volunteers { totalCount } }"
STATES = "{ district { plugins { slug state } } }"
ENABLE = """mutation ($input: EnablePluginInput!) {
  enablePlugin(input: $input) { plugin { slug state } userErrors { code path } }
}"""
SUSPEND = """mutation ($input: SuspendPluginInput!) {
  suspendPlugin(input: $input) { plugin { slug state } userErrors { code path } }
}"""
SLUG = {"slug": "volunteer_points"}
TRIES = 600
"""Questions to the other process before its answer counts as wrong; each waits for an answer."""


async def _sdl(district: TestDistrict) -> str:
    headers = district.client("district_admin").headers
    return (await district.http.get(f"/{district.code}/schema.graphql", headers=headers)).text


async def test_two_districts_of_a_server_answer_different_schemas(
    district: TestDistrict, other_district: TestDistrict
) -> None:
    both = [await _sdl(one) for one in (district, other_district)]

    assert ["type VolunteerTeam " in one for one in both] == [True, False]
    assert ["type Grid " in one for one in both] == [True, True]
    assert await district.client("district_admin").data(TEAMS) == {"volunteerTeams": {"totalCount": 0}}
    assert await other_district.client("district_admin").codes(TEAMS) == ["PLUGIN_NOT_ENABLED"]


async def test_enabling_changes_the_schema_at_once_and_here_alone(
    district: TestDistrict, other_district: TestDistrict
) -> None:
    admin = other_district.client("district_admin")
    before = await _sdl(district)

    answer = await admin.data(ENABLE, input=SLUG)

    assert answer["enablePlugin"] == {
        "plugin": {"slug": "volunteer_points", "state": "ENABLED"},
        "userErrors": [],
    }
    assert await admin.data(TEAMS) == {"volunteerTeams": {"totalCount": 0}}
    assert await _sdl(other_district) == before
    assert await _sdl(district) == before
    async with other_district.context() as ctx:
        entry = select(AuditEntry.detail, AuditEntry.roles).where(
            AuditEntry.action == "platform.plugin.enabled"
        )
        detail, roles = (await ctx.db.execute(entry)).one()
    assert detail["plugin"] == "volunteer_points"
    assert roles == "district_admin"


async def test_enabling_twice_is_harmless(district: TestDistrict) -> None:
    admin = district.client("district_admin")

    answers = [await admin.data(ENABLE, input=SLUG) for _ in range(2)]

    assert [one["enablePlugin"]["userErrors"] for one in answers] == [[], []]
    assert await admin.data(TEAMS) == {"volunteerTeams": {"totalCount": 0}}


@pytest.mark.parametrize(
    ("document", "slug", "code"),
    [
        (ENABLE, "nothing_such", "PLUGIN_UNKNOWN"),
        (ENABLE, "base", "PLUGIN_UNKNOWN"),
        (SUSPEND, "base", "PLUGIN_IS_BASE"),
        (SUSPEND, "nothing_such", "PLUGIN_UNKNOWN"),
    ],
)
async def test_what_cannot_be_switched_is_refused(
    other_district: TestDistrict, document: str, slug: str, code: str
) -> None:
    admin = other_district.client("district_admin")
    before = await admin.data(STATES)

    answer = await admin.data(document, input={"slug": slug})

    ((_, payload),) = answer.items()
    assert payload == {"plugin": None, "userErrors": [{"code": code, "path": ["slug"]}]}
    assert await admin.data(STATES) == before


async def test_suspending_hides_the_fields_and_keeps_the_data(district: TestDistrict) -> None:
    admin = district.client("district_admin")
    async with district.committed() as ctx:
        grid = (await ctx.db.scalars(select(Grid).where(Grid.code == "370703001001")))[0]
        person = Person(name="陈安", document_type=DocumentType.NONE, grid_id=grid.id)
        ctx.db.add(person)
        await ctx.db.flush()
        ctx.db.add(Volunteer(person_id=person.id, grid_id=grid.id, registered_on=date(2026, 1, 1)))

    suspended = await admin.data(SUSPEND, input=SLUG)
    hidden = await admin.codes(VOLUNTEERS)
    async with district.context() as ctx:
        kept = await ctx.db.scalar(select(func.count(Volunteer.id)))
    await admin.data(ENABLE, input=SLUG)

    assert suspended["suspendPlugin"] == {
        "plugin": {"slug": "volunteer_points", "state": "SUSPENDED"},
        "userErrors": [],
    }
    assert hidden == ["PLUGIN_NOT_ENABLED"]
    assert kept == 1
    assert await admin.data(VOLUNTEERS) == {"volunteers": {"totalCount": 1}}


@pytest.fixture
async def elsewhere(world: World, other_district: TestDistrict) -> AsyncIterator[TestDistrict]:
    """The same district on a second server process over the same catalog."""
    async with AsyncExitStack() as stack:
        live = LiveServer(world.settings)
        stack.callback(live.stop)
        await live.wait()
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=live.url, timeout=60))
        yield TestDistrict(other_district.server, client, other_district.code)


async def test_a_second_process_follows_the_catalog(
    other_district: TestDistrict, elsewhere: TestDistrict
) -> None:
    here, there = other_district.client("district_admin"), elsewhere.client("district_admin")
    assert await there.codes(TEAMS) == ["PLUGIN_NOT_ENABLED"]

    await here.data(ENABLE, input=SLUG)
    enabled = await _until(elsewhere, shown=True)
    await here.data(SUSPEND, input=SLUG)
    suspended = await _until(elsewhere, shown=False)

    assert (enabled, suspended) == (True, True)


async def _until(district: TestDistrict, *, shown: bool) -> bool:
    """Ask until the programme's fields are there, or gone."""
    client = district.client("district_admin")
    for _ in range(TRIES):
        if ("errors" not in await client.execute(TEAMS)) is shown:
            return True
        await asyncio.sleep(0.02)
    return False


async def test_a_token_of_one_district_is_none_of_the_other(
    district: TestDistrict, other_district: TestDistrict
) -> None:
    foreign = {"authorization": f"Bearer {district.token('district_admin')}"}
    body = {"query": "{ me { account } }"}

    answer = await district.http.post(f"/{other_district.code}/graphql", json=body, headers=foreign)

    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
