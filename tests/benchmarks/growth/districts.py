"""How cost grows with the districts of one server, and whether composing a schema holds up others."""

import asyncio
import shutil
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

from tests.benchmarks.data.shape import SEED
from tests.benchmarks.database import Bench, Say
from tests.benchmarks.growth.asking import cost_of
from tests.benchmarks.growth.generated import grown_slug
from tests.benchmarks.growth.programmes import over_sqlite
from tests.benchmarks.growth.series import Series
from tests.benchmarks.load import Load, drive, http_request
from tests.benchmarks.peers.catalogue import PEERS
from tests.benchmarks.processes import Process
from tests.benchmarks.programmes import bench_plugins
from tests.benchmarks.workload import body, document

from wangge import DemoOptions
from wangge._host.authn import Authenticator
from wangge._host.catalog import Catalog
from wangge._host.demo import DEMO_CODE, prepare_demo
from wangge._host.runtime import Server
from wangge._host.settings import Settings
from wangge.districts.models import District, DistrictKind, DistrictPluginState, PluginState

DISTRICTS = (1, 10, 50, 200)
_GROWN = 8
_SETS = 8
_ACCOUNT = "demo-district_admin"
_POOL = 2


class Province:
    """Many small districts on SQLite, copies of one, with different sets of programmes on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(data=folder / "data")
        self.grown = folder / "grown"
        self.codes: list[str] = []
        self._person = ""

    async def found(self, number: int) -> None:
        """Make so many districts."""
        shutil.rmtree(self.settings.data, ignore_errors=True)
        self.settings.data.mkdir(parents=True)
        server = Server(self.settings, plugins=bench_plugins(self.grown, _GROWN))
        await server.start(watch=False)
        try:
            await prepare_demo(server, DemoOptions(people=60, seed=SEED), lambda what, done, whole: None)
        finally:
            await server.stop()
        first = self.settings.data / "districts" / f"{DEMO_CODE}.sqlite3"
        with sqlite3.connect(first) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            row = connection.execute("SELECT id FROM base_people ORDER BY id LIMIT 1").fetchone()
        self._person = f"Person_{row[0]}"
        self.codes = [DEMO_CODE, *(f"{800_000 + place}" for place in range(1, number))]
        for code in self.codes[1:]:
            shutil.copyfile(first, first.with_name(f"{code}.sqlite3"))
        await self._enter(self.codes[1:])

    async def _enter(self, codes: Sequence[str]) -> None:
        """Enter districts into the catalog, all at once."""
        catalog = Catalog(self.settings)
        async with catalog.engines.session(write=True) as session:
            for place, code in enumerate(codes, 1):
                session.add(District(code=code, name=f"第{place}区", kind=DistrictKind.COUNTY))
                for slug in ("volunteer_points", *_set(place % _SETS)):
                    state = PluginState.ENABLED
                    session.add(DistrictPluginState(district_code=code, slug=slug, state=state, version="1"))
            await session.commit()
        await catalog.close()

    def start(self, bench: Bench, log: Path) -> Process:
        """Start a server over the districts."""
        own = replace(PEERS["wangge"], environment=over_sqlite(self.settings, self.grown, _GROWN))
        return own.start(bench, _POOL, log)

    def requests(self, port: int, codes: Sequence[str]) -> list[bytes]:
        """Return a point read of each district."""
        text = document("wangge", "Q1")
        assert text is not None  # every query has a document of this server
        sent = body(text, {"id": self._person})
        authenticator = Authenticator(self.settings)
        return [
            http_request(port, f"/{code}/graphql", authenticator.issue(_ACCOUNT, code), sent)
            for code in codes
        ]


def _set(number: int) -> list[str]:
    """Return the programmes of the n-th set, which differ from set to set."""
    return [grown_slug(place) for place in range(_GROWN) if number >> (place % 3) & 1 or place == number]


async def districts(bench: Bench, folder: Path, logs: Path, say: Say) -> Series:
    """Measure point reads that go to more and more districts in turn."""
    series = Series("districts", "Districts on one server (SQLite)", "districts", "MiB")
    for number in DISTRICTS:
        province = Province(folder / "province")
        await province.found(number)
        process = province.start(bench, logs / f"growth_districts_{number}.log")
        try:
            await process.wait(60)
            await _point_reads(series, province, process)
            say(f"districts {number}: {process.peak():.0f} MiB")
        except (AssertionError, RuntimeError, OSError, TimeoutError) as error:
            series.notes.append(f"{number} districts: {' '.join(str(error).split())[:300]}")
            say(series.notes[-1])
        finally:
            process.stop()
    series.plotted = ("MiB of the server",)
    return series


async def _point_reads(series: Series, province: Province, process: Process) -> None:
    """Note what the first request of each district costs, and what the later ones do."""
    number = len(province.codes)
    in_turn = partial(_in_turn, province.requests(process.port, province.codes))
    bare = process.peak()
    first = await drive(process.port, in_turn, connections=1, seconds=120, most=number)
    assert not first.faults, first.faults[0]
    cost = await cost_of(process, in_turn, seconds=2.0, connections=8)
    sets = len({tuple(_set(place % _SETS)) if place else () for place in range(number)})
    series.add("MiB of the server", number, process.peak())
    series.add("MiB more than before the first request", number, process.peak() - bare)
    series.add("different sets of programmes", number, sets)
    series.add("schema cache, hit rate of first requests", number, 1 - sets / number)
    series.add("first requests above 100 ms", number, sum(1 for one in first.latencies if one > 0.1))
    series.add("median of first requests, ms", number, median(first.latencies) * 1000)
    series.add("Q1, answers/s", number, cost.rate)
    series.add("Q1, ms of processor time", number, cost.cpu)


def _in_turn(requests: Sequence[bytes], n: int) -> bytes:
    return requests[n % len(requests)]


async def stall(bench: Bench, folder: Path, logs: Path, say: Say) -> Series:
    """Measure the longest wait of one district's requests while other districts' schemas are composed."""
    series = Series("stall", "Requests while another district's schema is composed", "schema", "ms")
    province = Province(folder / "province")
    await province.found(6)
    process = province.start(bench, logs / "growth_stall.log")
    try:
        await process.wait(60)
        asked = province.requests(process.port, province.codes)
        await drive(process.port, partial(_in_turn, asked[:1]), connections=1, seconds=30, most=50)
        for place in range(1, len(asked)):
            quiet = await drive(
                process.port, partial(_in_turn, asked[:1]), connections=1, seconds=2.5, most=100_000
            )
            longest = max(quiet.latencies) * 1000
            meanwhile, composed = await _while_composing(process.port, asked[0], asked[place])
            assert not meanwhile.faults, meanwhile.faults[0]
            series.add("longest wait meanwhile, ms", place, max(meanwhile.latencies) * 1000)
            series.add("longest wait without, ms", place, longest)
            series.add("first request of the new set, ms", place, composed.latencies[0] * 1000)
            series.add("programmes of the new set", place, 2 + len(_set(place % _SETS)))
            say(f"stall {place}: {max(meanwhile.latencies) * 1000:.0f} ms, {longest:.0f} ms without")
    except (AssertionError, RuntimeError, OSError, TimeoutError) as error:
        series.notes.append(" ".join(str(error).split())[:300])
        say(series.notes[-1])
    finally:
        process.stop()
    series.plotted = ("longest wait meanwhile, ms", "longest wait without, ms")
    return series


async def _while_composing(port: int, steady: bytes, fresh: bytes) -> tuple[Load, Load]:
    """Send one district's request again and again while another's first request is answered."""
    running = asyncio.create_task(
        drive(port, partial(_in_turn, [steady]), connections=1, seconds=2.5, most=100_000)
    )
    await asyncio.sleep(0.4)
    composed = await drive(port, partial(_in_turn, [fresh]), connections=1, seconds=30, most=1)
    return await running, composed
