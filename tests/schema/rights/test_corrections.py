"""People correct their own phone number, and a ward's, by themselves; nobody else's."""

from typing import Any

from sqlalchemy import select

from wangge import AuditEntry
from wangge.testing.districts import TestDistrict
from wangge_schema import models as base

CORRECT = """mutation ($person: ID!, $phone: String = "199 0000 0066") { correctPhone(input: {
  person: $person, phone: $phone }) { person { phone } userErrors { code path } } }"""


async def phones(district: TestDistrict) -> list[str | None]:
    """Return the masked numbers of all people, restricted ones too."""
    async with district.context() as ctx:
        people = select(base.Person.phone_masked).order_by(base.Person.id)
        return list((await ctx.db.including_restricted().execute(people)).scalars())


async def test_people_correct_their_own_number_and_a_wards(district: TestDistrict, home: Any) -> None:
    client = district.client("resident")
    for person in (home.head, home.child):
        payload = (await client.data(CORRECT, person=person))["correctPhone"]
        assert payload == {"person": {"phone": "199****0066"}, "userErrors": []}
    removed = (await client.data(CORRECT, person=home.child, phone=""))["correctPhone"]
    assert removed == {"person": {"phone": None}, "userErrors": []}
    async with district.context() as ctx:
        about = select(AuditEntry.fields).where(AuditEntry.action == "base.person.updated")
        assert await ctx.db.scalars(about) == [["phone"]] * 3
        head = await ctx.db.must_get(base.Person, home.uuid("head"))
        assert ctx.keys.open("phone", head.phone_cipher or b"") == "19900000066"


async def test_nobody_corrects_what_is_not_theirs(
    district: TestDistrict, other_district: TestDistrict, home: Any
) -> None:
    before = await phones(district)
    client = district.client("resident")
    for person, phone, refusal in (
        (home.spouse, "19900000066", {"code": "BASE_RIGHT_NOT_YOURS", "path": ["person"]}),
        (home.stranger, "19900000066", {"code": "NOT_FOUND", "path": ["person"]}),
        (home.head, "12", {"code": "BASE_PHONE_INVALID", "path": ["phone"]}),
    ):
        payload = (await client.data(CORRECT, person=person, phone=phone))["correctPhone"]
        assert payload == {"person": None, "userErrors": [refusal]}
    worker = (await district.client("grid_worker").data(CORRECT, person=home.head))["correctPhone"]
    assert worker["userErrors"] == [{"code": "BASE_RIGHT_NOT_YOURS", "path": ["person"]}]
    abroad = (await other_district.client("district_admin").data(CORRECT, person=home.head))["correctPhone"]
    assert abroad["userErrors"] == [{"code": "NOT_FOUND", "path": ["person"]}]
    assert await district.client(None).codes(CORRECT, person=home.head) == ["UNAUTHENTICATED"]
    assert await phones(district) == before


async def test_a_restricted_number_stays_as_it_is(district: TestDistrict, home: Any) -> None:
    before = await phones(district)
    restrict = """mutation ($person: ID!) { restrictPerson(input: { person: $person, reason: "本人申请" }) {
      userErrors { code } } }"""
    await district.client("district_admin").data(restrict, person=home.head)

    payload = (await district.client("resident").data(CORRECT, person=home.head))["correctPhone"]

    assert payload["userErrors"] == [{"code": "DATA_RESTRICTED", "path": ["person"]}]
    assert await phones(district) == before
