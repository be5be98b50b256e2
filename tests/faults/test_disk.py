"""A full disk, files that are damaged or locked, a wrong clock: coded answers, nothing half done."""

import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from wangge._host.app import create_app
from wangge._host.databases.sqlite import PRAGMAS
from wangge._host.runtime import Server
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import DISTRICT, OTHER, World, Worlds

from .children import Nursery
from .disks import Disk, empty_log, small_disk
from .tally import Tally
from .work import calls, check_whole, prepare, send_all

QUESTION = '{ grid(code: "370703001001") { name } }'
ANSWER = {"grid": {"name": "蝶园社区居委会"}}


@pytest.fixture
def files(worlds: Worlds) -> Iterator[World]:
    """A fresh world in files."""
    made = worlds.fresh("sqlite")
    yield made
    worlds.drop(made)


@pytest.fixture(params=["tmpfs", "limit"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    """A small disk, each form in turn; where nothing may be mounted, files may not grow."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with small_disk(folder, request.param) as made:
        yield made


@pytest.fixture
def on_disk(files: World, disk: Disk) -> World:
    """The world, moved to the small disk."""
    data = disk.folder / "data"
    shutil.copytree(files.settings.data, data)
    return replace(files, settings=files.settings.model_copy(update={"data": data}))


@pytest.fixture
async def near(on_disk: World) -> AsyncIterator[Server]:
    """A server in this process over the small disk, to prepare and to look."""
    made = on_disk.server()
    await made.start(watch=False)
    yield made
    await made.stop()


async def test_on_a_full_disk_changes_are_refused_reads_go_on_and_room_ends_it(
    on_disk: World, near: Server, disk: Disk, nursery: Nursery, tally: Tally
) -> None:
    fault = f"full disk ({disk.form})"
    child = nursery.serve(on_disk.settings)
    async with httpx.AsyncClient(base_url=child.url, timeout=30) as http:
        district = TestDistrict(near, http, DISTRICT)
        setting = await prepare(district)
        await child.wait()
        sent = calls(setting, 24)
        assert await send_all(district, sent[:8]) == 8
        empty_log(on_disk.settings.data / "districts" / f"{DISTRICT}.sqlite3")
        tally.tried(fault)

        disk.fill(child)
        refused = sent[8:16]
        done = await send_all(district, refused)
        read = await district.client("district_admin").data(QUESTION)
        there = await check_whole(district, sent)
        disk.free(child)

        assert (done, there, read) == (0, 8, ANSWER)
        assert {code for call in refused for code in call.refusals} == {"DATABASE_NOT_WRITABLE"}
        assert await send_all(district, sent) == 24
        assert await check_whole(district, sent) == 24
    child.stop()
    tally.survived(fault, refused=len(refused))


async def test_a_file_that_another_process_holds_is_busy_and_then_free(
    files: World, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    brief = tuple(one for one in PRAGMAS if "busy_timeout" not in one)
    monkeypatch.setattr("wangge._host.databases.sqlite.PRAGMAS", (*brief, "busy_timeout=200"))
    fault = "SQLite file locked by another process"
    async with running(files) as district:
        sent = calls(await prepare(district), 6)
        tally.tried(fault)

        with closing(sqlite3.connect(file_of(files, DISTRICT))) as other:
            other.execute("BEGIN IMMEDIATE")
            done = await send_all(district, sent)
            read = await district.client("district_admin").data(QUESTION)
            other.rollback()

        assert (done, read) == (0, ANSWER)
        assert {code for call in sent for code in call.refusals} == {"DATABASE_BUSY"}
        assert await send_all(district, sent) == 6
        assert await check_whole(district, sent) == 6
    tally.survived(fault, refused=6)


async def test_a_damaged_file_costs_its_own_district_alone(files: World, tally: Tally) -> None:
    fault = "district file damaged"
    damage(file_of(files, OTHER))
    tally.tried(fault)
    async with running(files) as district:
        other = TestDistrict(district.server, district.http, OTHER)

        refused = await other.client("district_admin").post(QUESTION)

        assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (
            503,
            "DATABASE_UNAVAILABLE",
        )
        assert await district.client("district_admin").data(QUESTION) == ANSWER
    tally.survived(fault)


@pytest.mark.parametrize("words", [("district", "list"), ("serve", "--port", "0")], ids=["list", "serve"])
def test_a_damaged_catalog_ends_a_command_with_one_clear_line(
    words: tuple[str, ...], files: World, nursery: Nursery, tally: Tally
) -> None:
    fault = "catalog file damaged"
    damage(files.settings.data / "catalog.sqlite3")
    tally.tried(fault)

    ended = nursery.run(files.settings, *words)

    assert ended.code != 0
    last = ended.output.strip().splitlines()[-1]
    assert "A database does not answer: " in last
    assert "file is not a database" in last
    assert "Traceback" not in ended.output
    tally.survived(fault)


async def test_a_clock_that_jumps_back_harms_nothing(files: World, tally: Tally) -> None:
    fault, clock = "clock jumps back by a day", [datetime.now(UTC)]
    tally.tried(fault)
    async with running(files, clock=lambda: clock[0]) as district:
        sent = calls(await prepare(district), 8)
        assert await send_all(district, sent[:4]) == 4
        clock[0] -= timedelta(days=1)

        done = await send_all(district, sent)

        assert done == 8
        assert await check_whole(district, sent) == 8
    tally.survived(fault)


@asynccontextmanager
async def running(world: World, clock: Callable[[], datetime] | None = None) -> AsyncIterator[TestDistrict]:
    """Run a server in this process and give its first district."""
    server = world.server(clock)
    await server.start(watch=False)
    try:
        transport = httpx.ASGITransport(create_app(server))
        async with httpx.AsyncClient(transport=transport, base_url="http://wangge.test") as http:
            yield TestDistrict(server, http, DISTRICT)
    finally:
        await server.stop()


def file_of(world: World, code: str) -> Path:
    """Return a district's file."""
    return world.settings.data / "districts" / f"{code}.sqlite3"


def damage(file: Path) -> None:
    """Overwrite the beginning of a database and take its log away."""
    with file.open("r+b") as opened:
        opened.write(b"no database" * 1000)
    for beside in ("-wal", "-shm"):
        file.with_name(file.name + beside).unlink(missing_ok=True)
