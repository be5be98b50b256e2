"""The import engine reads what offices save, reports what it refuses, and keeps all of a file or nothing."""

import csv
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import cast

import pytest
from openpyxl import Workbook

from wangge._host.importing import districts_of, run_import
from wangge.context import RequestContext
from wangge.errors import InvalidValue
from wangge.importing import (
    ImportColumn,
    ImportColumnsMissing,
    Importer,
    ImportFileUnreadable,
    ImportReport,
    ImportRow,
)

COLUMNS = (
    ImportColumn("code", "编码", "The code."),
    ImportColumn("name", "名称", "The name.", aliases=("姓名",)),
    ImportColumn("since", "起始日期", "Since when.", required=False),
)


class Store:
    """Stands for a district: what a transaction wrote is kept only when it ends cleanly."""

    def __init__(self) -> None:
        self.kept: list[dict[str, str]] = []
        self.draft: list[dict[str, str]] = []
        self.required: list[str] = []

    def require(self, permission: str) -> None:
        """Note which permission was asked for."""
        self.required.append(permission)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[RequestContext]:
        """Open the transaction."""
        self.draft = []
        yield cast(RequestContext, self)
        self.kept += self.draft


class Job:
    """Takes every row whose code is digits."""

    def __init__(self, store: Store, report: ImportReport) -> None:
        self.store = store
        self.report = report

    async def take(self, rows: Sequence[ImportRow]) -> None:
        """Keep the good rows for `finish`."""
        for row in rows:
            if row["code"].isdigit():
                self.store.draft.append({"code": row["code"], "name": row["name"], "since": row["since"]})
                self.report.created += 1
            else:
                self.report.refuse(row, InvalidValue(reason=f"{row['code']} is no number"), "code")

    async def finish(self) -> None:
        """Everything is written already."""


async def start(ctx: RequestContext, report: ImportReport) -> Job:
    """Begin a job on the stand-in."""
    return Job(cast(Store, ctx), report)


def under(rows: object, code: str) -> dict[str, str]:
    """Answer with the rows below a code."""
    return {row["code"]: row["name"] for row in cast(list[ImportRow], rows) if row["code"].startswith(code)}


PLACES = Importer("places", "Places (地点)", "base.grids.write", COLUMNS, start, fan_out=under)


@pytest.fixture
def store() -> Store:
    """An empty stand-in for a district."""
    return Store()


def saved(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a file in an encoding."""
    path.write_bytes(text.encode(encoding))
    return path


def workbook(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """Write an XLSX file."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_csv_is_read_in_each_encoding_that_offices_save(
    tmp_path: Path, store: Store, encoding: str
) -> None:
    path = saved(tmp_path / "places.csv", 'code,name\r\n1,寒亭街道\r\n2,"开元, 街道"\r\n', encoding)

    result = await run_import(PLACES, path, open_context=store.open)

    assert [row["name"] for row in store.kept] == ["寒亭街道", "开元, 街道"]
    assert (result.report.rows, result.report.created, result.written) == (2, 2, True)
    assert store.required == ["base.grids.write"]


async def test_headings_may_be_chinese_in_any_order_with_columns_of_others(
    tmp_path: Path, store: Store
) -> None:
    path = saved(tmp_path / "places.csv", "备注, 姓名 ,编码\nx,寒亭街道,1\n")

    await run_import(PLACES, path, open_context=store.open)

    assert store.kept == [{"code": "1", "name": "寒亭街道", "since": ""}]


async def test_a_workbook_gives_codes_without_point_and_dates_without_time(
    tmp_path: Path, store: Store
) -> None:
    rows: list[list[object]] = [
        ["code", "name", "since"],
        [370703001, "寒亭街道", datetime(2026, 1, 2, 3, 4)],
        [None, None, None],
        [370703002.0, "开元街道", date(2026, 1, 3)],
        ["370703003", " 固堤街道 ", None],
    ]
    path = workbook(tmp_path / "places.xlsx", rows)

    result = await run_import(PLACES, path, open_context=store.open)

    assert store.kept == [
        {"code": "370703001", "name": "寒亭街道", "since": "2026-01-02"},
        {"code": "370703002", "name": "开元街道", "since": "2026-01-03"},
        {"code": "370703003", "name": "固堤街道", "since": ""},
    ]
    assert result.report.rows == 3


async def test_a_number_that_a_spreadsheet_rounded_is_refused(tmp_path: Path, store: Store) -> None:
    path = workbook(tmp_path / "places.xlsx", [["code", "name"], [370703001007001001, "楼"]])

    result = await run_import(PLACES, path, open_context=store.open, partial=True)

    assert [(row.line, row.error.code) for row in result.report.refused] == [(2, "IMPORT_NUMBER_ROUNDED")]
    assert store.kept == []


async def test_one_refused_row_keeps_the_whole_file_out_and_is_reported(tmp_path: Path, store: Store) -> None:
    path = saved(tmp_path / "places.csv", "code,name\n1,甲\n\n=2,乙\n3,\n4,丁,戊,己\n")
    report_path = tmp_path / "refused.csv"

    result = await run_import(PLACES, path, open_context=store.open, report_path=report_path)

    assert store.kept == []
    assert (result.written, result.report_path) == (False, report_path)
    with report_path.open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.reader(file))
    assert [row[:3] for row in listed] == [
        ["line", "column", "code"],
        ["4", "code", "INVALID_VALUE"],
        ["5", "name", "IMPORT_VALUE_MISSING"],
        ["6", "", "IMPORT_ROW_MISSHAPEN"],
    ]


async def test_a_partial_import_keeps_the_good_rows(tmp_path: Path, store: Store) -> None:
    path = saved(tmp_path / "places.csv", "code,name\n1,甲\nx,乙\n3,丙\n")

    result = await run_import(PLACES, path, open_context=store.open, partial=True)

    assert [row["code"] for row in store.kept] == ["1", "3"]
    assert (result.written, result.report.rows, len(result.report.refused)) == (True, 3, 1)


async def test_no_report_is_written_when_nothing_is_refused(tmp_path: Path, store: Store) -> None:
    path = saved(tmp_path / "places.csv", "code,name\n1,甲\n")
    report_path = tmp_path / "refused.csv"

    result = await run_import(PLACES, path, open_context=store.open, report_path=report_path)

    assert result.report_path is None
    assert not report_path.exists()


async def test_the_report_cannot_become_a_formula(tmp_path: Path, store: Store) -> None:
    path = saved(tmp_path / "places.csv", "code,name\n=1+1,甲\n")
    report_path = tmp_path / "refused.csv"

    await run_import(
        PLACES,
        path,
        open_context=store.open,
        report_path=report_path,
        translate=lambda error: str(error.params["reason"]),
    )

    assert "'=1+1 is no number" in report_path.read_text(encoding="utf-8-sig")


async def test_progress_counts_rows_in_batches_against_the_whole(tmp_path: Path, store: Store) -> None:
    lines = "".join(f"{number},名\n" for number in range(2500))
    path = saved(tmp_path / "places.csv", "code,name\n" + lines)
    told: list[tuple[int, int | None]] = []

    await run_import(PLACES, path, open_context=store.open, progress=lambda *step: told.append(step))

    assert told == [(1000, 2500), (2000, 2500), (2500, 2500)]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", b"code,name\n\xff\xff\xff"), ("a.csv", b"PK\0\0"), ("a.xlsx", b"not a workbook")],
)
async def test_a_file_of_another_kind_is_refused(
    tmp_path: Path, store: Store, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(ImportFileUnreadable):
        await run_import(PLACES, path, open_context=store.open)
    assert store.kept == []


async def test_a_missing_file_is_refused_with_the_systems_reason(tmp_path: Path, store: Store) -> None:
    with pytest.raises(ImportFileUnreadable, match="No such file"):
        await run_import(PLACES, tmp_path / "nowhere.csv", open_context=store.open)


async def test_a_quote_left_open_is_refused_with_its_line(tmp_path: Path, store: Store) -> None:
    path = saved(tmp_path / "places.csv", 'code,name\n1,甲\n2,"乙\n')

    with pytest.raises(ImportFileUnreadable, match="line 3"):
        await run_import(PLACES, path, open_context=store.open)
    assert store.kept == []


@pytest.mark.parametrize("text", ["", "code\n1\n", "name,since\n甲,\n"])
async def test_a_heading_without_a_required_column_is_refused(
    tmp_path: Path, store: Store, text: str
) -> None:
    path = saved(tmp_path / "places.csv", text)

    with pytest.raises(ImportColumnsMissing):
        await run_import(PLACES, path, open_context=store.open)


def test_a_file_of_several_districts_says_which(tmp_path: Path) -> None:
    path = saved(tmp_path / "places.csv", "code,name\n370702,潍城区\n370703,寒亭区\n371502,东昌府区\n")

    assert districts_of(PLACES, path, "3707") == {"370702": "潍城区", "370703": "寒亭区"}
