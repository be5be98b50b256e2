"""`wangge plugin check`: whether a package does what programmes must, and which rung it has reached."""

import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.table import Table

from wangge._host.checking.released import FILE, sdl_of, sdl_of_package
from wangge._host.checking.running import Report, check
from wangge._host.checking.scale import CHECKS, FAILED, OPEN, Check, Rung
from wangge._host.cli.session import JsonOption, err, out, print_json
from wangge._host.runtime import load_plugins
from wangge.errors import ConfigurationError

RungName = Literal["bronze", "silver", "gold", "platinum"]
Database = Literal["sqlite", "postgresql"]
COLOURS = {FAILED: "red", OPEN: "yellow"}


def check_plugin(
    target: Annotated[
        Path | None, typer.Argument(help="Wheel, or folder of a package [default: this folder].")
    ] = None,
    database: Annotated[
        Database | None, typer.Option(help="Run on this database alone [default: each there is].")
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(help="Older wheel to compare the schema with [default: released.graphql].", exists=True),
    ] = None,
    at_least: Annotated[RungName | None, typer.Option(help="Fail below this rung as well.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Hold a programme to the contract, as the wheel that districts would install.

    A folder is built first. SQLite needs nothing; PostgreSQL is used where WANGGE_TEST_POSTGRES_URL names a
    server. Exit code 1 when a check fails, 2 when there is nothing to check.

    Example: wangge plugin check dist/acme_tool_loans-0.1.0-py3-none-any.whl
    """
    chosen = [database] if database is not None else None
    found = check(_target(target or Path()), chosen, against=against)
    if as_json:
        print_json(_plain(found))
    else:
        _show(found)
    if found.failed or _below(found, at_least):
        raise typer.Exit(1)


def show_sdl(
    target: Annotated[
        str | None,
        typer.Argument(help="Slug of an installed programme, wheel or folder [default: this folder]."),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write released.graphql beside plugin.py instead; of a folder.")
    ] = False,
) -> None:
    """Print what a programme brings to the schema; write it down when it is released.

    Example: wangge plugin sdl --write
    """
    manager = load_plugins()
    if target is not None and target in manager.loaded and not write:
        typer.echo(sdl_of(manager, target), nl=False)
        return
    if target is not None and target in manager.quarantined:
        raise ConfigurationError(manager.quarantined[target].reason)
    if target is not None and not Path(target).exists():
        raise ConfigurationError(
            f"{target} is neither an installed programme nor a wheel or folder: see `wangge plugin list`."
        )
    path = _target(Path(target or ""))
    if write and path.suffix == ".whl":
        raise typer.BadParameter("Only a folder can be written to.")
    with tempfile.TemporaryDirectory(prefix="wangge-sdl-") as work:
        unpacked, sdl = sdl_of_package(path, Path(work))
    if not write:
        typer.echo(sdl, nl=False)
        return
    file = _beside_plugin(path, unpacked.module) / FILE
    file.write_text(sdl, encoding="utf-8")
    typer.echo(f"{unpacked.slug} {unpacked.version} is written to {file}.")


def _beside_plugin(folder: Path, module: str) -> Path:
    """Return the folder of a package in its project."""
    package = Path(*module.split(".")[:-1])
    for one in (folder / package, folder / "src" / package):
        if (one / "plugin.toml").exists():
            return one
    raise ConfigurationError(f"{folder} has no {package}/plugin.toml, nor has its src.")


def _target(path: Path) -> Path:
    if path.suffix == ".whl" and path.is_file():
        return path
    if (path / "pyproject.toml").is_file():
        return path.resolve()
    raise typer.BadParameter(f"{path} is neither a wheel nor a folder with a pyproject.toml.")


def _below(found: Report, wanted: RungName | None) -> bool:
    if wanted is None:
        return False
    order = [None, *Rung]
    return order.index(found.rung) < order.index(Rung[wanted.upper()])


def _show(found: Report) -> None:
    table = Table(title=f"{found.slug} {found.version}", title_justify="left")
    for column in ("check", "rung", *found.databases, "why and remedy"):
        table.add_column(column, overflow="fold")
    for one in CHECKS:
        results = [found.outcomes[one.key][name].result for name in found.databases]
        table.add_row(
            one.key,
            one.rung.name.lower(),
            *results,
            _advice(found, one),
            style=COLOURS.get(found.result(one)),
        )
    out.print(table)
    rung = found.rung
    typer.echo(f"{found.slug} is on the rung {_name(rung)}." if rung else f"{found.slug} is on no rung yet.")
    if found.failed:
        err.print(f"{len(found.failed)} of {len(CHECKS)} checks failed.", style="red", highlight=False)


def _advice(found: Report, one: Check) -> str:
    why = found.why(one)
    return f"{why}\n{one.remedy}" if found.result(one) == FAILED else why


def _name(rung: Rung | None) -> str | None:
    return rung.name.lower() if rung is not None else None


def _plain(found: Report) -> dict[str, Any]:  # JSON
    return {
        "plugin": found.slug,
        "version": found.version,
        "rung": _name(found.rung),
        "failed": [one.key for one in found.failed],
        "checks": [
            {
                "check": one.key,
                "rung": _name(one.rung),
                "means": one.means,
                "remedy": one.remedy,
                "result": found.result(one),
                "databases": {
                    name: {"result": how.result, "why": how.why, "shown": how.shown}
                    for name, how in found.outcomes[one.key].items()
                },
            }
            for one in CHECKS
        ],
    }
