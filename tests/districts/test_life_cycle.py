"""Each step of a programme's life in a district: who may take it, what it does, what is on the record."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from importlib.metadata import entry_points
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update

from wangge import Account, AuditEntry, PluginState, PrincipalKind, RoleGrant
from wangge._host import migrator
from wangge._host.app import create_app
from wangge._host.lifecycle import PluginNotSuspended, PluginPurged, enable, purge
from wangge._host.plugins import GROUP, PluginManager
from wangge._host.runtime import Server
from wangge.auth.models import PersonalColumn
from wangge.districts.models import PluginSettings
from wangge.districts.tables import PluginTable
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import World
from wangge_schema.grids.models import Grid
from wangge_schema.people.models import Person
from wangge_schema.people.rules import DocumentType
from wangge_volunteer_points.models import Volunteer, VolunteerTeam

SLUG = "volunteer_points"
STATES = "{ district { plugins { slug title version state health { healthy problems } } } }"
TEAMS = "{ volunteerTeams { totalCount } }"
STEP = """mutation ($input: %sPluginInput!) {
  %sPlugin(input: $input) { plugin { slug state } userErrors { code path } }
}"""
ENABLE, SUSPEND, RESUME = (STEP % (name.capitalize(), name) for name in ("enable", "suspend", "resume"))
PURGE = """mutation ($input: PurgePluginInput!) {
  purgePlugin(input: $input) { tables { name rows } userErrors { code path message } }
}"""
EXPORT = """mutation ($input: ExportPluginInput!) {
  exportPlugin(input: $input) { content tables { name rows } userErrors { code path } }
}"""
PURPOSE = {"purpose": "移交档案"}
WORDS = {"confirmation": "purge volunteer_points in 370703"}
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
async def street_admin(district: TestDistrict) -> str:
    """An administrator of one street: the permission of the district's, within a part of it."""
    async with district.committed() as ctx:
        street = await ctx.db.scalar(select(Grid).where(Grid.code == "370703001"))
        account = Account(subject=f"{district.code}/street_admin", kind=PrincipalKind.STAFF)
        ctx.db.add(account)
        await ctx.db.flush()
        since = datetime(2026, 1, 1, tzinfo=UTC)
        ctx.db.add(RoleGrant(account_id=account.id, role="district_admin", place_id=street.id, since=since))
    return "street_admin"


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


async def test_who_answers_for_a_part_of_the_district_neither_copies_nor_deletes_the_whole(
    district: TestDistrict, street_admin: str
) -> None:
    async with district.committed() as ctx:
        elsewhere = await ctx.db.scalar(select(Grid).where(Grid.code == "370703002"))
        ctx.db.add(VolunteerTeam(name="晨光队", purpose="敬老", grid_id=elsewhere.id))
    await step(district, SUSPEND)
    before = await acts(district)

    copied = await step(district, EXPORT, role=street_admin, **PURPOSE)
    purged = await step(district, PURGE, role=street_admin, **WORDS)

    refused = [("OUT_OF_SCOPE", ["slug"])]
    assert [[(one["code"], one["path"]) for one in got["userErrors"]] for got in (copied, purged)] == [
        refused,
        refused,
    ]
    assert (copied["content"], copied["tables"], purged["tables"]) == (None, None, None)
    assert await acts(district) == before
    async with district.context() as ctx:
        assert await ctx.db.scalars(select(VolunteerTeam.name)) == ["晨光队"]


@pytest.mark.parametrize("name", ["enablePlugin", "suspendPlugin", "resumePlugin", "resetPlugin"])
async def test_who_answers_for_a_part_of_the_district_switches_nothing_for_the_whole(
    district: TestDistrict, street_admin: str, name: str
) -> None:
    if name in {"enablePlugin", "resumePlugin"}:
        await step(district, SUSPEND)
    state, before = district.server.district(district.code).record.states[SLUG].state, await acts(district)
    kind = f"{name[0].upper()}{name[1:]}Input"
    document = f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ userErrors {{ code path }} }} }}"

    refused = await step(district, document, role=street_admin)

    assert refused == {"userErrors": [{"code": "OUT_OF_SCOPE", "path": ["slug"]}]}
    await district.server.reload()
    assert district.server.district(district.code).record.states[SLUG].state is state
    assert await acts(district) == before


async def test_what_migrations_fail_on_is_told_without_personal_values(
    other_district: TestDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise ValueError("invalid input for an integer: 张晨光 110101199003078515")

    monkeypatch.setattr(migrator, "_move", broken)
    document = ENABLE.replace("code path", "code message")

    refused = await step(other_district, document)

    [error] = refused["userErrors"]
    assert error["code"] == "PLUGIN_MIGRATION_FAILED"
    assert "(invalid input for an integer: *** ***)" in error["message"]
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


async def planted(district: TestDistrict, *, volunteer: bool) -> None:
    """Let the programme have rows: a team, and a volunteer whose registration a law keeps."""
    async with district.committed() as ctx:
        grid = (await ctx.db.scalars(select(Grid).where(Grid.code == "370703001001")))[0]
        ctx.db.add(VolunteerTeam(name="晨光队", purpose="敬老", grid_id=grid.id))
        if volunteer:
            person = Person(name="陈安", document_type=DocumentType.NONE, grid_id=grid.id)
            ctx.db.add(person)
            await ctx.db.flush()
            ctx.db.add(Volunteer(person_id=person.id, grid_id=grid.id, registered_on=date(2020, 1, 1)))


async def left(district: TestDistrict) -> dict[str, int]:
    """Return what a district still holds of the programme: tables, and rows of core's tables by name."""
    async with district.context() as ctx:
        there = await ctx.db.tables()
        found = {name: 1 for name in there if SLUG in name}
        for name, table in (
            await ctx.db.reflected({one for one in there if one.startswith("wangge_")})
        ).items():
            if "plugin" in table.c:
                ours = select(func.count()).select_from(table).where(table.c.plugin == SLUG)
                found[name] = (await ctx.db.session.execute(ours)).scalar_one()
        return {name: count for name, count in found.items() if count}


async def settings_of(district: TestDistrict) -> list[str]:
    """Return the slugs of which the catalog has settings of the district."""
    async with district.server.catalog.changing() as session:
        ours = select(PluginSettings.slug).where(PluginSettings.district_code == district.code)
        return list((await session.execute(ours)).scalars())


async def test_a_purge_leaves_nothing_and_is_on_the_record(district: TestDistrict) -> None:
    await planted(district, volunteer=False)
    await district.server.catalog.set_settings(district.code, SLUG, {"daily_cap_hours": 9})
    await step(district, SUSPEND)
    assert await left(district)

    payload = await step(district, PURGE, **WORDS)

    tables = {one["name"]: one["rows"] for one in payload["tables"]}
    assert payload["userErrors"] == []
    assert {name: rows for name, rows in tables.items() if rows} == {"volunteer_points_teams": 1}
    assert len(tables) > 10
    assert await left(district) == {}
    assert await settings_of(district) == []
    async with district.context() as ctx:
        purged = select(AuditEntry.detail, AuditEntry.roles).where(
            AuditEntry.action == "platform.plugin.purged"
        )
        ((detail, roles),) = await ctx.db.execute(purged)
    assert detail == {"plugin": SLUG, "version": "0.1.0", **tables}
    assert roles == "district_admin"
    shown = await district.client("district_admin").data(STATES)
    assert [one["state"] for one in shown["district"]["plugins"] if one["slug"] == SLUG] == ["PURGED"]


async def test_enabling_after_a_purge_starts_from_nothing(district: TestDistrict) -> None:
    await planted(district, volunteer=False)
    await step(district, SUSPEND)
    await step(district, PURGE, **WORDS)

    enabled = await step(district, ENABLE)

    assert enabled == {"plugin": {"slug": SLUG, "state": "ENABLED"}, "userErrors": []}
    assert await district.client("district_admin").data(TEAMS) == {"volunteerTeams": {"totalCount": 0}}
    assert (await acts(district))[-1] == ("platform.plugin.enabled", SLUG)
    assert (await left(district))["wangge_personal_columns"] > 0


async def test_a_purge_is_refused_while_a_law_keeps_records(district: TestDistrict) -> None:
    await planted(district, volunteer=True)
    await step(district, SUSPEND)
    before = (await left(district), await acts(district))

    payload = await step(district, PURGE, **WORDS)

    basis = "PIPL art. 13(1)(2), (3); Regulation on Voluntary Service 2017"
    assert payload == {
        "tables": None,
        "userErrors": [
            {
                "code": "PLUGIN_RECORDS_KEPT",
                "path": ["slug"],
                "message": f"A law keeps records of {SLUG}, so that nothing was deleted: "
                f"volunteer_points_volunteers: 1 ({basis}). Leave it suspended until their terms are over.",
            }
        ],
    }
    assert (await left(district), await acts(district)) == before
    await step(district, RESUME)
    teams = "{ volunteerTeams { totalCount } volunteers { totalCount } }"
    assert await district.client("district_admin").data(teams) == {
        "volunteerTeams": {"totalCount": 1},
        "volunteers": {"totalCount": 1},
    }


@pytest.mark.parametrize(
    "words", ["", "yes", "purge volunteer_points in 370784", "Purge volunteer_points in 370703"]
)
async def test_a_purge_wants_the_exact_words(district: TestDistrict, words: str) -> None:
    await step(district, SUSPEND)
    before = (await left(district), await acts(district))

    payload = await step(district, PURGE, confirmation=words)

    (error,) = payload["userErrors"]
    assert (error["code"], error["path"]) == ("PLUGIN_PURGE_NOT_CONFIRMED", ["confirmation"])
    assert error["message"].endswith("write exactly: purge volunteer_points in 370703")
    assert (await left(district), await acts(district)) == before


@pytest.mark.parametrize(("days", "codes"), [(30, []), (365_000, ["PLUGIN_RECORDS_KEPT"])])
async def test_records_whose_stated_term_is_over_keep_nothing(
    district: TestDistrict, days: int, codes: list[str]
) -> None:
    await planted(district, volunteer=True)
    async with district.committed() as ctx:
        term = update(PersonalColumn).where(PersonalColumn.table_name == "volunteer_points_volunteers")
        await ctx.db.session.execute(term.values(retention_from="registered_on", retention_days=days))
    await step(district, SUSPEND)

    payload = await step(district, PURGE, **WORDS)

    assert [one["code"] for one in payload["userErrors"]] == codes
    assert bool(await left(district)) is bool(codes)


async def test_a_purge_that_broke_off_is_on_the_record_when_the_programme_begins_anew(
    district: TestDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    await step(district, SUSPEND)
    runtime = district.server.district(district.code)

    async def break_off(*_: Any) -> None:
        raise RuntimeError("The power is out.")

    monkeypatch.setattr("wangge._host.lifecycle.purging.record_purge", break_off)
    with pytest.raises(RuntimeError, match="power"):
        await purge(runtime, SLUG, confirmation=WORDS["confirmation"])

    await step(district, ENABLE)

    assert (await acts(district))[-2:] == [
        ("platform.plugin.purged", SLUG),
        ("platform.plugin.resumed", SLUG),
    ]
    assert await district.client("district_admin").data(TEAMS) == {"volunteerTeams": {"totalCount": 0}}


async def test_what_is_on_is_not_purged(district: TestDistrict, other_district: TestDistrict) -> None:
    before = (await left(district), await acts(district))

    refused = await step(district, PURGE, **WORDS)
    elsewhere = await step(other_district, PURGE, confirmation=f"purge {SLUG} in 370784")
    base = await step(district, PURGE, slug="base", confirmation="purge base in 370703")

    assert [one["userErrors"][0]["code"] for one in (refused, elsewhere, base)] == [
        "PLUGIN_NOT_SUSPENDED",
        "PLUGIN_UNKNOWN",
        "PLUGIN_IS_BASE",
    ]
    assert (await left(district), await acts(district)) == before


async def test_what_another_process_has_resumed_meanwhile_is_not_purged(
    world: World, district: TestDistrict
) -> None:
    await planted(district, volunteer=False)
    await step(district, SUSPEND)
    other = world.server()
    await other.start(watch=False)
    await step(district, RESUME)
    before = (await left(district), await acts(district))

    with pytest.raises(PluginNotSuspended):
        await purge(other.district(district.code), SLUG, confirmation=WORDS["confirmation"])

    await other.stop()
    assert (await left(district), await acts(district)) == before


async def test_what_another_process_has_purged_meanwhile_is_not_resumed(
    world: World, district: TestDistrict
) -> None:
    await step(district, SUSPEND)
    other = world.server()
    await other.start(watch=False)
    await step(district, PURGE, **WORDS)
    before = await acts(district)

    with pytest.raises(PluginPurged):
        await enable(other.district(district.code), SLUG)

    await other.stop()
    await district.server.reload()
    state = district.server.district(district.code).record.states[SLUG].state
    assert (state, await acts(district)) == (PluginState.PURGED, before)
    await step(district, ENABLE)
    assert await district.client("district_admin").data(TEAMS) == {"volunteerTeams": {"totalCount": 0}}


async def test_a_purged_programme_is_not_purged_again(district: TestDistrict) -> None:
    await step(district, SUSPEND)
    await step(district, PURGE, **WORDS)
    before = await acts(district)

    again = await step(district, PURGE, **WORDS)
    suspended = await step(district, SUSPEND)

    assert [one["userErrors"][0]["code"] for one in (again, suspended)] == [
        "PLUGIN_PURGED",
        "PLUGIN_PURGED",
    ]
    assert await acts(district) == before


async def test_a_purge_finds_the_tables_of_a_package_that_is_gone(bare: TestDistrict) -> None:
    await step(bare, SUSPEND)

    payload = await step(bare, PURGE, **WORDS)

    assert payload["userErrors"] == []
    assert len(payload["tables"]) > 10
    assert await left(bare) == {}
    shown = await bare.client("district_admin").data(STATES)
    assert [one["slug"] for one in shown["district"]["plugins"]] == []


async def test_the_other_district_keeps_its_tables(
    district: TestDistrict, other_district: TestDistrict
) -> None:
    await step(other_district, ENABLE)
    await step(district, SUSPEND)
    before = await left(other_district)

    await step(district, PURGE, **WORDS)

    assert await left(other_district) == before
    assert await other_district.client("district_admin").data(TEAMS) == {"volunteerTeams": {"totalCount": 0}}


@pytest.mark.parametrize("role", ["grid_worker", "resident", None])
@pytest.mark.parametrize(
    ("document", "input"), [(ENABLE, {}), (SUSPEND, {}), (RESUME, {}), (EXPORT, PURPOSE), (PURGE, WORDS)]
)
async def test_only_administrators_take_steps(
    district: TestDistrict, role: str | None, document: str, input: dict[str, str]
) -> None:
    before = (await left(district), await acts(district))

    codes = await district.client(role).codes(document, input={"slug": SLUG, **input})

    assert codes == ["FORBIDDEN" if role else "UNAUTHENTICATED"]
    assert (await left(district), await acts(district)) == before
