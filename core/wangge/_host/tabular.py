"""Reads CSV and XLSX files row by row, whatever program wrote them."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from wangge.importing import ImportFileUnreadable

_CHUNK = 1 << 20
_EXACT = 10**15
"""From here on a spreadsheet's number is not exact to the last digit."""


class RawRow(NamedTuple):
    """A row as the file has it: its line, its cells as trimmed text, and which cells lost digits."""

    line: int
    cells: Sequence[str]
    rounded: frozenset[int] = frozenset()


@dataclass(frozen=True)
class TableFile:
    """A file that was looked at once: how to read it, and how many lines to expect."""

    path: Path
    encoding: str | None
    """None for a workbook."""
    lines: int | None
    """Lines with the heading, roughly, for progress bars; None where the file does not say."""

    def rows(self) -> Iterator[RawRow]:
        """Yield every row that is not blank, the heading first.

        Raises:
            ImportFileUnreadable: when the file turns out to be broken on the way.
        """
        return _workbook_rows(self.path) if self.encoding is None else _csv_rows(self.path, self.encoding)


def look_at(path: Path) -> TableFile:
    """Find out how to read `path`: a workbook by its ending, otherwise CSV in UTF-8 or GB18030.

    Raises:
        ImportFileUnreadable: when it is none of these.
    """
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        return TableFile(path, None, _workbook_lines(path))
    for encoding in ("utf-8-sig", "gb18030"):
        lines = _count_lines(path, encoding)
        if lines is not None:
            return TableFile(path, encoding, lines)
    raise ImportFileUnreadable(reason=path.name)


def _count_lines(path: Path, encoding: str) -> int | None:
    """Return how many lines the file has, or None when it is not text in `encoding`."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, last = 0, ""
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                text = decoder.decode(chunk)
                if "\0" in text:
                    return None
                lines += text.count("\n")
                last = text or last
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    except OSError as error:
        raise ImportFileUnreadable(reason=error.strerror or str(error)) from error
    return lines + (not last.endswith("\n"))


def _csv_rows(path: Path, encoding: str) -> Iterator[RawRow]:
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, strict=True)
        line = 1
        try:
            for cells in reader:
                trimmed = [cell.strip() for cell in cells]
                if any(trimmed):
                    yield RawRow(line, trimmed)
                line = reader.line_num + 1
        except csv.Error as error:
            raise ImportFileUnreadable(reason=f"line {line}: {error}") from error


def _workbook_lines(path: Path) -> int | None:
    try:
        with closing(load_workbook(path, read_only=True)) as book:
            sheet = book.worksheets[0]
            return sheet.max_row
    except (InvalidFileException, BadZipFile, KeyError, ValueError, IndexError) as error:
        raise ImportFileUnreadable(reason=path.name) from error
    except OSError as error:
        raise ImportFileUnreadable(reason=error.strerror or str(error)) from error


def _workbook_rows(path: Path) -> Iterator[RawRow]:
    with closing(load_workbook(path, read_only=True, data_only=True)) as book:
        for line, values in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            cells = [_cell_text(value) for value in values]
            if any(cells):
                while not cells[-1]:
                    cells.pop()
                rounded = frozenset(index for index, value in enumerate(values) if _is_rounded(value))
                yield RawRow(line, cells, rounded)


def _cell_text(value: object) -> str:
    """Return a cell as a person would read it: whole numbers without point, dates without time."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def _is_rounded(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) >= _EXACT
