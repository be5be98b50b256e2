"""Scalars as frontends meet them: RFC 3339 times with offset, dates, decimal strings."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import strawberry
from graphql import GraphQLError
from pydantic import TypeAdapter, ValidationError
from strawberry.types.scalar import ScalarDefinition

from wangge.context import LOCAL_ZONE


def _show_time(value: datetime) -> str:
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(LOCAL_ZONE).isoformat()


def _read_time(value: Any) -> datetime:  # whatever the client sent
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError(
            "A DateTime is RFC 3339 with an offset, such as 2026-11-22T09:30:00+08:00."
        ) from None
    if found.tzinfo is None:
        raise GraphQLError("A DateTime needs its offset, such as 2026-11-22T09:30:00+08:00.")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise GraphQLError("This DateTime lies outside the calendar.") from None


def _read_date(value: Any) -> date:  # whatever the client sent
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError("A Date is written as 2026-11-22.") from None


def _read_decimal(value: Any) -> Decimal:  # whatever the client sent
    try:
        found = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite():
        raise GraphQLError('A Decimal is a string of digits, such as "12.50".')
    return found


def _read_time_of_day(value: Any) -> time:  # whatever the client sent
    try:
        return time.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError("A Time is written as 09:30 or 09:30:00.") from None


def _read_duration(value: Any) -> timedelta:  # whatever the client sent
    try:
        return _SPANS.validate_python(value if isinstance(value, str) else None)
    except ValidationError:
        raise GraphQLError("A Duration is written as P7D or PT30M.") from None


_SPANS = TypeAdapter(timedelta)

DATE_TIME = strawberry.scalar(
    name="DateTime",
    description="A point in time, RFC 3339 with offset, such as 2026-11-22T09:30:00+08:00.",
    serialize=_show_time,
    parse_value=_read_time,
)
DATE = strawberry.scalar(
    name="Date",
    description="A day, such as 2026-11-22.",
    serialize=date.isoformat,
    parse_value=_read_date,
)
DECIMAL = strawberry.scalar(
    name="Decimal",
    description='A decimal number as a string, such as "12.50".',
    serialize=str,
    parse_value=_read_decimal,
)

TIME = strawberry.scalar(
    name="Time",
    description="A time of day in the district's time zone, such as 09:30:00.",
    serialize=time.isoformat,
    parse_value=_read_time_of_day,
)
DURATION = strawberry.scalar(
    name="Duration",
    description="A span of time in the form of ISO 8601, such as P7D or PT30M.",
    serialize=lambda value: _SPANS.dump_python(value, mode="json"),
    parse_value=_read_duration,
)

SCALARS: dict[object, ScalarDefinition] = {
    datetime: DATE_TIME,
    date: DATE,
    time: TIME,
    timedelta: DURATION,
    Decimal: DECIMAL,
}
