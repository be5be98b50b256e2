"""A copy of everything held on a person: whole, readable, audited, and for nobody else."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select, update

from wangge import AuditEntry
from wangge._host.lifecycle import suspend
from wangge.testing.districts import TestDistrict
from wangge_schema import models as base

EXPORT = """mutation ($person: ID!, $purpose: String = "本人查阅") { exportPerson(input: { person: $person,
  purpose: $purpose }) { json html userErrors { code path } } }"""
RESTRICT = """mutation ($person: ID!) { restrictPerson(input: { person: $person, reason: "本人申请" }) {
  userErrors { code } } }"""
REVEAL = """mutation ($person: ID!) { revealPersonalValue(input: { person: $person, field: PHONE,
  purpose: "核对电话" }) { userErrors { code } } }"""


async def copy_of(district: TestDistrict, role: str, person: str) -> tuple[dict[str, Any], str]:
    """Return the copy that a role gets."""
    payload = (await district.client(role).data(EXPORT, person=person))["exportPerson"]
    assert payload["userErrors"] == []
    return json.loads(payload["json"]), payload["html"]


async def exports(district: TestDistrict) -> int:
    """Return how many copies the audit tells of."""
    async with district.context() as ctx:
        told = select(func.count(AuditEntry.id)).where(AuditEntry.action == "base.person.exported")
        return int(await ctx.db.scalar(told))


def holding(copy: dict[str, Any], table: str) -> dict[str, Any]:
    """Return the part of a copy that is about one table."""
    [found] = [one for one in copy["holdings"] if one["table"] == table]
    assert isinstance(found, dict)
    return found


async def test_a_person_has_everything_of_every_programme(district: TestDistrict, home: Any) -> None:
    copy, page = await copy_of(district, "resident", home.head)

    assert copy["format"] == "wangge-person-export/1"
    assert copy["district"] == {"code": "370703", "name": "寒亭区"}
    [person] = holding(copy, "base_people")["rows"]
    assert (person["name"], person["phone"], person["document_number"]) == (home.marks[:3])
    assert person["dwelling"] == home.marks[3]
    assert not [name for name in person if name.endswith(("_digest", "_masked", "_cipher"))]
    tables = {(one["plugin"], one["table"]): len(one["rows"]) for one in copy["holdings"]}
    assert tables == {
        ("base", "base_people"): 1,
        ("base", "base_residences"): 1,
        ("base", "base_guardianships"): 1,
        ("base", "base_memberships"): 1,
        ("base", "base_posts"): 1,
        ("base", "base_pairings"): 1,
        ("base", "base_consents"): 1,
        ("volunteer_points", "volunteer_points_volunteers"): 1,
        ("volunteer_points", "volunteer_points_team_members"): 1,
        ("volunteer_points", "volunteer_points_accounts"): 1,
        ("volunteer_points", "volunteer_points_transfers"): 1,
    }
    posts = holding(copy, "base_posts")
    assert posts["purpose"] == {
        "key": "service",
        "title": {"zh": "入户走访与服务", "en": "Visits and services"},
    }
    assert (posts["retention"], posts["onErasure"]) == (
        "While the post is held and three years after",
        "restrict",
    )
    [account] = copy["accounts"]
    assert (account["subject"], account["kind"]) == (f"{district.code}/resident", "RESIDENT")
    assert [one["role"] for one in account["roles"]] == ["resident"]
    for mark in home.marks:
        assert mark in page


async def test_the_page_stands_by_itself_and_escapes_what_it_shows(district: TestDistrict, home: Any) -> None:
    async with district.committed() as ctx:
        hostile = update(base.Post).values(duty_name="<script>alert(1)</script>")
        await ctx.db.execute(hostile)

    _, page = await copy_of(district, "resident", home.head)

    assert page.startswith("<!DOCTYPE html>")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert not [word for word in ("http://", "https://", "src=", "url(") if word in page]


async def test_the_copy_says_who_looked(district: TestDistrict, home: Any) -> None:
    await district.client("community_secretary").data(REVEAL, person=home.head)

    copy, page = await copy_of(district, "resident", home.head)

    [looked] = [one for one in copy["audit"] if one["action"] == "base.person.revealed"]
    assert (looked["roles"], looked["fields"], looked["purpose"]) == (
        ["community_secretary"],
        ["phone"],
        "核对电话",
    )
    assert "核对电话" in page
    assert "community_secretary" not in copy["accounts"]


async def test_programmes_that_are_off_are_in_it(district: TestDistrict, home: Any) -> None:
    await suspend(district.server.district(district.code), "volunteer_points")

    copy, _ = await copy_of(district, "resident", home.head)

    [volunteer] = holding(copy, "volunteer_points_volunteers")["rows"]
    assert volunteer["application_number"] == "欧阳密语 1 号"


async def test_guardians_have_the_copy_of_a_minor_and_of_nobody_else(
    district: TestDistrict, home: Any
) -> None:
    copy, _ = await copy_of(district, "resident", home.child)
    assert holding(copy, "base_people")["rows"][0]["name"] == "欧阳小明"
    client = district.client("resident")
    for person, refusal in ((home.spouse, "BASE_RIGHT_NOT_YOURS"), (home.stranger, "NOT_FOUND")):
        payload = (await client.data(EXPORT, person=person))["exportPerson"]
        assert payload["userErrors"] == [{"code": refusal, "path": ["person"]}]
        assert (payload["json"], payload["html"]) == (None, None)
    assert await exports(district) == 1


async def test_staff_need_permission_scope_and_purpose(
    district: TestDistrict, other_district: TestDistrict, home: Any
) -> None:
    assert await district.client("grid_worker").codes(EXPORT, person=home.head) == ["FORBIDDEN"]
    assert await district.client(None).codes(EXPORT, person=home.head) == ["UNAUTHENTICATED"]
    secretary = district.client("community_secretary")
    for person, purpose, refusal in (
        (home.stranger, "本人申请", {"code": "NOT_FOUND", "path": ["person"]}),
        (home.head, " ", {"code": "BASE_REASON_UNSTATED", "path": ["purpose"]}),
    ):
        payload = (await secretary.data(EXPORT, person=person, purpose=purpose))["exportPerson"]
        assert payload["userErrors"] == [refusal]
    abroad = await other_district.client("district_admin").data(EXPORT, person=home.head)
    assert abroad["exportPerson"]["userErrors"] == [{"code": "NOT_FOUND", "path": ["person"]}]
    assert await exports(district) == 0

    await copy_of(district, "community_secretary", home.head)

    assert await exports(district) == 1


@pytest.mark.parametrize(
    ("role", "codes"),
    [("resident", []), ("district_admin", []), ("community_secretary", ["DATA_RESTRICTED"])],
)
async def test_a_restriction_takes_the_copy_from_nobody_who_has_a_right_to_it(
    district: TestDistrict, home: Any, role: str, codes: list[str]
) -> None:
    await district.client("district_admin").data(RESTRICT, person=home.head)

    payload = (await district.client(role).data(EXPORT, person=home.head))["exportPerson"]

    assert [one["code"] for one in payload["userErrors"]] == codes
    assert (payload["json"] is None) == bool(codes)
