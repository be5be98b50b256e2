"""Programmes made ready in a district under test: enabled after those they build on, and filled."""

from wangge._host.lifecycle import enable
from wangge._host.plugins import BASE, LoadedPlugin, PluginManager
from wangge._host.runtime import DistrictRuntime, Server
from wangge.hookspecs import DemoOptions
from wangge.testing.districts import TestDistrict

DEMO_PEOPLE = 60


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
