"""`wangge district backup`, `restore`, `move`, `forget-old`: districts as units."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import TaskID

from wangge._host.cli.districts import CODE
from wangge._host.cli.session import (
    DataOption,
    err,
    open_server,
    print_json,
    progress_bar,
    run,
)
from wangge._host.transfer.archive import Archive
from wangge._host.transfer.backup import back_up
from wangge._host.transfer.copying import Told
from wangge._host.transfer.moving import (
    Moved,
    forget_places,
    give_up_unfinished,
    kept_places,
    move,
)
from wangge._host.transfer.places import told_place
from wangge._host.transfer.restore import Restored, restore
from wangge.errors import ConfigurationError

CodeArgument = Annotated[str, typer.Argument(help="Code of the district.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the account as JSON.")]
YesOption = Annotated[
    str | None, typer.Option("--yes", help="The district's code, to confirm without being asked.")
]


def backup_district(
    code: CodeArgument,
    out: Annotated[Path, typer.Option(help="File to write; one that is there is replaced.", dir_okay=False)],
    data: DataOption = None,
    as_json: AsJson = False,
) -> None:
    """Write a district to a file, as it is at one moment, while the server goes on.

    The file is for its owner alone, sealed against damage and read back. The keys of personal values are
    not in it. It restores onto SQLite and PostgreSQL alike.

    Example: wangge district backup 370703 --out 370703.wangge
    """
    manifest = run(_backup(data, code, out))
    if as_json:
        print_json({**manifest, "file": str(out), "bytes": out.stat().st_size})
        return
    rows = sum(manifest["tables"].values())
    typer.echo(f"{out}: {len(manifest['tables'])} tables, {rows} rows, {out.stat().st_size} bytes.")


async def _backup(data: Path | None, code: str, out: Path) -> dict[str, Any]:  # the manifest
    async with open_server(data) as server:
        with _telling() as told:
            return await back_up(server.district(code), out, told)


def restore_district(
    file: Annotated[Path, typer.Argument(help="A backup.", exists=True, dir_okay=False)],
    code: Annotated[
        str | None, typer.Option("--as", help="Code to enter it under [default: its own].")
    ] = None,
    database_url: Annotated[
        str | None, typer.Option(help="Where its data will live [default: beside the catalog].")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of the district that is there.")
    ] = False,
    yes: YesOption = None,
    data: DataOption = None,
    as_json: AsJson = False,
) -> None:
    """Make a district from a backup: checked first, compared afterwards, then entered in the catalog.

    Nothing is seen of it before it is complete; what broke off is done again by repeating the command.

    Example: wangge district restore 370703.wangge --database-url postgresql://wangge@db2/wangge
    """
    if code is not None and not CODE.fullmatch(code):
        raise ConfigurationError(f"{code!r} cannot be a district's code: use 4 to 12 digits or capitals.")
    restored = run(_restore(data, file, code, database_url, yes if replace else None, replace))
    if as_json:
        print_json(vars(restored))
        return
    typer.echo(f"District {restored.code} is restored: {restored.rows} rows in {restored.place}.")
    if restored.old is not None:
        typer.echo(f"The tables it had before are kept in {restored.old}.")
    _say_lost(restored)
    if restored.old is not None:
        typer.echo(f"{restored.erased} persons who had been erased since the backup were erased again.")
    else:
        err.print(
            f"The backup is of {restored.taken_at}: erase again whoever was erased since then.",
            highlight=False,
        )


async def _restore(
    data: Path | None, file: Path, code: str | None, url: str | None, yes: str | None, replace: bool
) -> Restored:
    async with open_server(data) as server:
        if replace:
            target = code or _code_in(file)
            if target in server.codes:
                _confirm(target, yes, "Everything written to it since the backup leaves the district.")
        with _telling() as told:
            return await restore(server, file, told, code=code, to=url, replace=replace)


def move_district(
    code: CodeArgument,
    to: Annotated[
        str | None, typer.Option(help="Database URL, or `embedded` for a file in the data folder.")
    ] = None,
    abandon: Annotated[
        bool, typer.Option("--abandon", help="Only clear up after a move that was broken off.")
    ] = False,
    data: DataOption = None,
    as_json: AsJson = False,
) -> None:
    """Move a district to another database while it goes on being read; its writes wait meanwhile.

    The other districts notice nothing. Server processes follow within seconds. The old tables are kept until
    `wangge district forget-old`. A move that was broken off is cleared up by the next one.

    Example: wangge district move 370703 --to postgresql://wangge@db2/wangge
    """
    if (to is None) == (not abandon):
        raise ConfigurationError("Say where with --to, or give --abandon.")
    if to is None:
        cleared = run(_abandon(data, code))
        typer.echo(f"{code}: {cleared} unfinished moves cleared up; it lives where it did.")
        return
    moved = run(_move(data, code, to))
    if as_json:
        print_json(vars(moved))
        return
    typer.echo(
        f"District {code} lives in {moved.place}: {moved.rows} rows, writes waited {moved.pause:.1f} s."
    )
    typer.echo(f"Its old tables are kept in {moved.old}.")
    _say_lost(moved)


async def _move(data: Path | None, code: str, to: str) -> Moved:
    async with open_server(data) as server:
        with _telling() as told:
            return await move(server, code, to, told)


async def _abandon(data: Path | None, code: str) -> int:
    async with open_server(data) as server:
        return await give_up_unfinished(server, code)


def forget_old(code: CodeArgument, yes: YesOption = None, data: DataOption = None) -> None:
    """Remove the tables that a district left behind when it was moved or replaced. They cannot be had back.

    Example: wangge district forget-old 370703
    """
    for place in run(_forget(data, code, yes)):
        typer.echo(f"Removed: {place}")


async def _forget(data: Path | None, code: str, yes: str | None) -> list[str]:
    async with open_server(data) as server:
        kept = await kept_places(server, code)
        if not kept:
            return []
        for one in kept:
            err.print(f"{told_place(one.place)} (left {one.since})", highlight=False)
        _confirm(code, yes, "They are removed for good.")
        return await forget_places(server, code)


def _confirm(code: str, yes: str | None, what: str) -> None:
    """Have the district's code typed.

    Raises:
        ConfigurationError: when something else is.
    """
    given = yes if yes is not None else typer.prompt(f"{what} Type the district's code to go on", err=True)
    if given != code:
        raise ConfigurationError(f"{given!r} is not the code {code}: nothing was changed.")


def _code_in(file: Path) -> str:
    archive = Archive(file)
    archive.close()
    return str(archive.manifest["district"]["code"])


def _say_lost(outcome: Moved | Restored) -> None:
    if outcome.lost:
        err.print(f"The new database cannot take over: {', '.join(outcome.lost)}.", highlight=False)


@contextmanager
def _telling() -> Iterator[Told]:
    """Show rows going by, a line for each kind of work."""
    with progress_bar() as bar:
        tasks: dict[str, TaskID] = {}

        def told(what: str, rows: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=None)
            bar.advance(tasks[what], rows)

        yield told
