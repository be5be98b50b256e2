"""`wangge jobs` and `wangge retention`: work that the server does by itself, looked at and done by hand."""

from pathlib import Path
from typing import Annotated, Any

import typer

from wangge._host.background.guard import Withheld
from wangge._host.background.jobs import job_rows, jobs_of, run_job
from wangge._host.cli.session import DataOption, DistrictOption, JsonOption, open_server, run, show
from wangge._host.retention import run_retention
from wangge.background.models import Job
from wangge.context import LOCAL_ZONE
from wangge.errors import ConfigurationError

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
    columns = (
        "district",
        "job",
        "state",
        "started",
        "finished",
        "due",
        "attempts",
        "error",
        "reference",
        "result",
    )
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
                failed = (job.attempts, job.error, job.reference)
                found.append((one, job.name, _state(job), *shown, *failed, job.result or None))
        return found


def _state(job: Job) -> str:
    if job.dead:
        return "dead"
    return "waiting" if job.lease is None else "running"


@jobs.command("run")
def run_job_now(
    name: Annotated[str, typer.Argument(help="Name of the job, as `wangge jobs list` shows it.")],
    district: DistrictOption,
    data: DataOption = None,
) -> None:
    """Run a job now, though it is not due; its schedule goes on from here.

    Example: wangge jobs run volunteer_points.expire_points --district 370703
    """
    result = run(_run_job(data, name, district))
    counts = ", ".join(f"{count} {what}" for what, count in result.items())
    typer.echo(f"{name} has run in {district}: {counts or 'nothing to count'}.")


async def _run_job(data: Path | None, name: str, code: str) -> dict[str, int]:
    async with open_server(data) as server:
        district = server.district(code)
        await district.check_ready()
        known = jobs_of(district)
        if name not in known:
            raise ConfigurationError(f"{code} has no job {name}: see `wangge jobs list`.")
        await job_rows(district, known)
        try:
            ran = await run_job(district, known[name], due=False)
        except Withheld as withheld:
            raise ConfigurationError(f"{name} is held back: try again in {withheld.seconds:g} s.") from None
        if not ran:
            raise ConfigurationError(f"Another process is running {name}: see `wangge jobs list`.")
        [job] = [one for one in await job_rows(district, known) if one.name == name]
        if job.error is not None:
            raise ConfigurationError(
                f"{name} failed with {job.error}, reference {job.reference}: see the log."
            )
        return job.result


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
