"""What is kept of a failure, and when work that failed is tried again."""

from dataclasses import dataclass
from datetime import timedelta
from random import uniform
from uuid import uuid4

import structlog

from wangge._host.settings import Settings

log = structlog.get_logger("wangge.background")
_LONGEST = 128


def new_reference() -> str:
    """Return what a run is known by in the log and in the audit trail."""
    return uuid4().hex[:12]


@dataclass(frozen=True)
class Failure:
    """That some work failed: the class of the error, which holds no value, and where the log has the rest."""

    error: str
    reference: str

    @classmethod
    def noted(cls, what: str, error: Exception, reference: str, **facts: object) -> "Failure":
        """Log a failure, its text scrubbed, and return what is kept of it."""
        log.error(what, reference=reference, exc_info=error, **facts)
        return cls(type(error).__name__[:_LONGEST], reference)


def delay_after(attempts: int, settings: Settings) -> timedelta:
    """Return how long work waits that has failed so often.

    The wait doubles with each attempt up to a bound. Its second half is random, so that what failed together
    does not come back together ("equal jitter": M. Brooker, Exponential Backoff And Jitter, AWS 2015).
    """
    doublings = min(attempts - 1, 32)
    whole = min(settings.retry_first * 2**doublings, settings.retry_longest)
    return timedelta(seconds=uniform(whole / 2, whole))  # no secret depends on it
