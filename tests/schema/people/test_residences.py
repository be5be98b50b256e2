"""Residences over time: single persons and households that move on another day than they came."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from wangge.testing.districts import TestDistrict
from wangge_schema import models as base

ERRORS = "userErrors { code path }"
SETTLE = f"""mutation ($input: RecordResidenceInput!) {{ recordResidence(input: $input) {{
  person {{ grid {{ code }} household {{ id }} residences {{ kind since until dwelling {{ id }} }} }}
  {ERRORS} }} }}"""
LEAVE = f"""mutation ($input: EndResidenceInput!) {{ endResidence(input: $input) {{
  person {{ grid {{ code }} residences {{ kind until }} }} {ERRORS} }} }}"""
MOVE = f"""mutation ($input: MoveHouseholdInput!) {{ moveHousehold(input: $input) {{
  household {{ members {{ residences {{ since until dwelling {{ id }} }} }} }} {ERRORS} }} }}"""
CAME = date(2024, 3, 1)


def refusals(payload: dict[str, Any]) -> list[tuple[str, list[str] | None]]:
    """Return code and path of each user error."""
    return [(one["code"], one["path"]) for one in payload["userErrors"]]


@pytest.fixture
async def settled(district: TestDistrict, town: Any) -> Any:
    """The town, whose people came long ago."""
    async with district.committed() as ctx:
        await ctx.db.execute(update(base.Residence).values(since=CAME))
    return town


async def test_a_household_keeps_where_it_lived(district: TestDistrict, settled: Any) -> None:
    moved = {"household": settled.household, "dwelling": settled.empty, "on": "2026-02-01"}
    payload = (await district.client("grid_worker").data(MOVE, input=moved))["moveHousehold"]
    assert payload["userErrors"] == []
    for member in payload["household"]["members"]:
        assert member["residences"] == [
            {"since": "2026-02-01", "until": None, "dwelling": {"id": settled.empty}},
            {"since": "2024-03-01", "until": "2026-01-31", "dwelling": {"id": settled.dwelling}},
        ]


async def test_a_person_moves_alone_and_leaves_the_household(district: TestDistrict, settled: Any) -> None:
    client = district.client("grid_worker")
    asked = {"person": settled.spouse, "dwelling": settled.empty, "since": "2026-05-01"}
    payload = (await client.data(SETTLE, input=asked))["recordResidence"]
    assert payload["userErrors"] == []
    person = payload["person"]
    assert (person["grid"]["code"], person["household"]) == ("370703001001001002", None)
    assert [(one["since"], one["until"]) for one in person["residences"]] == [
        ("2026-05-01", None),
        ("2024-03-01", "2026-04-30"),
    ]
    again = (await client.data(SETTLE, input=asked))["recordResidence"]
    assert refusals(again) == [("BASE_RESIDENCE_THERE_ALREADY", ["dwelling"])]


async def test_a_registered_residence_stands_beside_the_current_one(
    district: TestDistrict, settled: Any
) -> None:
    asked = {"person": settled.head, "dwelling": settled.empty, "kind": "REGISTERED"}
    payload = (await district.client("grid_worker").data(SETTLE, input=asked))["recordResidence"]
    person = payload["person"]
    assert (person["grid"]["code"], person["household"]) == (
        "370703001001001001",
        {"id": settled.household},
    )
    assert {one["kind"] for one in person["residences"]} == {"CURRENT", "REGISTERED"}


async def test_who_leaves_keeps_the_last_grid(district: TestDistrict, settled: Any) -> None:
    client = district.client("grid_worker")
    payload = (await client.data(LEAVE, input={"person": settled.head, "until": "2026-06-30"}))[
        "endResidence"
    ]
    assert payload["person"] == {
        "grid": {"code": "370703001001001001"},
        "residences": [{"kind": "CURRENT", "until": "2026-06-30"}],
    }
    again = (await client.data(LEAVE, input={"person": settled.head}))["endResidence"]
    assert refusals(again) == [("BASE_RESIDENCE_MISSING", ["kind"])]


async def test_impossible_days_are_refused(district: TestDistrict, settled: Any) -> None:
    client = district.client("grid_worker")
    for day in ("2999-01-01", "2024-02-29"):
        settle = {"person": settled.head, "dwelling": settled.empty, "since": day}
        payload = (await client.data(SETTLE, input=settle))["recordResidence"]
        assert refusals(payload) == [("BASE_MOVE_DATE_INVALID", ["since"])]
        payload = (await client.data(LEAVE, input={"person": settled.head, "until": day}))["endResidence"]
        assert refusals(payload) == [("BASE_MOVE_DATE_INVALID", ["until"])]
    async with district.context() as ctx:
        rows = await ctx.db.scalars(select(base.Residence))
        assert {(row.since, row.until) for row in rows} == {(CAME, None)}


async def test_residences_out_of_scope_or_without_permission_are_refused(
    district: TestDistrict, other_district: TestDistrict, settled: Any
) -> None:
    settle = {"person": settled.head, "dwelling": settled.empty}
    leave = {"person": settled.head}
    for client in (district.client("grid_worker_elsewhere"), other_district.client("district_admin")):
        payload = (await client.data(SETTLE, input=settle))["recordResidence"]
        assert refusals(payload) == [("NOT_FOUND", ["person"])]
        payload = (await client.data(LEAVE, input=leave))["endResidence"]
        assert refusals(payload) == [("NOT_FOUND", ["person"])]
    far = {**settle, "dwelling": settled.far}
    payload = (await district.client("grid_worker").data(SETTLE, input=far))["recordResidence"]
    assert refusals(payload) == [("NOT_FOUND", ["dwelling"])]
    resident = district.client("resident")
    assert await resident.codes(SETTLE, input=settle) == ["FORBIDDEN"]
    assert await resident.codes(LEAVE, input=leave) == ["FORBIDDEN"]
