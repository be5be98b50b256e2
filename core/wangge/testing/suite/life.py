"""The life of a programme: its tables made and taken back, and what a district does with it."""

from sqlalchemy import func, select

from wangge._host.lifecycle import enable, suspend
from wangge._host.migrator import behind, differences, downgrade, package_of, packages_of, upgrade
from wangge._host.plugins import LoadedPlugin
from wangge._host.runtime import Server
from wangge.testing.districts import TestDistrict
from wangge.testing.programmes import enabled, providers_of
from wangge.testing.reporting import checks, insist

APART = "models and tables differ"


@checks("migrations")
async def test_its_migrations_go_up_down_and_up_and_match_its_models(
    plugin: LoadedPlugin, server: Server, other_district: TestDistrict
) -> None:
    """The revisions build what the models say, on each database, and can be taken back."""
    place = server.district(other_district.code).record.place
    package = package_of(plugin)
    packages = packages_of(server.plugins.select([plugin.slug, *providers_of(server.plugins, plugin)]))
    await upgrade(place, packages)
    insist([f"{APART}: {one}" for one in await differences(place, package)])
    await downgrade(place, package)
    if package.head() is not None and plugin.slug not in await behind(place, packages):
        insist(["A downgrade leaves it at its head."])
    left = await tables_of(plugin, other_district)
    insist([f"A downgrade leaves {one}." for one in left])
    await upgrade(place, packages)
    insist(
        [f"After a downgrade models and tables differ: {one}" for one in await differences(place, package)]
    )


async def tables_of(plugin: LoadedPlugin, district: TestDistrict) -> list[str]:
    """Return the tables of a programme that are there in a district."""
    async with district.server.district(district.code).engines.open(write=False) as db:
        return sorted(name for name in await db.tables() if name.startswith(f"{plugin.slug}_"))


@checks("life")
async def test_enabling_again_after_a_suspension_finds_the_data_as_it_was(
    plugin: LoadedPlugin, server: Server, district: TestDistrict
) -> None:
    """Suspending hides the fields and keeps every row."""
    runtime = await enabled(plugin, server, district)
    before = await _counts(plugin, district)
    await suspend(runtime, plugin.slug)
    assert plugin.slug not in [one.slug for one in runtime.plugins]
    await enable(runtime, plugin.slug)
    assert await _counts(plugin, district) == before


async def _counts(plugin: LoadedPlugin, district: TestDistrict) -> dict[str, int]:
    async with district.context() as ctx:
        return {
            model.__tablename__: await ctx.db.scalar(select(func.count()).select_from(model))
            for model in plugin.models
        }
