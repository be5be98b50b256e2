"""Writes per second of sixteen writers on a SQLite file: many to a COMMIT against one to a COMMIT.

Each write is what a mutation's transaction is: open a session, insert one row by a Core statement, commit.
`python -m tests.benchmarks.sqlite_writes --help` tells the options.
"""

import argparse
import asyncio
import itertools
import os
import sqlite3
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time, sleep

import uvloop
from sqlalchemy import Column, Integer, MetaData, String, Table, func, insert, select

from wangge._host.databases import Engines, Place, group_commit, sqlite_url

WRITTEN = Table(
    "written",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("writer", Integer, nullable=False),
    Column("name", String(100), nullable=False),
)


@dataclass(frozen=True)
class Round:
    """What one run gave: writes per second, milliseconds of waiting, CPU milliseconds per write."""

    rate: float
    p50: float
    p99: float
    cpu: float


async def write_until(engines: Engines, writer: int, end: float, took: list[float]) -> None:
    """Write one row after the other until the time is over; note how long each took, in seconds."""
    for number in itertools.count():
        begun = perf_counter()
        if begun > end:
            return
        async with engines.open(write=True) as db:
            row = {"writer": writer, "name": f"writer {writer}, row {number}"}
            await db.session.execute(insert(WRITTEN), row)
            await db.session.commit()
        took.append(perf_counter() - begun)


async def run_round(file: Path, *, group: int, writers: int, seconds: float) -> Round:
    """Let the writers write to a new file for some seconds, and count afterwards that every row is there."""
    engines = Engines(Place(sqlite_url(file)), group=group)
    took: list[float] = []
    try:
        async with engines.writer.begin() as connection:
            await connection.run_sync(WRITTEN.metadata.create_all)
        await asyncio.gather(*(write_until(engines, -1, perf_counter() + 0.2, []) for _ in range(writers)))
        begun, cpu = perf_counter(), process_time()
        every = (write_until(engines, number, begun + seconds, took) for number in range(writers))
        await asyncio.gather(*every)
        length, cpu = perf_counter() - begun, process_time() - cpu
        async with engines.open(write=False) as db:
            count = select(func.count()).select_from(WRITTEN).where(WRITTEN.c.writer >= 0)
            stored = (await db.session.execute(count)).scalar_one()
    finally:
        await engines.dispose()
    if stored != len(took):
        raise AssertionError(f"{len(took)} writes were answered and {stored} rows are there.")
    cuts = statistics.quantiles(took, n=100)
    return Round(len(took) / length, cuts[49] * 1000, cuts[98] * 1000, cpu / len(took) * 1000)


def slow_down(milliseconds: float) -> None:
    """Let each COMMIT take so much longer, as on a disk that is slower to make it durable."""
    commit = group_commit._commit

    def slowly(connection: sqlite3.Connection) -> None:
        commit(connection)
        sleep(milliseconds / 1000)

    group_commit._commit = slowly


def disk_sync(folder: Path, times: int = 100) -> float:
    """Return the median milliseconds in which the disk makes 4 KiB durable: what a COMMIT costs at least."""
    took = []
    with (folder / "sync").open("wb", buffering=0) as file:
        for _ in range(times):
            file.write(bytes(4096))
            begun = perf_counter()
            os.fdatasync(file.fileno())
            took.append(perf_counter() - begun)
    return statistics.median(took) * 1000


def read_options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--group", type=int, default=group_commit.MOST, help="most writes to a COMMIT; 1 is ungrouped"
    )
    parser.add_argument("--writers", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a run, at most 10")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved pairs of runs, at most 10")
    parser.add_argument("--slower", type=float, default=0.0, help="milliseconds added to each COMMIT")
    parser.add_argument("--folder", type=Path, help="where the files are made: the disk that counts")
    return parser.parse_args()


def main() -> None:
    """Run the rounds, grouped and ungrouped by turns, and print the medians."""
    options = read_options()
    if options.slower:
        slow_down(options.slower)
    found: dict[int, list[Round]] = {options.group: [], 1: []}
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        print(f"disk sync {disk_sync(folder):.2f} ms, COMMIT slowed by {options.slower} ms")  # noqa: T201  # the answer of a command
        for number, group in itertools.product(range(min(options.rounds, 10)), found):
            one = run_round(
                folder / f"{number}-{group}.sqlite3",
                group=group,
                writers=options.writers,
                seconds=min(options.seconds, 10),
            )
            found[group].append(uvloop.run(one))
    for group, rounds in found.items():
        median = {
            field: statistics.median(getattr(one, field) for one in rounds)
            for field in ("rate", "p50", "p99", "cpu")
        }
        print(  # noqa: T201  # as above
            f"group of {group:3}: {median['rate']:7.0f} writes/s, p50 {median['p50']:6.2f} ms,"
            f" p99 {median['p99']:6.2f} ms, CPU {median['cpu']:.3f} ms a write"
        )


if __name__ == "__main__":
    main()
