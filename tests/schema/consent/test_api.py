"""Consents over HTTP: given by oneself, by guardians, and by staff; withdrawn as easily."""

from typing import Any

import pytest
from sqlalchemy import func, select, update

from wangge import Account, RoleGrant, decode_id
from wangge.testing.districts import TestDistrict
from wangge_schema import models as base
from wangge_schema.consent.errors import ConsentMissing
from wangge_schema.consent.services import PurposeRow, purposes, require_consent, seed_purposes
from wangge_schema.people.types import Person

ERRORS = "userErrors { code path }"
RECORD = f"""mutation ($input: RecordConsentInput!) {{ recordConsent(input: $input) {{
  person {{ id }} purpose {{ key }} consent {{ id givenBy noticeVersion guardian {{ id }} withdrawnAt }}
  {ERRORS} }} }}"""
WITHDRAW = f"""mutation ($input: WithdrawConsentInput!) {{ withdrawConsent(input: $input) {{
  person {{ id }} consent {{ withdrawnAt }} {ERRORS} }} }}"""
CONSENTS = "query ($id: ID!) { person(id: $id) { consents { id purpose { key } withdrawnAt } } }"


def refusals(payload: dict[str, Any]) -> list[tuple[str, list[str] | None]]:
    """Return code and path of each user error."""
    return [(one["code"], one["path"]) for one in payload["userErrors"]]


async def consents(district: TestDistrict) -> int:
    """Return how many consents are recorded."""
    async with district.context() as ctx:
        return int(await ctx.db.scalar(select(func.count(base.Consent.id))))


async def test_purposes_are_listed_in_the_callers_language(district: TestDistrict) -> None:
    document = "{ processingPurposes { key title legalBasis noticeVersion needsConsent } }"
    data = await district.client("resident", language="zh-CN").data(document)
    listed = {one["key"]: one for one in data["processingPurposes"]}
    assert listed["registration"]["title"] == "实有人口登记"
    assert listed["registration"]["needsConsent"] is False
    assert listed["activities"]["needsConsent"] is True
    data = await district.client("resident").data(document)
    assert "Registration of residents" in [one["title"] for one in data["processingPurposes"]]
    assert await district.client(None).codes(document) == ["UNAUTHENTICATED"]


async def test_a_resident_consents_and_withdraws(district: TestDistrict, family: Any) -> None:
    client = district.client("resident")
    asked = {"person": family.mother, "purpose": "activities"}
    payload = (await client.data(RECORD, input=asked))["recordConsent"]
    assert payload["userErrors"] == []
    assert payload["person"] == {"id": family.mother}
    assert payload["purpose"] == {"key": "activities"}
    consent = payload["consent"]
    assert (consent["givenBy"], consent["noticeVersion"], consent["guardian"]) == ("PERSON", "1", None)
    again = (await client.data(RECORD, input=asked))["recordConsent"]
    assert again["consent"]["id"] == consent["id"]
    withdrawn = (await client.data(WITHDRAW, input={"consent": consent["id"]}))["withdrawConsent"]
    assert withdrawn["consent"]["withdrawnAt"] is not None
    twice = (await client.data(WITHDRAW, input={"consent": consent["id"]}))["withdrawConsent"]
    assert refusals(twice) == [("BASE_CONSENT_WITHDRAWN", ["consent"])]
    renewed = (await client.data(RECORD, input=asked))["recordConsent"]
    assert renewed["consent"]["id"] != consent["id"]
    listed = (await client.data(CONSENTS, id=family.mother))["person"]["consents"]
    assert [one["withdrawnAt"] is None for one in listed] == [False, True]


async def test_a_guardian_consents_for_a_child(district: TestDistrict, family: Any) -> None:
    asked = {"person": family.child, "purpose": "activities"}
    payload = (await district.client("resident").data(RECORD, input=asked))["recordConsent"]
    assert payload["consent"]["givenBy"] == "GUARDIAN"
    assert payload["consent"]["guardian"] == {"id": family.mother}


async def test_a_resident_does_not_decide_for_others(district: TestDistrict, family: Any) -> None:
    client = district.client("resident")
    for person, refusal in (
        (family.brother, ("BASE_CONSENT_NOT_YOURS", ["person"])),
        (family.neighbour, ("NOT_FOUND", ["person"])),
    ):
        payload = (await client.data(RECORD, input={"person": person, "purpose": "activities"}))[
            "recordConsent"
        ]
        assert refusals(payload) == [refusal]
    assert await consents(district) == 0
    asked = {"person": family.brother, "purpose": "activities"}
    staff = await district.client("community_secretary").data(RECORD, input=asked)
    given = {"consent": staff["recordConsent"]["consent"]["id"]}
    assert refusals((await client.data(WITHDRAW, input=given))["withdrawConsent"]) == [
        ("BASE_CONSENT_NOT_YOURS", ["person"])
    ]


async def test_staff_record_what_people_signed(district: TestDistrict, family: Any) -> None:
    client = district.client("community_secretary")
    asked = {"person": family.neighbour, "purpose": "activities"}
    payload = (await client.data(RECORD, input=asked))["recordConsent"]
    assert payload["consent"]["givenBy"] == "PERSON"
    listed = (await client.data(CONSENTS, id=family.neighbour))["person"]["consents"]
    assert [one["purpose"]["key"] for one in listed] == ["activities"]


async def test_reading_and_recording_consents_need_the_permission(
    district: TestDistrict, family: Any
) -> None:
    async with district.committed() as ctx:
        staff = select(Account.id).where(Account.subject == f"{district.code}/grid_worker")
        role = update(RoleGrant).where(RoleGrant.account_id.in_(staff)).values(role="vendor_service")
        await ctx.db.session.execute(role)
    client = district.client("grid_worker")
    assert await client.codes(CONSENTS, id=family.neighbour) == ["FORBIDDEN"]
    asked = {"person": family.neighbour, "purpose": "activities"}
    assert await client.codes(RECORD, input=asked) == ["FORBIDDEN"]
    assert await consents(district) == 0


async def test_staff_name_the_guardian_of_a_child(district: TestDistrict, family: Any) -> None:
    client = district.client("community_secretary")
    asked = {"person": family.child, "purpose": "activities"}
    for guardian, refusal in (
        (None, ("BASE_GUARDIAN_NEEDED", ["guardian"])),
        (family.brother, ("BASE_GUARDIAN_NOT_RECORDED", ["guardian"])),
    ):
        payload = (await client.data(RECORD, input={**asked, "guardian": guardian}))["recordConsent"]
        assert refusals(payload) == [refusal]
    assert await consents(district) == 0
    payload = (await client.data(RECORD, input={**asked, "guardian": family.mother}))["recordConsent"]
    assert payload["consent"]["givenBy"] == "GUARDIAN"


@pytest.mark.parametrize(
    ("purpose", "code"), [("registration", "BASE_CONSENT_NOT_NEEDED"), ("fun", "BASE_PURPOSE_UNKNOWN")]
)
async def test_other_purposes_take_no_consent(
    district: TestDistrict, family: Any, purpose: str, code: str
) -> None:
    asked = {"person": family.mother, "purpose": purpose}
    payload = (await district.client("resident").data(RECORD, input=asked))["recordConsent"]
    assert refusals(payload) == [(code, ["purpose"])]
    assert await consents(district) == 0


async def test_consents_out_of_scope_are_refused(
    district: TestDistrict, other_district: TestDistrict, family: Any
) -> None:
    asked = {"person": family.mother, "purpose": "activities"}
    worker = await district.client("grid_worker_elsewhere").data(RECORD, input=asked)
    assert refusals(worker["recordConsent"]) == [("NOT_FOUND", ["person"])]
    other = await other_district.client("district_admin").data(RECORD, input=asked)
    assert refusals(other["recordConsent"]) == [("NOT_FOUND", ["person"])]
    assert await district.client(None).codes(RECORD, input=asked) == ["UNAUTHENTICATED"]
    given = (await district.client("resident").data(RECORD, input=asked))["recordConsent"]["consent"]
    for client in (district.client("grid_worker_elsewhere"), other_district.client("district_admin")):
        payload = (await client.data(WITHDRAW, input={"consent": given["id"]}))["withdrawConsent"]
        assert refusals(payload) == [("NOT_FOUND", ["consent"])]
    assert await consents(district) == 1


async def test_a_programme_can_insist_on_a_consent(district: TestDistrict, family: Any) -> None:
    child = decode_id(Person, family.child)
    asked = {"person": family.child, "purpose": "activities"}
    async with district.context() as ctx:
        await require_consent(ctx, person_id=child, purpose="registration")
        with pytest.raises(ConsentMissing):
            await require_consent(ctx, person_id=child, purpose="activities")
    await district.client("resident").data(RECORD, input=asked)
    async with district.context() as ctx:
        await require_consent(ctx, person_id=child, purpose="activities")
        renewed = update(base.ProcessingPurpose).where(base.ProcessingPurpose.key == "activities")
        await ctx.db.execute(renewed.values(notice_version="2"))
        with pytest.raises(ConsentMissing):
            await require_consent(ctx, person_id=child, purpose="activities")


async def test_the_register_is_seeded_once_and_keys_stay_with_their_programme(
    district: TestDistrict,
) -> None:
    async with district.context() as ctx:
        before = {one.key: one.title_en for one in await purposes(ctx)}
        row = PurposeRow("registration", "某", "Other", "consent", None, "1", True, "vendor")
        await seed_purposes(
            ctx, [row, PurposeRow("vendor_care", "照护", "Care", "consent", None, "1", True, "vendor")]
        )
        after = {one.key: one.title_en for one in await purposes(ctx)}
    assert after == {**before, "vendor_care": "Care"}
