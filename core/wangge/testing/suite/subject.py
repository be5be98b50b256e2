"""The programme under test: found by the project that the test file belongs to, and made ready."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from uuid_utils.compat import uuid7

from wangge._host.authn import Identity
from wangge._host.lifecycle import enable
from wangge._host.plugins import BASE, LoadedPlugin, PluginManager
from wangge._host.runtime import DistrictRuntime, Server
from wangge.auth.models import PrincipalKind
from wangge.auth.principal import Principal
from wangge.hookspecs import DemoOptions
from wangge.testing.districts import TestDistrict
from wangge.testing.reporting import leave_open
from wangge.testing.worlds import Worlds

DEMO_PEOPLE = 60


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


def providers_of(manager: PluginManager, plugin: LoadedPlugin) -> list[str]:
    """Return the slugs of the programmes that a programme builds on, in their order."""
    wanted = set(plugin.manifest.requires)
    return [slug for slug, one in manager.loaded.items() if wanted & set(one.manifest.provides)]


async def enabled(plugin: LoadedPlugin, server: Server, district: TestDistrict) -> DistrictRuntime:
    """Enable a programme in a district, after those that it builds on."""
    runtime = server.district(district.code)
    for slug in (*providers_of(server.plugins, plugin), plugin.slug):
        if slug != BASE and slug not in runtime.record.enabled:
            await enable(runtime, slug)
    return server.district(district.code)


async def filled(plugin: LoadedPlugin, server: Server, district: TestDistrict) -> DistrictRuntime:
    """Fill a district with the demo data of a programme and of those it builds on."""
    runtime = await enabled(plugin, server, district)
    for slug in dict.fromkeys((BASE, *providers_of(server.plugins, plugin), plugin.slug)):
        hook = server.plugins.hook(slug, "demo_data")
        if hook is not None:
            async with runtime.work() as ctx:
                await hook(ctx, DemoOptions(people=DEMO_PEOPLE), lambda _done, _whole: None)
    return runtime


async def caller(district: DistrictRuntime, role: str) -> Principal:
    """Return the account of a role; a resident is some person, whose own rows are shown in full."""
    found = await district.principal(Identity(f"{district.record.code}/{role}", district.record.code))
    return replace(found, person_id=uuid7()) if found.kind is PrincipalKind.RESIDENT else found
