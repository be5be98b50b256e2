"""Changes of a programme's settings: in the district or at a place, audited, all of a call or nothing."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select
from strawberry.utils.str_converters import to_camel_case

from wangge._host.plugin_settings.errors import (
    SettingInvalid,
    SettingNotLocal,
    SettingsDistrictWide,
    SettingTwice,
)
from wangge._host.plugin_settings.layers import Layer, Misfit, resolve
from wangge._host.plugin_settings.reading import layers_at
from wangge._host.plugin_settings.reasons import reason_of
from wangge._host.plugins import LoadedPlugin
from wangge._host.runtime import DistrictRuntime
from wangge.context import RequestContext
from wangge.db.inserts import statement_for
from wangge.errors import NotFound, OutOfScope, RuleError, RuleErrors
from wangge.graphql.ids import encode_id
from wangge.settings import PlaceSettings, local_names


@dataclass(frozen=True)
class Change:
    """What one call changes: values to set, and settings to take from above again."""

    values: Mapping[str, Any] = field(default_factory=dict)  # whatever the model takes
    reset: Set[str] = frozenset()


async def change_settings(
    district: DistrictRuntime,
    ctx: RequestContext,
    plugin: LoadedPlugin,
    change: Change,
    *,
    place_id: UUID | None = None,
) -> None:
    """Change settings of the district, or of a place; the district's own grid stands for the district.

    `ctx` is one that reads; the change is a transaction of its own.

    Raises:
        NotFound: when there is no such place.
        OutOfScope, SettingsDistrictWide: when the caller is not responsible for all that it touches.
        RuleErrors: when a value does not fit, or is not one that a place may set.
    """
    lineage: Sequence[int] = ()
    if place_id is not None:
        lineage = (await district.lineages(ctx.db.beyond(), [place_id])).get(place_id, ())
        if not lineage:
            raise NotFound("Grid", path=("grid",))
        if not ctx.principal.scope.holds(lineage):
            raise OutOfScope(path=("grid",))
    if len(lineage) > 1:
        assert place_id is not None  # it has a lineage
        await _change_place(district, ctx, plugin, change, place_id)
    else:
        await _change_district(district, ctx, plugin, change)


async def _change_district(
    district: DistrictRuntime, ctx: RequestContext, plugin: LoadedPlugin, change: Change
) -> None:
    if not ctx.principal.scope.everything:
        raise SettingsDistrictWide(path=("grid",))
    async with district.server.catalog.changing_settings(district.record.code, plugin.slug) as values:
        after = _changed(ctx, plugin, [], Layer(None, values), change)
        async with ctx.transaction():
            _audit(ctx, plugin, change, values, after)
        values.clear()
        values.update(after)
    await district.server.reload()


async def _change_place(
    district: DistrictRuntime, ctx: RequestContext, plugin: LoadedPlugin, change: Change, place_id: UUID
) -> None:
    provider = district.scope_provider()
    assert provider is not None  # the place has a lineage
    async with ctx.transaction():
        row = await _locked(ctx, plugin.slug, place_id)
        above = [
            one
            for one in await layers_at(district, ctx.db.beyond(), plugin, place_id)
            if one.place_id != place_id
        ]
        after = _changed(ctx, plugin, above, Layer(place_id, row.settings), change)
        grid = encode_id(provider.place_type, place_id)
        _audit(ctx, plugin, change, row.settings, after, grid=grid)
        row.settings = after


async def _locked(ctx: RequestContext, slug: str, place_id: UUID) -> PlaceSettings:
    """Return the row of a place, made where it is not there yet, and held until the transaction ends."""
    session = ctx.db.session
    named = {"plugin": slug, "place_id": place_id, "settings": {}}
    dated = {**named, "created_at": ctx.now, "updated_at": ctx.now}
    await session.execute(statement_for(PlaceSettings, free_only=ctx.db.dialect), dated)
    mine = select(PlaceSettings).where(PlaceSettings.plugin == slug, PlaceSettings.place_id == place_id)
    return (await session.execute(mine.with_for_update())).scalars().one()


def _changed(
    ctx: RequestContext, plugin: LoadedPlugin, above: Sequence[Layer], layer: Layer, change: Change
) -> dict[str, Any]:
    """Return what the layer holds after the change; values that did not fit before stay as they are.

    Raises:
        RuleErrors: when the change sets what does not fit, or makes misfits of others.
    """
    model = plugin.settings_model
    assert model is not None  # whoever changes has looked
    _check_names(model, layer.place_id, change)
    kept = {name: value for name, value in layer.values.items() if name not in change.reset}
    before = {_key(one) for one in resolve(model, [*above, layer]).misfits}
    found = resolve(model, [*above, Layer(layer.place_id, {**kept, **change.values})])
    refused = [
        one
        for one in found.misfits
        if one.place_id == layer.place_id and (one.name in change.values or _key(one) not in before)
    ]
    if refused:  # of values that are refused together, those that were sent are at fault
        sent = [one for one in refused if one.name in change.values]
        raise RuleErrors([_refusal(ctx, one) for one in sent or refused])
    stored = found.values.model_dump(mode="json", include=set(change.values))
    return {**kept, **stored}


def _check_names(model: type[BaseModel], place_id: UUID | None, change: Change) -> None:
    open_here = set(model.model_fields) if place_id is None else local_names(model)
    wrong: list[RuleError] = [
        SettingTwice(path=("reset",), setting=to_camel_case(name))
        for name in sorted(change.reset & set(change.values))
    ]
    wrong += [
        SettingNotLocal(path=("values", to_camel_case(name)), setting=to_camel_case(name))
        for name in change.values
        if name not in open_here
    ]
    if wrong:
        raise RuleErrors(wrong)


def _key(one: Misfit) -> tuple[UUID | None, str]:
    return one.place_id, one.name


def _refusal(ctx: RequestContext, misfit: Misfit) -> RuleError:
    """Return the refusal of a value, with the path to the part of it that does not fit."""
    details = misfit.details
    own = details is not None and bool(details["loc"])
    parts = details["loc"] if details is not None and own else (misfit.name,)
    reason = (
        reason_of(details, lambda message: ctx.platform.text(message, ctx.locale))
        if details is not None
        else misfit.reason
    )
    path = ("values", *(to_camel_case(str(part)) for part in parts))
    return SettingInvalid(path=path, setting=to_camel_case(misfit.name), reason=reason)


def _audit(
    ctx: RequestContext,
    plugin: LoadedPlugin,
    change: Change,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    **where: str,
) -> None:
    names = sorted({*change.values, *change.reset})
    detail = {
        "plugin": plugin.slug,
        **where,
        "before": {name: before[name] for name in names if name in before},
        "after": {name: after[name] for name in names if name in after},
    }
    ctx.audit("platform.settings.changed", fields=names, detail=detail)
