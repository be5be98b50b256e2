"""The rules of records: what counts on a day, what it earns, and who has confirmed."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge_volunteer_points.errors import AlreadyConfirmed, RecordNotReady
from wangge_volunteer_points.rules.records import (
    RecordState,
    add_months,
    counted_minutes,
    ensure_side_open,
    ensure_voidable,
    points_for,
)

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("served", "before", "counted"),
    [(120, 0, 120), (119, 0, 90), (29, 0, 0), (600, 0, 480), (120, 420, 60), (120, 480, 0), (120, 500, 0)],
)
def test_hours_count_in_whole_steps_under_the_days_cap(served: int, before: int, counted: int) -> None:
    assert counted_minutes(served, counted_before=before, cap_hours=8, step_minutes=30) == counted


@given(
    st.lists(st.integers(0, 700), max_size=12),
    st.integers(8, 12),
    st.sampled_from([1, 10, 15, 20, 30, 60]),
)
def test_however_many_records_a_day_has_they_never_exceed_the_cap(
    day: list[int], cap_hours: int, step_minutes: int
) -> None:
    counted = 0
    for served in day:
        now = counted_minutes(served, counted_before=counted, cap_hours=cap_hours, step_minutes=step_minutes)
        assert 0 <= now <= served
        assert now % step_minutes == 0
        counted += now
    assert counted <= cap_hours * 60


@pytest.mark.parametrize(
    ("minutes", "unit", "coefficient", "points"),
    [(120, "2", "1", 4), (90, "3", "1.5", 6), (30, "1", "1", 0), (150, "4", "2", 20), (0, "4", "2", 0)],
)
def test_points_are_hours_times_class_times_coefficient_rounded_down(
    minutes: int, unit: str, coefficient: str, points: int
) -> None:
    assert points_for(minutes, unit_points=Decimal(unit), coefficient=Decimal(coefficient)) == points


def test_a_side_confirms_once() -> None:
    ensure_side_open(RecordState.PENDING, None)

    with pytest.raises(AlreadyConfirmed):
        ensure_side_open(RecordState.PENDING, NOON)


@pytest.mark.parametrize("state", [RecordState.CONFIRMED, RecordState.VOIDED])
def test_a_settled_record_takes_no_confirmation(state: RecordState) -> None:
    with pytest.raises(RecordNotReady) as refused:
        ensure_side_open(state, None)
    assert refused.value.params == {"state": state.name}


def test_a_record_is_voided_once() -> None:
    ensure_voidable(RecordState.PENDING)
    ensure_voidable(RecordState.CONFIRMED)

    with pytest.raises(RecordNotReady):
        ensure_voidable(RecordState.VOIDED)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 22), 24, date(2028, 11, 22)),
        (date(2026, 11, 30), 15, date(2028, 2, 29)),
        (date(2027, 1, 31), 13, date(2028, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_months_are_added_to_the_same_day_or_the_last_of_the_month(
    day: date, months: int, later: date
) -> None:
    assert add_months(day, months) == later
