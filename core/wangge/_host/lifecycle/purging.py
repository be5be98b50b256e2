"""Purging a suspended programme: its tables, its data and its settings go, for good."""

import asyncio

from wangge._host.capabilities import ensure_not_required
from wangge._host.catalog import Switching
from wangge._host.databases import Place, coded
from wangge._host.lifecycle.checking import check_known, check_place
from wangge._host.lifecycle.dropping import Drop, Kept
from wangge._host.lifecycle.failures import (
    PluginNotSuspended,
    PluginPurged,
    PurgeNotConfirmed,
    RecordsKept,
)
from wangge._host.lifecycle.noting import known_slugs, record_purge
from wangge._host.migrator import alter, package_of
from wangge._host.rights import days_kept
from wangge._host.runtime import DistrictRuntime
from wangge.auth.principal import SYSTEM, Principal
from wangge.db.base import utc_now
from wangge.districts.models import DistrictPluginState, PluginState


def words_of(district: DistrictRuntime, slug: str) -> str:
    """Return the words that confirm a purge."""
    return f"purge {slug} in {district.record.code}"


async def purge(
    district: DistrictRuntime,
    slug: str,
    *,
    confirmation: str,
    principal: Principal = SYSTEM,
    request_id: str | None = None,
) -> dict[str, int]:
    """Delete all that a suspended plugin has in the district; return the rows of each of its tables.

    The tables go in one transaction, which notes what went; the record and the catalog follow. What broke off
    between is finished by purging again. Nobody switches the district's programmes meanwhile.

    Raises:
        PluginUnknown, PluginPurged: when the district holds nothing of it.
        PluginNotSuspended: when it is on.
        PurgeNotConfirmed: when the words are not the ones asked for.
        RecordsKept: when a law keeps rows of it; then nothing has changed.
        DistrictMoving: when the district's database is about to be another one.
        DatabaseBusy: when others work on its tables for too long.
    """
    state = check_purgeable(district, slug)
    if confirmation != words_of(district, slug):
        raise PurgeNotConfirmed(path=("confirmation",), words=words_of(district, slug))
    place = check_place(district)
    async with district.server.catalog.switching(district.record.code, at=place) as switching:
        _check_still_off(district, slug, switching)
        with coded():
            kept = await _drop_off_loop(place, _drop_of(district, slug))
        if kept:
            raise RecordsKept(path=("slug",), plugin=slug, records="; ".join(map(str, kept)))
        async with district.work(principal, request_id) as ctx:
            rows = await record_purge(ctx, slug, state.version)
        await switching.set(slug, PluginState.PURGED, state.version)
    await district.server.reload()
    return rows


def check_purgeable(district: DistrictRuntime, slug: str) -> DistrictPluginState:
    """Return how a plugin stands that may be purged.

    Raises:
        PluginIsBase, PluginUnknown, PluginPurged, PluginNotSuspended, StillRequired: when it may not.
    """
    state = check_known(district, slug)
    if state.state is not PluginState.SUSPENDED:
        raise PluginNotSuspended(path=("slug",), plugin=slug)
    plugin = district.server.plugins.loaded.get(slug)
    if plugin is not None:
        ensure_not_required(district, plugin)
    return state


def _check_still_off(district: DistrictRuntime, slug: str, switching: Switching) -> None:
    """Insist on it once more, now that nobody can switch it on: another process may have done so."""
    state = switching.states.get(slug)
    if state is not None and state.state is PluginState.PURGED:
        raise PluginPurged(path=("slug",), plugin=slug)
    if state is None or state.state is not PluginState.SUSPENDED:
        raise PluginNotSuspended(path=("slug",), plugin=slug)


def _drop_of(district: DistrictRuntime, slug: str) -> Drop:
    plugin = district.server.plugins.loaded.get(slug)
    return Drop(
        slug=slug,
        package=package_of(plugin) if plugin is not None else None,
        slugs=known_slugs(district),
        now=district.server.clock() if district.server.clock is not None else utc_now(),
        days=lambda setting: days_kept(district, slug, setting),
    )


async def _drop_off_loop(place: Place, drop: Drop) -> list[Kept]:
    """Drop in a thread with a loop of its own, so that no request waits for Alembic."""
    return await asyncio.to_thread(lambda: asyncio.run(alter(place, drop.run)))
