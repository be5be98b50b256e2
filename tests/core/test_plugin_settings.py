"""Settings are inherited field by field: default, district, street, community; the nearest one wins."""

import asyncio
import json
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, model_validator
from sqlalchemy import select
from typer.testing import CliRunner

from wangge import AuditEntry, ConfigurationError, Local, NotFound, RuleErrors
from wangge._host.cli import app
from wangge._host.plugin_settings.changing import Change, change_settings
from wangge._host.plugin_settings.layers import Layer, resolve
from wangge._host.plugin_settings.reading import settings_problems
from wangge._host.plugins import LoadedPlugin
from wangge._host.runtime import DistrictRuntime
from wangge.auth.principal import SYSTEM
from wangge.settings import PlaceSettings, SettingOrigin
from wangge.testing.districts import TestDistrict
from wangge.testing.statements import recorded_statements
from wangge.testing.worlds import World
from wangge_schema.grids import services as grids
from wangge_schema.grids.rules import Part
from wangge_schema.grids.services import NewGrid


class LoanSettings(BaseModel):
    """Settings as a programme may declare them."""

    days: Annotated[int, Local] = Field(default=7, ge=1, le=60, description="Days.")
    low: Annotated[int, Local] = Field(default=10, description="Fewest.")
    high: Annotated[int, Local] = Field(default=20, description="Most.")
    cap: int = Field(default=8, ge=8, le=12, description="Hours that count on a day, one in the district.")

    @model_validator(mode="after")
    def _in_order(self) -> "LoanSettings":
        if self.low > self.high:
            raise ValueError("low must not exceed high")
        return self


STREET, COMMUNITY = UUID(int=1), UUID(int=2)


def line(*values: Mapping[str, Any]) -> list[Layer]:
    """Return the layers of a district, a street and a community, as many as there are values."""
    return [Layer(place, one) for place, one in zip((None, STREET, COMMUNITY), values, strict=False)]


def test_the_nearest_place_that_set_a_field_wins_field_by_field() -> None:
    found = resolve(LoanSettings, line({"days": 10, "cap": 9}, {"days": 14, "low": 5}, {"low": 6}))

    assert found.values == LoanSettings(days=14, low=6, high=20, cap=9)
    assert [(one.name, one.origin, one.place_id) for one in found.sources] == [
        ("days", SettingOrigin.GRID, STREET),
        ("low", SettingOrigin.GRID, COMMUNITY),
        ("high", SettingOrigin.DEFAULT, None),
        ("cap", SettingOrigin.DISTRICT, None),
    ]
    assert found.misfits == ()


def test_a_value_that_no_longer_fits_falls_back_to_the_next_one_up() -> None:
    found = resolve(LoanSettings, line({"days": 10}, {"days": 99}, {"days": "many", "low": 5}))

    assert found.values == LoanSettings(days=10, low=5)
    assert [(one.place_id, one.name) for one in found.misfits] == [(COMMUNITY, "days"), (STREET, "days")]


def test_values_refused_together_fall_back_layer_by_layer() -> None:
    found = resolve(LoanSettings, line({"low": 15}, {"high": 12, "days": 9}))

    assert found.values == LoanSettings(low=15)
    assert [(one.place_id, one.name) for one in found.misfits] == [(STREET, "high"), (STREET, "days")]


def test_a_place_neither_sets_what_is_the_districts_nor_what_is_gone() -> None:
    found = resolve(LoanSettings, line({"old": 1}, {"cap": 12, "days": 3}))

    assert found.values == LoanSettings(days=3)
    assert [(one.place_id, one.name, one.reason) for one in found.misfits] == [
        (None, "old", "there is no such setting any more"),
        (STREET, "cap", "it is the whole district's and no place's"),
    ]


VALUES = {"days": st.integers(-5, 70), "low": st.integers(0, 40), "high": st.integers(0, 40)}
LAYERS = st.lists(
    st.dictionaries(st.sampled_from(sorted(VALUES)), st.integers(-5, 70)) | st.just({}), max_size=4
)


@given(stored=LAYERS)
def test_whatever_is_stored_the_values_are_valid_and_each_comes_from_where_it_is_said(
    stored: list[dict[str, int]],
) -> None:
    places = [None, *(uuid4() for _ in stored)]
    layers = [Layer(place, one) for place, one in zip(places, [{"cap": 9}, *stored], strict=True)]
    by_place = {layer.place_id: layer.values for layer in layers}

    found = resolve(LoanSettings, layers)

    assert LoanSettings.model_validate(found.values.model_dump()) == found.values
    for source in found.sources:
        value = getattr(found.values, source.name)
        if source.origin is SettingOrigin.DEFAULT:
            assert value == LoanSettings.model_fields[source.name].default
        else:
            assert value == by_place[source.place_id][source.name]
    passed_over = {(one.place_id, one.name) for one in found.misfits}
    for source in found.sources:  # nearer values are there only where they were told of
        depth = places.index(source.place_id) if source.origin is not SettingOrigin.DEFAULT else -1
        nearer = {(one.place_id, source.name) for one in layers[depth + 1 :] if source.name in one.values}
        assert nearer <= passed_over


@given(stored=LAYERS)
def test_where_all_fits_the_last_layer_that_names_a_field_decides(stored: list[dict[str, int]]) -> None:
    layers = [Layer(uuid4(), one) for one in stored]
    merged = {name: value for one in stored for name, value in one.items()}

    found = resolve(LoanSettings, [Layer(None, {}), *layers])

    assert (found.misfits == ()) == (found.values.model_dump(exclude={"cap"}) == {**_DEFAULTS, **merged})


_DEFAULTS = {"days": 7, "low": 10, "high": 20}


def test_the_mark_stands_in_the_json_schema() -> None:
    properties = LoanSettings.model_json_schema()["properties"]

    assert [name for name, one in properties.items() if one.get("x-local")] == ["days", "low", "high"]
    assert properties["days"] == {
        "default": 7,
        "description": "Days.",
        "maximum": 60,
        "minimum": 1,
        "title": "Days",
        "type": "integer",
        "x-local": True,
    }


@pytest.fixture
def runtime(district: TestDistrict) -> DistrictRuntime:
    return district.server.district(district.code)


@pytest.fixture
def loans(runtime: DistrictRuntime, monkeypatch: pytest.MonkeyPatch) -> LoadedPlugin:
    """Volunteer points with the settings above in the place of its own."""
    plugin = runtime.server.plugins.loaded["volunteer_points"]
    monkeypatch.setattr(plugin, "settings_model", LoanSettings)
    return plugin


async def place(runtime: DistrictRuntime, code: str) -> UUID:
    """Return the id of a grid."""
    provider = runtime.scope_provider()
    assert provider is not None
    async with runtime.engines.open(write=False) as db:
        found = await provider.place_by_code(db, code)
    assert found is not None
    return found


async def change(
    runtime: DistrictRuntime, plugin: LoadedPlugin, code: str | None, *reset: str, **values: Any
) -> None:
    """Change settings as the server itself, in the district or at a grid."""
    place_id = None if code is None else await place(runtime, code)
    async with runtime.context(SYSTEM, locale="en") as ctx:
        await change_settings(runtime, ctx, plugin, Change(values, frozenset(reset)), place_id=place_id)


async def days_at(runtime: DistrictRuntime, *codes: str | None) -> list[int]:
    """Return the days that apply at grids, and in the district for None."""
    places = [None if code is None else await place(runtime, code) for code in codes]
    async with runtime.context(SYSTEM) as ctx:
        return [(await ctx.settings_at(LoanSettings, one)).days for one in places]


LINE = (None, "370703001", "370703001001", "370703001001001", "370703002")


async def test_a_place_inherits_until_it_sets_and_again_once_it_resets(
    runtime: DistrictRuntime, loans: LoadedPlugin
) -> None:
    assert await days_at(runtime, *LINE) == [7, 7, 7, 7, 7]
    await change(runtime, loans, None, days=10)
    assert await days_at(runtime, *LINE) == [10, 10, 10, 10, 10]
    await change(runtime, loans, "370703001", days=14, low=5)
    assert await days_at(runtime, *LINE) == [10, 14, 14, 14, 10]
    await change(runtime, loans, "370703001001001", days=3)
    assert await days_at(runtime, *LINE) == [10, 14, 14, 3, 10]
    await change(runtime, loans, "370703001", "days")
    assert await days_at(runtime, *LINE) == [10, 10, 10, 3, 10]
    await change(runtime, loans, None, "days")
    assert await days_at(runtime, *LINE) == [7, 7, 7, 3, 7]


async def test_the_districts_own_grid_stands_for_the_district(
    runtime: DistrictRuntime, loans: LoadedPlugin
) -> None:
    await change(runtime, loans, "370703", days=10, cap=12)

    assert runtime.record.settings["volunteer_points"] == {"days": 10, "cap": 12}
    assert await days_at(runtime, *LINE) == [10, 10, 10, 10, 10]


async def test_a_refused_change_changes_nothing(runtime: DistrictRuntime, loans: LoadedPlugin) -> None:
    await change(runtime, loans, None, days=10)
    await change(runtime, loans, "370703001", low=5)

    for code, values, said in (
        (None, {"days": 0, "cap": 9}, ("values", "days")),
        ("370703001", {"high": 12, "days": 61}, ("values", "days")),
        ("370703001", {"high": 4}, ("values", "high")),
        ("370703001", {"cap": 9, "days": 11}, ("values", "cap")),
    ):
        with pytest.raises(RuleErrors) as refused:
            await change(runtime, loans, code, **values)
        assert [one.path for one in refused.value.errors] == [said]
    with pytest.raises(RuleErrors):
        await change(runtime, loans, None, "days", days=11)
    async with runtime.context(SYSTEM) as ctx:
        with pytest.raises(NotFound):
            await change_settings(runtime, ctx, loans, Change({"days": 11}), place_id=uuid4())

    assert runtime.record.settings["volunteer_points"] == {"days": 10}
    async with runtime.engines.open(write=False) as db:
        assert await db.scalars(select(PlaceSettings.settings)) == [{"low": 5}]
        acts = select(AuditEntry).where(AuditEntry.action == "platform.settings.changed")
        assert [one.fields for one in await db.scalars(acts.order_by(AuditEntry.number))] == [
            ["days"],
            ["low"],
        ]


async def test_the_trail_tells_old_and_new_values(runtime: DistrictRuntime, loans: LoadedPlugin) -> None:
    street = await place(runtime, "370703001")
    await change(runtime, loans, "370703001", days=14)
    await change(runtime, loans, "370703001", "days", low=5)

    acts = select(AuditEntry.detail).where(AuditEntry.action == "platform.settings.changed")
    async with runtime.engines.open(write=False) as db:
        told = await db.scalars(acts.order_by(AuditEntry.number))
    assert told == [
        {"plugin": "volunteer_points", "grid": f"Grid_{street.hex}", "before": {}, "after": {"days": 14}},
        {
            "plugin": "volunteer_points",
            "grid": f"Grid_{street.hex}",
            "before": {"days": 14},
            "after": {"low": 5},
        },
    ]


async def test_values_that_no_longer_fit_are_kept_told_of_and_out_of_the_way(
    runtime: DistrictRuntime, loans: LoadedPlugin
) -> None:
    street = await place(runtime, "370703001")
    await runtime.server.catalog.set_settings(runtime.record.code, loans.slug, {"days": 99, "cap": 9})
    await runtime.server.reload()
    async with runtime.work() as ctx:
        ctx.db.add(PlaceSettings(plugin=loans.slug, place_id=street, settings={"low": "few", "days": 5}))

    assert await days_at(runtime, None, "370703001") == [7, 5]
    async with runtime.context(SYSTEM) as ctx:
        assert ctx.settings(LoanSettings) == LoanSettings(cap=9)
        assert await ctx.settings_at(LoanSettings, street) == LoanSettings(cap=9, days=5)
        assert await settings_problems(runtime, ctx.db, loans) == [
            "The setting days does not apply: Input should be less than or equal to 60.",
            "The setting low of 370703001 does not apply: Input should be a valid integer, "
            "unable to parse string as an integer.",
        ]

    await change(runtime, loans, "370703001", high=30)
    await change(runtime, loans, None, cap=10)

    assert runtime.record.settings[loans.slug] == {"days": 99, "cap": 10}
    async with runtime.engines.open(write=False) as db:
        kept = await db.scalar(select(PlaceSettings.settings))
    assert kept == {"low": "few", "days": 5, "high": 30}


async def test_values_of_a_grid_that_is_gone_apply_nowhere(
    runtime: DistrictRuntime, loans: LoadedPlugin
) -> None:
    async with runtime.work() as ctx:
        ctx.db.add(PlaceSettings(plugin=loans.slug, place_id=uuid4(), settings={"days": 5}))

    assert await days_at(runtime, *LINE) == [7, 7, 7, 7, 7]


async def test_many_places_at_once_cost_two_statements_and_again_none(
    runtime: DistrictRuntime, loans: LoadedPlugin
) -> None:
    await change(runtime, loans, "370703001", days=5)
    places = [await place(runtime, code) for code in LINE if code is not None]

    async with runtime.context(SYSTEM) as ctx:
        asked = []
        for _ in range(2):
            with recorded_statements() as statements:
                found = await asyncio.gather(*(ctx.settings_at(LoanSettings, one) for one in places))
            asked.append(len(statements))

    assert [one.days for one in found] == [5, 5, 5, 7]
    assert asked == [2, 0]


async def test_the_values_of_a_grid_move_with_it_and_end_with_it(
    runtime: DistrictRuntime, loans: LoadedPlugin
) -> None:
    compound, building, community = "370703001001001", "370703001001001001", "370703001007"
    await change(runtime, loans, compound, days=5)
    await change(runtime, loans, community, days=9)
    old, below = await place(runtime, compound), await place(runtime, building)
    other = await place(runtime, "370703001001001002")

    async with runtime.work() as ctx:
        await grids.move_grid(ctx, grid_id=old, parent_id=await place(runtime, community))
    moved = await days_at(runtime, compound, building, community)
    async with runtime.work() as ctx:
        parts = [NewGrid("东", takes=Part((below,))), NewGrid("西", takes=Part((other,)))]
        east, west = await grids.split_grid(ctx, grid_id=old, parts=parts)
    async with runtime.context(SYSTEM) as ctx:
        after = [(await ctx.settings_at(LoanSettings, one)).days for one in (old, east.id, west.id, below)]

    assert moved == [5, 5, 9]
    assert after == [5, 9, 9, 9]


def test_the_command_shows_sources_changes_and_tells_what_does_not_fit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANGGE_DATA", str(world.settings.data))
    monkeypatch.setenv("WANGGE_CATALOG_URL", world.settings.catalog_url or "")
    command = ["plugin", "settings", "volunteer_points", "--district", "370703"]

    def shown(*words: str) -> dict[str, Any]:
        done = CliRunner().invoke(app, [*command, *words, "--json"])
        assert done.exit_code == 0, done.exception
        return {one["name"]: one for one in json.loads(done.stdout)}

    def refused(*words: str) -> str:
        done = CliRunner().invoke(app, [*command, *words])
        assert isinstance(done.exception, ConfigurationError)
        return str(done.exception)

    shown("--set", "reservation_days=10", "--set", "daily_cap_hours=9")
    shown("--grid", "370703001", "--set", "reservation_days=3")
    below = shown("--grid", "370703001001")
    again = shown("--grid", "370703001", "--reset", "reservation_days")
    schema = CliRunner().invoke(app, ["plugin", "settings", "base", "--schema"])

    assert below["reservation_days"] == {
        "name": "reservation_days",
        "value": 3,
        "source": "370703001",
        "local": True,
        "default": 7,
        "description": "Days a reserved reward is held. Source: regional setting.",
    }
    assert [below["daily_cap_hours"][one] for one in ("value", "source", "local")] == [9, "district", False]
    assert [below["adult_age"][one] for one in ("value", "source")] == [18, "default"]
    assert [again["reservation_days"][one] for one in ("value", "source")] == [10, "district"]
    assert json.loads(schema.stdout)["properties"]["grid_households_low"]["x-local"] is True
    assert refused("--set", "daily_cap_hours=13") == (
        "daily_cap_hours cannot be set so: it must be at most 12."
    )
    assert refused("--grid", "370703001", "--set", "daily_cap_hours=9") == (
        "daily_cap_hours is one in the whole district: change it without a grid."
    )
    assert refused("--grid", "1") == "There is no grid 1 in this district."
    assert refused("--set", "cap=9").startswith("'cap=9' names none of the settings adult_age, ")
    assert refused("--reset", "cap").startswith("'cap' names none of the settings adult_age, ")


async def _store(world: World, values: dict[str, Any]) -> None:
    server = world.server()
    await server.start(watch=False)
    await server.catalog.set_settings("370703", "volunteer_points", values)
    await server.stop()


def test_doctor_names_what_does_not_fit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_DATA", str(world.settings.data))
    monkeypatch.setenv("WANGGE_CATALOG_URL", world.settings.catalog_url or "")
    asyncio.run(_store(world, {"daily_cap_hours": 99}))

    done = CliRunner().invoke(app, ["doctor", "--json"])

    assert done.exit_code == 1
    assert [one for one in json.loads(done.stdout) if one["state"] != "ok"] == [
        {
            "what": "settings of volunteer_points in 370703",
            "state": "The setting daily_cap_hours does not apply: Input should be less than or equal to 12.",
            "remedy": "Set or reset it: "
            "wangge plugin settings volunteer_points --district 370703 --reset NAME",
        }
    ]
