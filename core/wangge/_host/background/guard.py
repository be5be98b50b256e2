"""The one door through which programmes' background work is run."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from wangge._host.fences import Caller, Side, run_hook
from wangge._host.plugins import BASE
from wangge._host.runtime import DistrictRuntime
from wangge.errors import PluginFailed, PluginPaused

T = TypeVar("T")

PAUSED_SECONDS = 5.0
"""After which it is looked whether a paused programme's work may be run again."""


class Withheld(Exception):
    """Raise instead of running a plugin's work that is not to be run now.

    Nothing is counted against the work, which stays where it is; it is looked at again after some seconds.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"It is not run for {seconds:g} s.")
        self.seconds = seconds


class WorkEnded(Exception):
    """Raise when work leaves by a way that is none: it calls `sys.exit`, or awaits what was cancelled."""


async def run_guarded(
    district: DistrictRuntime, slug: str, work: Callable[[], Awaitable[T]], seconds: float
) -> T:
    """Run a plugin's handler or job and return what it returns.

    Args:
        district: where it works.
        slug: whose work it is.
        work: called once.
        seconds: it may take so long.

    Raises:
        Withheld: when the plugin's work is not to be run now.
        TimeoutError: when it takes longer.
        WorkEnded: when it would end the process, or cancels itself.
    """
    if not _goes_on(district, slug):
        raise Withheld(PAUSED_SECONDS)
    try:
        return await _run(district, slug, work, seconds)
    except (asyncio.CancelledError, SystemExit) as ended:
        task = asyncio.current_task()
        if isinstance(ended, asyncio.CancelledError) and task is not None and task.cancelling():
            raise
        raise WorkEnded(type(ended).__name__) from ended


def _goes_on(district: DistrictRuntime, slug: str) -> bool:
    """Say whether to begin: what has long to do may be suspended meanwhile, or its district moved."""
    server, code = district.server, district.record.code
    here = code in server.codes and server.district(code) is district and not district.record.is_moving
    return here and any(plugin.slug == slug for plugin in district.plugins)


async def _run(district: DistrictRuntime, slug: str, work: Callable[[], Awaitable[T]], seconds: float) -> T:
    if slug == BASE:
        async with asyncio.timeout(seconds):
            return await work()
    who = Caller(district.fences)
    try:
        return await run_hook(district, slug, "handlers", work, who=who, seconds=seconds, side=Side.HANDLERS)
    except PluginPaused as paused:
        if paused.params["plugin"] != slug:
            raise
        raise Withheld(PAUSED_SECONDS) from paused
    except PluginFailed as failed:
        if failed.params["plugin"] != slug:
            raise  # of another programme, whose capability it asked
        raise failed.__cause__ or TimeoutError(f"It took longer than {seconds:g} s.") from None
