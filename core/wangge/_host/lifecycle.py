"""Life of a plugin in a district, and of a district's database: enable, suspend, upgrade."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from wangge._host import unfinished
from wangge._host.capabilities import ensure_available, ensure_not_required
from wangge._host.databases import Place
from wangge._host.migrator import MigratedPackage, packages_of, unfinished_in, upgrade
from wangge._host.plugins import BASE, LoadedPlugin
from wangge._host.rights import days_kept
from wangge._host.runtime import DistrictRuntime
from wangge.auth.audit import GENESIS
from wangge.auth.models import AuditHead, PersonalColumn
from wangge.auth.principal import SYSTEM, Principal
from wangge.context import RequestContext
from wangge.districts.models import PluginState
from wangge.errors import DistrictMoving, RuleError


class PluginUnknown(RuleError):
    """Raise when no installed plugin has the slug."""

    code = "PLUGIN_UNKNOWN"
    message = "There is no programme {plugin} on this server: see `district {{ plugins {{ slug }} }}`."


class PluginIsBase(RuleError):
    """Raise when someone would switch off the base programme."""

    code = "PLUGIN_IS_BASE"
    message = "People and grids are always on: choose a programme."


async def enable(
    district: DistrictRuntime, slug: str, *, principal: Principal = SYSTEM, request_id: str | None = None
) -> None:
    """Enable a plugin: check its requirements, make its tables, copy its personal-data map, switch it on.

    Each step may be repeated, so that an enabling that broke off is finished by enabling again.

    Raises:
        PluginUnknown: when it is not installed.
        RequirementMissing: when no enabled plugin provides what it needs.
        CapabilityTaken: when one provides what it provides.
        DistrictMoving: when the district's database is about to be another one.
    """
    server = district.server
    plugin = server.plugins.loaded.get(slug)
    if plugin is None or slug == BASE:
        raise PluginUnknown(path=("slug",), plugin=slug)
    ensure_available(district, plugin)
    place = _check_place(district)
    after = server.plugins.select([*district.record.enabled, slug])
    await _upgrade_off_loop(district.record.place, packages_of(after))
    await server.schemas.get(after)  # warm, so that the first request after the switch does not wait
    async with district.work(principal, request_id) as ctx:
        await unfinished.take(ctx.db.session, [slug])
        await _note_personal_columns(district, ctx, plugin)
        ctx.audit("platform.plugin.enabled", detail={"plugin": slug, "version": plugin.manifest.version})
        await _run_on_enable(district, plugin, ctx)
    await server.catalog.set_state(
        district.record.code, slug, PluginState.ENABLED, plugin.manifest.version, at=place
    )
    await server.reload()


async def suspend(
    district: DistrictRuntime, slug: str, *, principal: Principal = SYSTEM, request_id: str | None = None
) -> None:
    """Suspend a plugin; its data stays.

    Raises:
        PluginUnknown: when it is not on here.
        StillRequired: when an enabled plugin needs it.
    """
    if slug == BASE:
        raise PluginIsBase(path=("slug",))
    state = district.record.states.get(slug)
    if state is None:
        raise PluginUnknown(path=("slug",), plugin=slug)
    plugin = district.server.plugins.loaded.get(slug)
    if plugin is not None:
        ensure_not_required(district, plugin)
    async with district.work(principal, request_id) as ctx:
        ctx.audit("platform.plugin.suspended", detail={"plugin": slug, "version": state.version})
    await district.server.catalog.set_state(district.record.code, slug, PluginState.SUSPENDED, state.version)
    await district.server.reload()


async def change_settings(
    district: DistrictRuntime, slug: str, values: dict[str, Any], changed: Sequence[str]
) -> None:
    """Store a district's values of a plugin's settings, which the plugin's model has accepted; audited."""
    async with district.work() as ctx:
        ctx.audit("platform.settings.changed", detail={"plugin": slug, "changes": list(changed)})
    await district.server.catalog.set_settings(district.record.code, slug, values)
    await district.server.reload()


def _check_place(district: DistrictRuntime) -> Place:
    """Return where the district's tables are to be made.

    Raises:
        DistrictMoving: when they would be made where it will not be any more.
    """
    if district.record.is_moving:
        raise DistrictMoving()
    return district.record.place


async def _upgrade_off_loop(place: Place, packages: Sequence[MigratedPackage]) -> list[str]:
    """Migrate in a thread with a loop of its own, so that no request waits for Alembic."""
    return await asyncio.to_thread(lambda: asyncio.run(upgrade(place, packages, noting=True)))


async def _note_personal_columns(
    district: DistrictRuntime, ctx: RequestContext, plugin: LoadedPlugin
) -> None:
    session = ctx.db.session
    await session.execute(delete(PersonalColumn).where(PersonalColumn.plugin == plugin.slug))
    rows = [
        {
            "plugin": plugin.slug,
            "table_name": entry.table,
            "column_name": column,
            "person_key": entry.person_key,
            "purpose": entry.purpose,
            "legal_basis": entry.legal_basis,
            "retention": entry.retention,
            "on_erase": entry.on_erase,
            "title": entry.title.zh if entry.title is not None else None,
            "emptied": column in entry.empties,
            "retention_from": entry.retention_from,
            "retention_days": days_kept(district, plugin.slug, entry.retention_setting)
            or entry.retention_days,
            "retention_setting": entry.retention_setting,
            "on_expiry": entry.on_expiry,
        }
        for entry in plugin.manifest.personal_data
        for column in entry.columns
    ]
    if rows:
        await session.execute(insert(PersonalColumn), rows)


async def _run_on_enable(district: DistrictRuntime, plugin: LoadedPlugin, ctx: RequestContext) -> None:
    hook = district.server.plugins.hook(plugin.slug, "on_enable")
    if hook is not None:
        await hook(ctx)


async def upgrade_district(district: DistrictRuntime, done: Callable[[str], None] | None = None) -> list[str]:
    """Bring a district's database to the installed packages; return the slugs that moved.

    The database of a new district is made by this. What broke off earlier is finished.
    """
    packages = packages_of(district.plugins)
    place = _check_place(district)
    await upgrade(place, packages, done, noting=True)
    noted = await unfinished_in(place)
    moved = [package.slug for package in packages if package.slug in noted]
    if moved:
        async with district.work() as ctx:
            if await unfinished.take(ctx.db.session, moved):
                await _finish_upgrade(district, ctx, moved)
        await district.server.catalog.announce()
    district.follow(district.record)
    return moved


async def _finish_upgrade(district: DistrictRuntime, ctx: RequestContext, moved: Sequence[str]) -> None:
    """Do what follows on new tables; until it is committed the district counts as behind."""
    await _ensure_audit_head(ctx)
    for plugin in district.plugins:
        await _note_personal_columns(district, ctx, plugin)
        await _run_on_enable(district, plugin, ctx)
    ctx.audit("platform.district.upgraded", detail={"packages": list(moved)})


async def _ensure_audit_head(ctx: RequestContext) -> None:
    session = ctx.db.session
    if (await session.execute(select(AuditHead))).first() is None:
        await session.execute(insert(AuditHead), {"id": 1, "number": 0, "hash": GENESIS})
