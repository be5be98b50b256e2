"""Measures the server against its peers: `python -m tests.benchmarks --help`."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from tests.benchmarks.data.shape import FULL, SMALL
from tests.benchmarks.database import Bench, bench_of, clean, equip, prepare
from tests.benchmarks.growth.asking import depth, rows
from tests.benchmarks.growth.districts import districts, stall
from tests.benchmarks.growth.hang import hang
from tests.benchmarks.growth.hostile import hostile
from tests.benchmarks.growth.programmes import programmes, sets
from tests.benchmarks.growth.series import write_growth
from tests.benchmarks.measuring import Rounds
from tests.benchmarks.peers.catalogue import PEERS, Peer, node_reason
from tests.benchmarks.processes import ROOT
from tests.benchmarks.report import write_report
from tests.benchmarks.setting import read_setting
from tests.benchmarks.workload import QUERIES, find_targets

POSTGRES_URL = "WANGGE_TEST_POSTGRES_URL"
GROWTH = ("rows", "depth", "programmes", "sets", "districts", "stall", "hostile", "hang")
_FOLDER = ROOT / ".wangge" / "bench"


def read_options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each query goes to each peer")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each load lasts")
    parser.add_argument("--connections", type=int, default=16, help="how many ask at a time")
    parser.add_argument("--only", type=_some(QUERIES), default=list(QUERIES), help="queries, such as Q1,Q3")
    parser.add_argument("--peers", type=_some(PEERS), default=list(PEERS), help="such as limit,wangge")
    parser.add_argument("--small", action="store_true", help="a hundredth of the data, for trying")
    parser.add_argument(
        "--growth",
        type=_some(GROWTH),
        default=[],
        help=f"series too: {','.join(GROWTH)}; --rounds 0 for them alone",
    )
    parser.add_argument("--out", type=Path, default=_FOLDER / "report", help="folder of the report")
    parser.add_argument(
        "--postgres",
        default=os.environ.get(POSTGRES_URL),
        help=f"URL of the server [default: {POSTGRES_URL}]",
    )
    options = parser.parse_args(arguments)
    if not options.postgres:
        parser.error(f"name a PostgreSQL server with --postgres or {POSTGRES_URL}")
    return options


def _some(known: Collection[str]) -> Callable[[str], list[str]]:
    """Return the reader of a list of known names, which keeps their own order."""

    def read(text: str) -> list[str]:
        wanted = {one.strip() for one in text.split(",")}
        if wanted - set(known):
            raise argparse.ArgumentTypeError(f"choose from {', '.join(known)}")
        return [one for one in known if one in wanted]

    return read


async def main(options: argparse.Namespace) -> None:
    """Prepare the data, measure, and write the reports; when told to end, write what there is."""
    task = asyncio.current_task()
    assert task is not None  # a coroutine that runs has one
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    bench = bench_of(SMALL if options.small else FULL, options.postgres, _FOLDER)
    await prepare(bench, options.postgres, say)
    await equip(bench)
    if options.rounds:
        await _compare(bench, options)
    if options.growth:
        await _grow(bench, options)


async def _compare(bench: Bench, options: argparse.Namespace) -> None:
    """Measure every peer under every query."""
    setting = await read_setting(
        bench,
        begun=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        rounds=options.rounds,
        seconds=options.seconds,
        connections=options.connections,
    )
    rounds = Rounds(bench, await find_targets(bench), say)
    logs = options.out / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    try:
        setting.pool = await rounds.start(_available(options.peers, rounds.run.left_out), logs)
        pairs = await rounds.check(options.only)
        await rounds.measure(
            pairs, rounds=options.rounds, seconds=options.seconds, connections=options.connections
        )
    finally:
        await rounds.stop()
        setting.load_after = os.getloadavg()[0]
        path = write_report(options.out, setting, rounds.run.measured, rounds.run.left_out)
        await clean(bench)
    say(f"the report is {path}")


async def _grow(bench: Bench, options: argparse.Namespace) -> None:
    """Measure how cost grows."""
    targets, logs = await find_targets(bench), options.out / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    peers = [peer.name for peer in _available(options.peers, {})]
    ways = {
        "rows": lambda: rows(bench, targets, peers, logs, say),
        "depth": lambda: depth(bench, targets, peers, logs, say),
        "programmes": lambda: programmes(bench, targets, _FOLDER / "growth", logs, say),
        "sets": lambda: sets(_FOLDER / "growth", say),
        "districts": lambda: districts(bench, _FOLDER / "growth", logs, say),
        "stall": lambda: stall(bench, _FOLDER / "growth", logs, say),
        "hang": lambda: hang(bench, _FOLDER / "growth", logs, say),
        "hostile": lambda: hostile(bench, _FOLDER / "growth", logs, say),
    }
    found = [await ways[name]() for name in options.growth]
    say(f"the report is {write_growth(options.out, found)}")


def _available(names: Sequence[str], left_out: dict[str, str]) -> list[Peer]:
    peers = [PEERS[name] for name in names]
    if any(peer.needs_node for peer in peers):
        reason = node_reason(say)
        if reason is not None:
            left_out |= {peer.name: reason for peer in peers if peer.needs_node}
            peers = [peer for peer in peers if not peer.needs_node]
    return peers


def say(text: str) -> None:
    """Tell what is being done."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201  # a command speaks to its terminal


if __name__ == "__main__":
    uvloop.run(main(read_options()))
