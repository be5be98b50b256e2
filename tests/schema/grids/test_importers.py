"""Division tables, grid lists and merged communities come in whole, and repeating them is harmless."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from wangge import Importer, RequestContext
from wangge._host.importing import ImportResult, districts_of, run_import
from wangge.testing.districts import TestDistrict
from wangge_schema.grids.errors import DistrictNotInFile
from wangge_schema.grids.importers import DIVISIONS, GRIDS, MERGED_COMMUNITIES
from wangge_schema.grids.importers.divisions import TABLE
from wangge_schema.grids.models import Grid, GridFunctionLink, GridLevel
from wangge_schema.grids.rules import GridKind
from wangge_schema.grids.services import grid_by_code


class Desk:
    """Imports files into a district and looks at what came of it."""

    def __init__(self, district: TestDistrict, folder: Path) -> None:
        self._district = district
        self._file = folder / "file.csv"

    def open(self) -> AbstractAsyncContextManager[RequestContext]:
        """Open a transaction as the server itself."""
        return self._district.committed()

    async def take(self, importer: Importer, text: str, *, partial: bool = False) -> ImportResult:
        """Import a file with this text."""
        self._file.write_text(text, encoding="utf-8")
        return await run_import(importer, self._file, open_context=self.open, partial=partial)

    async def table(self) -> ImportResult:
        """Import the division table."""
        return await run_import(DIVISIONS, TABLE, open_context=self.open)

    async def grid(self, code: str) -> Grid | None:
        """Return a grid as it is now."""
        async with self.open() as ctx:
            return await grid_by_code(ctx, code)

    async def count(self, level: str) -> int:
        """Return how many grids a level has."""
        statement = select(func.count(Grid.id)).join(GridLevel, GridLevel.id == Grid.level_id)
        async with self.open() as ctx:
            return int(await ctx.db.scalar(statement.where(GridLevel.key == level)))


@pytest.fixture
def desk(district: TestDistrict, tmp_path: Path) -> Desk:
    """A desk in the test district."""
    return Desk(district, tmp_path)


def counts(result: ImportResult) -> tuple[int, int, int, int]:
    """Return created, updated, unchanged and refused."""
    report = result.report
    return report.created, report.updated, report.unchanged, len(report.refused)


def refusals(result: ImportResult) -> list[tuple[int, str, str]]:
    """Return line, column and code of each refused row."""
    return [(row.line, row.column, row.error.code) for row in result.report.refused]


async def test_the_table_brings_all_373_communities_of_hanting(desk: Desk) -> None:
    result = await desk.table()

    assert result.written
    assert result.report.refused == []
    assert result.report.rows == 9749
    assert await desk.count("community") == 373
    village = await desk.grid("370703002200")
    street = await desk.grid("370703002")
    assert village is not None
    assert street is not None
    assert village.path == (street.number, village.number)


async def test_the_table_again_changes_nothing(desk: Desk) -> None:
    first = await desk.table()
    again = await desk.table()

    assert counts(again) == (0, 0, first.report.created + first.report.updated + first.report.unchanged, 0)


async def test_a_city_stands_for_its_districts() -> None:
    weifang = districts_of(DIVISIONS, TABLE, "3707")

    assert len(weifang) == 13
    assert weifang["370703"] == "寒亭区"
    assert districts_of(DIVISIONS, TABLE, "370703") == {"370703": "寒亭区"}
    assert len(districts_of(DIVISIONS, TABLE, "37")) == 21


async def test_a_table_of_other_districts_is_refused(desk: Desk) -> None:
    with pytest.raises(DistrictNotInFile):
        await desk.take(DIVISIONS, "code,name,level,parent_code\n371502,东昌府区,county,3715\n")


async def test_a_broken_row_keeps_the_whole_table_out(desk: Desk) -> None:
    text = (
        "code,name,level,parent_code\n370703,寒亭区,county,3707\n"
        "370703777,新街道,street,370703\n37070377,错,street,370703\n"
    )

    result = await desk.take(DIVISIONS, text)

    assert (result.written, refusals(result)) == (False, [(4, "code", "BASE_GRID_CODE_INVALID")])
    assert await desk.grid("370703777") is None


async def test_a_grid_list_is_taken_in_any_order_with_chinese_words(desk: Desk) -> None:
    text = (
        "网格编码,网格名称,层级,上级编码,网格类型,网格职能,启用日期\n"
        "370703001001801001,1号楼,楼栋,370703001001801,微,综治；城管,2024/5/1\n"
        "370703001001801,锦绣花园,小区,370703001001,,,\n"
    )

    result = await desk.take(GRIDS, text)

    assert counts(result) == (2, 0, 0, 0)
    building, compound = await desk.grid("370703001001801001"), await desk.grid("370703001001801")
    assert building is not None
    assert compound is not None
    assert building.path == (*compound.path, building.number)
    assert (building.kind, building.valid_from.isoformat()) == (GridKind.MICRO, "2024-05-01")
    async with desk.open() as ctx:
        links = select(func.count(GridFunctionLink.id)).where(GridFunctionLink.grid_id == building.id)
        assert await ctx.db.scalar(links) == 2


async def test_the_district_itself_and_streets_managed_for_others_may_stand_in_the_list(desk: Desk) -> None:
    text = (
        "code,name,level,parent_code\n370703,寒亭区,district,\n370705010,清池街道,street,\n"
        "370705010104,寨子社区,community,370705010\nGX01,园区管理处,street,\n"
    )

    result = await desk.take(GRIDS, text)

    assert counts(result) == (3, 0, 1, 0)
    street, community = await desk.grid("370705010"), await desk.grid("370705010104")
    assert street is not None
    assert community is not None
    assert (street.depth, community.parent_id) == (1, street.id)


async def test_a_grid_list_again_updates_what_changed_alone(desk: Desk) -> None:
    head = "code,name,level,parent_code,kind,functions\n"
    first = (
        "370703001001801,甲,compound,370703001001,,sanitation\n370703001001802,乙,compound,370703001001,,\n"
    )
    await desk.take(GRIDS, head + first)

    again = await desk.take(GRIDS, head + first)
    changed = await desk.take(GRIDS, head + first.replace("甲", "丙").replace("sanitation", "policing"))

    assert counts(again) == (0, 0, 2, 0)
    assert counts(changed) == (0, 1, 1, 0)
    grid = await desk.grid("370703001001801")
    assert grid is not None
    assert grid.name == "丙"


async def test_a_grid_list_moves_grids_with_all_below_them(desk: Desk) -> None:
    head = "code,name,level,parent_code\n"
    compound = "370703001001801,甲,compound,{parent}\n"
    building = "370703001001801001,1号楼,building,370703001001801\n"
    await desk.take(GRIDS, head + compound.format(parent="370703001001") + building)

    result = await desk.take(GRIDS, head + compound.format(parent="370703002200"))

    assert counts(result) == (0, 1, 0, 0)
    target, moved = await desk.grid("370703002200"), await desk.grid("370703001001801001")
    assert target is not None
    assert moved is not None
    assert moved.path[:2] == target.path


ROWS = [
    ("370703001001801,甲,compound,370703001", "parent_code", "BASE_GRID_COMMUNITY_NEEDED"),
    ("370703001001801,甲,compound,370703001001999", "parent_code", "BASE_GRID_PARENT_MISSING"),
    ("370703001001801,甲,compound,370703001001802", "parent_code", "BASE_GRID_LEVEL_ORDER"),
    ("370703001001801,甲,palace,370703001001", "level", "BASE_GRID_LEVEL_UNKNOWN"),
    ("370703001001,甲,compound,370703001", "code", "BASE_GRID_CODE_INVALID"),
    ("370703001001001,甲,building,370703001001", "level", "BASE_GRID_LEVEL_FIXED"),
    ("370703001001802,甲,compound,370703001001", "code", "BASE_GRID_ROW_REPEATED"),
    ("370703001001801,甲,compound,370703001001,giant", "kind", "BASE_GRID_KIND_UNKNOWN"),
    ("370703001001801,甲,compound,370703001001,,magic", "functions", "BASE_GRID_FUNCTION_UNKNOWN"),
    ("370703001001801,甲,compound,370703001001,,,soon", "valid_from", "BASE_GRID_DATE_UNREADABLE"),
    ("370703001001801,甲,compound,370703001001,,,2999-01-01", "valid_from", "BASE_GRID_DATE_IN_FUTURE"),
    ("370703001001801,甲,compound,370703001001,,,,GX9", "managing_parent_code", "BASE_GRID_PARENT_MISSING"),
]


@pytest.mark.parametrize(
    ("row", "column", "code"), ROWS, ids=[f"{code}:{column}" for _, column, code in ROWS]
)
async def test_a_row_that_breaks_a_rule_is_refused_alone_in_a_partial_import(
    desk: Desk, row: str, column: str, code: str
) -> None:
    head = "code,name,level,parent_code,kind,functions,valid_from,managing_parent_code\n"
    good = "370703001001802,好,compound,370703001001\n"

    whole = await desk.take(GRIDS, head + good + row + "\n")
    absent = await desk.grid("370703001001802")
    partial = await desk.take(GRIDS, head + good + row + "\n", partial=True)

    assert refusals(whole) == refusals(partial) == [(3, column, code)]
    assert (whole.written, absent) == (False, None)
    assert partial.report.created == 1
    assert await desk.grid("370703001001802") is not None


async def test_villages_move_below_their_merged_community(desk: Desk) -> None:
    await desk.table()
    text = (
        "village_code,community_code,community_name\n"
        "370703002200,370703002601,河滩农村社区\n"
        "370703002201,370703002601,河滩农村社区\n"
    )

    first = await desk.take(MERGED_COMMUNITIES, text)
    again = await desk.take(MERGED_COMMUNITIES, text)
    await desk.table()

    assert counts(first) == (1, 2, 0, 0)
    assert counts(again) == (0, 0, 3, 0)
    merged, village = await desk.grid("370703002601"), await desk.grid("370703002201")
    assert merged is not None
    assert village is not None
    assert (village.parent_id, village.path) == (merged.id, (*merged.path, village.number))


async def test_an_unknown_village_is_refused(desk: Desk) -> None:
    text = "村代码,社区编码,社区名称\n370703009999,370703002601,社区\n"

    result = await desk.take(MERGED_COMMUNITIES, text)

    assert refusals(result) == [(2, "village_code", "BASE_GRID_PARENT_MISSING")]
    assert await desk.grid("370703002601") is None
