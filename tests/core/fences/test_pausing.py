"""A programme that fails too often is paused in that district, tried again, and goes on."""

from typing import Any

import pytest

from wangge._host.fences import Side
from wangge._host.runtime import Server

from .conftest import Hazards

ME = "me { account }"


@pytest.fixture
def limits() -> dict[str, Any]:
    """Three failures pause a programme for half a minute."""
    return {"plugin_failures": 3, "plugin_rest": 30.0, "plugin_window": 60.0, "plugin_timeout": 2.0}


async def failing(hazards: Hazards, times: int = 3, field: str = "hazardNow(way: RAISE)") -> list[str]:
    """Ask for a field so many times; return the codes."""
    admin = hazards.district.client("district_admin")
    return [code for _ in range(times) for code in await admin.codes(f"{{ {field} {ME} }}")]


async def test_while_it_is_paused_nothing_of_it_is_called_and_the_rest_is_served(hazards: Hazards) -> None:
    admin = hazards.district.client("district_admin")
    assert await failing(hazards) == ["PLUGIN_FAILED"] * 3
    hazards.calls.clear()

    answer = await admin.execute(
        '{ hazardNow hazardLater grid(code: "370703001") { code } volunteers { totalCount } }'
    )

    assert answer["data"] == {
        "hazardNow": None,
        "hazardLater": None,
        "grid": {"code": "370703001"},
        "volunteers": {"totalCount": 0},
    }
    assert [error["extensions"] for error in answer["errors"]] == [
        {"code": "PLUGIN_PAUSED", "plugin": "hazards", "retryAt": "2026-11-29T04:00:30+00:00"}
    ] * 2
    assert hazards.calls == []


async def test_a_mutation_of_it_is_refused_having_changed_nothing(hazards: Hazards) -> None:
    admin = hazards.district.client("district_admin")
    ask = '{ grid(code: "370703001") { id name } }'
    grid = (await admin.data(ask))["grid"]
    await failing(hazards)
    hazards.calls.clear()
    rename = 'hazardRename(input: {grid: $grid, name: "一"}) { done }'

    answer = await admin.execute(f"mutation($grid: ID!) {{ {rename} }}", grid=grid["id"])

    assert answer["data"] == {"hazardRename": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["PLUGIN_PAUSED"]
    assert hazards.calls == []
    assert (await admin.data(ask))["grid"] == grid


async def test_who_may_not_ask_is_told_so_whatever_becomes_of_the_programme(hazards: Hazards) -> None:
    await failing(hazards)

    assert await hazards.district.client(None).codes("{ hazardNow }") == ["UNAUTHENTICATED"]


async def test_another_district_goes_on(hazards: Hazards) -> None:
    await failing(hazards)

    assert await hazards.other.client("district_admin").data("{ hazardNow }") == {"hazardNow": 1}


async def test_what_is_due_to_the_caller_is_no_failure(hazards: Hazards) -> None:
    await failing(hazards, 5, "hazardNow(way: REFUSE)")
    await failing(hazards, 5, "hazardNow(way: AWAY)")

    assert await hazards.district.client("district_admin").data("{ hazardNow }") == {"hazardNow": 1}


async def test_failures_of_one_request_count_once(hazards: Hazards) -> None:
    await failing(hazards, 2, "a: hazardNow(way: RAISE) b: hazardNow(way: RAISE) c: hazardLater(way: RAISE)")

    assert await hazards.district.client("district_admin").data("{ hazardNow }") == {"hazardNow": 1}


async def test_what_hangs_pauses_it_at_once_here(hazards: Hazards) -> None:
    assert await failing(hazards, 1, "hazardLater(way: HANG)") == ["PLUGIN_FAILED"]
    assert await failing(hazards, 1, "hazardLater(way: HANG)") == ["PLUGIN_PAUSED"]
    assert hazards.calls == ["hazardLater"]


async def test_after_its_rest_it_is_tried_and_goes_on(hazards: Hazards) -> None:
    admin = hazards.district.client("district_admin")
    await failing(hazards)
    fences = hazards.server.district(hazards.district.code).fences

    hazards.clock.pass_(seconds=29)
    assert await admin.codes("{ hazardNow }") == ["PLUGIN_PAUSED"]
    hazards.clock.pass_(seconds=1)
    assert await admin.data("{ hazardNow hazardLater }") == {"hazardNow": 1, "hazardLater": 1}

    assert fences.paused == set()
    await fences.close()
    await hazards.server.reload()
    assert hazards.server.district(hazards.district.code).record.breakers == ()


async def test_a_trial_that_fails_lets_it_rest_for_longer(hazards: Hazards) -> None:
    await failing(hazards)
    hazards.clock.pass_(seconds=30)

    assert await failing(hazards, 1) == ["PLUGIN_FAILED"]
    hazards.clock.pass_(seconds=59)
    assert await failing(hazards, 1) == ["PLUGIN_PAUSED"]
    hazards.clock.pass_(seconds=1)
    assert await failing(hazards, 1) == ["PLUGIN_FAILED"]


async def test_an_opening_is_in_the_catalog_and_other_processes_take_it_over(hazards: Hazards) -> None:
    code = hazards.district.code
    await failing(hazards)
    await hazards.server.district(code).fences.close()
    other = Server(
        hazards.server.settings,
        plugins=hazards.server.plugins,
        schemas=hazards.server.schemas,
        clock=hazards.clock,
    )
    await other.start(watch=False)
    try:
        district = other.district(code)
        assert district.fences.paused == {("hazards", Side.FIELDS)}
        [row] = district.record.breakers
        assert (row.slug, row.side, row.failures, row.reason) == ("hazards", "fields", 3, "raised")
        assert (row.opened_at, (row.retry_at - row.opened_at).total_seconds()) == (hazards.clock.now, 30)
        assert len(row.reference) == 12

        await hazards.server.district(code).fences.reset("hazards")
        await other.reload()
        assert district.fences.paused == set()
        assert district.record.breakers == ()
    finally:
        await other.stop()
    assert await hazards.district.client("district_admin").data("{ hazardNow }") == {"hazardNow": 1}


async def test_a_trial_that_hangs_does_not_let_it_go_on(hazards: Hazards) -> None:
    await failing(hazards)
    hazards.clock.pass_(seconds=30)

    assert await failing(hazards, 1, "hazardLater(way: HANG)") == ["PLUGIN_FAILED"]
    assert await failing(hazards, 1) == ["PLUGIN_PAUSED"]
    hazards.clock.pass_(seconds=59)
    assert await failing(hazards, 1) == ["PLUGIN_PAUSED"]


@pytest.mark.parametrize("way", ["REFUSE", "FORBID"])
async def test_a_trial_that_refuses_its_caller_lets_it_go_on(hazards: Hazards, way: str) -> None:
    admin = hazards.district.client("district_admin")
    await failing(hazards)
    hazards.clock.pass_(seconds=30)

    await admin.execute(f"{{ hazardLater(way: {way}) }}")

    assert await admin.data("{ hazardNow }") == {"hazardNow": 1}


async def test_a_trial_that_finds_the_database_away_says_nothing(hazards: Hazards) -> None:
    await failing(hazards)
    hazards.clock.pass_(seconds=30)

    assert await failing(hazards, 1, "hazardLater(way: AWAY)") == ["DATABASE_UNAVAILABLE"]
    assert await failing(hazards, 1) == ["PLUGIN_PAUSED"]
