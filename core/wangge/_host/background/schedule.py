"""When a job is due next."""

from datetime import datetime, time, timedelta

from wangge.context import LOCAL_ZONE


def next_due(now: datetime, *, every: timedelta | None, at: time | None) -> datetime:
    """Return when a job is due next after `now`: after an interval, or at a time of the district's day."""
    if every is not None:
        return now + every
    assert at is not None  # the checks at the start saw to it
    local = now.astimezone(LOCAL_ZONE)
    due = datetime.combine(local.date(), at, LOCAL_ZONE)
    return (due if due > local else due + timedelta(days=1)).astimezone(now.tzinfo)
