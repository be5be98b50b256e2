"""The programme under test, by the project that the test file belongs to, and who asks for it."""

import asyncio
import os
import tomllib
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from uuid_utils.compat import uuid7

from wangge._host.authn import Identity
from wangge._host.checking.running import DATABASES
from wangge._host.plugins import LoadedPlugin
from wangge._host.runtime import DistrictRuntime
from wangge.auth.models import PrincipalKind
from wangge.auth.principal import Principal
from wangge.testing.proofs.planting import Unplantable
from wangge.testing.proofs.proving import SEEING, Proof, prove
from wangge.testing.reporting import leave_open
from wangge.testing.worlds import POSTGRES_URL, Worlds


@pytest.fixture
def plugin(request: pytest.FixtureRequest, worlds: Worlds) -> LoadedPlugin:
    """The programme that the test file belongs to, by the entry point in its `pyproject.toml`."""
    slug = slug_of(request.path)
    if slug not in worlds.plugins.loaded:
        leave_open(f"{slug} is set aside.")
    return worlds.plugins.loaded[slug]


def slug_of(test: Path) -> str:
    """Return the slug that the nearest `pyproject.toml` above a test file names."""
    for folder in test.parents:
        project = folder / "pyproject.toml"
        if project.exists():
            points = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["entry-points"]
            return str(next(iter(points["wangge.plugins"])))
    raise AssertionError(f"No pyproject.toml above {test} names an entry point of wangge.plugins.")


async def caller(district: DistrictRuntime, role: str) -> Principal:
    """Return the account of a role; a resident is some person, whose own rows are shown in full."""
    found = await district.principal(Identity(f"{district.record.code}/{role}", district.record.code))
    return replace(found, person_id=uuid7()) if found.kind is PrincipalKind.RESIDENT else found


@pytest.fixture(scope="module", params=DATABASES)
def proof(request: pytest.FixtureRequest, worlds: Worlds) -> Iterator[Proof]:
    """A planted district and those without what is hidden from a caller, with the programme on."""
    database, slug = request.param, slug_of(request.path)
    if database == "postgresql" and not os.environ.get(POSTGRES_URL):
        leave_open(f"{POSTGRES_URL} is not set: no PostgreSQL to test on")
    if slug not in worlds.plugins.loaded:
        leave_open(f"{slug} is set aside.")
    made = [worlds.fresh(database) for _ in (None, *SEEING)]
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            yield prove(stack, runner, made, slug=slug)
        except Unplantable as why:
            pytest.fail(f'{why}. Say what it takes: mapped_column(…, info={{"example": …}}).', pytrace=False)
        finally:
            runner.run(_settled())
            runner.run(stack.aclose())
            for world in made:
                worlds.drop(world)


async def _settled() -> None:
    """Wait for what graphql-core left behind where a field failed beside others."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    if rest:
        await asyncio.wait(rest, timeout=5)
