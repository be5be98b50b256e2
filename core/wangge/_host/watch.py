"""Sees that a programme's code keeps the event loop from running, and breaks it off.

Whatever calls a programme marks the step: which programme, since when. A thread looks now and then; where
it finds one step for too long, it has `Stalled` raised in that step, and in no other. In the main thread a
signal does it, whose handler looks once more before it raises, and which ends `time.sleep` and other waiting,
too. Elsewhere Python's asynchronous exceptions do. Code in C that never lets go of Python's lock cannot be
broken off: the thread that would do so does not run either.
"""

import ctypes
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, sleep
from types import FrameType
from typing import Any

import wangge

LOOKS = 5
"""Looks at one step before it counts as stalled: a machine that stood still as a whole saw fewer."""

_HOST = str(Path(wangge.__file__).parent)
_SIGNAL = getattr(signal, "SIGURG", None)
"""Ignored by default, and used by nobody for anything else."""


class Stalled(BaseException):
    """Raised in a step that takes too long; no `Exception`, which programmes catch."""


class Step:
    """A programme's code that is running now, until it returns or waits for something."""

    __slots__ = ("since", "slug", "stalled")

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.since = perf_counter()
        self.stalled = False


class Watch:
    """The step that runs, and the thread that looks at it.

    Attributes:
        step: what is running now of programmes, if anything is; whoever calls one sets it and puts it back.
    """

    def __init__(self, limit: float) -> None:
        self.step: Step | None = None
        self._limit = limit
        self._due: Step | None = None
        self._pending: Step | None = None
        self._armed: bool | None = None
        """Whether the pending step was told; None while that is not decided."""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._before: Any = None  # what `signal.signal` gives
        self._loop_thread = 0
        self._signals = False

    def start(self) -> None:
        """Begin to look at the steps of the thread that calls this."""
        self._loop_thread = threading.get_ident()
        self._signals = _SIGNAL is not None and threading.current_thread() is threading.main_thread()
        if self._signals:
            assert _SIGNAL is not None
            self._before = signal.signal(_SIGNAL, self._handle)
        self._stop.clear()
        self._thread = threading.Thread(target=self._look, name="wangge-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        if self._thread is None:
            return
        self._stop.set()
        self._thread.join()
        self._thread = None
        if self._signals and signal.getsignal(_SIGNAL) == self._handle:  # type: ignore[arg-type]  # there is one
            signal.signal(_SIGNAL, self._before)  # type: ignore[arg-type]  # as above

    def leave(self, step: Step, before: Step | None) -> None:
        """Put back what ran before a step; may be repeated where `Stalled` came in the midst of it.

        Time in a step within another counts for that one alone.
        """
        self.step = before
        if self._pending is step:
            self._settle()
        if before is not None:
            before.since = perf_counter()

    def is_late(self, step: Step) -> bool:
        """Say whether a step that has ended took too long, and could not be broken off."""
        return self._thread is not None and perf_counter() - step.since > self._limit

    def _look(self) -> None:
        seen: Step | None = None
        since, looks = 0.0, 0
        while not self._stop.wait(self._limit / LOOKS):
            step = self.step
            if step is not seen or step is None or step.since != since:
                seen, looks = step, 0
                since = step.since if step is not None else 0.0
                continue
            looks += 1
            if looks >= LOOKS and perf_counter() - since > self._limit:
                self._break_off(step)

    def _break_off(self, step: Step) -> None:
        if self._signals:
            assert _SIGNAL is not None
            self._due = step
            signal.pthread_kill(self._loop_thread, _SIGNAL)
            return
        frame = sys._current_frames().get(self._loop_thread)
        if frame is None or _is_host(frame):
            return  # the next look may find it in the programme's own code
        self._armed = None
        self._pending = step  # first: who leaves the step from now on settles it
        if self.step is step:
            _raise_in(self._loop_thread, Stalled)
        self._armed = self.step is step

    def _settle(self) -> None:
        """Take back what was to be raised in a step that is over."""
        try:
            while self._armed is None:
                sleep(0)
            _raise_in(self._loop_thread, None)
        except Stalled:
            pass  # it came after all, and here it does no harm
        self._pending = None

    def _handle(self, number: int, frame: FrameType | None) -> None:
        """Raise in the step that is due, where it is still running and its own code stands on top."""
        due, self._due = self._due, None
        if due is not None:
            if self.step is due and frame is not None and not _is_host(frame):
                due.stalled = True
                raise Stalled
        elif isinstance(self._before, Callable):  # type: ignore[arg-type]  # a handler, or a constant
            self._before(number, frame)


def _is_host(frame: FrameType) -> bool:
    """Say whether code of the platform is on top: it may be in the midst of anything."""
    return frame.f_code.co_filename.startswith(_HOST)


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    given = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), given)
