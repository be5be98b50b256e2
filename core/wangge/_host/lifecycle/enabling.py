"""Switching a programme on: for the first time, again after a suspension, or after a purge."""

import asyncio
from collections.abc import Sequence

from wangge._host import unfinished
from wangge._host.capabilities import ensure_available
from wangge._host.databases import Place
from wangge._host.lifecycle.checking import check_installed, check_place, check_unpurged
from wangge._host.lifecycle.failures import PluginChanged, PluginNotSuspended
from wangge._host.lifecycle.noting import note_plugin
from wangge._host.lifecycle.previewing import fingerprint_of
from wangge._host.lifecycle.upgrading import run_on_enable
from wangge._host.migrator import MigratedPackage, packages_of, upgrade
from wangge._host.runtime import DistrictRuntime
from wangge.auth.principal import SYSTEM, Principal
from wangge.districts.models import PluginState


async def enable(
    district: DistrictRuntime,
    slug: str,
    *,
    fingerprint: str | None = None,
    principal: Principal = SYSTEM,
    request_id: str | None = None,
) -> None:
    """Enable a plugin: check its requirements, make its tables, copy its personal-data map, switch it on.

    Each step may be repeated, so that an enabling that broke off is finished by enabling again. On a
    suspended plugin it is a resuming. Who enables another one at the same moment waits for the end.

    Raises:
        PluginUnknown: when it is not installed.
        RequirementMissing: when no enabled plugin provides what it needs.
        CapabilityTaken: when one provides what it provides.
        PluginChanged: when it is not what the preview with this fingerprint has shown.
        PluginPurged: when somebody purged it at this moment.
        DistrictMoving: when the district's database is about to be another one.
    """
    server = district.server
    plugin = check_installed(district, slug)
    ensure_available(district, plugin)
    if fingerprint is not None and fingerprint != await fingerprint_of(district, plugin):
        raise PluginChanged(path=("fingerprint",), plugin=slug)
    place = check_place(district)
    act = "resumed" if _is_suspended(district, slug) else "enabled"
    after = server.plugins.select([*district.record.enabled, slug])
    await _upgrade_off_loop(district.record.place, packages_of(after))
    await server.schemas.get(after)  # warm, so that the first request after the switch does not wait
    before = district.record.states.get(slug)
    async with server.catalog.switching(district.record.code, at=place) as switching:
        check_unpurged(slug, before, switching.states.get(slug))
        ensure_available(district, plugin, server.plugins.select(switching.enabled))
        async with district.work(principal, request_id) as ctx:
            await unfinished.take(ctx.db.session, [slug])
            await note_plugin(district, ctx, plugin)
            ctx.audit(f"platform.plugin.{act}", detail={"plugin": slug, "version": plugin.manifest.version})
            await run_on_enable(district, plugin, ctx)
        title = plugin.manifest.title.model_dump()
        await switching.set(slug, PluginState.ENABLED, plugin.manifest.version, title=title)
    await server.reload()


async def resume(
    district: DistrictRuntime, slug: str, *, principal: Principal = SYSTEM, request_id: str | None = None
) -> None:
    """Switch a suspended plugin on again, over the data that it left; its tables are upgraded first.

    Raises:
        PluginNotSuspended: when it is not suspended here.
        PluginUnknown, RequirementMissing, CapabilityTaken, DistrictMoving: as `enable` does.
    """
    check_installed(district, slug)
    if not _is_suspended(district, slug):
        raise PluginNotSuspended(path=("slug",), plugin=slug)
    await enable(district, slug, principal=principal, request_id=request_id)


def _is_suspended(district: DistrictRuntime, slug: str) -> bool:
    state = district.record.states.get(slug)
    return state is not None and state.state is PluginState.SUSPENDED


async def _upgrade_off_loop(place: Place, packages: Sequence[MigratedPackage]) -> list[str]:
    """Migrate in a thread with a loop of its own, so that no request waits for Alembic."""
    return await asyncio.to_thread(lambda: asyncio.run(upgrade(place, packages, noting=True)))
