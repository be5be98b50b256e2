"""`wangge keys …`: the keys that personal values are sealed with."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import TaskID

from wangge._host.cli.session import DataOption, JsonOption, err, open_server, progress_bar, run, show
from wangge._host.keys import Rotated, begin, prune, rotate
from wangge.db.sealing import KeyRing

app = typer.Typer(no_args_is_help=True, help="The keys that personal values are sealed with.")

_STEPS = """WANGGE_ENCRYPTION_KEYS cannot be written from here. The ring on stdout holds one key more:
1. Set it in the environment of every server and command, and restart them. They can open what the new key
   seals then, and still seal with the old one, as `sealing` says.
2. Take `sealing` out of it and restart them again: they seal with the new key.
3. Run `wangge keys rotate` again: it seals the stored values anew.
"""


@app.command("rotate")
def rotate_keys(
    district: Annotated[
        str | None, typer.Option("--district", help="Code of one district [default: all].")
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a key and seal all stored values anew with it, in batches, while servers run.

    What broke off goes on with the key it had. The old key stays in the ring until `wangge keys prune`.

    Example: wangge keys rotate
    """
    found = run(_rotate(data, district))
    if isinstance(found, KeyRing):
        err.print(_STEPS, highlight=False)
        typer.echo(found.to_json())
        return
    columns = ("district", "key", "values", "left", "unreadable")
    rows = [tuple(asdict(one)[name] for name in columns) for one in found]
    shown = rows if as_json else [(*row[:-1], ", ".join(row[-1])) for row in rows]
    show("Keys", columns, shown, as_json=as_json)
    if any(one.left or one.unreadable for one in found):
        raise typer.Exit(1)


async def _rotate(data: Path | None, code: str | None) -> list[Rotated] | KeyRing:
    async with open_server(data) as server:
        codes = server.codes if code is None else [server.district(code).record.code]
        for one in codes:
            await server.district(one).check_ready()
        wanted = await begin(server, codes)
        if wanted is not None:
            return wanted
        with progress_bar() as bar:
            tasks: dict[str, TaskID] = {}

            def report(name: str, done: int, whole: int) -> None:
                if name not in tasks:
                    tasks[name] = bar.add_task(f"sealing anew {name}", total=whole)
                bar.update(tasks[name], completed=done, total=whole)

            return [await rotate(server.district(one), report) for one in codes]


@app.command("prune")
def prune_keys(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Take the keys out of the ring that no stored value is under any more.

    Refused while there is such a value in any district. Backups that were made before need the old keys: keep
    a copy of the ring with them.

    Example: wangge keys prune
    """
    gone, ring = run(_prune(data))
    show("Keys", ("key", "state"), [(number, "pruned") for number in gone], as_json=as_json)
    if ring.path is None and gone:
        err.print("Set WANGGE_ENCRYPTION_KEYS to the ring on the next line.", highlight=False)
        typer.echo(ring.to_json())


async def _prune(data: Path | None) -> tuple[list[int], KeyRing]:
    async with open_server(data) as server:
        return await prune(server)
