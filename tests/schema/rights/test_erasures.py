"""Erasing people across programmes: what a law keeps stays with a stub, everything else goes."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import String, cast, func, select, text, update

from wangge import Account, AuditEntry, RoleGrant
from wangge._host.lifecycle import purge, suspend
from wangge._host.lifecycle.purging import words_of
from wangge._host.plugins import PluginManager
from wangge._host.rights import rights_of
from wangge._host.runtime import Server
from wangge.auth.models import Erasure, MutationReplay, PersonalColumn
from wangge.events.outbox import OutboxEvent
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import World
from wangge_schema import models as base
from wangge_volunteer_points import models as points

ERASE = """mutation ($person: ID!, $reason: String = "本人申请删除", $name: String) { erasePerson(input: {
  person: $person, reason: $reason, clientMutationId: $name }) {
  deleted kept remains userErrors { code path } } }"""
PREVIEW = """query ($person: ID!) { personErasurePreview(person: $person) { remains
  effects { plugin table title rows fate because } } }"""
WHO = "{ me { kind person { id } } }"
UPDATE = """mutation ($person: ID!, $phone: String!) { updatePerson(input: { person: $person, phone: $phone,
  clientMutationId: "call-1" }) { person { phone } userErrors { code } } }"""


async def everything_stored(district: TestDistrict) -> str:
    """Return all text that the district's database holds, sealed values opened, the audit left out."""
    async with district.context() as ctx:
        kept = []
        tables = [one for one in await ctx.db.tables() if one != "wangge_audit_entries"]
        for table in (await ctx.db.reflected(frozenset(tables))).values():
            for row in (await ctx.db.session.execute(select(table))).mappings():
                kept += [str(value) for value in row.values()]
                kept += [
                    ctx.keys.open(name.removesuffix("_cipher"), value)
                    for name, value in row.items()
                    if name.endswith("_cipher") and value is not None
                ]
        return "\n".join(kept)


async def count(district: TestDistrict, model: Any) -> int:
    """Return how many rows of a table there are, restricted people's too."""
    async with district.context() as ctx:
        return int(await ctx.db.including_restricted().scalar(select(func.count(model.id))))


async def erase(district: TestDistrict, person: str) -> dict[str, Any]:
    """Erase somebody as the district's administrator."""
    payload: dict[str, Any] = (await district.client("district_admin").data(ERASE, person=person))[
        "erasePerson"
    ]
    return payload


async def test_the_preview_says_what_goes_and_what_a_law_keeps(district: TestDistrict, home: Any) -> None:
    data = await district.client("district_admin").data(PREVIEW, person=home.head)

    found = data["personErasurePreview"]
    assert found["remains"] is True
    assert {one["table"]: (one["rows"], one["fate"]) for one in found["effects"]} == {
        "base_consents": (1, "KEPT"),
        "base_guardianships": (1, "DELETED"),
        "base_memberships": (1, "DELETED"),
        "base_pairings": (1, "DELETED"),
        "base_posts": (1, "EMPTIED"),
        "base_residences": (1, "DELETED"),
        "volunteer_points_accounts": (1, "KEPT"),
        "volunteer_points_team_members": (1, "DELETED"),
        "volunteer_points_transfers": (1, "KEPT"),
        "volunteer_points_volunteers": (1, "EMPTIED"),
    }
    [volunteers] = [one for one in found["effects"] if one["table"] == "volunteer_points_volunteers"]
    assert (volunteers["plugin"], volunteers["title"]) == ("volunteer_points", "志愿者注册")
    assert "Regulation on Voluntary Service 2017" in volunteers["because"]
    assert await count(district, base.Person) == 4


async def test_nothing_personal_is_left_where_a_law_keeps_rows(district: TestDistrict, home: Any) -> None:
    before = await everything_stored(district)
    assert all(mark in before for mark in home.marks)

    assert await erase(district, home.head) == {"deleted": 5, "kept": 5, "remains": True, "userErrors": []}

    after = await everything_stored(district)
    assert [mark for mark in home.marks[:3] if mark in after] == []
    assert (await count(district, base.Person), await count(district, base.Residence)) == (4, 3)
    assert await count(district, points.PointsTransfer) == await count(district, points.PointsAccount) == 1
    assert await count(district, points.PointsEntry) == 2
    assert await count(district, points.VolunteerTeamMember) == 0
    async with district.context() as ctx:
        held = ctx.db.including_restricted()
        stub = await held.must_get(base.Person, home.uuid("head"))
        assert (stub.name, stub.document_number_digest, stub.phone_digest) == ("*", None, None)
        assert stub.restricted_at is not None
        household = await ctx.db.scalar(select(base.Household).where(base.Household.number == "H-1"))
        assert household.head_id is None
        post = await held.must_get(base.Post, UUID(hex=home.post.rpartition("_")[2]))
        assert (post.duty_name, post.duty_phone, post.until) == (None, None, ctx.today)


async def test_who_has_nothing_that_a_law_keeps_goes_wholly(district: TestDistrict, home: Any) -> None:
    found = (await district.client("district_admin").data(PREVIEW, person=home.stranger))[
        "personErasurePreview"
    ]
    assert [(one["table"], one["fate"]) for one in found["effects"]] == [("base_residences", "DELETED")]

    assert await erase(district, home.stranger) == {
        "deleted": 1,
        "kept": 0,
        "remains": False,
        "userErrors": [],
    }

    assert "王强" not in await everything_stored(district)
    assert await count(district, base.Person) == 3
    again = await erase(district, home.stranger)
    assert again["userErrors"] == [{"code": "NOT_FOUND", "path": ["person"]}]


async def test_the_account_opens_nothing_any_more(district: TestDistrict, home: Any) -> None:
    assert (await district.client("resident").data(WHO))["me"]["person"] == {"id": home.head}

    await erase(district, home.head)

    assert await district.client("resident").codes(WHO) == ["UNAUTHENTICATED"]
    async with district.context() as ctx:
        erased = select(Account).where(cast(Account.subject, String).startswith("erased:"))
        [account] = await ctx.db.scalars(erased)
        assert (account.disabled, account.person_id) == (True, None)
        [grant] = await ctx.db.scalars(select(RoleGrant).where(RoleGrant.account_id == account.id))
        assert grant.until is not None


async def test_repeats_and_events_tell_nothing_of_the_erased(district: TestDistrict, home: Any) -> None:
    client = district.client("grid_worker")
    await client.data(UPDATE, person=home.head, phone="19900000009")
    await client.data(UPDATE.replace("call-1", "call-2"), person=home.spouse, phone="19900000008")

    await erase(district, home.head)

    async with district.context() as ctx:
        answers = await ctx.db.scalars(select(MutationReplay.answer))
        assert [home.uuid("head").hex in json.dumps(one).replace("-", "") for one in answers] == [False]
        about = select(func.count(OutboxEvent.number))
        assert await ctx.db.scalar(about.where(OutboxEvent.subject_id == home.uuid("head"))) == 0
        [last] = await ctx.db.scalars(select(OutboxEvent).where(OutboxEvent.type == "base.person.erased"))
        assert last.data == {"person": home.uuid("head").hex, "remains": True}
        named = select(OutboxEvent.type).where(cast(OutboxEvent.data, String).contains(home.uuid("head").hex))
        assert await ctx.db.scalars(named) == ["base.person.erased"]


async def test_the_audit_keeps_a_tombstone_without_a_value(district: TestDistrict, home: Any) -> None:
    await erase(district, home.head)

    async with district.context() as ctx:
        [entry] = await ctx.db.scalars(select(AuditEntry).where(AuditEntry.action == "base.person.erased"))
        assert (entry.subject_id, entry.purpose) == (home.uuid("head"), "本人申请删除")
        assert entry.detail["volunteer_points_transfers kept"] == 1
        assert not [mark for mark in home.marks if mark in json.dumps(entry.detail, ensure_ascii=False)]
        assert await ctx.db.scalars(select(Erasure.person_id)) == [home.uuid("head")]


async def test_the_tables_of_a_suspended_programme_are_reached(district: TestDistrict, home: Any) -> None:
    await suspend(district.server.district(district.code), "volunteer_points")

    await erase(district, home.head)

    assert await count(district, points.VolunteerTeamMember) == 0
    assert "欧阳密语" not in await everything_stored(district)


async def test_a_copy_and_an_erasure_do_without_a_purged_programme(district: TestDistrict, home: Any) -> None:
    runtime = district.server.district(district.code)
    async with district.committed() as ctx:  # no law keeps its records any more
        ours = update(PersonalColumn).where(PersonalColumn.plugin == "volunteer_points")
        await ctx.db.session.execute(ours.values(on_erase="delete"))
    await suspend(runtime, "volunteer_points")
    await purge(runtime, "volunteer_points", confirmation=words_of(runtime, "volunteer_points"))

    async with district.committed() as ctx:
        copy, page = await rights_of(runtime).export(ctx, home.uuid("head"), "本人查阅")
    erased = await erase(district, home.head)

    assert "欧阳密语" in page
    assert "volunteer_points" not in copy
    assert erased["userErrors"] == []
    assert "欧阳密语" not in await everything_stored(district)


async def test_the_tables_of_a_programme_that_is_gone_are_reached(
    district: TestDistrict, home: Any, world: World
) -> None:
    """The package is not installed; its tables and its part of the map are there."""
    from importlib.metadata import entry_points

    alone = PluginManager([one for one in entry_points(group="wangge.plugins") if one.name == "base"])
    server = Server(world.settings, plugins=alone)
    await server.start(watch=False)
    try:
        async with server.district(district.code).work() as ctx:
            provider = ctx.capability("rights/1")
            assert "volunteer_points" not in [one.slug for one in server.district(district.code).plugins]
            text_, page = await provider.export(ctx, home.uuid("head"), "本人查阅")
            await provider.erase(ctx, home.uuid("head"), "本人申请删除")
    finally:
        await server.stop()

    assert "volunteer_points_transfers" in text_
    assert "欧阳密语 1 号" in page
    assert await count(district, points.VolunteerTeamMember) == 0
    assert "欧阳密语" not in await everything_stored(district)


async def test_erasing_twice_is_told_and_a_repeat_is_answered_again(
    district: TestDistrict, home: Any
) -> None:
    client = district.client("district_admin")
    first = (await client.data(ERASE, person=home.head, name="form-1"))["erasePerson"]
    again = (await client.data(ERASE, person=home.head, name="form-1"))["erasePerson"]
    other = (await client.data(ERASE, person=home.head, name="form-2"))["erasePerson"]

    assert first == again
    assert other["userErrors"] == [{"code": "BASE_PERSON_ERASED", "path": ["person"]}]


async def test_erasing_and_its_preview_need_permission_scope_and_reason(
    district: TestDistrict, other_district: TestDistrict, home: Any
) -> None:
    for role in ("grid_worker", "community_secretary", "resident"):
        assert await district.client(role).codes(ERASE, person=home.head) == ["FORBIDDEN"]
        assert await district.client(role).codes(PREVIEW, person=home.head) == ["FORBIDDEN"]
    assert await district.client(None).codes(ERASE, person=home.head) == ["UNAUTHENTICATED"]
    silent = await district.client("district_admin").data(ERASE, person=home.head, reason="")
    assert silent["erasePerson"]["userErrors"] == [{"code": "BASE_REASON_UNSTATED", "path": ["reason"]}]
    abroad = other_district.client("district_admin")
    assert (await abroad.data(ERASE, person=home.head))["erasePerson"]["userErrors"] == [
        {"code": "NOT_FOUND", "path": ["person"]}
    ]
    assert await abroad.data(PREVIEW, person=home.head) == {"personErasurePreview": None}
    assert await count(district, base.Person) == 4
    assert await count(district, Erasure_) == 0


class Erasure_:  # counts a table whose key is not called id
    """Stands for the table of erasures in `count`."""

    id = Erasure.person_id


async def test_rows_that_others_need_are_kept(district: TestDistrict, home: Any) -> None:
    """A table that is gone from the map's package may hold a key that the database will not let go."""
    async with district.committed() as ctx:
        schema = "" if ctx.db.dialect == "sqlite" else f"d_{district.code}."
        key = "CHAR(32)" if ctx.db.dialect == "sqlite" else "UUID"
        await ctx.db.session.execute(
            text(f"CREATE TABLE {schema}gone_notes (id {key} REFERENCES {schema}base_residences(id))")
        )
        row = await ctx.db.scalar(
            select(base.Residence.id).where(base.Residence.person_id == home.uuid("head"))
        )
        stored = row.hex if ctx.db.dialect == "sqlite" else row
        await ctx.db.session.execute(text(f"INSERT INTO {schema}gone_notes VALUES (:id)"), {"id": stored})

    done = await erase(district, home.head)

    assert (done["userErrors"], done["remains"]) == ([], True)
    assert await count(district, base.Residence) == 4
    assert "欧阳密语" not in await everything_stored(district)


@pytest.mark.parametrize("role", ["district_admin"])
async def test_a_restricted_person_can_be_erased(district: TestDistrict, home: Any, role: str) -> None:
    async with district.committed() as ctx:
        person = update(base.Person).where(base.Person.id == home.uuid("stranger"))
        await ctx.db.execute(person.values(restricted_at=ctx.now))

    assert (await erase(district, home.stranger))["userErrors"] == []
    assert await count(district, base.Person) == 3
