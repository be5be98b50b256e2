"""JSON text of values inside SQL, in the dialect of each database, exactly as the scalars write them."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    Enum,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Text,
    Uuid,
    case,
    cast,
    func,
    literal_column,
)
from sqlalchemy.sql.elements import ExpressionClauseList
from sqlalchemy.sql.operators import concat_op
from sqlalchemy.types import NullType, TypeEngine

from wangge._host.plans.selection import NotPlanned
from wangge.db.columns import UtcDateTime

MARKER = '{"":0}'
"""Stands where a value is hidden that must be there, or cannot be written in SQL: such an answer is not used.

No string of an answer can hold these characters, since its quotation marks are escaped.
"""
MARKER_BYTES = MARKER.encode()
NULL = "null"

Part = str | ColumnElement[Any]
"""A piece of JSON text: as it stands, or computed."""


def quoted(text: str) -> ColumnElement[str]:
    """Return a text constant, written into the statement."""
    return literal_column("'" + text.replace("'", "''") + "'", Text())


def joined(parts: Sequence[Part]) -> ColumnElement[str]:
    """Return the pieces as one text expression."""
    merged: list[Part] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    pieces = [quoted(part) if isinstance(part, str) else part for part in merged] or [quoted("")]
    if len(pieces) == 1:
        return pieces[0]
    return ExpressionClauseList._construct_for_list(concat_op, Text(), *pieces, group=True).self_group()


def or_else(value: ColumnElement[Any], missing: str) -> ColumnElement[str]:
    """Return a text, or `missing` where it is null."""
    return func.coalesce(value, quoted(missing))


class Writer:
    """How one database writes values as JSON; PostgreSQL's form stands here."""

    dialect = "postgresql"

    def string(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """Return a text as a JSON string."""
        return cast(func.to_json(value), Text())

    def hexadecimal(self, id: ColumnElement[Any]) -> ColumnElement[str]:
        """Return a UUID as 32 digits."""
        return func.replace(cast(id, Text()), quoted("-"), quoted(""))

    def boolean(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """Return a truth value, or null."""
        return case((value, quoted("true")), (~value, quoted("false")))

    def day(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """Return a date as a JSON string; the driver stores Python's first and last day as infinities."""
        middle: ColumnElement[date] = literal_column("DATE '2000-01-01'")
        return case(
            (func.isfinite(value), joined(['"', cast(value, Text()), '"'])),
            (value > middle, quoted('"9999-12-31"')),
            (value < middle, quoted('"0001-01-01"')),
        )

    def time(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """Return a point in time as a JSON string in the district's time, or the marker before 1992.

        Until then China had other offsets at times, which Python knows better than SQL.
        """
        moved = func.timezone(literal_column("INTERVAL '8 hours'"), value)
        text = joined(
            ['"', func.to_char(moved, quoted('YYYY-MM-DD"T"HH24:MI:SS')), self._fraction(value), '+08:00"']
        )
        recent = func.isfinite(value) & (value >= literal_column("TIMESTAMPTZ '1992-01-01 00:00:00+00'"))
        return case((recent, text), (value.is_not(None), quoted(MARKER)))

    def _fraction(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        whole = func.date_trunc(quoted("second"), value) == value
        return case((whole, quoted("")), else_=func.to_char(value, quoted(".US")))

    def instant(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """Return a point in time in UTC, as cursors hold it."""
        moved = func.timezone(literal_column("INTERVAL '0 hours'"), value)
        text = func.to_char(moved, quoted('YYYY-MM-DD"T"HH24:MI:SS'))
        return joined(['"', text, self._fraction(value), '+00:00"'])

    def hundredths(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """Return an integer of hundredths as a decimal in a JSON string."""
        return joined(['"', cast(cast(value, Numeric(20, 0)) * literal_column("0.01"), Text()), '"'])

    def decimal(self, value: ColumnElement[Any], kind: TypeEngine[Any]) -> ColumnElement[str]:
        """Return an exact decimal in a JSON string."""
        return joined(['"', cast(value, Text()), '"'])

    def floating(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """Return a floating-point number, or the marker for what JSON has none of."""
        text = cast(value, Text())
        strange = text.in_([quoted("NaN"), quoted("Infinity"), quoted("-Infinity")])
        return case((strange, quoted(MARKER)), else_=text)

    def binary(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """Return bytes as hexadecimal digits in a JSON string."""
        return joined(['"', func.encode(value, quoted("hex")), '"'])

    def hidden_in_hex(self, text: ColumnElement[Any]) -> ColumnElement[str]:
        """Return the bytes of a text as hexadecimal digits, the form of cursors."""
        return func.encode(func.convert_to(text, quoted("UTF8")), quoted("hex"))

    def listed(self, text: ColumnElement[Any]) -> ColumnElement[str]:
        """Return the texts of all rows, separated by commas, in the order in which the rows come."""
        return func.coalesce(func.string_agg(text, quoted(",")), quoted(""))


class SqliteWriter(Writer):
    """As `Writer`, for SQLite: times and dates are text there, UUIDs are 32 digits."""

    dialect = "sqlite"

    def string(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """Return a text as a JSON string; nothing for null."""
        return case((value.is_not(None), func.json_quote(value)))

    def hexadecimal(self, id: ColumnElement[Any]) -> ColumnElement[str]:
        """Return a UUID as 32 digits."""
        return cast(id, Text())

    def day(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """Return a date as a JSON string."""
        return joined(['"', _as_text(value), '"'])

    def time(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """Return a point in time as a JSON string in the district's time, or the marker before 1992."""
        stored = _as_text(value)
        moved = func.strftime(
            quoted("%Y-%m-%dT%H:%M:%S"),
            func.substr(stored, literal_column("1"), literal_column("19")),
            quoted("+8 hours"),
        )
        text = joined(['"', moved, self._fraction(value), '+08:00"'])
        return case((stored >= quoted("1992"), text), (stored.is_not(None), quoted(MARKER)))

    def _fraction(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        rest = func.substr(_as_text(value), literal_column("20"))
        return case((rest == quoted(".000000"), quoted("")), else_=rest)

    def instant(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """Return a point in time in UTC, as cursors hold it."""
        whole = func.substr(_as_text(value), literal_column("1"), literal_column("19"))
        text = func.replace(whole, quoted(" "), quoted("T"))
        return joined(['"', text, self._fraction(value), '+00:00"'])

    def hundredths(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """Return an integer of hundredths as a decimal in a JSON string."""
        size = func.abs(value)
        sign = case((value < literal_column("0"), quoted("-")), else_=quoted(""))
        hundred: ColumnElement[int] = literal_column("100")
        whole, rest = size.op("/")(hundred), size.op("%")(hundred)
        text = func.printf(quoted('"%s%d.%02d"'), sign, whole, rest)
        return case((value.is_not(None), text))

    def decimal(self, value: ColumnElement[Any], kind: TypeEngine[Any]) -> ColumnElement[str]:
        """Refuse: SQLite stores decimals as floating-point numbers."""
        raise NotPlanned("SQLite cannot write exact decimals.")

    def floating(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """Refuse: SQLite writes fewer digits than a floating-point number has."""
        raise NotPlanned("SQLite does not write all digits of floating-point numbers.")

    def binary(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """Return bytes as hexadecimal digits in a JSON string; nothing for null."""
        return case((value.is_not(None), joined(['"', func.lower(func.hex(value)), '"'])))

    def hidden_in_hex(self, text: ColumnElement[Any]) -> ColumnElement[str]:
        """Return the bytes of a text as hexadecimal digits, the form of cursors."""
        return func.lower(func.hex(text))

    def listed(self, text: ColumnElement[Any]) -> ColumnElement[str]:
        """Return the texts of all rows, separated by commas, in the order in which the rows come."""
        return func.coalesce(func.group_concat(text, quoted(",")), quoted(""))


def _as_text(value: ColumnElement[Any]) -> ColumnElement[str]:
    """Return a stored date or time as the text it is."""
    return cast(value, Text())


def writer_for(dialect: str) -> Writer:
    """Return the writer of a database by the name of its dialect."""
    return SqliteWriter() if dialect == "sqlite" else Writer()


def plain(writer: Writer, value: ColumnElement[Any], kind: TypeEngine[Any]) -> ColumnElement[str]:
    """Return a column's value as JSON that `wangge` reads again, in cursors and in rows for Python.

    Raises:
        NotPlanned: for types that have no such form.
    """
    if isinstance(kind, JSON):
        return cast(value, Text())
    if isinstance(kind, Enum):
        return joined(['"', cast(value, Text()), '"'])
    writers: tuple[tuple[type[TypeEngine[Any]], Callable[[ColumnElement[Any]], ColumnElement[str]]], ...] = (
        (Uuid, lambda id: joined(['"', writer.hexadecimal(id), '"'])),
        (UtcDateTime, writer.instant),
        (Date, writer.day),
        (Boolean, writer.boolean),
        (Integer, lambda number: cast(number, Text())),
        (String, writer.string),
        (LargeBinary, writer.binary),
    )
    for known, write in writers:
        if isinstance(kind, known):
            return write(value)
    raise NotPlanned(f"values of type {kind!r} have no plain form in SQL.")


def is_wide(kind: TypeEngine[Any]) -> bool:
    """Say whether an integer type holds more than a GraphQL Int."""
    return isinstance(kind, BigInteger)


_STORED: dict[str, tuple[type[TypeEngine[Any]], ...]] = {
    "Int": (Integer,),
    "String": (String,),
    "Boolean": (Boolean,),
    "Date": (Date,),
    "DateTime": (UtcDateTime,),
    "Float": (Numeric, Integer),
    "Decimal": (Numeric,),
}


def fits(scalar: str, stored: TypeEngine[Any]) -> bool:
    """Say whether values of a column type are written in SQL as a scalar writes them."""
    if isinstance(stored, Enum):
        return False
    if isinstance(stored, NullType):  # of functions that SQLAlchemy does not know; only texts are made so
        return scalar == "String"
    return isinstance(stored, _STORED.get(scalar, ()))


UNWRITABLE = (JSON, LargeBinary)
"""Column types whose values have no scalar of their own."""
