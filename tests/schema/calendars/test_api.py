"""The working calendar over GraphQL."""

import pytest

from wangge.testing.districts import TestDistrict

DAYS = """
query ($from: Date!, $to: Date!) {
  calendarDays(from: $from, to: $to) { date working kind reason source provisional }
}
"""
DEADLINE = """
query ($after: DateTime!, $days: Int, $hours: Int) {
  deadline(after: $after, workingDays: $days, workingHours: $hours) { at provisional }
}
"""
AFTER = "2026-09-30T16:00:00+08:00"


async def test_anyone_signed_in_reads_the_calendar(district: TestDistrict) -> None:
    for role in ("resident", "grid_worker", "vendor_service"):
        days = await district.client(role).data(DAYS, **{"from": "2026-10-09", "to": "2026-10-11"})
        assert days["calendarDays"] == [
            {
                "date": "2026-10-09",
                "working": True,
                "kind": "WORKDAY",
                "reason": None,
                "source": "chinesecalendar",
                "provisional": False,
            },
            {
                "date": "2026-10-10",
                "working": True,
                "kind": "MADE_UP_WORKDAY",
                "reason": "国庆节调休上班",
                "source": "chinesecalendar",
                "provisional": False,
            },
            {
                "date": "2026-10-11",
                "working": False,
                "kind": "WEEKEND",
                "reason": "周末",
                "source": "chinesecalendar",
                "provisional": False,
            },
        ]


async def test_days_without_a_notice_are_provisional(district: TestDistrict) -> None:
    days = await district.client("resident").data(DAYS, **{"from": "2026-12-31", "to": "2027-01-02"})
    assert [(day["working"], day["provisional"]) for day in days["calendarDays"]] == [
        (True, False),
        (True, True),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("2026-01-02", "2026-01-01", "BASE_CALENDAR_RANGE_INVALID"),
        ("1999-12-31", "2000-01-01", "BASE_CALENDAR_RANGE_INVALID"),
        ("9999-12-30", "9999-12-31", "BASE_CALENDAR_RANGE_INVALID"),
        ("2026-01-01", "2027-02-05", "BASE_CALENDAR_RANGE_TOO_LONG"),
    ],
)
async def test_a_range_that_cannot_be_shown_has_a_code(
    district: TestDistrict, first: str, last: str, code: str
) -> None:
    assert await district.client("resident").codes(DAYS, **{"from": first, "to": last}) == [code]


async def test_deadlines_are_in_local_time_with_the_offset(district: TestDistrict) -> None:
    client = district.client("grid_worker")
    days = await client.data(DEADLINE, after=AFTER, days=3)
    assert days["deadline"] == {"at": "2026-10-10T17:30:00+08:00", "provisional": False}
    hours = await client.data(DEADLINE, after="2026-09-30T07:30:00Z", hours=4)
    assert hours["deadline"] == {"at": "2026-10-08T11:00:00+08:00", "provisional": False}
    beyond = await client.data(DEADLINE, after="2026-12-31T10:00:00+08:00", days=1)
    assert beyond["deadline"] == {"at": "2027-01-01T17:30:00+08:00", "provisional": True}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "BASE_DEADLINE_UNIT"),
        ({"days": 1, "hours": 1}, "BASE_DEADLINE_UNIT"),
        ({"days": 0}, "BASE_DEADLINE_LENGTH"),
        ({"hours": -1}, "BASE_DEADLINE_LENGTH"),
        ({"days": 1001}, "BASE_DEADLINE_LENGTH"),
        ({"hours": 2001}, "BASE_DEADLINE_LENGTH"),
    ],
)
async def test_a_term_that_is_unclear_has_a_code(
    district: TestDistrict, given: dict[str, int], code: str
) -> None:
    assert await district.client("resident").codes(DEADLINE, after=AFTER, **given) == [code]


async def test_a_deadline_from_the_end_of_time_has_a_code(district: TestDistrict) -> None:
    after = "9999-12-31T23:59:59Z"
    codes = await district.client("resident").codes(DEADLINE, after=after, days=1)
    assert codes == ["BASE_CALENDAR_RANGE_INVALID"]


async def test_the_anonymous_read_no_calendar(district: TestDistrict) -> None:
    nobody = district.client(None)
    assert await nobody.codes(DAYS, **{"from": "2026-01-01", "to": "2026-01-02"}) == ["UNAUTHENTICATED"]
    assert await nobody.codes(DEADLINE, after=AFTER, days=1) == ["UNAUTHENTICATED"]


async def test_another_district_has_a_calendar_of_its_own(
    district: TestDistrict, other_district: TestDistrict
) -> None:
    days = await other_district.client("resident").data(DAYS, **{"from": "2026-10-10", "to": "2026-10-10"})
    assert [day["working"] for day in days["calendarDays"]] == [True]
