"""`wangge audit …`: the record of who did what."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from wangge._host.cli.session import (
    DataOption,
    DistrictOption,
    JsonOption,
    open_server,
    print_json,
    progress_bar,
    run,
)
from wangge._host.trail import Verdict, check_trail
from wangge.errors import ConfigurationError

app = typer.Typer(no_args_is_help=True, help="The record of who did what.")


@app.callback()
def _group() -> None:
    """Keep `verify` a command of the group, however few there are."""


@app.command("verify")
def verify(
    district: DistrictOption,
    anchor: Annotated[
        str | None,
        typer.Option(help="NUMBER:HASH that an earlier check printed; that entry must still be there."),
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check that no entry of a district's audit trail was changed, taken out or put in.

    Exit code 1 when one was; the first such entry is named.

    Example: wangge audit verify --district 370703
    """
    found = run(_verify(data, district, _parsed(anchor)))
    if as_json:
        print_json({"district": district, **asdict(found)})
    elif found.broken is None:
        typer.echo(f"{found.checked} entries are in order. Anchor: {found.checked}:{found.hash}")
    else:
        typer.echo(f"Entry {found.broken} is not in order: {found.why}")
    if found.broken is not None:
        raise typer.Exit(1)


def _parsed(anchor: str | None) -> tuple[int, str] | None:
    if anchor is None:
        return None
    number, _, digest = anchor.partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise ConfigurationError("An anchor is NUMBER:HASH, as an earlier check printed it.")
    return int(number), digest.lower()


async def _verify(data: Path | None, code: str, anchor: tuple[int, str] | None) -> Verdict:
    async with open_server(data) as server:
        district = server.district(code)
        await district.check_ready()
        with progress_bar() as bar:
            task = bar.add_task("entries", total=None)

            def report(done: int, whole: int) -> None:
                bar.update(task, completed=done, total=whole)

            return await check_trail(district, anchor=anchor, report=report)
