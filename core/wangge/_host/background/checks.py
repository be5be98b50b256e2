"""What a programme's handlers and jobs must be like; one that is otherwise sets the programme aside."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from wangge.background.declarations import EventHandler, ScheduledJob
from wangge.errors import PluginError

SHORTEST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=366)
MOST_SECONDS: Final = 3600.0
_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")
_TYPE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_LONGEST_TYPE = 128


def check_background(slug: str, handlers: Sequence[EventHandler], jobs: Sequence[ScheduledJob]) -> None:
    """Check what a programme declares.

    Raises:
        PluginError: naming the first that breaks a rule, and how to mend it.
    """
    _check_keys(slug, "event handler", [one.key for one in handlers])
    _check_keys(slug, "job", [one.key for one in jobs])
    for handler in handlers:
        _check_timeout(slug, f"the event handler {handler.key}", handler.timeout)
        _check_types(slug, handler)
    for job in jobs:
        _check_timeout(slug, f"the job {job.key}", job.timeout)
        _check_schedule(slug, job)


def _check_keys(slug: str, what: str, keys: Sequence[str]) -> None:
    for key in keys:
        if not _KEY.fullmatch(key):
            raise PluginError(
                f"{slug}: the {what} {key!r} needs a key of lower-case letters, digits and underscores."
            )
        if keys.count(key) > 1:
            raise PluginError(f"{slug}: two {what}s have the key {key}: rename one of them.")


def _check_timeout(slug: str, what: str, seconds: float) -> None:
    if not 0 < seconds <= MOST_SECONDS:
        raise PluginError(f"{slug}: {what} needs a timeout between 0 and {MOST_SECONDS:.0f} seconds.")


def _check_types(slug: str, handler: EventHandler) -> None:
    if not handler.types:
        raise PluginError(f"{slug}: the event handler {handler.key} names no event: list its types.")
    for type in handler.types:
        if not _TYPE.fullmatch(type) or len(type) > _LONGEST_TYPE:
            raise PluginError(
                f"{slug}: {type!r} of the event handler {handler.key} is no event: slug.subject.verb."
            )


def _check_schedule(slug: str, job: ScheduledJob) -> None:
    if (job.every is None) == (job.at is None):
        raise PluginError(f"{slug}: the job {job.key} needs `every` or `at`, one of them.")
    if job.every is not None and not SHORTEST <= job.every <= LONGEST:
        raise PluginError(f"{slug}: the job {job.key} must be due between every minute and once a year.")
    if job.at is not None and job.at.tzinfo is not None:
        raise PluginError(
            f"{slug}: the job {job.key} is due at a time with a zone: leave it out, it is the district's."
        )
