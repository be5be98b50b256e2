"""`wangge plugin`: list, enable and suspend programmes."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel, ValidationError

from wangge._host.cli.session import DataOption, DistrictOption, JsonOption, open_server, run, show
from wangge._host.lifecycle import change_settings, enable, resume, suspend
from wangge._host.platform import KEPT_STATES, NOT_INSTALLED
from wangge.errors import ConfigurationError

app = typer.Typer(help="Programmes: what districts switch on.", no_args_is_help=True, rich_markup_mode=None)
SlugArgument = Annotated[str, typer.Argument(help="Slug of the programme, such as volunteer_points.")]


@app.command("list")
def list_plugins(
    district: Annotated[str | None, typer.Option(help="Code of a district, to see its states.")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the installed programmes and those set aside, with the reason.

    Example: wangge plugin list --district 370703
    """
    rows = run(_list(data, district))
    show("Programmes", ("slug", "title", "version", "state", "problem"), rows, as_json=as_json)


async def _list(data: Path | None, code: str | None) -> list[tuple[str, str, str, str, str | None]]:
    async with open_server(data) as server:
        states = server.district(code).record.states if code is not None else {}
        found: list[tuple[str, str, str, str, str | None]] = []
        for slug, plugin in server.plugins.loaded.items():
            state = states[slug].state.value if slug in states else "installed"
            title = f"{plugin.manifest.title.zh} / {plugin.manifest.title.en}"
            found.append(
                (slug, title, plugin.manifest.version, "always on" if slug == "base" else state, None)
            )
        for slug, aside in server.plugins.quarantined.items():
            found.append((slug, "", aside.version, "quarantined", aside.reason))
        found += [
            (slug, _title(one.title), one.version, one.state.value, NOT_INSTALLED)
            for slug, one in states.items()
            if slug not in server.plugins.loaded
            and slug not in server.plugins.quarantined
            and one.state in KEPT_STATES
        ]
        return found


def _title(title: dict[str, str] | None) -> str:
    return f"{title['zh']} / {title['en']}" if title else "?"


@app.command("enable")
def enable_plugin(slug: SlugArgument, district: DistrictOption, data: DataOption = None) -> None:
    """Enable a programme in a district: its tables are made, its fields appear, without a restart.

    Example: wangge plugin enable volunteer_points --district 370703
    """
    run(_enable(data, slug, district))
    typer.echo(f"{slug} is enabled in {district}.")


async def _enable(data: Path | None, slug: str, code: str) -> None:
    async with open_server(data) as server:
        district = server.district(code)
        await district.check_ready()
        await enable(district, slug)


@app.command("suspend")
def suspend_plugin(slug: SlugArgument, district: DistrictOption, data: DataOption = None) -> None:
    """Suspend a programme in a district; its data is kept.

    Example: wangge plugin suspend volunteer_points --district 370703
    """
    run(_suspend(data, slug, district))
    typer.echo(f"{slug} is suspended in {district}; its data is kept.")


async def _suspend(data: Path | None, slug: str, code: str) -> None:
    async with open_server(data) as server:
        await suspend(server.district(code), slug)


@app.command("resume")
def resume_plugin(slug: SlugArgument, district: DistrictOption, data: DataOption = None) -> None:
    """Switch a suspended programme on again, over the data that it left; its tables are upgraded first.

    Example: wangge plugin resume volunteer_points --district 370703
    """
    run(_resume(data, slug, district))
    typer.echo(f"{slug} is on again in {district}.")


async def _resume(data: Path | None, slug: str, code: str) -> None:
    async with open_server(data) as server:
        district = server.district(code)
        await district.check_ready()
        await resume(district, slug)


@app.command("settings")
def settings(
    slug: SlugArgument,
    district: DistrictOption,
    change: Annotated[
        list[str] | None,
        typer.Option("--set", help="name=value, the value as JSON or plain text; repeatable."),
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a programme's settings in a district, and change them. `base` has settings too.

    Example: wangge plugin settings volunteer_points --district 370703 --set points_valid_months=24
    """
    rows = run(_settings(data, slug, district, change or []))
    show(f"Settings of {slug}", ("name", "value", "default", "description"), rows, as_json=as_json)


async def _settings(
    data: Path | None, slug: str, code: str, changes: list[str]
) -> list[tuple[str, Any, Any, str]]:  # values are JSON
    async with open_server(data) as server:
        district = server.district(code)
        plugin = server.plugins.loaded.get(slug)
        model = plugin.settings_model if plugin is not None else None
        if model is None:
            raise ConfigurationError(f"{slug} has no settings: see `wangge plugin list`.")
        values = {
            **district.record.settings.get(slug, {}),
            **dict(_read_change(model, one) for one in changes),
        }
        try:
            checked = model.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            raise ConfigurationError(f"{name}: {first['msg']}.") from error
        if changes:
            await change_settings(
                district, slug, checked.model_dump(mode="json", include=set(values)), changes
            )
        shown, defaults = checked.model_dump(mode="json"), model().model_dump(mode="json")
        return [
            (name, shown[name], defaults[name], field.description or "")
            for name, field in model.model_fields.items()
        ]


def _read_change(model: type[BaseModel], change: str) -> tuple[str, Any]:  # whatever JSON the value is
    name, equals, text = change.partition("=")
    if not equals or name not in model.model_fields:
        raise ConfigurationError(f"{change!r} is not name=value with one of {', '.join(model.model_fields)}.")
    try:
        return name, json.loads(text)
    except json.JSONDecodeError:
        return name, text
