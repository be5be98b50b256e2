"""`wangge plugin settings`: what a programme may be set to, what it is set to where, and changes of it."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from strawberry.utils.str_converters import to_camel_case

from wangge._host.cli.session import DataOption, JsonOption, open_server, print_json, run, show
from wangge._host.plugin_settings.changing import Change, change_settings
from wangge._host.plugin_settings.reading import settings_at_place
from wangge._host.plugins import LoadedPlugin
from wangge._host.runtime import DistrictRuntime, Server
from wangge.auth.principal import SYSTEM
from wangge.errors import ConfigurationError, RuleError, RuleErrors

COLUMNS = ("name", "value", "source", "local", "default", "description")


def settings(
    slug: Annotated[str, typer.Argument(help="Slug of the programme, such as volunteer_points, or base.")],
    district: Annotated[str | None, typer.Option(help="Code of the district.")] = None,
    grid: Annotated[
        str | None, typer.Option(help="Code of a grid: what applies there, and what it sets for itself.")
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option("--set", help="name=value, the value as JSON or plain text; repeatable."),
    ] = None,
    reset: Annotated[
        list[str] | None,
        typer.Option("--reset", help="Name of a setting to take from above again; repeatable."),
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of the settings.")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a programme's settings in a district or at a grid, with their sources, and change them.

    Example: wangge plugin settings volunteer_points --district 370703 --set points_valid_months=24
    """
    if schema:
        return print_json(run(_schema(data, slug)))
    if district is None:
        raise ConfigurationError("Name the district: --district CODE.")
    rows = run(_settings(data, slug, district, grid, change or [], reset or []))
    show(f"Settings of {slug}", COLUMNS, rows, as_json=as_json)


async def _schema(data: Path | None, slug: str) -> dict[str, Any]:  # JSON Schema
    async with open_server(data) as server:
        return _model(_plugin(server, slug)).model_json_schema()


async def _settings(
    data: Path | None, slug: str, code: str, grid: str | None, changes: list[str], resets: list[str]
) -> list[tuple[str, Any, str, bool, Any, str]]:  # values are JSON
    async with open_server(data) as server:
        district, plugin = server.district(code), _plugin(server, slug)
        model = _model(plugin)
        asked = Change(
            dict(_read_change(model, one) for one in changes),
            frozenset(_known(model, one, one) for one in resets),
        )
        async with district.context(SYSTEM, locale="en") as ctx:
            place_id = await _place(district, ctx.db, grid)
            if changes or resets:
                try:
                    await change_settings(district, ctx, plugin, asked, place_id=place_id)
                except RuleErrors as refused:
                    told = " ".join(_told(model, one) for one in refused.errors)
                    raise ConfigurationError(told) from refused
            return await _rows(district, ctx.db, plugin, place_id)


def _told(model: type[BaseModel], refusal: RuleError) -> str:
    """Return a refusal with the setting's name as the command line has it, not as GraphQL has."""
    names = {to_camel_case(name): name for name in model.model_fields}
    shown = str(refusal.params["setting"])
    return str(refusal).replace(shown, names.get(shown, shown))


async def _rows(
    district: DistrictRuntime, db: Any, plugin: LoadedPlugin, place_id: Any
) -> list[tuple[str, Any, str, bool, Any, str]]:  # as above
    effective, model = await settings_at_place(district, db, plugin, place_id), _model(plugin)
    provider = district.scope_provider()
    places = [one.place_id for one in effective.sources if one.place_id is not None]
    codes = await provider.codes_of(db, places) if provider is not None and places else {}
    shown, defaults = effective.values.model_dump(mode="json"), model().model_dump(mode="json")
    return [
        (
            one.name,
            shown[one.name],
            one.origin.value if one.place_id is None else codes.get(one.place_id, ""),
            one.local,
            defaults[one.name],
            model.model_fields[one.name].description or "",
        )
        for one in effective.sources
    ]


def _plugin(server: Server, slug: str) -> LoadedPlugin:
    plugin = server.plugins.loaded.get(slug)
    if plugin is None or plugin.settings_model is None:
        raise ConfigurationError(f"{slug} has no settings: see `wangge plugin list`.")
    return plugin


def _model(plugin: LoadedPlugin) -> type[BaseModel]:
    assert plugin.settings_model is not None  # `_plugin` has looked
    return plugin.settings_model


async def _place(district: DistrictRuntime, db: Any, code: str | None) -> Any:  # a place's id, or None
    provider = district.scope_provider()
    place_id = await provider.place_by_code(db, code) if code is not None and provider is not None else None
    if code is not None and place_id is None:
        raise ConfigurationError(f"There is no grid {code} in this district.")
    return place_id


def _read_change(model: type[BaseModel], change: str) -> tuple[str, Any]:  # whatever JSON the value is
    name, equals, text = change.partition("=")
    if not equals:
        raise ConfigurationError(f"{change!r} is not name=value with one of {', '.join(model.model_fields)}.")
    _known(model, name, change)
    try:
        return name, json.loads(text)
    except json.JSONDecodeError:
        return name, text


def _known(model: type[BaseModel], name: str, given: str) -> str:
    if name not in model.model_fields:
        raise ConfigurationError(f"{given!r} names none of the settings {', '.join(model.model_fields)}.")
    return name
