"""From confirmed time to points: what counts on a day, who has confirmed, and what it earns."""

import enum
from calendar import monthrange
from datetime import date, datetime
from decimal import Decimal

from wangge_volunteer_points.errors import AlreadyConfirmed, RecordNotReady


class RecordState(enum.Enum):
    """Where a service record stands."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    VOIDED = "voided"


class Side(enum.Enum):
    """Who confirms: who served, or for whom."""

    VOLUNTEER = "volunteer"
    ORGANISER = "organiser"


def counted_minutes(served: int, *, counted_before: int, cap_hours: int, step_minutes: int) -> int:
    """Return how many of `served` minutes count, in whole steps, under the cap of the day.

    The record keeps the true time beside it. Half-hour steps and a cap of 8 to 12 hours are settings.

    Args:
        served: minutes served this time.
        counted_before: minutes that count already on the same local day.
        cap_hours: hours that may count on one day.
        step_minutes: smallest unit that counts; what remains is dropped.
    """
    left = max(0, cap_hours * 60 - counted_before)
    return min(served, left) // step_minutes * step_minutes


def points_for(minutes: int, *, unit_points: Decimal, coefficient: Decimal) -> int:
    """Return the points of a record: hours × points per hour of its class × coefficient, rounded down.

    The form "class × unit points × coefficient" follows Suzhou's DB3205/T 1001-2020; the values are settings.
    """
    return int(Decimal(minutes) * unit_points * coefficient // 60)


def ensure_side_open(state: RecordState, confirmed_at: datetime | None) -> None:
    """Refuse to confirm a record that is settled, or a side that has confirmed.

    Raises:
        RecordNotReady: the record is confirmed or voided.
        AlreadyConfirmed: this side has confirmed before.
    """
    if state is not RecordState.PENDING:
        raise RecordNotReady(path=("record",), state=state.name)
    if confirmed_at is not None:
        raise AlreadyConfirmed(path=("record",))


def ensure_voidable(state: RecordState) -> None:
    """Refuse to void a record twice.

    Raises:
        RecordNotReady: the record is voided.
    """
    if state is RecordState.VOIDED:
        raise RecordNotReady(path=("record",), state=state.name)


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
