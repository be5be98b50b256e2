"""Each step of a programme's life in a district: who may take it, what it does, what is on the record."""

from collections.abc import AsyncIterator
from importlib.metadata import entry_points
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from wangge import AuditEntry
from wangge._host.app import create_app
from wangge._host.plugins import GROUP, PluginManager
from wangge._host.runtime import Server
from wangge.districts.tables import PluginTable
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import World

SLUG = "volunteer_points"
STATES = "{ district { plugins { slug title version state health { healthy problems } } } }"
TEAMS = "{ volunteerTeams { totalCount } }"
STEP = """mutation ($input: %sPluginInput!) {
  %sPlugin(input: $input) { plugin { slug state } userErrors { code path } }
}"""
ENABLE, SUSPEND, RESUME = (STEP % (name.capitalize(), name) for name in ("enable", "suspend", "resume"))
GONE = "Its package is not installed: install it again, or suspend and purge the programme."


async def acts(district: TestDistrict) -> list[tuple[str, Any]]:
    """Return what the audit trail says of programmes: act and slug, in their order."""
    async with district.context() as ctx:
        entries = select(AuditEntry.action, AuditEntry.detail).order_by(AuditEntry.number)
        chosen = entries.where(AuditEntry.action.like("platform.plugin.%"))
        return [(action, detail["plugin"]) for action, detail in await ctx.db.execute(chosen)]


async def step(district: TestDistrict, document: str, role: str = "district_admin", **input: Any) -> Any:
    """Take a step and return its payload."""
    ((_, payload),) = (await district.client(role).data(document, input={"slug": SLUG, **input})).items()
    return payload


@pytest.fixture
async def bare(world: World, district: TestDistrict) -> AsyncIterator[TestDistrict]:
    """The district on a server on which the programme's package is not installed."""
    points = [one for one in entry_points(group=GROUP) if one.name == "base"]
    server = Server(world.settings, plugins=PluginManager(points))
    await server.start(watch=False)
    transport = httpx.ASGITransport(create_app(server))
    async with httpx.AsyncClient(transport=transport, base_url="http://wangge.test") as http:
        yield TestDistrict(server, http, district.code)
    await server.stop()


async def test_a_suspended_programme_is_resumed_over_its_data(district: TestDistrict) -> None:
    admin = district.client("district_admin")
    before = await acts(district)

    await step(district, SUSPEND)
    resumed = await step(district, RESUME)

    assert resumed == {"plugin": {"slug": SLUG, "state": "ENABLED"}, "userErrors": []}
    assert await admin.data(TEAMS) == {"volunteerTeams": {"totalCount": 0}}
    assert (await acts(district))[len(before) :] == [
        ("platform.plugin.suspended", SLUG),
        ("platform.plugin.resumed", SLUG),
    ]


async def test_enabling_a_suspended_programme_is_a_resuming(district: TestDistrict) -> None:
    await step(district, SUSPEND)

    await step(district, ENABLE)

    assert (await acts(district))[-1] == ("platform.plugin.resumed", SLUG)


async def test_only_a_suspended_programme_is_resumed(
    district: TestDistrict, other_district: TestDistrict
) -> None:
    refused = {"plugin": None, "userErrors": [{"code": "PLUGIN_NOT_SUSPENDED", "path": ["slug"]}]}
    before = await acts(district)

    assert await step(district, RESUME) == refused  # it is on
    assert await step(other_district, RESUME) == refused  # it never was on

    assert await acts(district) == before
    assert await acts(other_district) == []


async def test_the_district_knows_the_tables_of_its_programmes(district: TestDistrict) -> None:
    async with district.context() as ctx:
        noted = set(await ctx.db.scalars(select(PluginTable.table_name).where(PluginTable.plugin == SLUG)))
        there = {name for name in await ctx.db.tables() if name.startswith(f"{SLUG}_")}

    assert noted == there
    assert len(there) > 10


async def test_a_programme_whose_package_is_gone_is_shown_and_the_rest_is_served(
    bare: TestDistrict,
) -> None:
    admin = bare.client("district_admin")

    shown = await admin.data(STATES)
    grids = await admin.data("{ grids { totalCount } }")

    assert shown["district"]["plugins"] == [
        {
            "slug": SLUG,
            "title": "Volunteer points",
            "version": "0.1.0",
            "state": "ENABLED",
            "health": {"healthy": False, "problems": [GONE]},
        }
    ]
    assert grids["grids"]["totalCount"] > 0


async def test_a_programme_whose_package_is_gone_can_be_suspended_and_not_resumed(
    bare: TestDistrict,
) -> None:
    suspended = await step(bare, SUSPEND)
    resumed = await step(bare, RESUME)

    assert suspended == {"plugin": {"slug": SLUG, "state": "SUSPENDED"}, "userErrors": []}
    assert resumed == {"plugin": None, "userErrors": [{"code": "PLUGIN_UNKNOWN", "path": ["slug"]}]}
