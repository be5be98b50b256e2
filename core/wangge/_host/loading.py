"""Bounds what a plugin's code may do to the process that loads it: hang, or end it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from wangge._host.watch import Stalled, Step, Watch
from wangge.errors import PluginError


@contextmanager
def bounded(slug: str, seconds: float) -> Iterator[None]:
    """Run the import and the declaring hooks of a plugin.

    Raises:
        PluginError: when they take longer than so many seconds, or would end the process.
    """
    watch, step = Watch(seconds), Step(slug)
    with _Interrupts() as interrupts:
        watch.start()
        watch.step = step
        try:
            try:
                yield
            finally:
                watch.leave(step, None)
                watch.stop()
        except Stalled:
            raise PluginError(
                f"{slug} takes longer than {seconds:g} s to load: let its module and its hooks only declare."
            ) from None
        except SystemExit as left:
            raise PluginError(
                f"{slug} ends the process when it is loaded (exit code {left.code}): take that out."
            ) from left
        except KeyboardInterrupt:
            if interrupts.came:
                raise
            raise PluginError(f"{slug} raises KeyboardInterrupt when it is loaded: take that out.") from None


class _Interrupts:
    """Tells the operator's own interrupt from one that a plugin raises."""

    def __init__(self) -> None:
        self.came = False
        self._before: Any = None  # what `signal.signal` gives
        self._listens = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> "_Interrupts":
        if self._listens:
            self._before = signal.signal(signal.SIGINT, self._come)
        return self

    def __exit__(self, *_: object) -> None:
        if self._listens:
            signal.signal(signal.SIGINT, self._before)

    def _come(self, number: int, frame: FrameType | None) -> None:
        self.came = True
        if callable(self._before):
            self._before(number, frame)
