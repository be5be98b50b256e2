"""Rows as both databases and the backup write them, and digests that do not depend on their order.

A value is JSON's null, a number, or text: keys as 32 hexadecimal digits, instants as
`2026-11-22 07:30:00.000000` in UTC, bytes in hexadecimal, truth as 0 and 1, JSON as the text it is.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from decimal import Decimal
from typing import Any

import orjson

from wangge._host.transfer.shapes import Shape
from wangge.files import StoredFile

BATCH = 2000
"""Rows that are handed on at once."""

FEW = 4
"""Rows of files that are handed on at once: each may hold megabytes."""

Row = Sequence[Any]  # values as above
Batches = AsyncIterator[Sequence[Row]]


def batch_of(shape: Shape) -> int:
    """Return how many rows of a table are handed on at once."""
    return FEW if shape.name == StoredFile.__tablename__ else BATCH


class TableDigest:
    """Number and digest of a table's rows, whatever their order: the sum of the rows' own SHA-256."""

    def __init__(self, shape: Shape) -> None:
        self.rows = 0
        self._sum = 0
        self._normal = _normaliser(shape)

    def add(self, rows: Sequence[Row]) -> None:
        """Take rows in."""
        normal = self._normal
        for row in rows:
            line = orjson.dumps(row if normal is None else normal(row))
            self._sum += int.from_bytes(hashlib.sha256(line).digest(), "big")
        self.rows += len(rows)

    def hex(self) -> str:
        """Return the digest so far."""
        return f"{self._sum % (1 << 256):064x}"

    def __eq__(self, other: object) -> bool:
        """Say whether two tables hold the same rows."""
        return isinstance(other, TableDigest) and (self.rows, self.hex()) == (other.rows, other.hex())

    __hash__ = None  # type: ignore[assignment]  # it changes while rows come


def _normaliser(shape: Shape) -> Callable[[Row], Row] | None:
    """Return what makes equal values look the same: databases write JSON and decimals in their own forms."""
    forms = {"json": _normal_json, "decimal": _normal_decimal}
    found = [(place, forms[one.kind]) for place, one in enumerate(shape.columns) if one.kind in forms]
    if not found:
        return None

    def normal(row: Row) -> Row:
        values = list(row)
        for place, form in found:
            if values[place] is not None:
                values[place] = form(str(values[place]))
        return values

    return normal


def _normal_json(text: str) -> str:
    try:
        return orjson.dumps(orjson.loads(text), option=orjson.OPT_SORT_KEYS).decode()
    except (orjson.JSONDecodeError, TypeError):  # numbers beyond 64 bits, or NaN
        return json.dumps(json.loads(text), sort_keys=True)


def _normal_decimal(text: str) -> str:
    return format(Decimal(text).normalize(), "f")


class Samples:
    """Key numbers under which values are sealed, with one sealed value of each."""

    def __init__(self) -> None:
        self.sealed: dict[int, tuple[str, str]] = {}
        """Number → name of the sealed field, the value in hexadecimal."""

    def look(self, shape: Shape, rows: Sequence[Row]) -> None:
        """Note the keys of the rows' sealed columns, which are called after their field: `phone_cipher`."""
        for place, column in enumerate(shape.columns):
            if column.kind != "bytes" or not column.name.endswith("_cipher"):
                continue
            for row in rows:
                value = row[place]
                if value and int(value[:2], 16) not in self.sealed:
                    self.sealed[int(value[:2], 16)] = (column.name.removesuffix("_cipher"), value)
