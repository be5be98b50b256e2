"""What applies where: a programme's settings in the district, at a place, and the values that fit no more."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from wangge._host.plugin_settings.layers import Effective, Layer, Misfit, resolve
from wangge._host.plugins import LoadedPlugin
from wangge.context import RequestContext
from wangge.db.session import Database
from wangge.settings import PlaceSettings

if TYPE_CHECKING:
    from wangge._host.runtime import DistrictRuntime


def settings_in_district(district: "DistrictRuntime", plugin: LoadedPlugin) -> Effective[BaseModel]:
    """Return the district's own values of a plugin that has settings."""
    assert plugin.settings_model is not None  # whoever asks has looked
    return resolve(plugin.settings_model, [_own(district, plugin)])


async def settings_at_place(
    district: "DistrictRuntime", db: Database, plugin: LoadedPlugin, place_id: UUID | None
) -> Effective[BaseModel]:
    """Return the values of a plugin that has settings at a place; None, or no place, is the district."""
    assert plugin.settings_model is not None  # as above
    return resolve(plugin.settings_model, await layers_at(district, db, plugin, place_id))


async def settings_at_places(
    district: "DistrictRuntime", ctx: RequestContext, plugin: LoadedPlugin, place_ids: Sequence[UUID]
) -> list[Effective[BaseModel]]:
    """Return the values at several places, by two statements at most, and by none if asked again soon."""
    assert plugin.settings_model is not None  # as above
    memory, own, slug = district.memory, _own(district, plugin), plugin.slug
    since = memory.changes
    found: dict[UUID, Effective[BaseModel]] = {}
    for one in place_ids if not ctx.db.writing else ():
        known = memory.fresh(("platform.settings", slug, one))
        if known is not None:
            found[one] = known
    wanted = {*place_ids} - {*found}
    if wanted:
        stored = await ctx.recall(("platform.place_settings", slug), lambda db: _stored(db, plugin))
        lineages = await district.lineages(ctx.db.beyond(), {*stored, *wanted}) if stored else {}
        made: dict[tuple[UUID | None, ...], Effective[BaseModel]] = {}
        for one in wanted:
            line = _line(own, stored, lineages, one)
            name = tuple(layer.place_id for layer in line)
            if name not in made:
                made[name] = resolve(plugin.settings_model, line)
            found[one] = made[name]
            if not ctx.db.writing:
                memory.keep(("platform.settings", slug, one), made[name], since)
    return [found[one] for one in place_ids]


async def layers_at(
    district: "DistrictRuntime", db: Database, plugin: LoadedPlugin, place_id: UUID | None
) -> list[Layer]:
    """Return what was set by the district, and by each place from the top down to this one."""
    stored = await _stored(db, plugin) if place_id is not None else {}
    lineages = await district.lineages(db, {*stored, place_id}) if place_id and stored else {}
    return _line(_own(district, plugin), stored, lineages, place_id)


async def misfits_of(district: "DistrictRuntime", db: Database, plugin: LoadedPlugin) -> list[Misfit]:
    """Return the stored values of a plugin, in the district and at its places, that do not apply."""
    if plugin.settings_model is None:
        return []
    own = _own(district, plugin)
    found = list(resolve(plugin.settings_model, [own]).misfits)
    stored = await _stored(db, plugin)
    lineages = await district.lineages(db, stored)
    for place_id in sorted(stored):
        line = _line(own, stored, lineages, place_id)
        effective = resolve(plugin.settings_model, line)
        found += [one for one in effective.misfits if one.place_id == place_id]
    return found


async def settings_problems(district: "DistrictRuntime", db: Database, plugin: LoadedPlugin) -> list[str]:
    """Return what the administrator should know of a plugin's stored settings, in English."""
    misfits = await misfits_of(district, db, plugin)
    provider = district.scope_provider()
    places = {one.place_id for one in misfits if one.place_id is not None}
    codes = await provider.codes_of(db, places) if provider is not None and places else {}
    return [
        f"The setting {one.name}"
        + ("" if one.place_id is None else f" of {codes.get(one.place_id, 'a grid that is gone')}")
        + f" does not apply: {one.reason.rstrip('.')}."
        for one in misfits
    ]


def _own(district: "DistrictRuntime", plugin: LoadedPlugin) -> Layer:
    return Layer(None, district.record.settings.get(plugin.slug, {}))


async def _stored(db: Database, plugin: LoadedPlugin) -> dict[UUID, dict[str, Any]]:
    rows = select(PlaceSettings.place_id, PlaceSettings.settings).where(PlaceSettings.plugin == plugin.slug)
    return {place_id: values for place_id, values in (await db.execute(rows)).all() if values}


def _line(
    own: Layer,
    stored: Mapping[UUID, dict[str, Any]],
    lineages: Mapping[UUID, Sequence[int]],
    place_id: UUID | None,
) -> list[Layer]:
    """Return the layers above and at a place: a place lies above it whose number is in its lineage."""
    line = lineages.get(place_id, ()) if place_id is not None else ()
    above = [one for one in stored if one in lineages and lineages[one][-1] in line]
    return [own, *(Layer(one, stored[one]) for one in sorted(above, key=lambda one: len(lineages[one])))]
