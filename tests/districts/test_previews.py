"""Administrators see what an enabling would change before they switch; what they saw is what they get."""

from typing import Any

import pytest
from graphql import build_schema, extend_schema, parse

from wangge.testing.districts import TestDistrict

SLUG = "volunteer_points"
PREVIEW = """query ($slug: String!) { pluginPreview(slug: $slug) {
  slug title version lastVersion state fingerprint problems sdl tables provides events
  changes { severity code place description }
  permissions { key title roles }
  personalData { table title columns purpose legalBasis retention deletedOnErasure emptiedOnErasure }
  purposes { key title legalBasis retention needsConsent }
  migrations { revision description }
  requirements { capability required provider candidates }
  settings { name description default }
  handlers { key description events }
  jobs { key description events }
} }"""
FINGERPRINT = "query ($slug: String!) { pluginPreview(slug: $slug) { fingerprint } }"
ENABLE = """mutation ($input: EnablePluginInput!) {
  enablePlugin(input: $input) { plugin { slug state } userErrors { code path } }
}"""
SUSPEND = """mutation ($input: SuspendPluginInput!) { suspendPlugin(input: $input) { plugin { state } } }"""
STATES = "{ district { plugins { slug state } } }"


async def preview(district: TestDistrict, language: str = "en") -> Any:
    """Return what the administrator is shown."""
    return (await district.client("district_admin", language).data(PREVIEW, slug=SLUG))["pluginPreview"]


async def sdl(district: TestDistrict) -> str:
    headers = district.client("district_admin").headers
    return (await district.http.get(f"/{district.code}/schema.graphql", headers=headers)).text


async def test_the_preview_shows_what_an_enabling_brings_and_changes_nothing(
    other_district: TestDistrict,
) -> None:
    before = (await sdl(other_district), await other_district.client("district_admin").data(STATES))
    async with other_district.context() as ctx:
        tables = await ctx.db.tables()

    shown = await preview(other_district)

    assert (shown["slug"], shown["title"], shown["version"]) == (SLUG, "Volunteer points", "0.1.0")
    assert (shown["state"], shown["lastVersion"], shown["problems"]) == ("INSTALLED", None, [])
    assert {one["severity"] for one in shown["changes"]} == {"SAFE"}
    assert {
        "severity": "SAFE",
        "code": "FIELD_ADDED",
        "place": "Query.volunteers",
        "description": "Field Query.volunteers was added.",
    } in shown["changes"]
    assert {
        "key": "volunteer_points.teams.write",
        "title": "Set up teams and appoint leaders",
        "roles": ["district_admin", "street_secretary", "community_secretary"],
    } in shown["permissions"]
    assert {
        "table": "volunteer_points_team_members",
        "title": "Membership of teams",
        "columns": ["team_id", "since"],
        "purpose": "volunteering",
        "legalBasis": "PIPL art. 13(1)(2), (3); Regulation on Voluntary Service 2017",
        "retention": "While a member",
        "deletedOnErasure": True,
        "emptiedOnErasure": [],
    } in shown["personalData"]
    assert [one["key"] for one in shown["purposes"]] == ["volunteering"]
    assert "volunteer_points_teams" in shown["tables"]
    assert shown["migrations"][0]["revision"] == "0001"
    assert {
        "capability": "base/1",
        "required": True,
        "provider": "base",
        "candidates": ["base"],
    } in shown["requirements"]
    assert {one["name"]: one["default"] for one in shown["settings"]}["daily_cap_hours"] == "8"
    assert {one.partition(".")[0] for one in shown["events"]} == {SLUG}
    brought = other_district.server.plugins.loaded[SLUG]
    assert [one["key"] for one in shown["handlers"]] == [one.key for one in brought.event_handlers]
    assert [one["key"] for one in shown["jobs"]] == [one.key for one in brought.jobs]
    assert shown["handlers"]
    assert shown["jobs"]
    after = (await sdl(other_district), await other_district.client("district_admin").data(STATES))
    assert after == before
    async with other_district.context() as ctx:
        assert await ctx.db.tables() == tables


async def test_titles_come_in_the_callers_language(other_district: TestDistrict) -> None:
    shown = await preview(other_district, "zh")

    assert shown["title"] == "志愿积分"
    assert "组建队伍、任命队长" in {one["title"] for one in shown["permissions"]}


async def test_the_sdl_that_is_shown_makes_the_districts_schema_what_it_will_be(
    other_district: TestDistrict,
) -> None:
    shown, before = await preview(other_district), build_schema(await sdl(other_district))
    await other_district.client("district_admin").data(ENABLE, input={"slug": SLUG})
    after = build_schema(await sdl(other_district))

    extended = extend_schema(before, parse(shown["sdl"]))

    assert set(extended.type_map) == set(after.type_map)
    for name in ("Query", "Mutation", "Person", "VolunteerTeam"):
        assert set(extended.type_map[name].fields) == set(after.type_map[name].fields)  # type: ignore[attr-defined]  # object types


async def test_what_was_shown_is_what_is_enabled(other_district: TestDistrict) -> None:
    shown = await preview(other_district)

    answer = await other_district.client("district_admin").data(
        ENABLE, input={"slug": SLUG, "fingerprint": shown["fingerprint"]}
    )

    assert answer["enablePlugin"] == {"plugin": {"slug": SLUG, "state": "ENABLED"}, "userErrors": []}


async def test_what_is_not_what_was_shown_is_refused(
    district: TestDistrict, other_district: TestDistrict
) -> None:
    admin = other_district.client("district_admin")
    before = await admin.data(STATES)
    elsewhere = await preview(district)

    for fingerprint in (elsewhere["fingerprint"], "x"):
        answer = await admin.data(ENABLE, input={"slug": SLUG, "fingerprint": fingerprint})

        assert answer["enablePlugin"] == {
            "plugin": None,
            "userErrors": [{"code": "PLUGIN_CHANGED", "path": ["fingerprint"]}],
        }
    assert await admin.data(STATES) == before


async def test_a_suspended_programme_is_previewed_with_its_last_version(district: TestDistrict) -> None:
    admin = district.client("district_admin")
    enabled = await preview(district)
    await admin.data(SUSPEND, input={"slug": SLUG})

    shown = await preview(district)

    assert (enabled["state"], enabled["changes"]) == ("ENABLED", [])
    assert (shown["state"], shown["lastVersion"]) == ("SUSPENDED", "0.1.0")
    assert shown["migrations"] == []  # its tables are there, and up to date
    assert ("FIELD_ADDED", "Query.volunteers") in {(one["code"], one["place"]) for one in shown["changes"]}
    assert shown["sdl"] == enabled["sdl"]


@pytest.mark.parametrize("slug", ["nothing_such", "base"])
async def test_there_is_a_preview_of_programmes_alone(other_district: TestDistrict, slug: str) -> None:
    assert await other_district.client("district_admin").codes(PREVIEW, slug=slug) == ["PLUGIN_UNKNOWN"]


@pytest.mark.parametrize(
    ("role", "code"), [("grid_worker", "FORBIDDEN"), ("resident", "FORBIDDEN"), (None, "UNAUTHENTICATED")]
)
async def test_only_administrators_look(district: TestDistrict, role: str | None, code: str) -> None:
    answer = await district.client(role).execute(FINGERPRINT, slug=SLUG)

    assert [one["extensions"]["code"] for one in answer["errors"]] == [code]
    assert answer["data"] in (None, {"pluginPreview": None})
