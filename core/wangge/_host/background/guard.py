"""The one door through which programmes' background work is run."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from wangge._host.runtime import DistrictRuntime

T = TypeVar("T")


class Withheld(Exception):
    """Raise instead of running a plugin's work that is not to be run now.

    Nothing is counted against the work, which stays where it is; it is looked at again after some seconds.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"It is not run for {seconds:g} s.")
        self.seconds = seconds


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
    """
    async with asyncio.timeout(seconds):
        return await work()
