"""What commands share: the data option, a started server, tables, progress, JSON."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from wangge._host.logs import configure_logs
from wangge._host.runtime import Server
from wangge._host.settings import Settings

T = TypeVar("T")

DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Data folder [default: WANGGE_DATA or ./.wangge].", file_okay=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
DistrictOption = Annotated[str, typer.Option("--district", help="Code of the district.")]

out = Console()
err = Console(stderr=True, soft_wrap=True)


def read_settings(data: Path | None) -> Settings:
    """Return the server's settings with the data folder of the flag, if it was given."""
    settings = Settings(data=data) if data is not None else Settings()
    configure_logs(settings.model_copy(update={"log_level": "error"}))
    return settings


@asynccontextmanager
async def open_server(data: Path | None, *, check: bool = True) -> AsyncIterator[Server]:
    """Start a server for one command, without watching the catalog; `check` insists on the catalog's keys."""
    server = Server(read_settings(data))
    try:
        await server.start(watch=False, check=check)
        yield server
    finally:
        await server.stop()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine."""
    return asyncio.run(work)


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show a progress bar on stderr, so that stdout stays clean."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=False) as bar:
        yield bar


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, as_json: bool) -> None:
    """Print rows as a table, or as JSON objects with the columns' names."""
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape(_cell(value)) for value in row))
    out.print(table)


def _cell(value: Any) -> str:  # of a row
    """Return a value as people read it: yes and no, and what has parts as JSON, in which it can be given."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def print_json(value: Any) -> None:
    """Print a value as JSON on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
