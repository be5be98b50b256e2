"""What a programme that raises, hangs or blocks costs those who ask the base programme for something."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
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

WAYS = ("Raises", "Hangs", "Blocks")
ROUNDS = 3
_FIRST, _LATER = 6.0, 10.0
"""Seconds from the first call of the programme on, in which its breaker opens, and seconds after that."""
_EVERY = 0.04
"""Seconds between two requests for the base, whether the one before is answered or not."""
_CALLERS = 4
_PAUSE = 0.2
_ACCOUNT = "demo-district_admin"
_BASE = "{ grids(first: 5) { edges { node { id name parent { name } } } } }"

Ask = Callable[[str], Awaitable[None]]
"""Sends a document to a server and waits for the answer."""


async def hang(bench: Bench, folder: Path, logs: Path, say: Say) -> Series:
    """Ask the base for a page while four others ask a programme that raises, hangs or blocks.

    Two servers are asked at the same moments: on one the programme answers. So whatever else the machine
    does hits both alike.
    """
    series = Series("hang", "A page of the base beside a programme that fails", "round", "ms")
    province = Province(folder / "province")
    await province.found(1)
    await _enable(province)
    for number in range(1, ROUNDS + 1):
        for way in WAYS:
            found = await _beside(province, bench, way, logs)
            for label, both in zip(("at first", "later"), found, strict=True):
                for name, share in (("p50", 0.5), ("p99", 0.99), ("longest", 1.0)):
                    for kind, waits in zip((way.lower(), f"answers beside {way.lower()}"), both, strict=True):
                        series.add(f"{kind}, {label}, {name}", number, _share(waits, share))
            broken, sound = found[1]
            say(f"hang {number}, {way}: {_share(broken, 0.99):.1f} ms, {_share(sound, 0.99):.1f} ms")
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


async def _beside(
    province: Province, bench: Bench, way: str, logs: Path
) -> list[tuple[list[float], list[float]]]:
    """Ask two fresh servers; return the waits at first and later, where the programme fails and where not."""
    async with AsyncExitStack() as stack:
        broken = await _served(stack, province, bench, logs / f"growth_hang_{way}.log")
        sound = await _served(stack, province, bench, logs / "growth_hang_sound.log")
        await _open_loop(broken, sound, 1.0)
        callers = [
            asyncio.create_task(_over_and_over(ask, f"{{ me {{ account }} bench{field} }}"))
            for ask, field in ((broken, way), (sound, "Answers"))
            for _ in range(_CALLERS)
        ]
        found = [await _open_loop(broken, sound, seconds) for seconds in (_FIRST, _LATER)]
        for caller in callers:
            caller.cancel()
        return found


async def _served(stack: AsyncExitStack, province: Province, bench: Bench, log: Path) -> Ask:
    """Start a server and return what asks it, once it has answered."""
    environment = {**over_sqlite(province.settings, province.grown, 0), "BENCH_HAZARDS": "1"}
    process = replace(PEERS["wangge"], environment=environment).start(bench, 8, log)
    stack.callback(process.stop)
    await process.wait(60)
    token = Authenticator(province.settings).issue(_ACCOUNT, DEMO_CODE)
    headers, url = {"authorization": f"Bearer {token}"}, f"http://127.0.0.1:{process.port}"
    http = await stack.enter_async_context(httpx.AsyncClient(base_url=url, headers=headers, timeout=60))

    async def ask(text: str) -> None:
        answer = await http.post(f"/{DEMO_CODE}/graphql", json={"query": text})
        assert answer.json()["data"], answer.text

    for text in (_BASE, "{ me { account } benchAnswers }"):
        await ask(text)
    return ask


async def _over_and_over(ask: Ask, document: str) -> None:
    while True:
        await ask(document)
        await asyncio.sleep(_PAUSE)


async def _open_loop(broken: Ask, sound: Ask, seconds: float) -> tuple[list[float], list[float]]:
    """Ask both for the base at a rate that does not wait for answers; return how long each took, in ms."""
    waits: tuple[list[float], list[float]] = ([], [])

    async def one(place: int, ask: Ask, due: float) -> None:
        await ask(_BASE)
        waits[place].append((perf_counter() - due) * 1000)

    begun = perf_counter()
    sent: list[asyncio.Task[None]] = []
    for number in range(int(seconds / _EVERY)):
        due = begun + number * _EVERY
        await asyncio.sleep(max(0.0, due - perf_counter()))
        order = ((0, broken), (1, sound)) if number % 2 else ((1, sound), (0, broken))
        sent += [asyncio.create_task(one(place, ask, due)) for place, ask in order]
    await asyncio.gather(*sent)
    return waits


def _share(waits: list[float], share: float) -> float:
    """Return the wait that so many of all do not exceed."""
    return sorted(waits)[max(0, int(len(waits) * share) - 1)]
