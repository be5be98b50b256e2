"""The import engine: reads a file, hands its rows to an importer's job, and reports what was refused."""

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from wangge._host.tabular import RawRow, TableFile, look_at
from wangge.context import RequestContext
from wangge.errors import RuleError
from wangge.importing import (
    ImportColumn,
    ImportColumnsMissing,
    Importer,
    ImportNumberRounded,
    ImportReport,
    ImportRow,
    ImportRowMisshapen,
    ImportValueMissing,
    RefusedRow,
)

BATCH = 1000
"""Rows handed to a job at once."""

OpenContext = Callable[[], AbstractAsyncContextManager[RequestContext]]
"""Opens a write transaction of the district: kept on a clean exit, rolled back when something is raised."""

Progress = Callable[[int, int | None], None]
"""Told how many rows are read, and of how many where that is known."""


@dataclass(frozen=True)
class ImportResult:
    """What became of one file in one district."""

    importer: str
    written: bool
    """False when everything was rolled back, because rows were refused."""
    report: ImportReport
    report_path: Path | None
    """Where the refused rows are listed, if any were."""


class _RolledBack(Exception):
    """Leaves the write transaction without keeping it."""


async def run_import(
    importer: Importer,
    path: Path,
    *,
    open_context: OpenContext,
    partial: bool = False,
    report_path: Path | None = None,
    progress: Progress | None = None,
    translate: Callable[[RuleError], str] = RuleError.text,
) -> ImportResult:
    """Take `path` into the district that `open_context` opens, in one transaction.

    Args:
        importer: the kind of file.
        path: CSV (UTF-8 with or without byte order mark, or GB18030) or XLSX.
        open_context: see `OpenContext`.
        partial: keep the good rows when others are refused; otherwise nothing is kept then.
        report_path: where to list refused rows; nothing is written there when there are none.
        progress: see `Progress`.
        translate: turns an error into the text of the report.

    Raises:
        ImportFileUnreadable, ImportColumnsMissing: when no row can be read at all.
        Forbidden: when the context's principal lacks the importer's permission.
        RuleError: when the file as a whole does not fit the district.
    """
    table = look_at(path)
    report = ImportReport()
    try:
        await _take(importer, table, report, open_context, partial=partial, progress=progress)
        written = True
    except _RolledBack:
        written = False
    report.refused.sort(key=lambda refused: refused.line)
    if report.refused and report_path is not None:
        _write_report(report_path, report.refused, translate)
    return ImportResult(importer.key, written, report, report_path if report.refused else None)


async def _take(
    importer: Importer,
    table: TableFile,
    report: ImportReport,
    open_context: OpenContext,
    *,
    partial: bool,
    progress: Progress | None,
) -> None:
    """Hand the rows of a file to a job, in one transaction."""
    async with open_context() as ctx:
        ctx.require(importer.permission)
        job = await importer.start(ctx, report)
        rows = read_rows(importer.columns, table, report)
        while batch := tuple(islice(rows, BATCH)):
            await job.take(batch)
            if progress is not None:
                progress(report.rows, _rows_expected(table))
        await job.finish()
        if report.refused and not partial:
            raise _RolledBack


def districts_of(importer: Importer, path: Path, code: str) -> dict[str, str]:
    """Return the districts that `path` holds under `code`, by code with their names.

    A city's code stands for each of its districts: they are loaded one by one, since a city is none itself.
    An importer whose files are of one district alone answers with nothing.
    """
    if importer.fan_out is None:
        return {}
    return importer.fan_out(read_rows(importer.columns, look_at(path), ImportReport()), code)


def read_rows(columns: Sequence[ImportColumn], table: TableFile, report: ImportReport) -> Iterator[ImportRow]:
    """Yield the rows of `table` that have a cell for every required column; refuse the others.

    Raises:
        ImportColumnsMissing: when the heading lacks a required column.
    """
    raw = table.rows()
    heading = next(raw, RawRow(1, ()))
    places = _places(columns, heading)
    width = len(heading.cells)
    needed = [places[column.name] for column in columns if column.required]
    last = max(places.values(), default=0)
    for row in raw:
        report.rows += 1
        cells = row.cells if len(row.cells) > last else [*row.cells, *[""] * (last + 1 - len(row.cells))]
        found = ImportRow(row.line, {name: cells[index] for name, index in places.items()})
        if row.rounded or len(row.cells) > width or not all(cells[index] for index in needed):
            fault = _fault(columns, places, row, width)
            if fault is not None:
                report.refuse(found, *fault)
                continue
        yield found


def _places(columns: Sequence[ImportColumn], heading: RawRow) -> dict[str, int]:
    """Return at which cell each column stands."""
    found = {cell.casefold(): index for index, cell in reversed(list(enumerate(heading.cells)))}
    places: dict[str, int] = {}
    for column in columns:
        for heading_name in (column.name, column.title, *column.aliases):
            if heading_name.casefold() in found:
                places.setdefault(column.name, found[heading_name.casefold()])
    missing = [column.name for column in columns if column.required and column.name not in places]
    if missing:
        raise ImportColumnsMissing(columns=", ".join(missing))
    return places


def _fault(
    columns: Sequence[ImportColumn], places: dict[str, int], row: RawRow, width: int
) -> tuple[RuleError, str] | None:
    """Return what is wrong with the form of a row and in which column, if anything is."""
    if len(row.cells) > width:
        return ImportRowMisshapen(found=len(row.cells), expected=width), ""
    for column in columns:
        index = places.get(column.name)
        if index is None:
            continue
        if index in row.rounded:
            return ImportNumberRounded(column=column.name), column.name
        if column.required and not (index < len(row.cells) and row.cells[index]):
            return ImportValueMissing(column=column.name), column.name
    return None


def _rows_expected(table: TableFile) -> int | None:
    return None if table.lines is None else max(table.lines - 1, 0)


def _write_report(path: Path, refused: Sequence[RefusedRow], translate: Callable[[RuleError], str]) -> None:
    """List refused rows: line, column, code, reason. The byte order mark lets spreadsheets show Chinese."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "column", "code", "reason"])
        for row in refused:
            writer.writerow([row.line, row.column, row.error.code, _inert(translate(row.error))])


def _inert(text: str) -> str:
    """Keep a spreadsheet from running a reason that quotes a cell as a formula."""
    return f"'{text}" if text[:1] in "=+-@\t" else text
