"""Faults that are planted in programmes, and what the suite finds where one costs more than its field."""

import asyncio

import httpx
import pytest

from wangge._host.app import create_app
from wangge._host.lifecycle import enable
from wangge.errors import PluginFailed
from wangge.testing.districts import TestDistrict
from wangge.testing.faults import Faults, PlantedFault
from wangge.testing.suite import failing, life
from wangge.testing.worlds import OTHER

from .conftest import MIGRATION, MakeProof, MakeWorlds, said

GRID = '{ grid(code: "370703001001001") { name volunteering { volunteers } } }'
FIELD = """
@extends(Person)
class Raw:
    @field(access=requires(READ), description="A number.")
    @staticmethod
    async def xy_number(root: Parent[base.Person]) -> int | None:
        return 3


@hookimpl
async def on_enable(ctx: RequestContext) -> None:
    pass


EXTENSIONS.append(Raw)
"""


async def test_a_field_that_raises_is_null_and_named(district: TestDistrict, faults: Faults) -> None:
    admin = district.client("district_admin")

    await faults.raise_in("Grid.volunteering")
    broken = await admin.execute(GRID)
    faults.mend()

    assert broken["data"] == {"grid": {"name": "蝶园小区", "volunteering": None}}
    (error,) = broken["errors"]
    assert (error["extensions"]["code"], error["extensions"]["plugin"]) == (
        "PLUGIN_FAILED",
        "volunteer_points",
    )
    assert await admin.data(GRID) == {"grid": {"name": "蝶园小区", "volunteering": {"volunteers": 0}}}


async def test_a_field_that_hangs_is_given_up_and_named(district: TestDistrict, faults: Faults) -> None:
    await faults.hang_in("volunteering")

    broken = await district.client("district_admin").execute(GRID)

    assert broken["data"] == {"grid": {"name": "蝶园小区", "volunteering": None}}
    assert broken["errors"][0]["extensions"]["code"] == "PLUGIN_FAILED"


async def test_a_hook_that_raises_keeps_a_programme_off(other_district: TestDistrict) -> None:
    runtime = other_district.server.district(other_district.code)
    faults = Faults(other_district)
    await faults.raise_in("volunteer_points.on_enable")

    with pytest.raises(PluginFailed):
        await enable(runtime, "volunteer_points")
    faults.mend()

    assert "volunteer_points" not in runtime.record.enabled
    await enable(runtime, "volunteer_points")


async def test_a_figure_that_raises_is_planted_and_taken_back(district: TestDistrict, faults: Faults) -> None:
    loaded = district.server.plugins.loaded["volunteer_points"]
    sound = list(loaded.indicators)

    await faults.raise_in(sound[0].key)

    with pytest.raises(PlantedFault):
        await loaded.indicators[0].compute(None, None, None, None)  # type: ignore[arg-type]  # it asks for none
    faults.mend()
    assert loaded.indicators == sound


async def test_what_no_programme_has_cannot_be_planted(faults: Faults) -> None:
    with pytest.raises(LookupError, match="nothingSuch"):
        await faults.raise_in("nothingSuch")


def test_a_programme_whose_failing_field_is_null_alone_passes(proof_of: MakeProof) -> None:
    proof = proof_of("xy_alone", FIELD)

    failing.test_a_field_of_it_that_raises_costs_that_field_alone(proof)
    failing.test_a_field_of_it_that_hangs_costs_that_field_alone(proof)
    failing.test_a_hook_of_it_that_raises_leaves_the_district_as_it_was(proof)
    failing.test_a_hook_of_it_that_hangs_leaves_the_district_as_it_was(proof)
    assert {f"{kind.name}.{name}" for kind, name, _ in failing._documents(proof)} == {
        "Query.xyLoans",
        "Person.xyLoans",
        "Person.xyNumber",
    }


def test_a_failure_that_does_not_name_its_programme_is_caught(
    proof_of: MakeProof, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = proof_of("xy_unnamed", FIELD)
    monkeypatch.setattr(PluginFailed, "code", "PLUGIN_UNNAMED")

    found = said(failing.test_a_field_of_it_that_raises_costs_that_field_alone, proof)

    assert "Where Person.xyNumber raises, the error does not name the programme" in found


def test_a_downgrade_that_leaves_tables_is_caught(worlds_of: MakeWorlds) -> None:
    worlds = worlds_of("xy_leaves", migration=MIGRATION.replace("reversed(tables())", "[]"))
    server = worlds.fresh("sqlite").server()
    test = life.test_its_migrations_go_up_down_and_up_and_match_its_models

    async def check() -> None:
        await server.start(watch=False)
        try:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(server))) as http:
                await test(worlds.plugins.loaded["xy_leaves"], server, TestDistrict(server, http, OTHER))
        finally:
            await server.stop()

    with pytest.raises(pytest.fail.Exception, match=r"^A downgrade leaves xy_leaves_loans\.$"):
        asyncio.run(check())
