"""A file lives as long as a row names it: it ends with the row, with the person, or for want of a row."""

import base64
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from tests.core.files.conftest import PNG, SLUG, TABLE, Lamps, serving
from tests.core.transfer.conftest import nothing_told

from wangge import Account
from wangge._host.lifecycle import suspend
from wangge._host.lifecycle.exporting import export_to, plan_export
from wangge._host.lifecycle.purging import purge, words_of
from wangge._host.plugins import PluginManager
from wangge._host.retention import Ended, run_retention
from wangge._host.transfer.backup import back_up
from wangge._host.transfer.restore import restore
from wangge._host.transfer.rows import FEW
from wangge._host.transfer.tables import reading
from wangge.files import StoredFile, drop_unnamed
from wangge.testing.worlds import DISTRICT, World

COPY = """mutation($person: ID!) { exportPerson(input: { person: $person, purpose: "本人申请" }) {
  json html userErrors { code } } }"""
ERASE = """mutation($person: ID!) { erasePerson(input: { person: $person, reason: "本人申请删除" }) {
  deleted kept userErrors { code } } }"""


async def named(lamps: Lamps) -> list[str]:
    """Return the names of all files."""
    return [one.name for one in await lamps.stored()]


async def table_of(lamps: Lamps) -> Any:  # a table, as the database has it
    async with lamps.district.context() as ctx:
        return (await ctx.db.reflected({TABLE}))[TABLE]


async def test_what_waits_for_a_day_goes(lamps: Lamps) -> None:
    district = lamps.district.server.district(DISTRICT)
    await lamps.sent(name="late.png")
    await lamps.set(photo=await lamps.sent(name="kept.png"))
    lamps.clock.pass_(hours=23)
    await lamps.sent(name="new.png")
    assert await run_retention(district) == []

    lamps.clock.pass_(hours=1)
    ended = await run_retention(district)

    assert ended == [Ended("platform", "wangge_files", 1, "deleted")]
    assert await named(lamps) == ["kept.png", "new.png"]


async def test_a_file_goes_with_the_row_that_named_it(lamps: Lamps) -> None:
    district, table = lamps.district.server.district(DISTRICT), await table_of(lamps)
    await lamps.set(photo=await lamps.sent(name="photo.png"), plan=await lamps.sent(name="plan.png"))
    await lamps.set(photo=await lamps.sent(name="other.png"))
    async with lamps.district.committed() as ctx:
        await ctx.db.execute(delete(table).where(table.c.plan_id.is_not(None)))

    await run_retention(district)

    assert await named(lamps) == ["other.png"]


async def test_a_table_that_is_not_there_says_nothing_of_files(lamps: Lamps) -> None:
    await lamps.set(photo=await lamps.sent())
    async with lamps.district.committed() as ctx:
        [stored] = await ctx.db.scalars(select(StoredFile))
        stored.column_name = "picture_id"
        await ctx.db.flush()
        assert await drop_unnamed(ctx.db) == 0
        stored.table_name = "photo_lamps_bulbs"
        await ctx.db.flush()
        assert await drop_unnamed(ctx.db) == 0

    assert await named(lamps) == ["lamp.png"]


async def test_a_copy_of_a_persons_data_holds_the_files(lamps: Lamps) -> None:
    _, person = await lamps.person()
    await lamps.set(person=person, photo=await lamps.sent(name="hers.png"))
    await lamps.set(photo=await lamps.sent(name="other.png"))

    answer = await lamps.district.client("district_admin").data(COPY, person=person)

    [file] = json.loads(answer["exportPerson"]["json"])["files"]
    assert base64.b64decode(file.pop("content")) == PNG
    [stored] = [one for one in await lamps.stored() if one.name == "hers.png"]
    assert file == {
        "table": TABLE,
        "column": "photo_id",
        "id": str(stored.id),
        "name": "hers.png",
        "mediaType": "image/png",
        "size": len(PNG),
    }
    assert "hers.png" in answer["exportPerson"]["html"]
    assert "other.png" not in answer["exportPerson"]["html"]


@pytest.mark.parametrize("state", ["on", "suspended"])
async def test_erasing_a_person_reaches_the_files_of_the_rows_that_go(lamps: Lamps, state: str) -> None:
    _, person = await lamps.person()
    await lamps.set(person=person, photo=await lamps.sent(name="hers.png"), plan=await lamps.sent())
    await lamps.set(photo=await lamps.sent(name="other.png"))
    if state == "suspended":
        await suspend(lamps.district.server.district(DISTRICT), SLUG)

    erased = await lamps.district.client("district_admin").data(ERASE, person=person)

    assert erased["erasePerson"]["userErrors"] == []
    assert await named(lamps) == ["other.png"]


async def test_erasing_a_person_takes_what_their_account_has_uploaded_and_attached_to_nothing(
    lamps: Lamps,
) -> None:
    key, person = await lamps.person()
    async with lamps.district.committed() as ctx:
        own = update(Account).where(Account.subject == f"{DISTRICT}/resident")
        await ctx.db.execute(own.values(person_id=key))
    await lamps.sent(name="hers.png", role="resident")
    await lamps.sent(name="other.png")

    erased = await lamps.district.client("district_admin").data(ERASE, person=person)

    assert erased["erasePerson"]["userErrors"] == []
    assert await named(lamps) == ["other.png"]


async def test_where_a_law_keeps_the_row_what_is_emptied_takes_its_file(
    world: World, programme: PluginManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin = programme.loaded[SLUG]
    kept = [one.model_copy(update={"on_erase": "restrict"}) for one in plugin.manifest.personal_data]
    lawful = plugin.manifest.model_copy(update={"personal_data": tuple(kept)})
    monkeypatch.setattr(plugin, "manifest", lawful)
    async with serving(world, programme) as lamps:
        _, person = await lamps.person()
        photo, plan = await lamps.sent(name="photo.png"), await lamps.sent(name="plan.png")
        await lamps.set(person=person, photo=photo, plan=plan)

        erased = await lamps.district.client("district_admin").data(ERASE, person=person)

        assert erased["erasePerson"]["userErrors"] == []
        table = await table_of(lamps)
        async with lamps.district.context() as ctx:
            [row] = (await ctx.db.execute(select(table))).mappings().all()
        assert (row["photo_id"], row["plan_id"] is None) == (None, False)
        assert await named(lamps) == ["plan.png"]


async def test_an_export_of_the_programme_holds_its_files(lamps: Lamps, tmp_path: Path) -> None:
    await lamps.set(plan=await lamps.sent(PNG, "plan.png"))
    await lamps.sent(name="waiting.png")
    [stored, _] = await lamps.stored()
    path = tmp_path / "lamps.zip"

    await export_to(plan_export(lamps.district.server.district(DISTRICT), SLUG, purpose="移交档案"), path)

    with zipfile.ZipFile(path) as archive:
        files = [name for name in archive.namelist() if name.startswith("files/")]
        manifest = json.loads(archive.read("manifest.json"))
        assert (files, archive.read(files[0])) == ([f"files/{stored.id.hex}"], PNG)
    assert manifest["files"] == [
        {
            "id": stored.id.hex,
            "name": "plan.png",
            "media_type": "image/png",
            "table": TABLE,
            "column": "plan_id",
        }
    ]


async def test_a_purge_takes_the_files_of_the_programme(lamps: Lamps) -> None:
    district = lamps.district.server.district(DISTRICT)
    await lamps.set(photo=await lamps.sent())
    await lamps.sent(name="waiting.png")
    await suspend(district, SLUG)

    await purge(lamps.district.server.district(DISTRICT), SLUG, confirmation=words_of(district, SLUG))

    assert await named(lamps) == ["waiting.png"]


async def test_a_backup_carries_the_bytes(lamps: Lamps, tmp_path: Path) -> None:
    content = PNG + bytes(range(256)) * 2000
    await lamps.set(photo=await lamps.sent(content))
    others = [PNG + bytes([number]) for number in range(FEW)]
    for one in others:
        await lamps.sent(one)
    server, path = lamps.district.server, tmp_path / "district.wangge"

    await back_up(server.district(DISTRICT), path, nothing_told)
    async with reading(server.district(DISTRICT).record.place) as tables:
        shape = (await tables.contents()).shapes["wangge_files"]
        assert [len(batch) async for batch in tables.rows(shape)] == [FEW, 1]
    await restore(server, path, nothing_told, code="370799")

    async with server.district("370799").engines.open(write=False) as db:
        stored = await db.scalars(select(StoredFile.content).order_by(StoredFile.id))
        assert list(stored) == [content, *others]
