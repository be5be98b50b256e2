"""A copy of a programme's rows: complete, readable without this server, and on the record."""

import json
import os
import stat
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from wangge import AuditEntry
from wangge._host.lifecycle import ExportTooLarge
from wangge._host.lifecycle.exporting import export_as_text, export_to, plan_export, reader_of
from wangge._host.transfer.shapes import Column, Shape
from wangge.testing.districts import TestDistrict
from wangge_schema.grids.models import Grid
from wangge_volunteer_points.models import VolunteerTeam

from .test_life_cycle import ENABLE, EXPORT, PURGE, PURPOSE, SLUG, SUSPEND, WORDS, step

TEAMS = "volunteer_points_teams"


async def with_teams(district: TestDistrict, *names: str) -> None:
    async with district.committed() as ctx:
        grid = (await ctx.db.scalars(select(Grid).where(Grid.code == "370703001001")))[0]
        ctx.db.add_all([VolunteerTeam(name=name, purpose="敬老", grid_id=grid.id) for name in names])


async def records(district: TestDistrict) -> list[tuple[str | None, Any]]:
    """Return purpose and detail of the exports on the record."""
    async with district.context() as ctx:
        chosen = select(AuditEntry.purpose, AuditEntry.detail)
        entries = chosen.where(AuditEntry.action == "platform.plugin.exported").order_by(AuditEntry.number)
        return [(purpose, detail) for purpose, detail in await ctx.db.execute(entries)]


async def test_a_file_holds_every_row_of_a_suspended_programme(
    district: TestDistrict, tmp_path: Path
) -> None:
    await with_teams(district, "晨光队", "夕阳队")
    await step(district, SUSPEND)
    path = tmp_path / "points.zip"
    export = plan_export(district.server.district(district.code), SLUG, purpose=" 移交档案 ")

    counts = await export_to(export, path)

    assert {name: rows for name, rows in counts.items() if rows} == {TEAMS: 2}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        rows = [json.loads(line) for line in archive.read(f"tables/{TEAMS}.jsonl").splitlines()]
        files = set(archive.namelist())
    assert files == {"manifest.json", *(f"tables/{name}.jsonl" for name in counts)}
    assert (manifest["plugin"], manifest["district"], manifest["purpose"]) == (SLUG, "370703", "移交档案")
    assert (manifest["version"], manifest["title"]["zh"]) == ("0.1.0", "志愿积分")
    assert {one["name"]: one["rows"] for one in manifest["tables"]} == counts
    (table,) = [one for one in manifest["tables"] if one["name"] == TEAMS]
    assert {"name": "id", "kind": "uuid", "nullable": False} in table["columns"]
    assert {one["name"] for one in table["columns"]} == set(rows[0])
    assert sorted(row["name"] for row in rows) == ["夕阳队", "晨光队"]
    assert await records(district) == [
        ("移交档案", {"plugin": SLUG, "version": "0.1.0", "opened": False, **counts})
    ]
    assert [one.name for one in os.scandir(tmp_path)] == ["points.zip"]


async def test_the_api_answers_the_rows_of_a_small_programme(district: TestDistrict) -> None:
    await with_teams(district, "晨光队")

    payload = await step(district, EXPORT, **PURPOSE)

    assert payload["userErrors"] == []
    assert {one["name"]: one["rows"] for one in payload["tables"]}[TEAMS] == 1
    content = json.loads(payload["content"])
    assert [row["name"] for row in content["tables"][TEAMS]] == ["晨光队"]
    assert content["manifest"]["sealed_values_opened"] is False
    assert [purpose for purpose, _ in await records(district)] == ["移交档案"]


async def test_more_rows_than_an_answer_holds_are_for_the_command(district: TestDistrict) -> None:
    await with_teams(district, "晨光队", "夕阳队")
    export = plan_export(district.server.district(district.code), SLUG, purpose="移交档案")

    with pytest.raises(ExportTooLarge):
        await export_as_text(export, most=1)

    assert await records(district) == []


@pytest.mark.parametrize("purpose", ["", "  ", "长" * 256])
async def test_an_export_needs_a_purpose(district: TestDistrict, purpose: str) -> None:
    payload = await step(district, EXPORT, purpose=purpose)

    assert payload == {
        "content": None,
        "tables": None,
        "userErrors": [{"code": "INVALID_VALUE", "path": ["purpose"]}],
    }
    assert await records(district) == []


async def test_what_a_district_does_not_hold_is_not_exported(
    district: TestDistrict, other_district: TestDistrict
) -> None:
    await step(district, SUSPEND)
    await step(district, PURGE, **WORDS)

    purged = await step(district, EXPORT, **PURPOSE)
    never = await step(other_district, EXPORT, **PURPOSE)

    assert [one["userErrors"][0]["code"] for one in (purged, never)] == ["PLUGIN_PURGED", "PLUGIN_UNKNOWN"]
    assert await records(district) == []
    await step(district, ENABLE)
    assert (await step(district, EXPORT, **PURPOSE))["userErrors"] == []


async def test_sealed_values_are_opened_where_that_is_asked(district: TestDistrict) -> None:
    keys = district.server.keys
    columns = (
        Column("phone_cipher", "bytes", "BLOB"),
        Column("on", "boolean", "BOOLEAN"),
        Column("facts", "json", "JSON"),
        Column("day", "date", "DATE"),
    )
    sealed = keys.seal("phone", "19988776655", masked="199****6655").cipher.hex()
    row = (sealed, 1, '{"a": 1}', date(2026, 1, 1).isoformat())
    shape = Shape("lamps_rows", columns)

    assert reader_of(shape, None)(row) == {
        "phone_cipher": sealed,
        "on": True,
        "facts": {"a": 1},
        "day": "2026-01-01",
    }
    assert reader_of(shape, keys)(row)["phone"] == "19988776655"
    assert reader_of(shape, keys)((None, None, None, None)) == dict.fromkeys(("phone", "on", "facts", "day"))
