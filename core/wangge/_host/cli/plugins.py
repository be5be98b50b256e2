"""`wangge plugin`: list, suspend, resume and purge programmes."""

from pathlib import Path
from typing import Annotated

import typer

from wangge._host.cli.session import DataOption, DistrictOption, JsonOption, open_server, run, show
from wangge._host.fences.health import reset_plugin
from wangge._host.lifecycle import purge, resume, suspend
from wangge._host.lifecycle.exporting import export_to, plan_export
from wangge._host.lifecycle.purging import check_purgeable, words_of
from wangge._host.platform import KEPT_STATES, NOT_INSTALLED

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


@app.command("reset")
def reset_paused(slug: SlugArgument, district: DistrictOption, data: DataOption = None) -> None:
    """Let a programme that is paused after failures go on in a district, in all server processes.

    Example: wangge plugin reset volunteer_points --district 370703
    """
    run(_reset(data, slug, district))
    typer.echo(f"{slug} goes on in {district}.")


async def _reset(data: Path | None, slug: str, code: str) -> None:
    async with open_server(data) as server:
        await reset_plugin(server.district(code), slug)


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


@app.command("export")
def export_plugin(
    slug: SlugArgument,
    district: DistrictOption,
    out: Annotated[Path, typer.Option("--out", "-o", help="ZIP to write, for its owner's eyes alone.")],
    purpose: Annotated[str, typer.Option(help="What the copy is for; it stands on the record.")],
    open_sealed: Annotated[
        bool, typer.Option("--open-sealed", help="Write sealed values (identity numbers, phones) openly.")
    ] = False,
    data: DataOption = None,
) -> None:
    """Write all rows that a programme has in a district to a ZIP of JSON lines, its package installed or not.

    Example: wangge plugin export volunteer_points --district 370703 -o points.zip --purpose 移交档案
    """
    rows = run(_export(data, slug, district, out, purpose, opened=open_sealed))
    typer.echo(f"{len(rows)} tables with {sum(rows.values())} rows are in {out}.")


async def _export(
    data: Path | None, slug: str, code: str, out: Path, purpose: str, *, opened: bool
) -> dict[str, int]:
    async with open_server(data) as server:
        export = plan_export(server.district(code), slug, purpose=purpose, opened=opened)
        return await export_to(export, out)


@app.command("purge")
def purge_plugin(
    slug: SlugArgument,
    district: DistrictOption,
    confirm: Annotated[
        str | None, typer.Option(help="The words that confirm it; without, they are asked for.")
    ] = None,
    data: DataOption = None,
) -> None:
    """Delete all that a suspended programme has in a district, for good: its tables, data and settings.

    Example: wangge plugin purge volunteer_points --district 370703
    """
    rows = run(_purge(data, slug, district, confirm))
    typer.echo(f"{slug} is purged in {district}: {len(rows)} tables with {sum(rows.values())} rows are gone.")


async def _purge(data: Path | None, slug: str, code: str, confirmation: str | None) -> dict[str, int]:
    async with open_server(data) as server:
        district = server.district(code)
        check_purgeable(district, slug)
        if confirmation is None:
            words = words_of(district, slug)
            confirmation = typer.prompt(f"This cannot be undone. To confirm it, write “{words}”", err=True)
        return await purge(district, slug, confirmation=confirmation)
