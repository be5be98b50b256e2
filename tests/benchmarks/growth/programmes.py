"""How cost grows with the programmes that a district has on, and with different sets of them."""

import asyncio
import json
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from tests.benchmarks.data.shape import DISTRICT, DISTRICT_NAME
from tests.benchmarks.database import STREET_ACCOUNT, Bench, Say
from tests.benchmarks.growth.asking import cost_of
from tests.benchmarks.growth.generated import grown_slug
from tests.benchmarks.growth.series import Series
from tests.benchmarks.load import http_request
from tests.benchmarks.peers.catalogue import PEERS
from tests.benchmarks.processes import ROOT
from tests.benchmarks.workload import Targets, body, document

from wangge._host.authn import Authenticator
from wangge._host.catalog import Catalog
from wangge._host.settings import Settings
from wangge.districts.models import DistrictKind, PluginState

PROGRAMMES = (0, 1, 2, 4, 8, 16)
SETS = 50
_POOL = 8


async def programmes(bench: Bench, targets: Targets, folder: Path, logs: Path, say: Say) -> Series:
    """Measure loading, composing and a point read with more and more programmes on."""
    series = Series("programmes", "Generated programmes that are on", "programmes", "seconds")
    grown = folder / "grown"
    for number in PROGRAMMES:
        found = await composing(grown, number)
        series.add("seconds to compose the schema", number, found["seconds"])
        series.add("seconds to load and check all programmes", number, found["loading"])
        series.add("MiB of a schema", number, found["memory"])
        series.add("types of the schema", number, found["types"])
        say(f"programmes {number}: composed in {found['seconds']:.2f} s, {found['memory']:.1f} MiB")
        try:
            await _point_read(series, number, bench, targets, folder, logs)
        except (AssertionError, RuntimeError, OSError, TimeoutError) as error:
            series.notes.append(f"Q1 with {number}: {' '.join(str(error).split())[:300]}")
            say(series.notes[-1])
    series.plotted = ("seconds to compose the schema", "seconds to load and check all programmes")
    return series


async def _point_read(
    series: Series, number: int, bench: Bench, targets: Targets, folder: Path, logs: Path
) -> None:
    """Note what Q1 costs a server with so many generated programmes on."""
    settings = await _catalog(bench, folder / f"programmes_{number}", number)
    own = replace(PEERS["wangge"], environment=over_sqlite(settings, folder / "grown", number))
    process = own.start(bench, _POOL, logs / f"growth_programmes_{number}.log")
    try:
        await process.wait(60)
        text = document("wangge", "Q1")
        assert text is not None  # every query has a document of this server
        sent = body(text, own.variables(targets, "Q1", 0))
        token = Authenticator(settings).issue(STREET_ACCOUNT, DISTRICT)
        request = http_request(process.port, own.path("Q1"), token, sent)
        cost = await cost_of(process, partial(_always, request), seconds=1.5, connections=8)
        series.add("Q1, answers/s", number, cost.rate)
        series.add("Q1, ms of processor time", number, cost.cpu)
        series.add("MiB of the server", number, process.peak())
    finally:
        process.stop()


def _always(request: bytes, n: int) -> bytes:
    return request


def over_sqlite(settings: Settings, grown: Path, number: int) -> dict[str, str]:
    """Return the environment of a server whose catalog is a file, with so many generated programmes."""
    return {
        "WANGGE_DATA": str(settings.data),
        "WANGGE_CATALOG_URL": "",
        "BENCH_GROWN": str(number),
        "BENCH_GROWN_FOLDER": str(grown),
    }


async def sets(folder: Path, say: Say) -> Series:
    """Measure many different sets of sixteen programmes, kept by a cache that holds them all or does not."""
    series = Series("sets", "Different sets of programmes on one server", "sets", "MiB")
    for number in (10, 25, SETS):
        found = await composing(folder / "grown", 16, "--sets", str(number))
        series.add("MiB of the process", number, found["after"])
        series.add("MiB of a schema", number, (found["after"] - found["before"]) / number)
        series.add("seconds to compose all", number, found["seconds"])
        series.add("slowest, seconds", number, found["slowest"])
        series.add("hit rate, cache of 64", number, found["hits"])
        say(f"sets {number}: {found['after']:.0f} MiB, slowest {found['slowest']:.2f} s")
    small = await composing(folder / "grown", 16, "--sets", "10", "--cache", "8")
    series.notes.append(
        f"A cache of 8 that is asked for 10 sets in turn answers {small['hits']:.0%} without composing."
    )
    series.plotted = ("MiB of the process",)
    return series


async def composing(folder: Path, count: int, *more: str) -> dict[str, float]:
    """Return what a process of its own found out about so many generated programmes."""
    command = [sys.executable, "-m", "tests.benchmarks.growth.composing", str(folder), str(count), *more]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(300):
        out, _ = await process.communicate()
    found: dict[str, Any] = json.loads(out)  # names and numbers
    return found


async def _catalog(bench: Bench, folder: Path, number: int) -> Settings:
    """Make a catalog of its own over the measured district, with so many generated programmes on."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    settings = Settings(data=folder)
    catalog = Catalog(settings)
    await catalog.prepare()
    if await catalog.district(DISTRICT) is None:
        await catalog.add_district(DISTRICT, DISTRICT_NAME, DistrictKind.COUNTY, bench.url)
        for slug in ("volunteer_points", *(grown_slug(place) for place in range(number))):
            await catalog.set_state(DISTRICT, slug, PluginState.ENABLED, "1.0.0")
    await catalog.close()
    return settings
