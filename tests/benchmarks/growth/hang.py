"""What a programme that raises, hangs or blocks costs those who ask the base programme for something."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import httpx
from tests.benchmarks.database import Bench, Say
from tests.benchmarks.growth.districts import Province
from tests.benchmarks.growth.programmes import over_sqlite
from tests.benchmarks.growth.series import Series
from tests.benchmarks.peers.catalogue import PEERS
from tests.benchmarks.programmes import HAZARDS, bench_plugins

from wangge._host.authn import Authenticator
from wangge._host.demo import DEMO_CODE
from wangge._host.lifecycle import enable
from wangge._host.runtime import Server

WAYS = ("Answers", "Raises", "Hangs", "Blocks")
ROUNDS = 3
_FIRST, _LATER = 6.0, 10.0
"""Seconds from the first call of the programme on, in which its breaker opens, and seconds after that."""
_EVERY = 0.02
"""Seconds between two requests for the base, whether the one before is answered or not."""
_CALLERS = 4
_PAUSE = 0.2
_ACCOUNT = "demo-district_admin"
_BASE = "{ grids(first: 5) { edges { node { id name parent { name } } } } }"


@dataclass
class _Waits:
    """How long those waited who asked the base, in milliseconds, from when each was due."""

    first: list[float]
    later: list[float]


async def hang(bench: Bench, folder: Path, logs: Path, say: Say) -> Series:
    """Ask the base for a page while four others ask a programme that answers, raises, hangs or blocks."""
    series = Series("hang", "A page of the base beside a programme that fails", "round", "ms")
    province = Province(folder / "province")
    await province.found(1)
    await _enable(province)
    for number in range(1, ROUNDS + 1):
        for way in WAYS:
            waits = await _beside(province, bench, way, logs / f"growth_hang_{way}.log")
            for label, found in (("at first", waits.first), ("later", waits.later)):
                for name, share in (("p50", 0.5), ("p99", 0.99), ("longest", 1.0)):
                    series.add(f"{way.lower()}, {label}, {name}", number, _share(found, share))
            say(f"hang, round {number}, {way}: p99 {_share(waits.later, 0.99):.1f} ms")
    series.plotted = tuple(f"{way.lower()}, later, p99" for way in WAYS)
    return series


async def _enable(province: Province) -> None:
    """Switch the programme on."""
    server = Server(province.settings, plugins=bench_plugins(province.grown, 0, hazards=True))
    await server.start(watch=False)
    try:
        await enable(server.district(DEMO_CODE), HAZARDS.name)
    finally:
        await server.stop()


async def _beside(province: Province, bench: Bench, way: str, log: Path) -> _Waits:
    """Ask a fresh server for the base while others ask the programme."""
    environment = {**over_sqlite(province.settings, province.grown, 0), "BENCH_HAZARDS": "1"}
    process = replace(PEERS["wangge"], environment=environment).start(bench, 8, log)
    token = Authenticator(province.settings).issue(_ACCOUNT, DEMO_CODE)
    headers = {"authorization": f"Bearer {token}"}
    url = f"http://127.0.0.1:{process.port}"
    try:
        await process.wait(60)
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as http:

            async def ask(text: str) -> None:
                answer = await http.post(f"/{DEMO_CODE}/graphql", json={"query": text})
                assert answer.json()["data"], answer.text

            for text in (_BASE, "{ me { account } benchAnswers }"):
                await ask(text)
            await _open_loop(ask, 1.0)
            document = f"{{ me {{ account }} bench{way} }}"
            callers = [asyncio.create_task(_over_and_over(ask, document)) for _ in range(_CALLERS)]
            first = await _open_loop(ask, _FIRST)
            later = await _open_loop(ask, _LATER)
            for caller in callers:
                caller.cancel()
            return _Waits(first, later)
    finally:
        process.stop()


async def _over_and_over(ask: Callable[[str], Awaitable[None]], document: str) -> None:
    while True:
        await ask(document)
        await asyncio.sleep(_PAUSE)


async def _open_loop(ask: Callable[[str], Awaitable[None]], seconds: float) -> list[float]:
    """Ask for the base at a rate that does not wait for answers; return how long each took."""
    waits: list[float] = []

    async def one(due: float) -> None:
        await ask(_BASE)
        waits.append((perf_counter() - due) * 1000)

    begun = perf_counter()
    sent: list[asyncio.Task[None]] = []
    for number in range(int(seconds / _EVERY)):
        due = begun + number * _EVERY
        await asyncio.sleep(max(0.0, due - perf_counter()))
        sent.append(asyncio.create_task(one(due)))
    await asyncio.gather(*sent)
    return waits


def _share(waits: list[float], share: float) -> float:
    """Return the wait that so many of all do not exceed."""
    return sorted(waits)[max(0, int(len(waits) * share) - 1)]
