"""`wangge person`: a copy of what is held on a person, erasing, and erasing again after a backup."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from wangge._host.cli.session import (
    DataOption,
    DistrictOption,
    JsonOption,
    open_server,
    progress_bar,
    run,
    show,
)
from wangge._host.erasures import apply_erasures, pending_erasures
from wangge._host.rights import rights_of
from wangge._host.runtime import DistrictRuntime
from wangge.auth.personal import Effect, RightsProvider
from wangge.context import RequestContext
from wangge.errors import ConfigurationError

app = typer.Typer(no_args_is_help=True, help="Rights of persons over their data.")
PersonArgument = Annotated[
    str, typer.Argument(help="Id or document number of the person; - reads it from standard input.")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; the audit keeps it.")]


@app.command("export")
def export(
    person: PersonArgument,
    district: DistrictOption,
    out: Annotated[Path, typer.Option(help="File to write: .html for reading, otherwise JSON.")],
    reason: ReasonOption,
    data: DataOption = None,
) -> None:
    """Write everything held on a person into a file that its owner alone may read.

    Example: wangge person export - --district 370703 --out copy.json --reason 本人申请
    """
    text, page = run(_export(data, district, _given(person), reason))
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(page if out.suffix == ".html" else text)
    typer.echo(f"Written to {out}.")


async def _export(data: Path | None, code: str, person: str, reason: str) -> tuple[str, str]:
    async with open_server(data) as server:
        district = server.district(code)
        await district.check_ready()
        async with district.work() as ctx:
            provider, key = await _found(district, ctx, person)
            return await provider.export(ctx, key, reason)


@app.command("erase")
def erase(
    person: PersonArgument,
    district: DistrictOption,
    reason: ReasonOption,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase a person over all programmes; rows that a law keeps stay with a stub without personal values.

    Example: wangge person erase - --district 370703 --reason 本人申请 --dry-run
    """
    effects = run(_erase(data, district, _given(person), reason, dry_run))
    rows = [(one.plugin, one.table, one.rows, one.fate, one.because) for one in effects]
    title = "What an erasure would do" if dry_run else "Erased"
    show(title, ("plugin", "table", "rows", "fate", "because"), rows, as_json=as_json)


async def _erase(data: Path | None, code: str, person: str, reason: str, dry_run: bool) -> Sequence[Effect]:
    async with open_server(data) as server:
        district = server.district(code)
        await district.check_ready()
        async with district.work() as ctx:
            provider, key = await _found(district, ctx, person)
            if dry_run:
                return await provider.preview(ctx, key)
            return await provider.erase(ctx, key, reason) or []


@app.command("erasures")
def erasures(
    district: DistrictOption,
    out: Annotated[Path, typer.Option(help="File to write, one key a line.")],
    data: DataOption = None,
) -> None:
    """Write the keys of all persons erased in a district, to be kept beside the backups.

    Example: wangge person erasures --district 370703 --out erased.txt
    """
    keys = run(_erasures(data, district))
    out.write_text("".join(f"{key}\n" for key in keys), encoding="utf-8")
    typer.echo(f"{len(keys)} written to {out}.")


async def _erasures(data: Path | None, code: str) -> list[UUID]:
    async with open_server(data) as server:
        district = server.district(code)
        await district.check_ready()
        return await pending_erasures(district)


@app.command("re-erase")
def erase_again(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What `erasures` wrote.")],
    district: DistrictOption,
    data: DataOption = None,
) -> None:
    """Erase the persons of a file again, after a backup was put back that still knew them.

    Example: wangge person re-erase erased.txt --district 370703
    """
    try:
        keys = [UUID(line.strip()) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except ValueError as error:
        raise ConfigurationError(f"{file} does not hold one key a line.") from error
    typer.echo(f"{run(_erase_again(data, district, keys))} of {len(keys)} erased again.")


async def _erase_again(data: Path | None, code: str, keys: Sequence[UUID]) -> int:
    async with open_server(data) as server:
        district = server.district(code)
        await district.check_ready()
        with progress_bar() as bar:
            task = bar.add_task("erasing", total=len(keys))
            return await apply_erasures(district, keys, lambda: bar.advance(task))


def _given(person: str) -> str:
    """Return the person named, from standard input where a dash says so: no number in a list of processes."""
    return sys.stdin.readline().strip() if person == "-" else person


async def _found(district: DistrictRuntime, ctx: RequestContext, person: str) -> tuple[RightsProvider, UUID]:
    provider = rights_of(district)
    key = await provider.find(ctx, person)
    if key is None:
        raise ConfigurationError("There is no such person here: give an id or a document number.")
    return provider, key
