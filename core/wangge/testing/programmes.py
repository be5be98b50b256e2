"""Programmes made ready in a district under test: enabled after those they build on, and filled."""

from wangge._host.checking.beneath import beneath
from wangge._host.lifecycle import enable
from wangge._host.plugins import BASE, LoadedPlugin
from wangge._host.runtime import DistrictRuntime, Server
from wangge.hookspecs import DemoOptions
from wangge.testing.districts import TestDistrict

DEMO_PEOPLE = 60


async def enabled(plugin: LoadedPlugin, server: Server, district: TestDistrict) -> DistrictRuntime:
    """Enable a programme in a district, after those that it builds on."""
    runtime = server.district(district.code)
    for slug in (*beneath(server.plugins, plugin.slug), plugin.slug):
        if slug != BASE and slug not in runtime.record.enabled:
            await enable(runtime, slug)
    return server.district(district.code)


async def filled(plugin: LoadedPlugin, server: Server, district: TestDistrict) -> DistrictRuntime:
    """Fill a district with the demo data of a programme and of those it builds on."""
    runtime = await enabled(plugin, server, district)
    for slug in (*beneath(server.plugins, plugin.slug), plugin.slug):
        hook = server.plugins.hook(slug, "demo_data")
        if hook is not None:
            async with runtime.work() as ctx:
                await hook(ctx, DemoOptions(people=DEMO_PEOPLE), lambda _done, _whole: None)
    return runtime
