"""What an importer declares and what its job is handed: columns, rows, and the report of a file."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from wangge.context import RequestContext
from wangge.errors import RuleError


class ImportFileUnreadable(RuleError):
    """Raise when a file is neither CSV in UTF-8 or GB18030 nor an XLSX workbook."""

    code = "IMPORT_FILE_UNREADABLE"
    message = "The file cannot be read ({reason}): save it as CSV in UTF-8 or GB18030, or as XLSX."


class ImportColumnsMissing(RuleError):
    """Raise when the heading of a file lacks a column that the importer needs."""

    code = "IMPORT_COLUMNS_MISSING"
    message = "The file lacks the columns {columns}: add them to its first row."


class ImportRowMisshapen(RuleError):
    """Raise when a row has more cells than the heading."""

    code = "IMPORT_ROW_MISSHAPEN"
    message = "The row has {found} cells where the heading has {expected}: check its separators and quotes."


class ImportValueMissing(RuleError):
    """Raise when a cell that must be filled is empty."""

    code = "IMPORT_VALUE_MISSING"
    message = "The column {column} is empty: fill it in."


class ImportNumberRounded(RuleError):
    """Raise when a spreadsheet kept a long code as a number and has lost its last digits."""

    code = "IMPORT_NUMBER_ROUNDED"
    message = "The column {column} holds a number too long for a spreadsheet: format the column as text."


@dataclass(frozen=True)
class ImportColumn:
    """A column of a file. Its heading may be `name`, `title` or any of `aliases`, in any letter case."""

    name: str
    title: str
    """The Chinese heading."""
    description: str
    required: bool = True
    """Whether the column must exist and every row must fill it."""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportRow:
    """One row of a file: its line, counted from 1 with the heading, and its cells by column name, trimmed."""

    line: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return the cell under `column`, empty where the row or the file has none."""
        return self.values.get(column, "")


@dataclass(frozen=True)
class RefusedRow:
    """Why a row was refused. Carries no value of the row, since rows may be personal."""

    line: int
    column: str
    error: RuleError


@dataclass
class ImportReport:
    """The running account of one file in one district; the job adds to it."""

    rows: int = 0
    """Rows read so far, the heading left out; counted by the engine."""
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    """Rows of other districts in a file that covers several."""
    refused: list[RefusedRow] = field(default_factory=list)

    def refuse(self, row: ImportRow, error: RuleError, column: str = "") -> None:
        """Note that `row` is not taken in, because of `error` in `column`."""
        self.refused.append(RefusedRow(row.line, column, error))


class ImportJob(Protocol):
    """One run of an importer over one file, inside one write transaction of one district.

    Every row must be checked and either counted or refused. A job writes what it accepts: the engine
    rolls everything back when rows were refused and the caller did not ask for a partial import.
    """

    async def take(self, rows: Sequence[ImportRow]) -> None:
        """Check the next rows of the file (at most 1,000), and write them or keep them for `finish`."""
        ...

    async def finish(self) -> None:
        """Write what was kept. Called once, after the last row."""
        ...


@dataclass(frozen=True)
class Importer:
    """A kind of file that a package takes in: `wangge import KEY FILE --district CODE`.

    Args:
        key: the name on the command line, plural (`divisions`); unique over all packages.
        title: one line for people, English with the Chinese term.
        permission: what the caller must hold.
        columns: the columns read; others in the file are ignored.
        start: makes the job for one file; it may read from the district to prepare.
        fan_out: for files that cover several districts: given all rows and the code asked for, returns the
            codes and names of the districts to load one by one. None when a file is of one district only.
    """

    key: str
    title: str
    permission: str
    columns: tuple[ImportColumn, ...]
    start: Callable[[RequestContext, ImportReport], Awaitable[ImportJob]]
    fan_out: Callable[[Iterable[ImportRow], str], dict[str, str]] | None = None
