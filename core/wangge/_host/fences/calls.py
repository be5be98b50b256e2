"""Calls of a programme's code: each is marked, bounded in time, and charged to it when it fails."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import uuid4

from sqlalchemy.exc import TimeoutError as WaitedTooLong

from wangge._host.fences.breakers import Reason, Side
from wangge._host.watch import Stalled, Step, Watch
from wangge.context import ReplayRace
from wangge.db.turns import BROKEN_OFF
from wangge.errors import DistrictUnavailable, PluginFailed, RequestError, RuleError, RuleErrors

if TYPE_CHECKING:
    from wangge._host.fences.district import Fences

T = TypeVar("T")
Part = tuple[str, Side]
"""One side of one programme, which has a breaker of its own."""

AGAIN: Final = 1.0
"""Seconds after which what takes no cancelling is cancelled once more, and then left."""


class HostSignal(Exception):
    """Base of what the platform raises through a programme's code for its own ends."""


_OTHERS = (RequestError, RuleError, RuleErrors, WaitedTooLong, ReplayRace, HostSignal)
"""What says something about the caller, the database or the platform; it passes, and is charged to nobody."""

_RAISED = (Exception, SystemExit)
"""What comes out of a programme's code; `sys.exit` in it would end the server, with all districts."""


def is_charged(error: BaseException) -> bool:
    """Say whether a programme answers for what came out of its code."""
    return isinstance(error, _RAISED) and not isinstance(error, _OTHERS)


class Call:
    """One call of a programme: what it is, and who is told how it went.

    Attributes:
        who: the request, whose calls count once and are one trial.
    """

    __slots__ = ("fences", "seconds", "side", "slug", "what", "who")

    def __init__(
        self, fences: "Fences", who: "Caller", slug: str, side: Side, what: str, seconds: float
    ) -> None:
        self.fences = fences
        self.who = who
        self.slug = slug
        self.side = side
        self.what = what
        self.seconds = seconds

    def run(self, work: Callable[..., T], *args: Any, **options: Any) -> T:  # whatever `work` takes
        """Run what answers at once, or returns something to wait for.

        Raises:
            PluginFailed: when it fails in a way that the programme answers for.
        """
        watch = self.fences.watch
        before, step = watch.step, Step(self.slug)
        watch.step = step
        try:
            try:
                value = work(*args, **options)
            finally:
                watch.leave(step, before)
        except Stalled:
            watch.leave(step, before)
            raise self._failed(Reason.STALLED) from None
        except _RAISED as error:
            if is_charged(error):
                raise self._failed(Reason.RAISED, error) from error
            self._refused(error)
            raise
        if not self._overstayed(watch, step) and not hasattr(value, "__await__"):
            self._went_well()  # what is yet to be waited for may still do anything
        return value

    def _failed(self, reason: Reason, error: BaseException | None = None) -> Exception:
        return self.who.failed(self, reason, error)

    def _went_well(self) -> None:
        if self.who.tried:
            self.who.succeeded(self)

    def _refused(self, error: BaseException) -> None:
        """Note what a programme raised as it may: it works, unless the database is to blame."""
        if not isinstance(error, DistrictUnavailable):
            self._went_well()

    def _overstayed(self, watch: Watch, step: Step) -> bool:
        """Charge a step that went on although it was broken off, or could not be; say whether it did."""
        if step.stalled or watch.is_late(step):
            self._failed(Reason.STALLED if step.stalled else Reason.LATE)
            return True
        return False


class Waiting:
    """What a programme's coroutine comes to: driven step by step, cut off when its time is over."""

    __slots__ = ("_call", "_work")

    def __init__(self, call: Call, work: Awaitable[Any]) -> None:
        self._call = call
        self._work = work

    def __await__(self) -> Generator[Any, Any, Any]:
        """Drive it.

        Raises:
            PluginFailed: when it fails in a way that the programme answers for, or takes too long.
        """
        call = self._call
        end = _End(call.seconds)
        try:
            value = yield from _drive(call, self._work, end)
        except Stalled:
            raise call._failed(Reason.STALLED) from None
        except asyncio.CancelledError:
            if end.was_ours():
                raise call._failed(Reason.LATE) from None
            raise
        except _RAISED as error:
            if end.times and end.was_ours():
                raise call._failed(Reason.LATE, error) from error
            if is_charged(error):
                raise call._failed(Reason.RAISED, error) from error
            call._refused(error)
            raise
        finally:
            end.lift()
        if end.times and end.was_ours():
            raise call._failed(Reason.LATE)
        return value


class _End:
    """The time at which a call is cut off, by cancelling the task that waits for it."""

    __slots__ = ("_before", "_seconds", "_task", "_timer", "times")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None
        self.times = 0
        """How often the task was cancelled for it."""

    def set(self) -> None:
        """Let the time run, from the first moment at which there is something to wait for."""
        task = asyncio.current_task()
        assert task is not None  # calls are awaited in one
        self._task, self._before = task, task.cancelling()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._come)

    @property
    def is_set(self) -> bool:
        """Whether the time runs."""
        return self._timer is not None

    def _come(self) -> None:
        self.times += 1
        self._task.cancel(BROKEN_OFF)
        self._timer = asyncio.get_running_loop().call_later(AGAIN, self._come)

    def was_ours(self) -> bool:
        """Take back the cancelling; say whether nobody else has cancelled the task."""
        if not self.times:
            return False
        left = self._task.cancelling()
        for _ in range(self.times):
            left = self._task.uncancel()
        self.times = 0
        return left <= self._before

    def lift(self) -> None:
        """Let the time run no more."""
        if self._timer is not None:
            self._timer.cancel()


def _drive(call: Call, work: Awaitable[Any], end: _End) -> Generator[Any, Any, Any]:
    """Send into a coroutine what is sent to this, each step marked."""
    watch = call.fences.watch
    steps: Any = work if asyncio.iscoroutine(work) else work.__await__()
    error: BaseException | None = None
    who, paused = call.who, call.fences.paused
    while True:
        if (who.stopped or paused) and who.gives_up(call):
            _close(steps)
            who.check(call.slug, call.side, call.what)
        before, step = watch.step, Step(call.slug)
        watch.step = step
        try:
            try:
                given = steps.send(None) if error is None else steps.throw(error)
            finally:
                watch.leave(step, before)
        except StopIteration as done:
            if not call._overstayed(watch, step):
                call._went_well()
            return done.value
        except Stalled:
            watch.leave(step, before)
            _close(steps)
            raise
        error = None
        call._overstayed(watch, step)
        if not end.is_set:
            end.set()
        try:
            yield given
        except BaseException as thrown:  # passed on to whom it is meant for
            error = thrown
            if end.times > 1:
                _close(steps)
                raise


def _close(steps: Any) -> None:  # a coroutine, or what its iterator is
    """End a coroutine that is of no use any more, as far as it lets itself be ended."""
    with suppress(BaseException):
        steps.close()


class Caller:
    """A request, or other work, that calls programmes: each is charged once for it.

    Attributes:
        stopped: what took too long in this request and is not called any more in it → the reference.
        tried: breakers on which this request is the trial.
    """

    __slots__ = ("_charged", "_references", "fences", "request_id", "stopped", "tried")

    def __init__(self, fences: "Fences", request_id: str | None = None) -> None:
        self.fences = fences
        self.request_id = request_id
        self.stopped: dict[Part, str] = {}
        self.tried: set[Part] = set()
        self._charged: set[Part] = set()
        self._references: dict[tuple[Part, str, Reason], str] = {}

    def check(self, slug: str, side: Side, what: str) -> None:
        """Insist that a programme may be called.

        Raises:
            PluginFailed: when it took too long in this request already.
            PluginPaused: when its breaker is open.
        """
        part = (slug, side)
        if part in self.stopped:
            raise PluginFailed(plugin=slug, what=what, reference=self.stopped[part])
        if part in self.fences.paused and self.fences.admit(part, self):
            self.tried.add(part)

    def gives_up(self, call: Call) -> bool:
        """Say whether a call under way must not be gone on with: it might keep everybody waiting again."""
        part = (call.slug, call.side)
        return part in self.stopped or (part in self.fences.paused and self.fences.stalls(part, self))

    def failed(self, call: Call, reason: Reason, error: BaseException | None) -> PluginFailed:
        """Note that a call failed; return what tells of it."""
        part = (call.slug, call.side)
        reference = self._references.get((part, call.what, reason))
        if reference is None:
            reference = self._references[part, call.what, reason] = uuid4().hex[:12]
            self.fences.tell(call, reason, reference, error, self.request_id)
            if part not in self._charged or reason is Reason.STALLED:
                self._charged.add(part)
                self.tried.discard(part)
                self.fences.failed(part, reason, reference)
        if reason is not Reason.RAISED:
            self.stopped[part] = reference
        return PluginFailed(plugin=call.slug, what=call.what, reference=reference)

    def succeeded(self, call: Call) -> None:
        """Close the breaker whose trial this was."""
        part = (call.slug, call.side)
        if part in self.tried:
            self.tried.discard(part)
            self.fences.succeeded(part)
