"""Settings over HTTP: shown with their sources, changed where the caller is responsible, all or nothing."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from typing import Any

import pytest
from graphql import GraphQLSchema, print_type
from sqlalchemy import select
from strawberry.utils.str_converters import to_camel_case

from wangge import Account, AuditEntry, PrincipalKind, RoleGrant
from wangge._host.compose import compose
from wangge._host.messages import Messages
from wangge._host.plugin_settings.reasons import REASONS
from wangge._host.plugins import PluginManager
from wangge._host.runtime import message_folders
from wangge.settings import PlaceSettings
from wangge.testing.districts import TestDistrict

Plant = Callable[..., EntryPoint]
Managing = Callable[..., PluginManager]

SHOWN = """query ($grid: ID) { volunteerPointsSettings(grid: $grid) {
    reservationDays dailyCapHours serviceClasses { key unitPoints }
    sources { name origin local grid { code } } } }"""
CHANGED = """mutation ($input: ChangeVolunteerPointsSettingsInput!) {
    changeVolunteerPointsSettings(input: $input) {
        settings { reservationDays dailyCapHours } userErrors { code message path } } }"""
STREET, COMMUNITY, OTHER_STREET = "370703001", "370703001001", "370703002"


@pytest.fixture
async def grids(district: TestDistrict) -> dict[str, str]:
    """Code of a grid → its id."""
    found = await district.client("district_admin").data("{ grids { edges { node { code id } } } }")
    return {one["node"]["code"]: one["node"]["id"] for one in found["grids"]["edges"]}


@pytest.fixture
async def street_admin(district: TestDistrict) -> str:
    """An administrator of one street: the permission of the district's, within a part of it."""
    async with district.committed() as ctx:
        place_id = await _place(district, ctx)
        account = Account(subject=f"{district.code}/street_admin", kind=PrincipalKind.STAFF)
        ctx.db.add(account)
        await ctx.db.flush()
        since = datetime(2026, 1, 1, tzinfo=UTC)
        ctx.db.add(RoleGrant(account_id=account.id, role="district_admin", place_id=place_id, since=since))
    return "street_admin"


async def _place(district: TestDistrict, ctx: Any) -> Any:
    provider = district.server.district(district.code).scope_provider()
    assert provider is not None
    return await provider.place_by_code(ctx.db, STREET)


async def shown(district: TestDistrict, grid: str | None = None, role: str = "district_admin") -> Any:
    data = await district.client(role).data(SHOWN, grid=grid)
    return data["volunteerPointsSettings"]


async def changed(district: TestDistrict, role: str = "district_admin", **given: Any) -> Any:
    data = await district.client(role).data(CHANGED, input=given)
    return data["changeVolunteerPointsSettings"]


def source(settings: Any, name: str) -> tuple[str, str | None]:
    """Return where a setting comes from: its origin, and the grid's code."""
    [one] = [one for one in settings["sources"] if one["name"] == name]
    return one["origin"], one["grid"] and one["grid"]["code"]


async def kept(district: TestDistrict) -> tuple[Any, Any, int]:
    """Return what the district and its places have set, and how often that was changed."""
    async with district.context() as ctx:
        places = await ctx.db.scalars(select(PlaceSettings.settings))
        acts = await ctx.db.scalars(
            select(AuditEntry.id).where(AuditEntry.action == "platform.settings.changed")
        )
    record = district.server.district(district.code).record
    return record.settings.get("volunteer_points"), [one for one in places if one], len(acts)


async def test_a_grid_inherits_field_by_field_and_says_from_where(
    district: TestDistrict, grids: dict[str, str]
) -> None:
    before = await shown(district, grids[COMMUNITY])
    assert (before["reservationDays"], source(before, "reservationDays")) == (7, ("DEFAULT", None))
    assert before["serviceClasses"][0] == {"key": "general", "unitPoints": "2"}

    whole = await changed(district, values={"reservationDays": 10, "dailyCapHours": 9})
    assert whole == {"settings": {"reservationDays": 10, "dailyCapHours": 9}, "userErrors": []}
    await changed(district, grid=grids[STREET], values={"reservationDays": 3})
    rates = [{"key": "care", "title": "关爱照护", "unitPoints": "5.5"}]
    await changed(district, grid=grids[COMMUNITY], values={"serviceClasses": rates})

    here, elsewhere = await shown(district, grids[COMMUNITY]), await shown(district, grids[OTHER_STREET])
    assert (here["reservationDays"], here["dailyCapHours"]) == (3, 9)
    assert here["serviceClasses"] == [{"key": "care", "unitPoints": "5.5"}]
    assert source(here, "reservationDays") == ("GRID", STREET)
    assert source(here, "serviceClasses") == ("GRID", COMMUNITY)
    assert source(here, "dailyCapHours") == ("DISTRICT", None)
    assert (elsewhere["reservationDays"], source(elsewhere, "reservationDays")) == (10, ("DISTRICT", None))
    assert [one["name"] for one in here["sources"] if one["local"]] == [
        "checkInEarlyMinutes",
        "reservationDays",
        "serviceClasses",
        "circumstances",
    ]


async def test_what_is_reset_comes_from_above_again(district: TestDistrict, grids: dict[str, str]) -> None:
    await changed(district, values={"reservationDays": 10})
    await changed(district, grid=grids[STREET], values={"reservationDays": 3})

    again = await changed(district, grid=grids[STREET], reset=["RESERVATION_DAYS"])
    assert again == {"settings": {"reservationDays": 10, "dailyCapHours": 8}, "userErrors": []}
    await changed(district, reset=["RESERVATION_DAYS"])

    assert (await shown(district, grids[STREET]))["reservationDays"] == 7
    assert await kept(district) == ({}, [], 4)


@pytest.mark.parametrize(
    ("at", "given", "refusals"),
    [
        (None, {"values": {"dailyCapHours": 13}}, [("SETTING_INVALID", ["values", "dailyCapHours"])]),
        (
            None,
            {"values": {"reservationDays": 0, "dailyCapHours": 7, "pointsValidMonths": 24}},
            [
                ("SETTING_INVALID", ["values", "dailyCapHours"]),
                ("SETTING_INVALID", ["values", "reservationDays"]),
            ],
        ),
        (
            STREET,
            {"values": {"serviceClasses": [{"key": "", "title": "无", "unitPoints": "1"}]}},
            [("SETTING_INVALID", ["values", "serviceClasses", "0", "key"])],
        ),
        (
            STREET,
            {"values": {"reservationDays": 3, "dailyCapHours": 9}},
            [("SETTING_NOT_LOCAL", ["values", "dailyCapHours"])],
        ),
        (
            STREET,
            {"values": {"reservationDays": 3}, "reset": ["RESERVATION_DAYS"]},
            [("SETTING_TWICE", ["reset"])],
        ),
        (None, {"values": {"reservationDays": None}}, [("SETTING_INVALID", ["values", "reservationDays"])]),
    ],
    ids=["too much", "several", "nested", "not local", "set and reset", "null"],
)
async def test_a_refused_call_changes_nothing(
    district: TestDistrict,
    grids: dict[str, str],
    at: str | None,
    given: dict[str, Any],
    refusals: list[tuple[str, list[str]]],
) -> None:
    await changed(district, values={"reservationDays": 10})
    before = await kept(district)

    answer = await changed(district, grid=at and grids[at], **given)

    assert answer["settings"] is None
    assert sorted((one["code"], one["path"]) for one in answer["userErrors"]) == refusals
    assert await kept(district) == before


async def test_a_refusal_speaks_the_callers_language(district: TestDistrict) -> None:
    given = {"values": {"dailyCapHours": 13}}
    told = [
        (await district.client("district_admin", language).data(CHANGED, input=given))[
            "changeVolunteerPointsSettings"
        ]["userErrors"][0]["message"]
        for language in ("en", "zh-CN")
    ]

    assert told == [
        "dailyCapHours cannot be set so: it must be at most 12.",
        "dailyCapHours 不能这样设置：不得大于 12。",
    ]


async def test_values_that_are_refused_together_say_why_in_the_models_own_words(
    district: TestDistrict,
) -> None:
    change = """mutation { changeBaseSettings(input: {values: {gridHouseholdsLow: 500}}) {
        userErrors { code message path } } }"""
    told = [
        (await district.client("district_admin", language).data(change))["changeBaseSettings"]["userErrors"]
        for language in ("en", "zh-CN")
    ]

    assert told == [
        [{"code": "SETTING_INVALID", "message": message, "path": ["values", "gridHouseholdsLow"]}]
        for message in (
            "gridHouseholdsLow cannot be set so: gridHouseholdsLow must not exceed gridHouseholdsHigh.",
            "gridHouseholdsLow 不能这样设置：gridHouseholdsLow 不得大于 gridHouseholdsHigh。",
        )
    ]


async def test_an_administrator_of_a_street_sets_its_grids_alone(
    district: TestDistrict, grids: dict[str, str], street_admin: str
) -> None:
    own = await changed(district, street_admin, grid=grids[COMMUNITY], values={"reservationDays": 3})
    assert own["userErrors"] == []
    before = await kept(district)

    for grid, code in (
        (None, "SETTINGS_DISTRICT_WIDE"),
        ("370703", "OUT_OF_SCOPE"),
        (OTHER_STREET, "OUT_OF_SCOPE"),
    ):
        there = grid and grids[grid]
        answer = await changed(district, street_admin, grid=there, values={"reservationDays": 5})
        assert [(one["code"], one["path"]) for one in answer["userErrors"]] == [(code, ["grid"])]

    assert await kept(district) == before
    assert before[1:] == ([{"reservation_days": 3}], 1)


@pytest.mark.parametrize("code", [None, COMMUNITY], ids=["district", "grid"])
async def test_changes_at_one_moment_lose_nothing(
    district: TestDistrict, grids: dict[str, str], code: str | None
) -> None:
    local = {"reservationDays": 3, "checkInEarlyMinutes": 15}
    wanted = local if code else {**local, "dailyCapHours": 9, "adultAge": 19, "pointsValidMonths": 12}

    answers = await asyncio.gather(
        *(changed(district, grid=code and grids[code], values={name: to}) for name, to in wanted.items())
    )

    assert [one["userErrors"] for one in answers] == [[]] * len(wanted)
    of_district, of_places, acts = await kept(district)
    stored = of_places[0] if code else of_district
    assert {to_camel_case(name): to for name, to in stored.items()} == wanted
    assert acts == len(wanted)


async def test_staff_may_read_and_neither_residents_nor_the_signed_out(
    district: TestDistrict, grids: dict[str, str]
) -> None:
    assert (await shown(district, grids[OTHER_STREET], "grid_worker"))["reservationDays"] == 7
    assert await district.client("resident").codes(SHOWN) == ["FORBIDDEN"]
    assert await district.client(None).codes(SHOWN) == ["UNAUTHENTICATED"]
    given = {"values": {"reservationDays": 3}}
    assert await district.client("street_secretary").codes(CHANGED, input=given) == ["FORBIDDEN"]
    assert await kept(district) == (None, [], 0)


async def test_a_grid_that_is_none_is_told_of(district: TestDistrict, grids: dict[str, str]) -> None:
    client = district.client("district_admin")
    nowhere = "Grid_0193b5a0000070008000000000000000"

    assert await client.codes(SHOWN, grid=nowhere) == ["NOT_FOUND"]
    assert await client.codes(SHOWN, grid=nowhere.replace("Grid", "Person")) == ["BAD_ID"]
    assert await client.codes(SHOWN, grid="x") == ["BAD_ID"]
    answer = await changed(district, grid=nowhere, values={"reservationDays": 3})
    assert [(one["code"], one["path"]) for one in answer["userErrors"]] == [("NOT_FOUND", ["grid"])]
    assert await kept(district) == (None, [], 0)


async def test_another_district_keeps_its_own_and_a_programme_that_is_off_has_none(
    district: TestDistrict, other_district: TestDistrict
) -> None:
    change = (
        "mutation { changeBaseSettings(input: {values: {gridHouseholdsLow: 200}}) { userErrors { code } } }"
    )
    asked = "{ baseSettings { gridHouseholdsLow requiredPosts { key value } officeHours { opens } } }"
    await district.client("district_admin").data(change)

    here = (await district.client("district_admin").data(asked))["baseSettings"]
    there = (await other_district.client("district_admin").data(asked))["baseSettings"]
    assert (here["gridHouseholdsLow"], there["gridHouseholdsLow"]) == (200, 300)
    assert there["requiredPosts"][0] == {"key": "compound", "value": ["grid_head"]}
    assert there["officeHours"] == [{"opens": "09:00:00"}, {"opens": "13:30:00"}]
    off = other_district.client("district_admin")
    assert await off.codes("{ volunteerPointsSettings { reservationDays } }") == ["PLUGIN_NOT_ENABLED"]


async def test_an_entry_is_named_once(district: TestDistrict) -> None:
    twice = [{"key": "grid", "value": ["grid_head"]}, {"key": "grid", "value": []}]
    change = """mutation ($to: [BaseSettingsRequiredPostsEntryInput!]) {
        changeBaseSettings(input: {values: {requiredPosts: $to}}) {
            settings { requiredPosts { key value } } userErrors { code path } } }"""
    client = district.client("district_admin")

    refused = (await client.data(change, to=twice))["changeBaseSettings"]
    made = (await client.data(change, to=twice[:1]))["changeBaseSettings"]

    assert refused == {
        "settings": None,
        "userErrors": [{"code": "SETTING_KEY_TWICE", "path": ["values", "requiredPosts"]}],
    }
    assert made == {"settings": {"requiredPosts": twice[:1]}, "userErrors": []}


async def test_a_value_that_no_longer_fits_is_a_problem_of_the_programmes_health(
    district: TestDistrict,
) -> None:
    await district.server.catalog.set_settings(district.code, "volunteer_points", {"daily_cap_hours": 99})
    await district.server.reload()

    asked = (
        "{ volunteerPointsSettings { dailyCapHours } district { plugins { health { healthy problems } } } }"
    )
    data = await district.client("district_admin").data(asked)

    assert data["volunteerPointsSettings"] == {"dailyCapHours": 8}
    told = "The setting daily_cap_hours does not apply: Input should be less than or equal to 12."
    assert data["district"]["plugins"] == [{"health": {"healthy": False, "problems": [told]}}]


def test_every_reason_is_there_in_chinese() -> None:
    messages = Messages(message_folders(PluginManager()))

    assert [one for one in REASONS.values() if not messages.knows(one, "zh_Hans")] == []


async def test_the_json_schema_is_there_for_forms(district: TestDistrict) -> None:
    data = await district.client("grid_worker").data(
        "{ district { settingsSchema plugins { slug settingsSchema } } }"
    )

    [points] = [json.loads(one["settingsSchema"]) for one in data["district"]["plugins"]]
    assert points["properties"]["reservation_days"]["x-local"] is True
    assert "x-local" not in points["properties"]["daily_cap_hours"]
    assert "grid_households_low" in json.loads(data["district"]["settingsSchema"])["properties"]


ALL_KINDS = '''
    import datetime, enum
    from decimal import Decimal
    from typing import Annotated, Literal
    from pydantic import BaseModel, Field
    from wangge import Local, hookimpl

    class Colour(enum.Enum):
        RED = "red"

    class Shelf(BaseModel):
        """A shelf."""
        width: int = Field(description="Its width.")
        note: str | None = Field(None, description="A note.")

    class LampSettings(BaseModel):
        """Settings of lamps."""
        on: bool = Field(True, description="A switch.")
        most: Annotated[int, Local] = Field(3, description="A number.")
        share: float = Field(0.5, description="A share.")
        price: Decimal | None = Field(None, description="A price.")
        title: str = Field("x", description="A text.")
        day: datetime.date = Field(datetime.date(2026, 1, 1), description="A day.")
        hour: datetime.time = Field(datetime.time(9), description="An hour.")
        span: datetime.timedelta = Field(datetime.timedelta(days=7), description="A span.")
        colour: Colour = Field(Colour.RED, description="A colour.")
        mode: Literal["by-day", "by-night"] = Field("by-day", description="A mode.")
        shelves: tuple[Shelf, ...] = Field((Shelf(width=2),), description="Shelves.")
        first: Shelf | None = Field(None, description="The first.")
        sizes: dict[str, list[int]] = Field({}, description="Sizes.")

    @hookimpl
    def settings_model():
        return LampSettings
'''


@pytest.fixture
def lamps(plant: Plant, managing: Managing) -> GraphQLSchema:
    """The schema of a vendor's programme with settings of all kinds."""
    manager = managing(plant("lamps", ALL_KINDS, prefix="Xy"))
    assert manager.quarantined == {}
    return compose(list(manager.loaded.values())).schema


def test_every_kind_of_setting_has_a_type(lamps: GraphQLSchema) -> None:
    shown, given = lamps.type_map["XyLampsSettings"], lamps.type_map["XyLampsSettingsInput"]

    assert {name: str(one.type) for name, one in shown.fields.items()} == {  # type: ignore[attr-defined]  # an object
        "on": "Boolean!",
        "most": "Int!",
        "share": "Float!",
        "price": "Decimal",
        "title": "String!",
        "day": "Date!",
        "hour": "Time!",
        "span": "Duration!",
        "colour": "XyLampsSettingsColour!",
        "mode": "XyLampsSettingsMode!",
        "shelves": "[XyLampsSettingsShelf!]!",
        "first": "XyLampsSettingsShelf",
        "sizes": "[XyLampsSettingsSizesEntry!]!",
        "sources": "[SettingSource!]!",
    }
    assert {str(one.type).endswith("!") for one in given.fields.values()} == {False}  # type: ignore[attr-defined]  # an input
    assert "BY_DAY" in print_type(lamps.type_map["XyLampsSettingsMode"])
    assert lamps.query_type is not None
    assert "xyLampsSettings" in lamps.query_type.fields
    assert lamps.mutation_type is not None
    assert "xyChangeLampsSettings" in lamps.mutation_type.fields


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("thing: bytes = Field(b'', description='A thing.')", "The setting thing is a bytes, which GraphQL"),
        ("sources: int = Field(1, description='A thing.')", "`sources` says where settings come from"),
        ("thing: int = Field(0, ge=1, validate_default=True, description='A thing.')", "needs a default"),
        ("thing: int = Field(description='A thing.')", "needs a default"),
        ("thing: int = 3", "XyLampsSettings.thing has no description"),
        ("thing: Literal['+', '-'] = Field('+', description='A thing.')", "make no names of an enum"),
    ],
)
def test_settings_that_cannot_be_told_set_the_programme_aside(
    plant: Plant, managing: Managing, field: str, reason: str
) -> None:
    head = "from typing import Literal\nfrom pydantic import BaseModel, Field\nfrom wangge import hookimpl\n"
    model = f"class LampSettings(BaseModel):\n    {field}\n"
    hook = "@hookimpl\ndef settings_model():\n    return LampSettings\n"

    manager = managing(plant("lamps", head + model + hook))

    assert reason in manager.quarantined["lamps"].reason


def test_names_collide_like_any_other(plant: Plant, managing: Managing) -> None:
    again = ALL_KINDS.replace("LampSettings", "Model").replace("Settings of lamps", "Others")
    lamps, more = plant("lamps", ALL_KINDS, prefix="Xy"), plant("xy_lamps", again, prefix="Xy")

    manager = managing(lamps, more)

    assert manager.quarantined["xy_lamps"].reason == (
        "xy_lamps and lamps both define the type XyChangeLampsSettingsInput: xy_lamps must rename it."
    )
