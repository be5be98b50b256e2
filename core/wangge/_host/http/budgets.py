"""What each caller may spend in a minute, in estimated nodes; each server process counts for itself."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from math import ceil
from time import monotonic
from typing import Final

from wangge.errors import RequestError

REFUSED: Final = 100
"""Nodes that a document counts as which is refused: to read and validate it was work, too."""
_MINUTE: Final = 60.0
_CALLERS: Final = 10_000
"""Callers remembered; whoever has not asked for longest begins anew."""


class RateLimited(RequestError):
    """Raise when a caller has spent a minute's budget of nodes; `Retry-After` says when to come back."""

    code = "RATE_LIMITED"
    message = "You have asked for very much within a minute: ask again in {seconds} seconds."
    status = 429

    def __init__(self, seconds: int) -> None:
        self.retry_after = seconds
        super().__init__(seconds=seconds)


class Budget:
    """One caller's: it fills steadily, up to what may be spent in a minute."""

    __slots__ = ("_at", "_clock", "_left", "_most")

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self._most = most
        self._left = float(most)
        self._clock = clock
        self._at = clock()

    def check(self, nodes: int = 1) -> None:
        """Insist that so many nodes are left; an operation dearer than all of it needs all of it.

        Raises:
            RateLimited: when there are fewer.
        """
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) * self._most / _MINUTE)
        self._at = now
        missing = min(nodes, self._most) - self._left
        if missing > 0:
            raise RateLimited(ceil(missing * _MINUTE / self._most))

    def charge(self, nodes: int) -> None:
        """Take nodes away."""
        self._left -= nodes


class Budgets:
    """The budgets of all callers."""

    def __init__(self, most: int, clock: Callable[[], float] = monotonic) -> None:
        self._most = most
        self._clock = clock
        self._known: OrderedDict[Hashable, Budget] = OrderedDict()

    def of(self, caller: Hashable) -> Budget | None:
        """Return a caller's budget; None where budgets are switched off."""
        if self._most == 0:
            return None
        found = self._known.get(caller)
        if found is None:
            found = self._known[caller] = Budget(self._most, self._clock)
            if len(self._known) > _CALLERS:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(caller)
        return found
