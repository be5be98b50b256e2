"""What can go wrong with the working calendar: ranges and deadlines that cannot be answered."""

from wangge import RequestError


class CalendarRangeInvalid(RequestError):
    """Raise when days are asked for from a later to an earlier date, or for years out of reach."""

    code = "BASE_CALENDAR_RANGE_INVALID"
    message = "These days cannot be shown: ask from an earlier to a later date within {first} to {last}."


class CalendarRangeTooLong(RequestError):
    """Raise when more days are asked for than one answer holds."""

    code = "BASE_CALENDAR_RANGE_TOO_LONG"
    message = "At most {limit} days can be shown at once: ask for a shorter range."


class DeadlineUnitUnclear(RequestError):
    """Raise when a deadline is asked for in both units, or in none."""

    code = "BASE_DEADLINE_UNIT"
    message = "Give either workingDays or workingHours, and not both."


class DeadlineLengthInvalid(RequestError):
    """Raise when a deadline's length is zero, negative or unreasonably long."""

    code = "BASE_DEADLINE_LENGTH"
    message = "A deadline has 1 to {days} working days, or 1 to {hours} working hours."


class TimeZoneMissing(RequestError):
    """Raise when a point in time comes without its offset from UTC."""

    code = "BASE_TIME_ZONE_MISSING"
    message = "Give the time with its offset, such as 2026-11-22T09:30:00+08:00."
