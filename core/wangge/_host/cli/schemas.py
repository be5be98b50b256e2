"""`wangge schema`: the SDL of a district or of a plugin set."""

from pathlib import Path
from typing import Annotated

import typer

from wangge._host.cli.session import DataOption, open_server, run
from wangge._host.compose import compose
from wangge._host.plugins import BASE
from wangge._host.runtime import load_plugins
from wangge.errors import ConfigurationError

app = typer.Typer(help="GraphQL schemas.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def schema() -> None:
    """GraphQL schemas."""


@app.command("export")
def export(
    district: Annotated[str | None, typer.Option(help="Code of the district.")] = None,
    plugins: Annotated[
        str | None, typer.Option(help="Slugs, separated by commas; `base` for the base alone.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write [default: stdout].")
    ] = None,
    data: DataOption = None,
) -> None:
    """Print the SDL of a district, or of a set of programmes.

    Example: wangge schema export --plugins volunteer_points -o schema.graphql
    """
    if (district is None) == (plugins is None):
        raise ConfigurationError("Name one: --district or --plugins.")
    sdl = run(_of_district(data, district)) if district is not None else _of_plugins(plugins or "")
    if output is None:
        typer.echo(sdl, nl=False)
    else:
        output.write_text(sdl, encoding="utf-8")


async def _of_district(data: Path | None, code: str) -> str:
    async with open_server(data) as server:
        return (await server.district(code).schema()).sdl


def _of_plugins(names: str) -> str:
    manager = load_plugins()
    slugs = [name.strip() for name in names.split(",") if name.strip()]
    for slug in slugs:
        if slug not in manager.loaded:
            aside = manager.quarantined.get(slug)
            why = (
                f"is set aside: {aside.reason}"
                if aside
                else f"is not installed; there are {', '.join(manager.loaded)}."
            )
            raise ConfigurationError(f"{slug} {why}")
    return compose(manager.select([slug for slug in slugs if slug != BASE])).sdl
