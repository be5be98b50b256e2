"""The breaker of one side of one programme: when failures pause it, when it is tried again, when it goes on.

Own code, because the libraries miss what is needed here. pybreaker counts failures in a row, locks threads
and speaks asyncio by way of Tornado alone; aiobreaker is its port and no longer kept; purgatory counts
without a window. None has a clock that tests set, or an opening that other processes take over from a table
and that administrators see there. The whole of it is this module.
"""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

LONGEST_REST = 20
"""Of how many ordinary rests the longest is, after trials that failed again and again."""

STALL_RESTS = 4
"""Of how many ordinary rests the first is after a stall: its trial may keep everybody waiting once more."""


class Side(Enum):
    """What of a programme is paused: one side fails without the others."""

    FIELDS = "fields"
    HOOKS = "hooks"
    HANDLERS = "handlers"


class Reason(Enum):
    """Why a call of a programme counts against it."""

    RAISED = "raised"
    LATE = "late"
    STALLED = "stalled"


WEIGHTS = {Reason.RAISED: 1, Reason.LATE: 3}
"""Failures that one counts for: what hangs holds a connection all the while. A stall opens at once."""


@dataclass(frozen=True)
class Budget:
    """How many failures within which time open a breaker, and how long it stays open at first."""

    failures: int
    window: timedelta
    rest: timedelta


@dataclass(frozen=True)
class Opening:
    """An open breaker, as it is shown and as other processes take it over."""

    opened_at: datetime
    retry_at: datetime
    failures: int
    reason: Reason
    reference: str


@dataclass
class Breaker:
    """Closed, open until a time, then open to one trial.

    Attributes:
        opening: what is known of it while it is open.
    """

    budget: Budget
    opening: Opening | None = None
    _failures: deque[tuple[datetime, int]] = field(default_factory=deque)
    _trial: tuple[Hashable, datetime] | None = None
    _rests: int = 1

    def admits(self, who: Hashable, now: datetime) -> bool:
        """Say whether a call may be made; while it is open, by one caller once the rest is over.

        Args:
            who: the request, all of whose calls are one trial.
            now: the time.
        """
        if self.opening is None:
            return True
        if self._trial is not None and self._trial[0] == who:
            return True
        if now < self.opening.retry_at:
            return False
        if self._trial is not None and now < self._trial[1]:
            return False
        self._trial = (who, now + self.budget.rest)  # one that never ends lets another be made
        return True

    def failed(self, reason: Reason, reference: str, now: datetime) -> bool:
        """Count a failure; return whether the breaker opened by it, or stays open for longer."""
        if self.opening is not None:
            if self._trial is None:
                return False  # a call that began before it opened
            self._rests = min(self._rests * 2, LONGEST_REST)
            self._open(reason, reference, self.opening.failures + 1, self.opening.opened_at, now)
            return True
        self._failures.append((now, WEIGHTS.get(reason, self.budget.failures)))
        while self._failures[0][0] <= now - self.budget.window:
            self._failures.popleft()
        if sum(weight for _, weight in self._failures) < self.budget.failures:
            return False
        self._open(reason, reference, len(self._failures), now, now)
        return True

    def _open(self, reason: Reason, reference: str, failures: int, since: datetime, now: datetime) -> None:
        if reason is Reason.STALLED:
            self._rests = max(self._rests, STALL_RESTS)
        retry_at = now + self.budget.rest * self._rests
        self.opening = Opening(since, retry_at, failures, reason, reference)
        self._trial = None
        self._failures.clear()

    def take_over(self, opening: Opening) -> None:
        """Be open as another process found it."""
        if self.opening is None or self.opening.retry_at < opening.retry_at:
            self.opening, self._trial = opening, None

    def close(self) -> None:
        """Forget all failures."""
        self.opening = self._trial = None
        self._rests = 1
        self._failures.clear()
