"""A file of one's own is attached once; whoever sees the field that shows it can fetch it, for a while."""

from typing import Any

import httpx
import pytest
from sqlalchemy import delete, select, update
from tests.core.files.conftest import JPEG, PNG, SLUG, TABLE, Lamps

from wangge import Account, AuditEntry
from wangge._host.lifecycle import suspend
from wangge.auth.models import PersonalColumn
from wangge.testing.worlds import DISTRICT, OTHER
from wangge_schema.people.models import Person

SHOWN = "query($id: ID!) { xyLamp(id: $id) { photo { name mediaType size url } } }"


def refusals(payload: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Return codes and places of a payload."""
    return [(one["code"], one["path"]) for one in payload["userErrors"]]


async def audited(lamps: Lamps) -> list[tuple[str, str | None, list[str]]]:
    """Return what the audit holds of files: action, subject, fields."""
    async with lamps.district.context() as ctx:
        entries = await ctx.db.scalars(
            select(AuditEntry).where(AuditEntry.action.like("platform.file.%")).order_by(AuditEntry.number)
        )
        return [(one.action, one.subject_type, one.fields) for one in entries]


async def test_whoever_sees_the_field_gets_the_bytes(lamps: Lamps) -> None:
    payload = await lamps.set(photo=await lamps.sent(PNG, "lamp%22.png"))

    assert payload["userErrors"] == []
    photo = payload["lamp"]["photo"]
    assert (photo["name"], photo["mediaType"], photo["size"]) == ('lamp".png', "image/png", 264)
    seen = await lamps.district.client("district_admin").data(SHOWN, id=payload["lamp"]["id"])
    answer = await lamps.http.get(seen["xyLamp"]["photo"]["url"])
    assert (answer.status_code, answer.content) == (200, PNG)
    told = ("content-type", "content-disposition", "x-content-type-options", "content-security-policy")
    assert [answer.headers[name] for name in (*told, "cache-control")] == [
        "image/png",
        "attachment; filename*=UTF-8''lamp%22.png",
        "nosniff",
        "default-src 'none'; sandbox",
        "private, no-store",
    ]


async def test_what_a_file_is_can_be_read_by_sql_and_its_address_beside(lamps: Lamps) -> None:
    payload = await lamps.set(photo=await lamps.sent())
    client, id = lamps.district.client("district_admin"), payload["lamp"]["id"]

    tiers = []
    for wanted in ("name size", "name url"):
        answer = await lamps.http.post(
            f"/{DISTRICT}/graphql",
            json={"query": f'{{ xyLamp(id: "{id}") {{ photo {{ {wanted} }} }} }}'},
            headers={"authorization": f"Bearer {lamps.district.token('district_admin')}"},
        )
        tiers.append(answer.headers["server-timing"].split('plan;desc="')[1].partition('"')[0])
    assert tiers == ["sql", "sql+python"]
    assert (await client.data(SHOWN, id=id))["xyLamp"]["photo"]["size"] == 264


async def test_a_file_of_somebody_else_is_not_there(lamps: Lamps) -> None:
    payload = await lamps.set(photo=await lamps.sent(role="resident"))

    assert (payload["lamp"], refusals(payload)) == (None, [("FILE_UNKNOWN", ["photo"])])
    assert [one.attached_at for one in await lamps.stored()] == [None]


async def test_a_file_is_attached_once(lamps: Lamps) -> None:
    file = await lamps.sent()
    first = await lamps.set(photo=file)

    again = await lamps.set(photo=file)
    both = await lamps.set(plan=file)

    assert first["userErrors"] == []
    assert [refusals(one) for one in (again, both)] == [
        [("FILE_UNKNOWN", ["photo"])],
        [("FILE_UNKNOWN", ["plan"])],
    ]


async def test_a_day_later_it_is_too_late(lamps: Lamps) -> None:
    file = await lamps.sent()
    lamps.clock.pass_(hours=24)

    payload = await lamps.set(photo=file)

    assert refusals(payload) == [("FILE_UNKNOWN", ["photo"])]


@pytest.mark.parametrize("given", ["nothing", "Person_00000000000000000000000000000001", "File_1"])
async def test_what_is_no_id_of_a_file_is_told(lamps: Lamps, given: str) -> None:
    document = "mutation($file: ID) { xySetLamp(input: { photo: $file }) { userErrors { code } } }"

    assert await lamps.district.client("district_admin").codes(document, file=given) == ["BAD_ID"]


async def test_a_refused_change_leaves_its_files_waiting(lamps: Lamps) -> None:
    good, bad = await lamps.sent(), await lamps.sent(role="resident")

    refused = await lamps.set(photo=good, plan=bad)
    then = await lamps.set(photo=good)

    assert refusals(refused) == [("FILE_UNKNOWN", ["plan"])]
    assert then["userErrors"] == []


async def test_another_file_takes_the_place_of_the_one_before(lamps: Lamps) -> None:
    lamp = (await lamps.set(photo=await lamps.sent(PNG)))["lamp"]["id"]

    replaced = await lamps.set(lamp=lamp, photo=await lamps.sent(JPEG, "new.jpg"))

    assert replaced["lamp"]["photo"]["name"] == "new.jpg"
    assert [one.name for one in await lamps.stored()] == ["new.jpg"]
    emptied = await lamps.set(lamp=lamp)
    assert (emptied["lamp"]["photo"], await lamps.stored()) == (None, [])


async def test_personal_files_are_audited_and_others_not(lamps: Lamps) -> None:
    await lamps.set(plan=await lamps.sent())
    assert await audited(lamps) == []

    payload = await lamps.set(photo=await lamps.sent())
    await lamps.http.get(payload["lamp"]["photo"]["url"])

    assert await audited(lamps) == [
        ("platform.file.attached", "Lamp", ["photo_id"]),
        ("platform.file.downloaded", "Lamp", ["photo_id"]),
    ]
    async with lamps.district.context() as ctx:
        entry = await ctx.db.scalar(select(AuditEntry).where(AuditEntry.action == "platform.file.downloaded"))
        account = await ctx.db.must_get(Account, entry.account_id)
        assert (account.subject, entry.detail["table"], entry.detail["column"]) == (
            f"{DISTRICT}/district_admin",
            TABLE,
            "photo_id",
        )


async def test_taking_a_personal_file_away_is_audited(lamps: Lamps) -> None:
    lamp = (await lamps.set(photo=await lamps.sent(), plan=await lamps.sent()))["lamp"]["id"]

    await lamps.set(lamp=lamp)
    await lamps.set(lamp=lamp)

    assert await audited(lamps) == [
        ("platform.file.attached", "Lamp", ["photo_id"]),
        ("platform.file.removed", "Lamp", ["photo_id"]),
    ]


async def test_a_file_is_personal_as_soon_as_the_map_says_so(lamps: Lamps) -> None:
    payload = await lamps.set(plan=await lamps.sent())
    url = await address(lamps, payload["lamp"]["id"], "plan")
    async with lamps.district.committed() as ctx:
        photo = await ctx.db.scalar(select(PersonalColumn).where(PersonalColumn.table_name == TABLE))
        names = {column.key for column in PersonalColumn.__table__.c} - {"id", "column_name"}
        same = {name: getattr(photo, name) for name in names}
        ctx.db.add(PersonalColumn(column_name="plan_id", **same))

    assert (await lamps.http.get(url)).status_code == 200

    assert await audited(lamps) == [("platform.file.downloaded", "Lamp", ["plan_id"])]


async def test_an_address_ends_when_no_row_names_the_file_or_its_persons_data_are_restricted(
    lamps: Lamps,
) -> None:
    key, person = await lamps.person()
    lamp = (await lamps.set(person=person, photo=await lamps.sent()))["lamp"]["id"]
    url = await address(lamps, lamp, "photo")
    assert (await lamps.http.get(url)).status_code == 200

    restricted = update(Person).where(Person.id == key)
    async with lamps.district.committed() as ctx:
        await ctx.db.execute(restricted.values(restricted_at=ctx.now))
    assert gone(await lamps.http.get(url))

    async with lamps.district.committed() as ctx:
        await ctx.db.including_restricted().execute(restricted.values(restricted_at=None))
    assert (await lamps.http.get(url)).status_code == 200
    async with lamps.district.committed() as ctx:
        table = (await ctx.db.reflected({TABLE}))[TABLE]
        await ctx.db.execute(delete(table))
    assert gone(await lamps.http.get(url))


async def address(lamps: Lamps, lamp: str, field: str) -> str:
    """Return an address of a lamp's file."""
    document = f"query($id: ID!) {{ xyLamp(id: $id) {{ {field} {{ url }} }} }}"
    shown = await lamps.district.client("district_admin").data(document, id=lamp)
    return str(shown["xyLamp"][field]["url"])


def spoilt(url: str) -> list[str]:
    """Return addresses that nobody was given."""
    token = url.rpartition("/")[2]
    return [
        url.replace(DISTRICT, OTHER),
        f"/{DISTRICT}/files/{'B' if token[0] == 'A' else 'A'}{token[1:]}",
        f"/{DISTRICT}/files/{token[:-1]}{'B' if token[-1] == 'A' else 'A'}",
        f"/{DISTRICT}/files/{token[:20]}",
        f"/{DISTRICT}/files/{token}AAAA",
        f"/{DISTRICT}/files/~~~",
        f"/{DISTRICT}/files/%00",
        f"/{DISTRICT}/files/%E8%B7%AF",
    ]


def gone(answer: httpx.Response) -> bool:
    """Say whether an address is refused."""
    code = answer.json()["errors"][0]["extensions"]["code"]
    return (answer.status_code, code) == (404, "FILE_ADDRESS_INVALID")


async def test_an_address_cannot_be_made_up(lamps: Lamps) -> None:
    url = (await lamps.set(photo=await lamps.sent()))["lamp"]["photo"]["url"]

    assert [one for one in spoilt(url) if not gone(await lamps.http.get(one))] == []
    assert (await lamps.http.get(url)).status_code == 200


async def test_an_address_is_good_for_five_minutes(lamps: Lamps) -> None:
    url = (await lamps.set(photo=await lamps.sent()))["lamp"]["photo"]["url"]

    lamps.clock.pass_(minutes=4, seconds=59)
    assert (await lamps.http.get(url)).status_code == 200
    lamps.clock.pass_(seconds=1)
    assert gone(await lamps.http.get(url))


async def test_an_address_ends_with_the_account_that_was_given_it(lamps: Lamps) -> None:
    url = (await lamps.set(photo=await lamps.sent()))["lamp"]["photo"]["url"]

    async with lamps.district.committed() as ctx:
        barred = update(Account).where(Account.subject == f"{DISTRICT}/district_admin")
        await ctx.db.execute(barred.values(disabled=True))

    assert gone(await lamps.http.get(url))


async def test_an_address_ends_with_its_programme_and_with_its_file(lamps: Lamps) -> None:
    payload = await lamps.set(photo=await lamps.sent())
    lamp, before = payload["lamp"]["id"], payload["lamp"]["photo"]["url"]
    url = (await lamps.set(lamp=lamp, photo=await lamps.sent()))["lamp"]["photo"]["url"]

    assert gone(await lamps.http.get(before))
    assert (await lamps.http.get(url)).status_code == 200
    await suspend(lamps.district.server.district(DISTRICT), SLUG)
    assert gone(await lamps.http.get(url))
