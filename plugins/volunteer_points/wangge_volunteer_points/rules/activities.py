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
    ShiftOver,
    ShiftOverlaps,
)

_HORIZON = timedelta(days=3660)
"""Ten years: what lies further off is a slip of the pen."""


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


def ensure_planned(period: Period, *, now: datetime, cap_hours: int) -> None:
    """Refuse a plan that ends before it starts, is longer than a day of service may be, or is over already.

    Raises:
        PeriodInvalid: as said.
    """
    if not (_is_sound(period, now, cap_hours) and now < period.ends_at):
        raise PeriodInvalid(path=("endsAt",), hours=cap_hours)


def ensure_reported(period: Period, *, now: datetime, cap_hours: int) -> None:
    """Refuse a report that ends before it starts, is longer than a day of service may be, or is not over yet.

    Raises:
        PeriodInvalid: as said.
    """
    if not (_is_sound(period, now, cap_hours) and period.ends_at <= now):
        raise PeriodInvalid(path=("endedAt",), hours=cap_hours)


def _is_sound(period: Period, now: datetime, cap_hours: int) -> bool:
    lasts = period.ends_at - period.starts_at
    return timedelta(0) < lasts <= timedelta(hours=cap_hours) and abs(period.starts_at - now) <= _HORIZON


def ensure_not_over(now: datetime, shift: Period) -> None:
    """Refuse to sign up for a shift that has ended.

    Raises:
        ShiftOver: as said.
    """
    if shift.ends_at <= now:
        raise ShiftOver(path=("shift",))


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
