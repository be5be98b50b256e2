"""In a process of its own: what it takes to load programmes and to compose schemas. Tells it as JSON."""

import argparse
import asyncio
import gc
import json
import random
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

from tests.benchmarks.programmes import bench_plugins

from wangge._host.compose import SchemaCache
from wangge._host.compose.schema import compose
from wangge._host.plugins import LoadedPlugin


def main() -> None:
    """Load the programmes, compose, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--sets", type=int, default=0)
    parser.add_argument("--cache", type=int, default=64)
    options = parser.parse_args()
    started = perf_counter()
    plugins = bench_plugins(options.folder, options.count).loaded
    loading = perf_counter() - started
    if options.sets:
        found = asyncio.run(_sets(list(plugins.values()), options.sets, options.cache))
    else:
        found = {"loading": loading} | _one(list(plugins.values()))
    json.dump(found, sys.stdout)


def _one(plugins: list[LoadedPlugin]) -> dict[str, float]:
    gc.collect()
    before = resident()
    kept, spent = [], []
    for _ in range(3):
        started = perf_counter()
        kept.append(compose(plugins))
        spent.append(perf_counter() - started)
    gc.collect()
    return {
        "seconds": median(spent),
        "memory": (resident() - before) / len(kept),
        "types": len(kept[0].schema.type_map),
    }


async def _sets(plugins: list[LoadedPlugin], number: int, size: int) -> dict[str, float]:
    """Compose different sets through the server's cache, then ask for them in turn."""
    chance = random.Random(number)
    base, others = plugins[0], plugins[1:]
    chosen: dict[tuple[int, ...], list[LoadedPlugin]] = {(): [base]}
    while len(chosen) < number:
        picked = sorted(chance.sample(range(len(others)), 4 if len(chosen) % 2 else len(others) // 2))
        chosen[tuple(picked)] = [base, *(others[place] for place in picked)]
    cache = SchemaCache(size)
    gc.collect()
    before, started, slowest = resident(), perf_counter(), 0.0
    for several in chosen.values():
        begun = perf_counter()
        await cache.get(several)
        slowest = max(slowest, perf_counter() - begun)
    spent = perf_counter() - started
    gc.collect()
    after, hits, rounds = resident(), 0, 2
    for _ in range(rounds):
        for several in chosen.values():
            begun = perf_counter()
            await cache.get(several)
            hits += perf_counter() - begun < 0.02  # a schema that is kept is there at once
    return {
        "sets": len(chosen),
        "seconds": spent,
        "slowest": slowest,
        "before": before,
        "after": after,
        "hits": hits / (rounds * len(chosen)),
    }


def resident() -> float:
    """Return the MiB that this process holds."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
