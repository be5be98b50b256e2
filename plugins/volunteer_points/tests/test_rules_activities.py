"""The rules of shifts and attendance: overlaps, full days, full shifts, and what counts of a presence."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge_volunteer_points.errors import (
    CheckInClosed,
    DailyCapReached,
    PeriodInvalid,
    ShiftFull,
    ShiftOver,
    ShiftOverlaps,
)
from wangge_volunteer_points.rules.activities import (
    Period,
    attended,
    ensure_check_in_open,
    ensure_no_overlap,
    ensure_not_over,
    ensure_place_left,
    ensure_planned,
    ensure_reported,
    ensure_within_day,
)

NINE = datetime(2026, 11, 22, 1, tzinfo=UTC)  # 09:00 in Weifang


def hours(start: float, end: float) -> Period:
    return Period(NINE + timedelta(hours=start), NINE + timedelta(hours=end))


periods = st.tuples(st.integers(0, 600), st.integers(1, 300)).map(
    lambda drawn: Period(NINE + timedelta(minutes=drawn[0]), NINE + timedelta(minutes=sum(drawn)))
)


def test_a_shift_that_starts_when_another_ends_does_not_overlap_it() -> None:
    ensure_no_overlap(hours(2, 4), [hours(0, 2), hours(4, 6)])


@pytest.mark.parametrize("other", [hours(1, 3), hours(3, 5), hours(2.5, 3), hours(0, 9), hours(2, 4)])
def test_a_shift_that_shares_a_moment_with_another_is_refused(other: Period) -> None:
    with pytest.raises(ShiftOverlaps):
        ensure_no_overlap(hours(2, 4), [hours(0, 1), other])


@given(periods, periods)
def test_overlap_is_mutual_and_means_a_shared_minute(one: Period, other: Period) -> None:
    assert one.overlaps(other) == other.overlaps(one) == (one.within(other).minutes > 0)


@given(periods, periods)
def test_what_lies_within_a_shift_is_never_longer_than_either(presence: Period, shift: Period) -> None:
    counted = attended(presence.starts_at, presence.ends_at, shift)

    assert 0 <= counted.minutes <= min(presence.minutes, shift.minutes)


def test_a_day_may_be_filled_to_the_cap_and_no_minute_more() -> None:
    ensure_within_day(hours(6, 8), [hours(0, 4), hours(4, 6)], cap_hours=8)

    with pytest.raises(DailyCapReached) as refused:
        ensure_within_day(Period(NINE, NINE + timedelta(minutes=121)), [hours(2, 8)], cap_hours=8)
    assert refused.value.params == {"hours": 8}


def test_a_shift_takes_as_many_as_it_has_places() -> None:
    ensure_place_left(2, 3)

    with pytest.raises(ShiftFull) as refused:
        ensure_place_left(3, 3)
    assert refused.value.params == {"capacity": 3}


@pytest.mark.parametrize("period", [hours(2, 2), hours(2, 1), hours(0, 8.01)])
def test_a_period_must_end_after_it_starts_and_fit_into_a_day(period: Period) -> None:
    with pytest.raises(PeriodInvalid):
        ensure_planned(period, now=NINE, cap_hours=8)
    with pytest.raises(PeriodInvalid):
        ensure_reported(period, now=NINE + timedelta(hours=9), cap_hours=8)


def test_what_is_reported_is_over_and_what_is_planned_is_not() -> None:
    ensure_reported(hours(0, 2), now=NINE + timedelta(hours=2), cap_hours=8)
    ensure_planned(hours(0, 2), now=NINE + timedelta(hours=1), cap_hours=8)

    with pytest.raises(PeriodInvalid):
        ensure_reported(hours(0, 2), now=NINE + timedelta(hours=1), cap_hours=8)
    with pytest.raises(PeriodInvalid):
        ensure_planned(hours(0, 2), now=NINE + timedelta(hours=2), cap_hours=8)


@pytest.mark.parametrize("year", [1, 1900, 9999])
def test_a_year_far_from_the_present_is_a_slip_of_the_pen(year: int) -> None:
    slip = Period(datetime(year, 1, 1, 1, tzinfo=UTC), datetime(year, 1, 1, 2, tzinfo=UTC))
    for ensure in (ensure_planned, ensure_reported):
        with pytest.raises(PeriodInvalid):
            ensure(slip, now=NINE, cap_hours=8)


def test_nobody_signs_up_for_a_shift_that_has_ended() -> None:
    ensure_not_over(NINE, hours(-2, 1))

    with pytest.raises(ShiftOver):
        ensure_not_over(NINE, hours(-2, 0))


def test_check_in_opens_before_the_shift_and_closes_with_its_end() -> None:
    shift = hours(1, 3)
    ensure_check_in_open(NINE + timedelta(minutes=30), shift, early_minutes=30)
    ensure_check_in_open(NINE + timedelta(minutes=179), shift, early_minutes=30)

    for moment in (NINE + timedelta(minutes=29), NINE + timedelta(hours=3)):
        with pytest.raises(CheckInClosed):
            ensure_check_in_open(moment, shift, early_minutes=30)


def test_who_comes_early_and_stays_late_is_counted_within_the_shift() -> None:
    early, late = NINE - timedelta(minutes=20), NINE + timedelta(hours=5)

    assert attended(early, late, hours(0, 2)) == hours(0, 2)


def test_who_leaves_before_the_shift_starts_has_not_served() -> None:
    assert attended(NINE - timedelta(minutes=20), NINE - timedelta(minutes=5), hours(0, 2)).minutes == 0
