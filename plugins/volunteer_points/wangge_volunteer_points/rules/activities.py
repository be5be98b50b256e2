"""Shifts and attendance: periods that overlap, days that are full, and how long someone was there."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from wangge_volunteer_points.errors import (
    CheckInClosed,
    DailyCapReached,
    PeriodInvalid,
    ShiftFull,
    ShiftOverlaps,
)


class ActivityState(enum.Enum):
    """Where an activity stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class SignupState(enum.Enum):
    """Where the sign-up for a shift stands."""

    SIGNED_UP = "signed_up"
    CHECKED_IN = "checked_in"
    CHECKED_OUT = "checked_out"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Period:
    """A stretch of time from `starts_at` up to, not including, `ends_at`; both aware."""

    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """Whole minutes from start to end; never negative."""
        return max(0, int((self.ends_at - self.starts_at).total_seconds()) // 60)

    def overlaps(self, other: "Period") -> bool:
        """Say whether the two share a moment. One that starts when the other ends does not overlap it."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def within(self, other: "Period") -> "Period":
        """Return the part of this period that lies in `other`; an empty one where they do not meet."""
        start = max(self.starts_at, other.starts_at)
        return Period(start, max(start, min(self.ends_at, other.ends_at)))


def ensure_period(period: Period, *, cap_hours: int, not_after: datetime | None = None) -> None:
    """Refuse a period that ends before it starts or is longer than one day of service may be.

    Args:
        period: what is planned or reported.
        cap_hours: hours that may count on one day.
        not_after: the present, where the period is reported and so must be over.

    Raises:
        PeriodInvalid: as said.
    """
    lasts = period.ends_at - period.starts_at
    is_over = not_after is None or period.ends_at <= not_after
    if not (timedelta(0) < lasts <= timedelta(hours=cap_hours) and is_over):
        raise PeriodInvalid(path=("endsAt",), hours=cap_hours)


def ensure_no_overlap(period: Period, others: Iterable[Period]) -> None:
    """Refuse to let one volunteer serve in two places at once.

    Raises:
        ShiftOverlaps: one of `others` shares a moment with `period`.
    """
    if any(period.overlaps(other) for other in others):
        raise ShiftOverlaps()


def ensure_within_day(period: Period, same_day: Iterable[Period], *, cap_hours: int) -> None:
    """Refuse to plan more service on one local day than may count. A shift belongs to the day it starts on.

    Raises:
        DailyCapReached: `period` and those of the same day together exceed the cap.
    """
    planned = period.minutes + sum(other.minutes for other in same_day)
    if planned > cap_hours * 60:
        raise DailyCapReached(hours=cap_hours)


def ensure_place_left(taken: int, capacity: int) -> None:
    """Refuse a sign-up for a full shift.

    Raises:
        ShiftFull: `taken` has reached `capacity`.
    """
    if taken >= capacity:
        raise ShiftFull(path=("shift",), capacity=capacity)


def ensure_check_in_open(now: datetime, shift: Period, *, early_minutes: int) -> None:
    """Refuse a check-in too long before the shift, or once it has ended.

    Raises:
        CheckInClosed: as said.
    """
    if not shift.starts_at - timedelta(minutes=early_minutes) <= now < shift.ends_at:
        raise CheckInClosed(path=("shift",), minutes=early_minutes)


def attended(checked_in: datetime, checked_out: datetime, shift: Period) -> Period:
    """Return what counts of an attendance: the part of it that lies within the shift."""
    return Period(checked_in, checked_out).within(shift)
