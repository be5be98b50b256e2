"""Disks that are small enough to be full, and files that cannot be written."""

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from .children import Child

SIZE = 24 * 1024 * 1024
"""Bytes of the small disk: room for two districts and what the tests write."""


@dataclass(frozen=True)
class Disk:
    """A folder whose disk can be filled and emptied again.

    Attributes:
        fill: leaves no room for another block, for a server that writes there.
        free: gives the room back.
        form: `tmpfs`, or `limit` where mounting is not permitted: no file may grow.
    """

    folder: Path
    form: str
    fill: Callable[[Child], None]
    free: Callable[[Child], None]


@contextmanager
def small_disk(folder: Path, form: str) -> Iterator[Disk]:
    """Make a small disk at an empty folder."""
    if form == "tmpfs" and _mount(folder):
        try:
            filler = folder / "filler"
            yield Disk(folder, form, lambda _child: _fill(filler), lambda _child: filler.unlink())
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        return
    yield Disk(folder, "limit", lambda child: child.limit_files(1024), lambda child: child.limit_files(-1))


def empty_log(file: Path) -> None:
    """Bring what a database has in its write-ahead log into the file, so that the next change needs room."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _mount(folder: Path) -> bool:
    words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    try:
        return subprocess.run(words, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        for block in (1 << 20, 1 << 12):
            try:
                while file.write(bytes(block)) == block:
                    pass
            except OSError:
                continue
