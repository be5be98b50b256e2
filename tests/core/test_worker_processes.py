"""Worker processes beside each other: one works on each handler and job, and one that dies is followed."""

import asyncio
import importlib
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from wangge import Account, AuditEntry
from wangge._host.background.jobs import job_rows, jobs_of
from wangge._host.background.queue import failed_events, replay
from wangge._host.compose import SchemaCache
from wangge._host.compose.rules import apply_rules
from wangge._host.lifecycle import enable, resume, suspend
from wangge._host.plugins import PluginManager
from wangge._host.runtime import DistrictRuntime
from wangge.background.models import HandlerCursor, Job
from wangge.testing.worlds import DISTRICT, World

SLUG = "tallies"
WITHIN = 90.0
"""Seconds in which a real process must have done its work."""

SOURCE = """\
import os
import signal
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from wangge import Account, EventHandler, PrincipalKind, ScheduledJob, hookimpl

FOLDER = Path(os.environ["TALLIES_FOLDER"])


async def tally(ctx, event):
    number = event.data["number"]
    ctx.audit("tallies.event.seen", detail={"number": number})
    ctx.db.add(Account(subject=f"tallies/{number}/{uuid4()}", kind=PrincipalKind.SERVICE))
    await ctx.db.flush()
    if number == 20 and not (FOLDER / "killed").exists():
        (FOLDER / "killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if number % 10 == 3 and not (FOLDER / "mended").exists():
        raise ValueError("it is broken")


async def run(ctx):
    ctx.audit("tallies.job.ran")


@hookimpl
def event_handlers():
    return [EventHandler("tally", ("base.test.happened",), tally, "Tallies.")]


@hookimpl
def jobs():
    return [ScheduledJob("sweep", "Sweeps.", run, timedelta(hours=1))]
"""


@dataclass
class Workers:
    """Worker processes over a world in which a programme tallies events."""

    district: DistrictRuntime
    folder: Path
    environment: dict[str, str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> subprocess.Popen[bytes]:
        """Start a worker."""
        command = [sys.executable, "-c", "from wangge._host.cli import main; main()", "worker"]
        made = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)
        self.running.append(made)
        return made

    async def emit(self, *numbers: int) -> None:
        """Commit numbered events, each in a transaction of its own."""
        for number in numbers:
            async with self.district.work() as ctx:
                ctx.emit("base.test.happened", data={"number": number})

    async def tallied(self) -> Counter[int]:
        """Return how often the effects of each event were committed."""
        chosen = select(Account.subject).where(Account.subject.startswith("tallies/"))
        async with self.district.engines.open(write=False) as db:
            return Counter(int(subject.split("/")[1]) for subject in await db.scalars(chosen))

    async def told(self, action: str) -> list[AuditEntry]:
        """Return what the programme has put on the record, in order."""
        chosen = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.number)
        async with self.district.engines.open(write=False) as db:
            found: list[AuditEntry] = await db.scalars(chosen)
        return found

    async def let_leases_end(self) -> None:
        """Let the minute pass for which a dead process keeps what it held."""
        past = datetime.now(UTC) - timedelta(seconds=1)
        async with self.district.engines.open(write=True) as db:
            for model in (HandlerCursor, Job):
                held = update(model).where(model.lease.is_not(None))
                await db.execute(held.values(leased_until=past))
            await db.session.commit()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something that other processes do."""
    async with asyncio.timeout(WITHIN):
        while not await condition():  # noqa: ASYNC110  # nothing says when
            await asyncio.sleep(0.05)


@pytest.fixture
def tallies(plant: Callable[..., EntryPoint], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a programme that every process of this machine would find installed."""
    monkeypatch.setenv("TALLIES_FOLDER", str(tmp_path))
    plant(SLUG, SOURCE)
    folder = tmp_path / "programmes"
    papers = folder / "planted_tallies-1.0.0.dist-info"
    papers.mkdir()
    (papers / "METADATA").write_text("Metadata-Version: 2.1\nName: planted-tallies\nVersion: 1.0.0\n")
    (papers / "entry_points.txt").write_text("[wangge.plugins]\ntallies = planted_tallies.plugin\n")
    importlib.invalidate_caches()
    return folder


@pytest.fixture
def installed(world: World, tallies: Path) -> World:
    """The world with that programme installed."""
    plugins = PluginManager()
    apply_rules(plugins)
    assert plugins.quarantined == {}
    return replace(world, plugins=plugins, schemas=SchemaCache(4))


@pytest.fixture
async def workers(installed: World, tallies: Path, tmp_path: Path) -> AsyncIterator[Workers]:
    """A district that has the programme on, and no worker yet."""
    server = installed.server()
    await server.start(watch=False)
    await enable(server.district(DISTRICT), SLUG)
    settings: dict[str, Any] = {
        "DATA": installed.settings.data,
        "CATALOG_URL": installed.settings.catalog_url or "",
        "CATALOG_POLL": 0.2,
        "EVENT_POLL": 0.2,
        "LOG_LEVEL": "error",
        "RETRY_ATTEMPTS": 1,
        "PLUGIN_FAILURES": 1000,
    }
    environment = os.environ | {f"WANGGE_{name}": str(value) for name, value in settings.items()}
    environment["PYTHONPATH"] = str(tallies)
    made = Workers(server.district(DISTRICT), tmp_path, environment)
    yield made
    for process in made.running:
        process.kill()
        process.wait()
    await server.stop()


async def test_of_two_workers_one_is_killed_and_every_event_has_its_effects_once(workers: Workers) -> None:
    district = workers.district
    await workers.emit(*range(50))
    await job_rows(district, jobs_of(district))
    async with district.engines.open(write=True) as db:
        await db.execute(update(Job).where(Job.name == "tallies.sweep").values(due_at=datetime.now(UTC)))
        await db.session.commit()
    both = [workers.start(), workers.start()]

    async def one_is_dead() -> bool:
        return -signal.SIGKILL in [process.poll() for process in both]

    async def all_are_told() -> bool:
        told = await workers.told("tallies.event.seen")
        return bool(told) and told[-1].detail["number"] == 50

    await until(one_is_dead)
    assert set(await workers.tallied()) <= set(range(20))
    await workers.let_leases_end()
    await workers.emit(50)  # which nudges the other
    await until(all_are_told)

    broken = [3, 13, 23, 33, 43]
    assert await workers.tallied() == Counter(set(range(51)) - set(broken))
    told = [entry.detail["number"] for entry in await workers.told("tallies.event.seen")]
    assert told == sorted(told)
    dead = await failed_events(district, dead=True)
    assert [(row.handler, row.error) for row in dead] == [("tally", "ValueError")] * len(broken)

    (workers.folder / "mended").touch()
    assert await replay(district, None) == len(broken)
    await workers.emit(51)

    async def none_is_left() -> bool:
        return await workers.tallied() == Counter(range(52))

    await until(none_is_left)
    assert await failed_events(district) == []
    assert len(await workers.told("tallies.job.ran")) == 1

    [alive] = [process for process in both if process.poll() is None]
    alive.terminate()
    assert await asyncio.to_thread(alive.wait, WITHIN) == 0
    async with district.engines.open(write=False) as db:
        assert set(await db.scalars(select(HandlerCursor.lease))) == {None}


async def test_a_worker_leaves_a_suspended_programme_alone_and_tells_it_all_when_it_is_resumed(
    workers: Workers,
) -> None:
    district = workers.district
    (workers.folder / "killed").touch()
    worker = workers.start()
    await workers.emit(0)

    async def has_seen(number: int) -> bool:
        return number in await workers.tallied()

    await until(lambda: has_seen(0))
    await suspend(district, SLUG)
    await workers.emit(1, 2, 4)
    await resume(district, SLUG)
    await until(lambda: has_seen(4))

    told = [entry.detail["number"] for entry in await workers.told("tallies.event.seen")]
    assert told == [0, 1, 2, 4]
    assert worker.poll() is None
