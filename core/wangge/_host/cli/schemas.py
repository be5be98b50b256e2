"""`wangge schema`: the SDL of a district or of a plugin set, and what differs between two."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from wangge._host.cli.session import DataOption, JsonOption, err, open_server, run, show
from wangge._host.compose import compose
from wangge._host.compose.changes import Severity, differences
from wangge._host.plugins import BASE
from wangge._host.runtime import load_plugins
from wangge.errors import ConfigurationError

app = typer.Typer(help="GraphQL schemas.", no_args_is_help=True, rich_markup_mode=None)
DISTRICT_CODE = re.compile(r"[0-9A-Z]{4,12}")


class FailOn(StrEnum):
    """From which severity on a difference is a failure."""

    BREAKING = "breaking"
    DANGEROUS = "dangerous"
    NEVER = "never"


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


@app.command("diff")
def diff(
    old: Annotated[str, typer.Argument(help="An SDL file, a district's code, or slugs separated by commas.")],
    new: Annotated[str, typer.Argument(help="What it is compared with, in the same forms.")],
    fail_on: Annotated[
        FailOn, typer.Option(help="From which changes on the exit code is 1.")
    ] = FailOn.BREAKING,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what differs between two schemas: breaking, dangerous, safe; exit code 1 on what breaks.

    Example: wangge schema diff schema.graphql base,volunteer_points
    """
    changes = differences(_sdl(data, old), _sdl(data, new))
    rows = [(one.severity.value, one.code, one.place, one.description) for one in changes]
    if rows or as_json:
        show("Changes", ("severity", "code", "place", "description"), rows, as_json=as_json)
    else:
        typer.echo("The schemas are the same.")
    failing = {
        FailOn.NEVER: set[Severity](),
        FailOn.BREAKING: {Severity.BREAKING},
        FailOn.DANGEROUS: {Severity.BREAKING, Severity.DANGEROUS},
    }[fail_on]
    harmful = sum(one.severity in failing for one in changes)
    if harmful:
        err.print(f"{harmful} of {len(changes)} changes may break frontends.", highlight=False)
        raise typer.Exit(1)


def _sdl(data: Path | None, side: str) -> str:
    """Return the SDL that one side of a comparison names."""
    path = Path(side)
    if path.is_file():
        return path.read_text(encoding="utf-8")
    if DISTRICT_CODE.fullmatch(side):
        return run(_of_district(data, side))
    if path.suffix:
        raise ConfigurationError(f"There is no file {side}.")
    return _of_plugins(side)


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
