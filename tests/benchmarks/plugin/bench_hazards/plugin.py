"""The programme's root fields, one for each way."""

import asyncio
import time
from collections.abc import Sequence

from wangge import Query, authenticated, extends, hookimpl, query


@extends(Query)
class HazardQueries:
    """One field that answers and three that do not."""

    @query(access=authenticated, description="A number.")
    async def bench_answers(self) -> int:
        """Return a number."""
        await asyncio.sleep(0)
        return 1

    @query(access=authenticated, description="It raises.")
    async def bench_raises(self) -> int:
        """Raise."""
        await asyncio.sleep(0)
        raise ValueError("as it is meant to")

    @query(access=authenticated, description="It never ends.")
    async def bench_hangs(self) -> int:
        """Wait for ever."""
        await asyncio.Event().wait()
        return 1

    @query(access=authenticated, description="It blocks the thread.")
    def bench_blocks(self) -> int:
        """Sleep for an hour."""
        time.sleep(3600)
        return 1


@hookimpl
def graphql_extensions() -> Sequence[type]:
    """Return the fields."""
    return [HazardQueries]
