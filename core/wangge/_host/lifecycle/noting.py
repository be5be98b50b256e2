"""What a district keeps of a programme besides its tables, so that it can do without the package."""

from collections.abc import Iterable

from sqlalchemy import delete, insert, select

from wangge._host.background.cursors import begin_handlers
from wangge._host.plugins import LoadedPlugin
from wangge._host.rights import days_kept
from wangge._host.runtime import DistrictRuntime
from wangge.auth.models import PersonalColumn
from wangge.context import RequestContext
from wangge.districts.tables import PluginTable


async def note_plugin(district: DistrictRuntime, ctx: RequestContext, plugin: LoadedPlugin) -> None:
    """Write down a plugin's personal columns, the names of its tables, and where its handlers begin."""
    await _note_personal_columns(district, ctx, plugin)
    await _note_tables(district, ctx, plugin)
    await begin_handlers(ctx.db, plugin)


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


async def _note_tables(district: DistrictRuntime, ctx: RequestContext, plugin: LoadedPlugin) -> None:
    session = ctx.db.session
    if await _purged(ctx, plugin.slug):  # it broke off after the tables went
        await record_purge(ctx, plugin.slug, plugin.manifest.version)
    await session.execute(delete(PluginTable).where(PluginTable.plugin == plugin.slug))
    names = tables_of(plugin.slug, await ctx.db.tables(), known_slugs(district))
    if names:
        rows = [{"plugin": plugin.slug, "table_name": name} for name in names]
        await session.execute(insert(PluginTable), rows)


async def record_purge(ctx: RequestContext, slug: str, version: str) -> dict[str, int]:
    """Put a purge on the record, with the tables that went and their rows, and forget their names."""
    rows = await _purged(ctx, slug)
    ctx.audit("platform.plugin.purged", detail={"plugin": slug, "version": version, **rows})
    await ctx.db.session.execute(delete(PluginTable).where(PluginTable.plugin == slug))
    return rows


async def _purged(ctx: RequestContext, slug: str) -> dict[str, int]:
    """Return the tables that went in a purge which is not on the record yet, with their rows."""
    gone = select(PluginTable.table_name, PluginTable.purged_rows).where(
        PluginTable.plugin == slug, PluginTable.purged_rows.is_not(None)
    )
    return {name: count or 0 for name, count in await ctx.db.session.execute(gone)}


def known_slugs(district: DistrictRuntime) -> set[str]:
    """Return the slugs that tables of this district may start with."""
    plugins = district.server.plugins
    return {*plugins.loaded, *plugins.quarantined, *district.record.states}


def tables_of(slug: str, names: Iterable[str], slugs: Iterable[str]) -> list[str]:
    """Return the tables of a plugin: those that start with its slug, and with no longer one's.

    `red_` starts the tables of `red` and of `red_property`: the longest slug has them.
    """
    longer = tuple(f"{other}_" for other in slugs if other != slug and other.startswith(f"{slug}_"))
    return sorted(name for name in names if name.startswith(f"{slug}_") and not name.startswith(longer))
