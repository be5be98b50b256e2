"""The base's figures: exact counts of a small tree, within the caller's scope."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from wangge import encode_id
from wangge.testing.districts import TestDistrict
from wangge_schema.grids.models import Grid
from wangge_schema.indicators import base_indicators
from wangge_schema.people.models import Person
from wangge_schema.people.rules import DocumentType
from wangge_schema.people.services import create_dwelling, create_household
from wangge_schema.posts.services import assign_post

LASTS = 30
FIGURES = """
query ($grid: ID, $to: Date) {
  indicators(grid: $grid, to: $to) { key title definition unit value asOf plugin }
}
"""


async def settle(district: TestDistrict) -> dict[str, str]:
    """Put two people (one dead), a home and a grid head in the compound, one person in the village."""
    async with district.committed("district_admin") as ctx:
        grids = {grid.code: grid.id for grid in await ctx.db.scalars(select(Grid))}
        compound, village = grids["370703001001001"], grids["370703002200"]
        people = [
            Person(name="周平", document_type=DocumentType.NONE, grid_id=compound),
            Person(name="吴清", document_type=DocumentType.NONE, grid_id=compound, died_on=date(2026, 1, 1)),
            Person(name="林远", document_type=DocumentType.NONE, grid_id=village),
        ]
        ctx.db.add_all(people)
        await ctx.db.flush()
        dwelling = await create_dwelling(ctx, grid_id=compound, unit="9", room="901")
        await create_household(ctx, dwelling_id=dwelling.id, number="T0001")
        await assign_post(
            ctx,
            role_key="grid_head",
            person_id=people[0].id,
            grid_id=compound,
            until=ctx.today + timedelta(days=LASTS),
        )
        return {code: encode_id("Grid", id) for code, id in grids.items()}


async def figures(district: TestDistrict, role: str, **given: Any) -> dict[str, str | None]:
    rows = (await district.client(role).data(FIGURES, **given))["indicators"]
    return {row["key"].removeprefix("base."): row["value"] for row in rows if row["plugin"] == "base"}


async def test_figures_of_the_district_and_of_a_grid_are_exact(district: TestDistrict) -> None:
    grids = await settle(district)
    assert await figures(district, "district_admin") == {
        "people": "2",
        "households": "1",
        "dwellings": "1",
        "grids": "10",
        "posts": "1",
        "vacancies": "3",
    }
    community = {
        "people": "1",
        "households": "1",
        "dwellings": "1",
        "grids": "4",
        "posts": "1",
        "vacancies": "2",
    }
    assert await figures(district, "district_admin", grid=grids["370703001001"]) == community
    assert await figures(district, "community_secretary") == community


async def test_figures_stay_within_the_callers_scope(district: TestDistrict) -> None:
    grids = await settle(district)
    elsewhere = await figures(district, "grid_worker_elsewhere", grid=grids["370703001001"])
    assert elsewhere == {
        "people": "0",
        "households": "0",
        "dwellings": "0",
        "grids": "4",
        "posts": "1",
        "vacancies": "2",
    }
    nothing = dict.fromkeys(("people", "households", "dwellings", "grids", "posts", "vacancies"), "0")
    assert await figures(district, "resident") == nothing


async def test_posts_and_vacancies_are_those_of_the_day_asked_for(district: TestDistrict) -> None:
    await settle(district)
    async with district.context() as ctx:
        last = ctx.today + timedelta(days=LASTS)
    held = await figures(district, "district_admin", to=last.isoformat())
    assert (held["posts"], held["vacancies"]) == ("1", "3")
    after = await figures(district, "district_admin", to=(last + timedelta(days=1)).isoformat())
    assert (after["posts"], after["vacancies"]) == ("0", "4")


async def test_each_figure_has_a_title_a_definition_and_a_unit_in_the_callers_language(
    district: TestDistrict,
) -> None:
    keys = [one.key for one in base_indicators()]
    assert keys == [
        "base.people",
        "base.households",
        "base.dwellings",
        "base.grids",
        "base.posts",
        "base.vacancies",
    ]
    rows = (await district.client("district_admin", "zh-CN").data(FIGURES))["indicators"]
    shown = {row["key"]: row for row in rows}
    assert shown["base.people"]["title"] == "实有人口"
    assert (
        shown["base.vacancies"]["definition"]
        == "所查询最后一日有效的网格中，本区按层级应配而无人担任的岗位数。"
    )
    assert all(shown[key]["unit"] and shown[key]["asOf"] for key in keys)


async def test_the_anonymous_read_no_figures(district: TestDistrict) -> None:
    assert await district.client(None).codes(FIGURES) == ["UNAUTHENTICATED"]


async def test_another_district_has_figures_of_its_own(
    district: TestDistrict, other_district: TestDistrict
) -> None:
    await settle(district)
    assert (await figures(other_district, "district_admin"))["people"] == "0"
    assert (await figures(other_district, "district_admin"))["grids"] == "3"
