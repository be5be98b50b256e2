"""Hooks, figures and capabilities of a programme that fail cost that programme alone."""

from typing import Any

import pytest

from wangge import RequestContext
from wangge._host.background.guard import Withheld, run_guarded
from wangge._host.demo import _fill
from wangge._host.fences import Side
from wangge._host.lifecycle import enable, suspend
from wangge.errors import PluginFailed
from wangge.hookspecs import DemoOptions

from .conftest import SLUG, Hazards

FIGURES = "{ indicators { key value } me { account } }"
ASKED = "{ hazardAsked me { account } }"
ACCOUNT = {"account": "370703/district_admin"}


@pytest.fixture
def limits() -> dict[str, Any]:
    """A programme is cut off at once, and paused after three failures."""
    return {"plugin_timeout": 0.3, "plugin_hook_timeout": 0.3, "plugin_failures": 3}


@pytest.mark.parametrize("way", ["RAISE", "HANG", "STUBBORN"])
async def test_a_figure_that_fails_is_left_out_and_told(hazards: Hazards, way: str) -> None:
    admin = hazards.district.client("district_admin")
    before = (await admin.data(FIGURES))["indicators"]
    hazards.plugin.HOOKS["indicators"] = hazards.ways.HazardWay[way]

    answer = await admin.execute(FIGURES)

    assert answer["data"]["indicators"] == [one for one in before if one["key"] != "hazards.figure"]
    assert len(before) == len(answer["data"]["indicators"]) + 1
    assert [(e["extensions"]["code"], e["extensions"]["plugin"]) for e in answer["errors"]] == [
        ("PLUGIN_FAILED", SLUG)
    ]


async def test_figures_that_fail_pause_figures_and_no_fields(hazards: Hazards) -> None:
    admin = hazards.district.client("district_admin")
    hazards.plugin.HOOKS["indicators"] = hazards.ways.HazardWay.RAISE
    for _ in range(3):
        assert await admin.codes(FIGURES) == ["PLUGIN_FAILED"]
    hazards.calls.clear()

    assert await admin.codes(FIGURES) == ["PLUGIN_PAUSED"]
    assert hazards.calls == []
    assert await admin.data("{ hazardNow }") == {"hazardNow": 1}
    assert hazards.server.district(hazards.district.code).fences.paused == {(SLUG, Side.HOOKS)}


@pytest.mark.parametrize("way", ["RAISE", "HANG"])
async def test_an_enabling_whose_hook_fails_leaves_the_programme_as_it_was(
    hazards: Hazards, way: str
) -> None:
    district = hazards.server.district(hazards.district.code)
    await suspend(district, SLUG)
    hazards.plugin.HOOKS["on_enable"] = hazards.ways.HazardWay[way]

    with pytest.raises(PluginFailed) as failed:
        await enable(district, SLUG)

    assert (failed.value.params["plugin"], failed.value.params["what"]) == (SLUG, "on_enable")
    assert SLUG not in hazards.server.district(district.record.code).record.enabled


async def test_demo_data_that_fails_names_the_programme(hazards: Hazards) -> None:
    district = hazards.server.district(hazards.district.code)
    hazards.plugin.HOOKS["demo_data"] = hazards.ways.HazardWay.RAISE

    with pytest.raises(PluginFailed) as failed:
        await _fill(hazards.server, district, SLUG, DemoOptions(people=1), lambda *_: None)

    assert failed.value.params["plugin"] == SLUG


@pytest.mark.parametrize("way", ["RAISE", "HANG"])
async def test_a_capability_that_fails_is_its_providers_failure(
    hazards: Hazards, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    volunteers = hazards.server.plugins.loaded["volunteer_points"]
    monkeypatch.setitem(volunteers.capabilities, "hazard/1", hazards.plugin.Scales())
    admin = hazards.district.client("district_admin")
    assert await admin.data(ASKED) == {"hazardAsked": 1, "me": ACCOUNT}
    hazards.plugin.HOOKS["capability"] = hazards.ways.HazardWay[way]

    answer = await admin.execute(ASKED)

    assert answer["data"] == {"hazardAsked": None, "me": ACCOUNT}
    assert [error["extensions"]["plugin"] for error in answer["errors"]] == ["volunteer_points"]
    hazards.plugin.HOOKS.clear()
    fences = hazards.server.district(hazards.district.code).fences
    assert fences.paused == ({("volunteer_points", Side.HOOKS)} if way == "HANG" else set())


async def test_work_that_fails_is_withheld_after_a_while_and_tells_its_own_error(hazards: Hazards) -> None:
    district = hazards.server.district(hazards.district.code)

    async def work() -> None:
        hazards.ways.act(hazards.ways.HazardWay.RAISE, "work")

    for _ in range(3):
        with pytest.raises(ValueError, match="110101199003078515"):
            await run_guarded(district, SLUG, work, 1.0)
    with pytest.raises(Withheld):
        await run_guarded(district, SLUG, work, 1.0)

    assert hazards.calls == ["work", "work", "work"]
    assert district.fences.paused == {(SLUG, Side.HANDLERS)}
    assert await hazards.district.client("district_admin").data("{ hazardNow }") == {"hazardNow": 1}


async def test_work_that_hangs_is_cut_off(hazards: Hazards) -> None:
    district = hazards.server.district(hazards.district.code)

    async def work(ctx: RequestContext | None = None) -> None:
        await hazards.ways.act_later(hazards.ways.HazardWay.STUBBORN, "work", ctx)

    with pytest.raises(TimeoutError):
        await run_guarded(district, SLUG, work, 0.05)
