"""`wangge jobs` and `wangge retention`: work that the server does by itself, looked at and done by hand."""

from pathlib import Path
from typing import Annotated, Any

import typer

from wangge._host.background.jobs import job_rows, jobs_of
from wangge._host.cli.session import DataOption, DistrictOption, JsonOption, open_server, run, show
from wangge._host.retention import run_retention
from wangge.context import LOCAL_ZONE

jobs = typer.Typer(no_args_is_help=True, help="Work that servers do by themselves.")
retention = typer.Typer(no_args_is_help=True, help="Ending what is past its term.")


@jobs.callback()
@retention.callback()
def _group() -> None:
    """Keep the command one of a group, however few there are."""


@jobs.command("list")
def list_jobs(
    district: Annotated[str | None, typer.Option(help="Code of one district [default: all].")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the jobs of the districts: when they ran, what came of it, when they are due.

    Example: wangge jobs list --district 370703
    """
    columns = ("district", "job", "started", "finished", "due", "result")
    show("Jobs", columns, run(_list(data, district)), as_json=as_json)


async def _list(data: Path | None, code: str | None) -> list[tuple[Any, ...]]:
    async with open_server(data) as server:
        found: list[tuple[Any, ...]] = []
        for one in [code] if code is not None else server.codes:
            district = server.district(one)
            await district.check_ready()
            for job in await job_rows(district, jobs_of(district)):
                times = (job.started_at, job.finished_at, job.due_at)
                shown = [at and at.astimezone(LOCAL_ZONE).isoformat(timespec="seconds") for at in times]
                found.append((one, job.name, *shown, job.result or None))
        return found


@retention.command("run")
def run_now(
    district: DistrictOption,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count; change nothing.")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """End what is past its term in a district: rows of residents' data, answers kept for repeats.

    Servers do it once a day by themselves.

    Example: wangge retention run --district 370703 --dry-run
    """
    title = "Past their term" if dry_run else "Ended"
    rows = run(_run(data, district, dry_run))
    show(title, ("plugin", "table", "rows", "fate"), rows, as_json=as_json)


async def _run(data: Path | None, code: str, dry_run: bool) -> list[tuple[str, str, int, str]]:
    async with open_server(data) as server:
        district = server.district(code)
        await district.check_ready()
        ended = await run_retention(district, dry_run=dry_run)
        return [(one.plugin, one.table, one.rows, one.fate) for one in ended]
