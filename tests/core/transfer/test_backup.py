"""A backup is one file with everything a district is, as it was at one moment, and nothing else."""

import hashlib
import json
import stat
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from wangge import AuditEntry
from wangge._host.transfer import backup
from wangge._host.transfer.archive import Archive
from wangge._host.transfer.backup import back_up
from wangge._host.transfer.failures import BackupUnreadable
from wangge.errors import ConfigurationError
from wangge.testing.districts import TestDistrict

from .conftest import CREATE, contents_of, digests_of, new_grid, nothing_told


def names_in(folder: Path) -> list[str]:
    """Return the names of a folder's files."""
    return sorted(one.name for one in folder.iterdir())


def digest_of(path: Path) -> str:
    """Return a file's digest."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def test_a_backup_holds_every_table_and_names_what_it_needs(
    settled: TestDistrict, tmp_path: Path
) -> None:
    path = tmp_path / "370703.wangge"

    manifest = await back_up(settled.server.district(settled.code), path, nothing_told)

    place = settled.server.district(settled.code).record.place
    assert manifest["tables"] == {name: rows for name, (rows, _) in (await digests_of(place)).items()}
    assert manifest["tables"]["base_people"] == 2
    assert set(manifest["revisions"]) == {"core", "base", "volunteer_points"}
    assert manifest["district"]["plugins"][0]["slug"] == "volunteer_points"
    assert "place" not in manifest["district"]
    assert manifest["keys"]["needed"] == [1]
    assert [one["number"] for one in manifest["keys"]["samples"]] == [1]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one for one in names_in(tmp_path) if "wangge" in one] == [path.name]
    async with settled.context() as ctx:
        last = await ctx.db.scalar(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1))
        assert (last.action, last.number) == ("platform.district.backed_up", manifest["audit"]["number"])


async def test_neither_keys_nor_plain_values_are_in_a_backup(settled: TestDistrict, tmp_path: Path) -> None:
    path = tmp_path / "370703.wangge"

    await back_up(settled.server.district(settled.code), path, nothing_told)

    keys = json.loads((settled.server.settings.data / "keys.json").read_text())
    secrets = [keys["digest"], *keys["keys"].values(), "19988776655", "密语路"]
    with zipfile.ZipFile(path) as file:
        text = b"".join(file.read(name) for name in file.namelist()).decode()
    assert [one for one in secrets if one in text] == []
    assert "欧阳密语" in text  # names are not sealed at rest, nor in the file


async def test_a_backup_is_of_one_moment_though_the_district_is_written_to(
    settled: TestDistrict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, given = tmp_path / "370703.wangge", await new_grid(settled, "后来")
    before = await digests_of(settled.server.district(settled.code).record.place)
    client, genuine = settled.client("street_secretary"), backup._watched
    wrote: list[dict[str, Any]] = []

    async def slow(*given_to: Any) -> AsyncIterator[Any]:  # as the genuine one
        if not wrote:
            wrote.append(await client.data(CREATE, input=given))
        async for batch in genuine(*given_to):
            yield batch

    monkeypatch.setattr(backup, "_watched", slow)
    manifest = await back_up(settled.server.district(settled.code), path, nothing_told)

    assert wrote[0]["createGrid"]["userErrors"] == []
    assert manifest["tables"]["base_grids"] == before["base_grids"][0]
    assert manifest["tables"]["wangge_outbox"] == before["wangge_outbox"][0]
    after = await digests_of(settled.server.district(settled.code).record.place)
    assert after["base_grids"][0] == before["base_grids"][0] + 1


@pytest.fixture
async def archive(settled: TestDistrict, tmp_path: Path) -> Path:
    """A backup."""
    path = tmp_path / "370703.wangge"
    await back_up(settled.server.district(settled.code), path, nothing_told)
    return path


def test_wherever_a_byte_is_changed_the_file_is_refused(archive: Path) -> None:
    whole = archive.read_bytes()
    for place in (0, 10, len(whole) // 3, len(whole) // 2, len(whole) - 100, len(whole) - 1):
        archive.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(BackupUnreadable, match="damaged or cut off"):
            Archive(archive)


def test_a_file_without_its_end_is_refused(archive: Path) -> None:
    whole = archive.read_bytes()
    for length in (0, 10, 64, len(whole) // 2, len(whole) - 1):
        archive.write_bytes(whole[:length])
        with pytest.raises(BackupUnreadable, match="damaged or cut off"):
            Archive(archive)


async def test_a_backup_that_breaks_off_leaves_the_old_file_and_nothing_else(
    settled: TestDistrict, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, files = digest_of(archive), names_in(archive.parent)

    def broken(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("wangge._host.transfer.archive.os.fsync", broken)
    with pytest.raises(OSError, match="no space left"):
        await back_up(settled.server.district(settled.code), archive, nothing_told)

    assert digest_of(archive) == before
    assert names_in(archive.parent) == files


async def test_a_folder_that_is_not_there_is_said(settled: TestDistrict, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="There is no folder"):
        await back_up(settled.server.district(settled.code), tmp_path / "no" / "b.wangge", nothing_told)


async def test_the_tables_are_described_the_same_on_both_sides_of_a_read(settled: TestDistrict) -> None:
    place = settled.server.district(settled.code).record.place

    first, second = await contents_of(place), await contents_of(place)

    assert first == second
    assert len(first.shapes) > 40
