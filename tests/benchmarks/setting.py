"""Where and when a run took place: machine, versions, data."""

import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import asyncpg
from tests.benchmarks.database import Bench
from tests.benchmarks.peers.catalogue import versions_of_node
from tests.benchmarks.processes import ROOT

_PACKAGES = (
    *("wangge", "strawberry-graphql", "graphql-core", "sqlalchemy", "asyncpg", "starlette", "uvicorn"),
    *("uvloop", "httptools", "orjson"),
)


@dataclass
class Setting:
    """Where and when a run took place, and how it was asked for."""

    begun: str
    machine: str
    load_before: float
    load_after: float
    commit: str
    versions: dict[str, str]
    database: dict[str, str]
    data: dict[str, int]
    rounds: int
    seconds: float
    connections: int
    pool: int = 0
    """Connections that each peer may open to the database."""

    def to_json(self) -> dict[str, Any]:  # names, numbers and texts
        """Return the values by name."""
        return asdict(self)


async def read_setting(bench: Bench, *, begun: str, rounds: int, seconds: float, connections: int) -> Setting:
    """Return the setting of a run that begins now."""
    connection = await asyncpg.connect(bench.url)
    try:
        names = ("server_version", "shared_buffers", "work_mem", "random_page_cost", "jit", "fsync")
        database = {name: str(await connection.fetchval(f"SHOW {name}")) for name in names}
    finally:
        await connection.close()
    return Setting(
        begun=begun,
        machine=_machine(),
        load_before=os.getloadavg()[0],
        load_after=0.0,
        commit=_commit(),
        versions={"python": platform.python_version()}
        | {name: version(name) for name in _PACKAGES}
        | versions_of_node(),
        database=database,
        data=bench.shape.counts,
        rounds=rounds,
        seconds=seconds,
        connections=connections,
    )


def _machine() -> str:
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, Linux {platform.release()}"


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
