"""How soon hostile documents are refused, and how long another client waits meanwhile."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
from tests.benchmarks.database import Bench, Say
from tests.benchmarks.growth.districts import Province
from tests.benchmarks.growth.series import Series
from tests.core.hostile import HOSTILE, admissible

from wangge._host.authn import Authenticator
from wangge._host.demo import DEMO_CODE

ROUNDS = 5
_PAUSE = 0.005
_ACCOUNT = "demo-district_admin"
_POINT = {"query": "{ me { account } }"}


@dataclass
class _Client:
    """A client of the one district."""

    http: httpx.AsyncClient
    headers: dict[str, str]
    path: str = f"/{DEMO_CODE}/graphql"

    async def ask(self, body: dict[str, Any]) -> tuple[float, httpx.Response]:  # JSON
        """Send a body; return how long the answer took, in milliseconds, and the answer."""
        begun = perf_counter()
        answer = await self.http.post(self.path, json=body, headers=self.headers)
        return (perf_counter() - begun) * 1000, answer


@dataclass
class _Bystander:
    """Another client, which asks for next to nothing, over and over."""

    client: _Client
    waits: list[float] = field(default_factory=list)

    async def go_on(self) -> None:
        """Ask until cancelled."""
        while True:
            spent, answer = await self.client.ask(_POINT)
            assert answer.status_code == 200, answer.text
            self.waits.append(spent)
            await asyncio.sleep(_PAUSE)

    def longest(self) -> float:
        """Return the longest wait since this was last asked."""
        waits, self.waits = self.waits, []
        return max(waits, default=0.0)


async def hostile(bench: Bench, folder: Path, logs: Path, say: Say) -> Series:
    """Send each hostile document to a server of one process, and large ones that it serves."""
    series = Series("hostile", "Hostile documents", "round", "ms")
    province = Province(folder / "province")
    await province.found(1)
    process = province.start(bench, logs / "growth_hostile.log")
    try:
        await process.wait(60)
        token = Authenticator(province.settings).issue(_ACCOUNT, DEMO_CODE)
        headers = {"authorization": f"Bearer {token}", "accept": "application/graphql-response+json"}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{process.port}", timeout=60) as http:
            await _rounds(series, _Client(http, headers), say)
    finally:
        process.stop()
    return series


async def _rounds(series: Series, client: _Client, say: Say) -> None:
    bystander = _Bystander(client)
    await client.ask(_POINT)
    task = asyncio.create_task(bystander.go_on())
    worst: dict[str, tuple[float, float]] = {}
    try:
        await asyncio.sleep(1)
        series.notes.append(f"the other client alone waits {bystander.longest():.0f} ms at most")
        for number in range(1, ROUNDS + 1):
            refused = [await _send(client, bystander, one.name, one.text, one.variables) for one in HOSTILE]
            served = [await _send(client, bystander, name, text, None) for name, text in admissible(number)]
            series.add("longest until a refusal, ms", number, max(spent for _, spent, _ in refused))
            series.add("longest wait of another meanwhile, ms", number, max(wait for *_, wait in refused))
            series.add(
                "longest wait beside large documents that are served, ms", number, max(w for *_, w in served)
            )
            for name, spent, wait in (*refused, *served):
                before = worst.get(name, (0.0, 0.0))
                worst[name] = max(before[0], spent), max(before[1], wait)
            say(f"hostile, round {number}: {max(spent for _, spent, _ in refused):.0f} ms")
    finally:
        task.cancel()
    dearest = sorted(worst.items(), key=lambda one: -one[1][1])[:6]
    series.notes += [
        f"{name}: {spent:.0f} ms, another waits {wait:.0f} ms" for name, (spent, wait) in dearest
    ]


async def _send(
    client: _Client, bystander: _Bystander, name: str, text: str, variables: dict[str, Any] | None
) -> tuple[str, float, float]:
    bystander.longest()
    spent, _ = await client.ask({"query": text, "variables": variables})
    await asyncio.sleep(_PAUSE * 4)  # until whoever waited has been answered
    return name, spent, bystander.longest()
