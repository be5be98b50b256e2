"""Bringing a district's database to the installed packages."""

from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import insert, select

from wangge._host import unfinished
from wangge._host.fences import run_hook
from wangge._host.lifecycle.checking import check_place
from wangge._host.lifecycle.noting import note_plugin
from wangge._host.migrator import packages_of, unfinished_in, upgrade
from wangge._host.plugins import LoadedPlugin
from wangge._host.runtime import DistrictRuntime
from wangge.auth.audit import GENESIS
from wangge.auth.models import AuditHead
from wangge.context import RequestContext


async def upgrade_district(district: DistrictRuntime, done: Callable[[str], None] | None = None) -> list[str]:
    """Bring a district's database to the installed packages; return the slugs that moved.

    The database of a new district is made by this. What broke off earlier is finished.
    """
    packages = packages_of(district.plugins)
    place = check_place(district)
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
        await note_plugin(district, ctx, plugin)
        await run_on_enable(district, plugin, ctx)
    ctx.audit("platform.district.upgraded", detail={"packages": list(moved)})


async def run_on_enable(district: DistrictRuntime, plugin: LoadedPlugin, ctx: RequestContext) -> None:
    """Let a plugin do its own part of an enabling or an upgrade, in the transaction of it."""
    hook = district.server.plugins.hook(plugin.slug, "on_enable")
    if hook is not None:
        await run_hook(district, plugin.slug, "on_enable", partial(hook, ctx), always=True)


async def _ensure_audit_head(ctx: RequestContext) -> None:
    session = ctx.db.session
    if (await session.execute(select(AuditHead))).first() is None:
        await session.execute(insert(AuditHead), {"id": 1, "number": 0, "hash": GENESIS})
