"""The life of a programme: its tables made and taken back, and what a district does with it."""

from wangge._host.checking.beneath import beneath
from wangge._host.lifecycle import RecordsKept, enable, purge, resume, suspend
from wangge._host.lifecycle.purging import words_of
from wangge._host.migrator import behind, differences, downgrade, package_of, packages_of, upgrade
from wangge._host.plugins import LoadedPlugin
from wangge._host.runtime import Server
from wangge.testing.districts import TestDistrict
from wangge.testing.programmes import filled
from wangge.testing.proofs.changing import digests
from wangge.testing.reporting import checks, insist

APART = "models and tables differ"


@checks("migrations")
async def test_its_migrations_go_up_down_and_up_and_match_its_models(
    plugin: LoadedPlugin, server: Server, other_district: TestDistrict
) -> None:
    """The revisions build what the models say, on each database, and can be taken back."""
    place = server.district(other_district.code).record.place
    package = package_of(plugin)
    packages = packages_of(server.plugins.select([plugin.slug, *beneath(server.plugins, plugin.slug)]))
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
async def test_a_resumption_finds_its_data_as_they_were(
    plugin: LoadedPlugin, server: Server, district: TestDistrict
) -> None:
    """Suspending hides the fields and keeps every row of the demo data as it is."""
    await filled(plugin, server, district)
    before = await _own(plugin, district)
    await suspend(server.district(district.code), plugin.slug)
    assert plugin.slug not in [one.slug for one in server.district(district.code).plugins]
    insist(_apart(before, await _own(plugin, district), "a suspension"))
    await resume(server.district(district.code), plugin.slug)
    insist(_apart(before, await _own(plugin, district), "a resumption"))


async def _own(plugin: LoadedPlugin, district: TestDistrict) -> dict[str, str]:
    """Return a digest of each of a programme's tables."""
    found = await digests(district)
    return {name: one for name, one in found.items() if name.startswith(f"{plugin.slug}_")}


def _apart(before: dict[str, str], after: dict[str, str], what: str) -> list[str]:
    return [f"{name} is changed by {what}." for name in before if before[name] != after.get(name)]


@checks("life")
async def test_a_purge_leaves_nothing_of_it_and_it_can_be_enabled_anew(
    plugin: LoadedPlugin, server: Server, district: TestDistrict
) -> None:
    """All its tables go, filled or empty; where a law keeps rows of it, a purge changes nothing."""
    await filled(plugin, server, district)
    await suspend(server.district(district.code), plugin.slug)
    before = await _own(plugin, district)
    if not await _purged(plugin, server, district):
        insist(_apart(before, await _own(plugin, district), "a purge that was refused"))
        await resume(server.district(district.code), plugin.slug)
        await _emptied(plugin, server, district)
        await suspend(server.district(district.code), plugin.slug)
        if not await _purged(plugin, server, district):
            insist(["It cannot be purged although it is empty."])
    left = await tables_of(plugin, district)
    insist([f"A purge leaves {one}." for one in left])
    await enable(server.district(district.code), plugin.slug)
    assert plugin.slug in [one.slug for one in server.district(district.code).plugins]


async def _purged(plugin: LoadedPlugin, server: Server, district: TestDistrict) -> bool:
    """Purge a programme; say whether no law kept rows of it."""
    runtime = server.district(district.code)
    try:
        await purge(runtime, plugin.slug, confirmation=words_of(runtime, plugin.slug))
    except RecordsKept:
        return False
    return True


async def _emptied(plugin: LoadedPlugin, server: Server, district: TestDistrict) -> None:
    """Make a programme's tables anew, empty, as they are where it was never used."""
    place = server.district(district.code).record.place
    await downgrade(place, package_of(plugin))
    await upgrade(place, packages_of(server.district(district.code).plugins))
