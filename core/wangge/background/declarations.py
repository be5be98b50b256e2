"""What a programme declares: handlers of events, and jobs with a schedule."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from wangge.context import RequestContext
from wangge.events.outbox import Event


@dataclass(frozen=True)
class EventHandler:
    """What a programme does when something has happened, its own event or another package's.

    Attributes:
        key: its name within the programme, lower-case letters, digits and underscores; never renamed, since
            its place in the order of events is kept under it.
        types: names of the events it is told of, such as `base.person.died`.
        handle: `(ctx, event)`; its changes and its place among the events are committed together. The
            principal is the server itself, with every permission and the whole district as its scope.
        description: what it does, in a sentence.
        timeout: seconds it may take for an event.
    """

    key: str
    types: Sequence[str]
    handle: Callable[[RequestContext, Event], Awaitable[None]]
    description: str
    timeout: float = 10.0


@dataclass(frozen=True)
class ScheduledJob:
    """Work that is due again and again in each district that enabled the programme.

    Attributes:
        key: its name within the programme, lower-case letters, digits and underscores; never renamed.
        description: what it does, in a sentence.
        run: `(ctx)`; one transaction that commits when it returns. It may return counts, small numbers by
            name, for who looks at the list of jobs. The principal is as a handler's.
        every: how long after a run the next one is due. Either this or `at`.
        at: the time of day at which it is due, in the district's time zone.
        timeout: seconds that a run, or a batch, may take.
        in_batches: run again at once, in a transaction of its own, as long as a run counts anything: for work
            that would hold one transaction too long. The counts are added up.
    """

    key: str
    description: str
    run: Callable[[RequestContext], Awaitable[Mapping[str, int] | None]]
    every: timedelta | None = None
    at: time | None = None
    timeout: float = 60.0
    in_batches: bool = False
