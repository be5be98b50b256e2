"""Districts that are planted in full, and without what a caller may not see."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from wangge.testing.proofs.proving import SEEING, Proof, prove
from wangge.testing.worlds import POSTGRES_URL, Worlds

MEANT = {"leader": "volunteer_points_volunteers", "placedBy": "base_people"}
"""Arguments that take the id of a row of a table that their names do not say."""


async def _settled() -> None:
    """Wait for what graphql-core left behind where a field failed beside others."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    if rest:
        await asyncio.wait(rest, timeout=5)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def proof(worlds: Worlds, request: pytest.FixtureRequest) -> Iterator[Proof]:
    """A planted district and those without what is hidden from a caller, made once for a module."""
    name: str = request.param
    if name == "postgresql" and not os.environ.get(POSTGRES_URL):
        pytest.skip(f"{POSTGRES_URL} is not set: no PostgreSQL to test on")
    made = [worlds.fresh(name) for _ in (None, *SEEING)]
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            yield prove(stack, runner, made, meant=MEANT)
        finally:
            runner.run(_settled())
            runner.run(stack.aclose())
            for world in made:
                worlds.drop(world)
