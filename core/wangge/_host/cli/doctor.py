"""`wangge doctor`: what is wrong with this server, and what to do."""

from pathlib import Path

import typer
from sqlalchemy import select

from wangge._host.background.queue import failed_events
from wangge._host.capabilities import unwell
from wangge._host.cli.session import DataOption, JsonOption, open_server, run, show
from wangge._host.fences.health import paused_parts
from wangge._host.key_checks import check_keys
from wangge._host.keys import sealed_columns, unreadable
from wangge._host.migrator import behind, packages_of
from wangge._host.plugin_settings.reading import settings_problems
from wangge._host.runtime import DistrictRuntime, Server
from wangge.background.models import Job
from wangge.errors import ConfigurationError

DEPRECATED = "deprecated"
"""State of a plugin that works, and that a later version will refuse; the exit code stays 0."""


def doctor(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Check catalog, plugins and districts; exit code 1 when something needs mending.

    Example: wangge doctor
    """
    findings = run(_examine(data))
    show("Doctor", ("what", "state", "remedy"), findings, as_json=as_json)
    if any(state not in {"ok", DEPRECATED} for _, state, _ in findings):
        raise typer.Exit(1)


async def _examine(data: Path | None) -> list[tuple[str, str, str]]:
    async with open_server(data, check=False) as server:
        found = [("catalog", "ok", ""), await _keys(server)]
        for slug, plugin in server.plugins.loaded.items():
            state = DEPRECATED if plugin.warnings else "ok"
            found.append((f"plugin {slug}", state, " ".join(plugin.warnings)))
        for slug, aside in server.plugins.quarantined.items():
            found.append((f"plugin {slug}", "set aside", aside.reason))
        for code in server.codes:
            found.append(await _district(server.district(code)))
            if found[-1][1] == "ok":
                found += await _settings(server.district(code))
                found += await _background(server.district(code))
            found += _paused(server.district(code))
        return found


async def _background(district: DistrictRuntime) -> list[tuple[str, str, str]]:
    """Return what handlers and jobs failed on for good: somebody must decide."""
    code, found = district.record.code, []
    dead = len(await failed_events(district, dead=True))
    if dead:
        remedy = f"wangge queue list --dead --district {code}, then replay or drop them"
        found.append((f"events of {code}", f"{dead} dead", remedy))
    async with district.engines.open(write=False) as db:
        jobs = await db.scalars(select(Job).where(Job.dead.is_(True)).order_by(Job.name))
    for job in jobs:
        remedy = f"Mend what the log says under {job.reference}: wangge jobs run {job.name} --district {code}"
        found.append((f"job {job.name} of {code}", f"dead: {job.error}", remedy))
    return found


async def _keys(server: Server) -> tuple[str, str, str]:
    try:
        await check_keys(server.catalog, server.keys)
    except ConfigurationError as error:
        return "keys", "do not fit", str(error)
    return "keys", "ok", ""


async def _district(district: DistrictRuntime) -> tuple[str, str, str]:
    name = f"district {district.record.code}"
    gone = [slug for slug in district.record.enabled if slug not in district.server.plugins.loaded]
    if gone:
        return name, f"enabled but not loaded: {', '.join(gone)}", "Install the package again, or suspend it."
    unfit = [f"{one.slug}: {told}" for one in district.plugins for told in unwell(district, one)]
    if unfit:
        return name, "capabilities do not fit", " ".join(unfit)
    try:
        late = await behind(district.record.place, packages_of(district.plugins))
    except Exception as error:  # noqa: BLE001  # whatever the database says is what the operator must know
        return name, "database unavailable", str(error).splitlines()[0]
    if late:
        return name, f"behind: {', '.join(late)}", f"wangge district upgrade {district.record.code}"
    closed = await unreadable(district, await sealed_columns(district))
    if closed:
        return name, f"the keys do not open {', '.join(closed)}", "Give the server the key ring it had."
    return name, "ok", ""


def _paused(district: DistrictRuntime) -> list[tuple[str, str, str]]:
    """Return what is paused of the district's programmes, in whatever server process it failed."""
    code = district.record.code
    found = []
    for plugin in district.plugins:
        command = f"`wangge plugin reset {plugin.slug} --district {code}`"
        for told in paused_parts(district, plugin.slug):
            found.append((f"plugin {plugin.slug} in {code}", "paused", f"{told} ({command})"))
    return found


async def _settings(district: DistrictRuntime) -> list[tuple[str, str, str]]:
    """Return the stored values of settings that the installed models do not take."""
    found = []
    async with district.engines.open(write=False) as db:
        for plugin in district.plugins:
            for problem in await settings_problems(district, db, plugin):
                what = f"settings of {plugin.slug} in {district.record.code}"
                remedy = f"wangge plugin settings {plugin.slug} --district {district.record.code}"
                found.append((what, problem, f"Set or reset it: {remedy} --reset NAME"))
    return found
