"""`wangge district`: add, list and upgrade districts."""

import re
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from sqlalchemy.exc import DBAPIError

from wangge._host.cli.session import DataOption, JsonOption, open_server, progress_bar, run, show
from wangge._host.lifecycle import upgrade_district
from wangge._host.migrator import behind, packages_of
from wangge._host.runtime import DistrictRuntime, Server
from wangge.districts.models import DistrictKind
from wangge.errors import ConfigurationError

app = typer.Typer(help="Districts: the tenants of this server.", no_args_is_help=True, rich_markup_mode=None)
CODE = re.compile(r"[0-9A-Z]{4,12}")


@app.command("add")
def add(
    code: Annotated[str, typer.Argument(help="Code, 4 to 12 digits or capitals, such as 370703.")],
    name: Annotated[str, typer.Option(help="Name, such as 寒亭区.")],
    database_url: Annotated[
        str | None, typer.Option(help="Where its data lives [default: beside the catalog].")
    ] = None,
    zone: Annotated[bool, typer.Option("--zone", help="A functional zone rather than a county.")] = False,
    data: DataOption = None,
) -> None:
    """Add a district and make its database.

    Example: wangge district add 370703 --name 寒亭区
    """
    run(_add(data, code, name, database_url, DistrictKind.FUNCTIONAL_ZONE if zone else DistrictKind.COUNTY))
    typer.echo(f"District {code} {name} is ready.")


async def _add(data: Path | None, code: str, name: str, url: str | None, kind: DistrictKind) -> None:
    async with open_server(data) as server:
        await add_district(server, code, name, kind, url)


async def add_district(
    server: Server, code: str, name: str, kind: DistrictKind = DistrictKind.COUNTY, url: str | None = None
) -> None:
    """Make a district's database, then enter it into the catalog; what broke off before is made again.

    Raises:
        ConfigurationError: when the code or name has not the form of one, or the code is taken.
    """
    if not CODE.fullmatch(code):
        raise ConfigurationError(f"{code!r} cannot be a district's code: use 4 to 12 digits or capitals.")
    if not name.strip():
        raise ConfigurationError("A district needs a name.")
    planned = DistrictRuntime(server, await server.catalog.plan_district(code, name.strip(), kind, url))
    try:
        await upgrade_district(planned)
    finally:
        await planned.close()
    await server.catalog.add_district(code, name.strip(), kind, url)
    await server.reload()


@app.command("list")
def list_districts(data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the districts, where their data lives, and what is on.

    Example: wangge district list --json
    """
    rows = run(_list(data))
    show("Districts", ("code", "name", "kind", "database", "plugins", "state"), rows, as_json=as_json)


async def _list(data: Path | None) -> list[tuple[str, str, str, str, str, str]]:
    async with open_server(data) as server:
        found = []
        for code in server.codes:
            district = server.district(code)
            place = district.record.place
            where = (
                Path(place.url.partition("///")[2]).name if place.is_sqlite else f"PostgreSQL {place.schema}"
            )
            state = await _state(district)
            kind = district.info.kind.value
            found.append((code, district.info.name, kind, where, ", ".join(district.record.enabled), state))
        return found


async def _state(district: DistrictRuntime) -> str:
    """Say whether a district can serve; one that cannot be reached does not keep the others from the list."""
    try:
        late = await behind(district.record.place, packages_of(district.plugins))
    except (OSError, DBAPIError, asyncpg.PostgresError):
        return "database unavailable"
    return f"behind: {', '.join(late)}" if late else "ready"


@app.command("upgrade")
def upgrade(
    code: Annotated[str | None, typer.Argument(help="Code of the district.")] = None,
    all_districts: Annotated[bool, typer.Option("--all", help="Every district.")] = False,
    data: DataOption = None,
) -> None:
    """Bring districts' databases to the installed packages. What broke off goes on where it was.

    Example: wangge district upgrade --all
    """
    if (code is None) == (not all_districts):
        raise ConfigurationError("Name one district, or give --all.")
    run(_upgrade(data, code))


async def _upgrade(data: Path | None, code: str | None) -> None:
    async with open_server(data) as server:
        chosen = (
            [server.district(code)] if code is not None else [server.district(one) for one in server.codes]
        )
        with progress_bar() as bar:
            task = bar.add_task("upgrading", total=len(chosen))
            for district in chosen:
                bar.update(task, description=f"upgrading {district.record.code}")
                moved = await upgrade_district(district)
                bar.advance(task)
                bar.console.print(
                    f"{district.record.code}: {', '.join(moved) or 'up to date'}", highlight=False
                )
