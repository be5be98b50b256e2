"""Writing about people over HTTP: who may, what is refused, and that a refusal changes nothing."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from wangge import AuditEntry
from wangge.testing.districts import TestDistrict
from wangge_schema import models as base

ERRORS = "warnings { code path } userErrors { code message path }"
REGISTER = f"""mutation ($input: RegisterPersonInput!) {{ registerPerson(input: $input) {{
  person {{ id name sex birthDate documentNumber phone grid {{ code }} household {{ number }}
    residences {{ kind dwelling {{ id }} since until }} }} {ERRORS} }} }}"""
UPDATE = f"""mutation ($input: UpdatePersonInput!) {{ updatePerson(input: $input) {{
  person {{ name sex birthDate phone documentType relation }} {ERRORS} }} }}"""
DIE = f"""mutation ($input: RecordDeathInput!) {{ recordDeath(input: $input) {{
  person {{ diedOn household {{ id }} residences {{ until }} }} {ERRORS} }} }}"""
MOVE = f"""mutation ($input: MoveHouseholdInput!) {{ moveHousehold(input: $input) {{
  household {{ dwelling {{ id }} grid {{ code }} members {{ grid {{ code }} }} }} {ERRORS} }} }}"""
DWELL = f"""mutation ($input: CreateDwellingInput!) {{ createDwelling(input: $input) {{
  dwelling {{ id unit room address floorArea grid {{ code }} }} {ERRORS} }} }}"""
HOUSE = f"""mutation ($input: CreateHouseholdInput!) {{ createHousehold(input: $input) {{
  household {{ number head {{ id }} members {{ id }} }} {ERRORS} }} }}"""
GUARD = f"""mutation ($input: RecordGuardianshipInput!) {{ recordGuardianship(input: $input) {{
  ward {{ id }} guardian {{ id }} {ERRORS} }} }}"""
REVEAL = f"""mutation ($input: RevealPersonalValueInput!) {{ revealPersonalValue(input: $input) {{
  person {{ id }} value {ERRORS} }} }}"""


async def count(district: TestDistrict, model: Any) -> int:
    """Return how many rows a table has."""
    async with district.context() as ctx:
        return int(await ctx.db.scalar(select(func.count(model.id))))


def refusals(payload: dict[str, Any]) -> list[tuple[str, list[str] | None]]:
    """Return code and path of each user error."""
    return [(one["code"], one["path"]) for one in payload["userErrors"]]


@pytest.fixture
def newcomer(town: Any, identity_number: Any) -> dict[str, Any]:
    """Input that registers a new person in the empty dwelling."""
    return {
        "name": "周杰",
        "documentType": "IDENTITY_CARD",
        "documentNumber": identity_number(date(1995, 7, 20), 77),
        "phone": "19900000077",
        "dwelling": town.empty,
        "purpose": "registration",
    }


async def test_a_person_is_registered_with_a_current_residence(
    district: TestDistrict, town: Any, newcomer: dict[str, Any]
) -> None:
    payload = (await district.client("grid_worker").data(REGISTER, input=newcomer))["registerPerson"]
    assert payload["userErrors"] == []
    assert payload["warnings"] == [{"code": "BASE_AREA_CODE_UNKNOWN", "path": ["documentNumber"]}]
    person = payload["person"]
    assert (person["name"], person["sex"], person["birthDate"]) == ("周杰", "MALE", "1995-07-20")
    assert person["documentNumber"] == "379***********" + newcomer["documentNumber"][-4:]
    assert (person["phone"], person["household"]) == ("199****0077", None)
    assert person["grid"] == {"code": "370703001001001002"}
    [residence] = person["residences"]
    assert (residence["kind"], residence["dwelling"]["id"], residence["until"]) == (
        "CURRENT",
        town.empty,
        None,
    )


async def test_nothing_personal_is_stored_in_plain(
    district: TestDistrict, town: Any, newcomer: dict[str, Any]
) -> None:
    await district.client("grid_worker").data(REGISTER, input=newcomer)
    async with district.context() as ctx:
        row = await ctx.db.scalar(select(base.Person).where(base.Person.name == "周杰"))
        stored = repr({name: value for name, value in vars(row).items() if name != "_sa_instance_state"})
        assert newcomer["documentNumber"] not in stored
        assert newcomer["phone"] not in stored
        assert ctx.keys.open("phone", row.phone_cipher) == newcomer["phone"]


async def test_a_document_is_registered_once_whoever_sees_it(
    district: TestDistrict, town: Any, newcomer: dict[str, Any], identity_number: Any
) -> None:
    taken = {**newcomer, "documentNumber": identity_number(date(1990, 1, 1), 55)}
    payload = (await district.client("grid_worker").data(REGISTER, input=taken))["registerPerson"]
    assert refusals(payload) == [("BASE_PERSON_EXISTS", ["documentNumber"])]
    assert payload["person"] is None
    assert "王强" not in payload["userErrors"][0]["message"]
    assert await count(district, base.Person) == 4
    assert await count(district, base.Residence) == 4


async def test_registering_needs_the_permission(
    district: TestDistrict, town: Any, newcomer: dict[str, Any]
) -> None:
    assert await district.client("resident").codes(REGISTER, input=newcomer) == ["FORBIDDEN"]
    assert await district.client("vendor_service").codes(REGISTER, input=newcomer) == ["FORBIDDEN"]
    assert await count(district, base.Person) == 4


async def test_a_dwelling_out_of_scope_is_refused(
    district: TestDistrict, town: Any, newcomer: dict[str, Any]
) -> None:
    payload = await district.client("grid_worker").data(REGISTER, input={**newcomer, "dwelling": town.far})
    assert refusals(payload["registerPerson"]) == [("NOT_FOUND", ["dwelling"])]
    assert await count(district, base.Person) == 4


async def test_a_dwelling_of_another_district_is_refused(
    district: TestDistrict, other_district: TestDistrict, town: Any, newcomer: dict[str, Any]
) -> None:
    payload = await other_district.client("district_admin").data(REGISTER, input=newcomer)
    assert refusals(payload["registerPerson"]) == [("NOT_FOUND", ["dwelling"])]
    assert await count(other_district, base.Person) == 0


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"documentNumber": "370703800517001"}, "BASE_DOCUMENT_NUMBER_OBSOLETE", ["documentNumber"]),
        ({"documentNumber": "379999199507200770"}, "BASE_DOCUMENT_CHECK_DIGIT_WRONG", ["documentNumber"]),
        ({"documentType": "NONE"}, "BASE_DOCUMENT_NUMBER_UNEXPECTED", ["documentNumber"]),
        ({"sex": "FEMALE"}, "BASE_DOCUMENT_CONTRADICTS", ["sex"]),
        ({"birthDate": "1995-07-21"}, "BASE_DOCUMENT_CONTRADICTS", ["birthDate"]),
        ({"phone": "12900000077"}, "BASE_PHONE_INVALID", ["phone"]),
        ({"name": " "}, "BASE_NAME_INVALID", ["name"]),
        ({"purpose": "curiosity"}, "BASE_PURPOSE_UNKNOWN", ["purpose"]),
        ({"purpose": "activities"}, "BASE_PURPOSE_NEEDS_CONSENT", ["purpose"]),
    ],
)
async def test_what_breaks_a_rule_is_refused(
    district: TestDistrict,
    town: Any,
    newcomer: dict[str, Any],
    change: dict[str, Any],
    code: str,
    path: list[str],
) -> None:
    payload = await district.client("grid_worker").data(REGISTER, input={**newcomer, **change})
    assert refusals(payload["registerPerson"]) == [(code, path)]
    assert await count(district, base.Person) == 4


async def test_a_child_is_not_registered_for_a_purpose_that_needs_a_guardian(
    district: TestDistrict, town: Any, newcomer: dict[str, Any], identity_number: Any
) -> None:
    child = {**newcomer, "documentNumber": identity_number(date(2020, 2, 2), 1), "purpose": "activities"}
    payload = await district.client("grid_worker").data(REGISTER, input=child)
    assert refusals(payload["registerPerson"]) == [("BASE_PURPOSE_NEEDS_GUARDIAN", ["purpose"])]


async def test_refusals_are_told_in_chinese_by_default(
    district: TestDistrict, town: Any, newcomer: dict[str, Any]
) -> None:
    client = district.client("grid_worker", language="zh-CN")
    payload = await client.data(REGISTER, input={**newcomer, "phone": "1"})
    [error] = payload["registerPerson"]["userErrors"]
    assert error["message"] == "这不是手机号：手机号为 11 位，以 13 至 19 开头。"


async def test_a_newcomer_joins_a_household_of_the_same_dwelling_only(
    district: TestDistrict, town: Any, newcomer: dict[str, Any]
) -> None:
    client = district.client("grid_worker")
    joining = {**newcomer, "household": town.household}
    payload = await client.data(REGISTER, input=joining)
    assert refusals(payload["registerPerson"]) == [("BASE_HOUSEHOLD_ELSEWHERE", ["household"])]
    payload = await client.data(REGISTER, input={**joining, "dwelling": town.dwelling})
    assert payload["registerPerson"]["person"]["household"] == {"number": "H-1"}


async def test_a_repeated_call_registers_once(
    district: TestDistrict, town: Any, newcomer: dict[str, Any]
) -> None:
    client = district.client("grid_worker")
    named = {**newcomer, "clientMutationId": "visit-1"}
    first = (await client.data(REGISTER, input=named))["registerPerson"]
    again = (await client.data(REGISTER, input=named))["registerPerson"]
    assert again["userErrors"] == []
    assert again["person"]["id"] == first["person"]["id"]
    assert await count(district, base.Person) == 5


async def test_facts_are_corrected(district: TestDistrict, town: Any, identity_number: Any) -> None:
    changes = {
        "person": town.spouse,
        "name": "李秀芳",
        "documentNumber": identity_number(date(1983, 3, 8), 24),
        "phone": "",
        "relation": "SPOUSE",
    }
    payload = (await district.client("grid_worker").data(UPDATE, input=changes))["updatePerson"]
    assert payload["userErrors"] == []
    assert payload["person"] == {
        "name": "李秀芳",
        "sex": "FEMALE",
        "birthDate": "1983-03-08",
        "phone": None,
        "documentType": "IDENTITY_CARD",
        "relation": "SPOUSE",
    }


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"birthDate": "1999-01-01"}, "BASE_DOCUMENT_CONTRADICTS"),
        ({"documentType": "PASSPORT"}, "BASE_DOCUMENT_NUMBER_MISSING"),
        ({"name": "x3"}, "BASE_NAME_INVALID"),
    ],
)
async def test_corrections_that_break_a_rule_change_nothing(
    district: TestDistrict, town: Any, change: dict[str, Any], code: str
) -> None:
    client = district.client("grid_worker")
    payload = (await client.data(UPDATE, input={"person": town.head, "phone": "", **change}))["updatePerson"]
    assert [one for one, _ in refusals(payload)] == [code]
    document = "query ($id: ID!) { person(id: $id) { name phone birthDate } }"
    data = await client.data(document, id=town.head)
    assert data["person"] == {"name": "张伟", "phone": "199****0001", "birthDate": "1980-05-17"}


async def test_a_document_of_somebody_else_is_refused(
    district: TestDistrict, town: Any, identity_number: Any
) -> None:
    taken = {"person": town.head, "documentNumber": identity_number(date(1990, 1, 1), 55)}
    payload = (await district.client("grid_worker").data(UPDATE, input=taken))["updatePerson"]
    assert refusals(payload) == [("BASE_PERSON_EXISTS", ["documentNumber"])]


async def test_a_new_head_takes_the_place_of_the_former(district: TestDistrict, town: Any) -> None:
    client = district.client("grid_worker")
    await client.data(UPDATE, input={"person": town.spouse, "relation": "HEAD"})
    document = "query ($id: ID!) { household(id: $id) { head { id } members { id relation } } }"
    household = (await client.data(document, id=town.household))["household"]
    assert household["head"] == {"id": town.spouse}
    relations = {one["id"]: one["relation"] for one in household["members"]}
    assert (relations[town.head], relations[town.spouse]) == ("OTHER", "HEAD")


async def test_people_elsewhere_cannot_be_corrected_moved_or_declared_dead(
    district: TestDistrict, town: Any
) -> None:
    client = district.client("grid_worker")
    update = await client.data(UPDATE, input={"person": town.stranger, "name": "王五"})
    death = await client.data(DIE, input={"person": town.stranger, "diedOn": "2026-01-01"})
    move = await client.data(MOVE, input={"household": town.far_household, "dwelling": town.empty})
    assert refusals(update["updatePerson"]) == [("NOT_FOUND", ["person"])]
    assert refusals(death["recordDeath"]) == [("NOT_FOUND", ["person"])]
    assert refusals(move["moveHousehold"]) == [("NOT_FOUND", ["household"])]
    document = "query ($id: ID!) { person(id: $id) { name diedOn grid { code } } }"
    assert (await district.client("district_admin").data(document, id=town.stranger))["person"] == {
        "name": "王强",
        "diedOn": None,
        "grid": {"code": "370703002200001"},
    }


async def test_a_death_ends_residences_and_keeps_rows(district: TestDistrict, town: Any) -> None:
    client = district.client("grid_worker")
    payload = (await client.data(DIE, input={"person": town.head, "diedOn": "2026-11-01"}))["recordDeath"]
    assert payload["userErrors"] == []
    assert payload["person"]["diedOn"] == "2026-11-01"
    assert payload["person"]["household"] is None
    assert all(one["until"] is not None for one in payload["person"]["residences"])
    assert await count(district, base.Person) == 4
    document = """query ($id: ID!) { household(id: $id) { head { id } members { id } }
      grid(code: "370703001") { counts { people } }
      people(where: { living: { eq: false } }) { totalCount } }"""
    data = await client.data(document, id=town.household)
    assert data["household"] == {"head": None, "members": [{"id": town.spouse}, {"id": town.child}]}
    assert data["grid"]["counts"] == {"people": 2}
    assert data["people"] == {"totalCount": 1}
    again = (await client.data(DIE, input={"person": town.head, "diedOn": "2026-11-02"}))["recordDeath"]
    assert refusals(again) == [("BASE_PERSON_DEAD", ["person"])]


@pytest.mark.parametrize("day", ["1980-05-16", "2999-01-01"])
async def test_impossible_days_of_death_are_refused(district: TestDistrict, town: Any, day: str) -> None:
    payload = await district.client("grid_worker").data(DIE, input={"person": town.head, "diedOn": day})
    assert refusals(payload["recordDeath"]) == [("BASE_DEATH_DATE_INVALID", ["diedOn"])]


async def test_a_household_moves_with_its_members(district: TestDistrict, town: Any) -> None:
    client = district.client("grid_worker")
    payload = await client.data(MOVE, input={"household": town.household, "dwelling": town.empty})
    assert payload["moveHousehold"]["userErrors"] == []
    household = payload["moveHousehold"]["household"]
    assert household["dwelling"] == {"id": town.empty}
    assert household["grid"] == {"code": "370703001001001002"}
    assert household["members"] == [{"grid": {"code": "370703001001001002"}}] * 3
    same = await client.data(MOVE, input={"household": town.household, "dwelling": town.empty})
    assert refusals(same["moveHousehold"]) == [("BASE_HOUSEHOLD_THERE_ALREADY", ["dwelling"])]
    far = await client.data(MOVE, input={"household": town.household, "dwelling": town.far})
    assert refusals(far["moveHousehold"]) == [("NOT_FOUND", ["dwelling"])]
    early = {"household": town.household, "dwelling": town.dwelling, "on": "2020-01-01"}
    assert refusals((await client.data(MOVE, input=early))["moveHousehold"]) == [
        ("BASE_MOVE_DATE_INVALID", ["on"])
    ]


async def test_who_moves_to_another_street_is_seen_there_and_no_longer_here(
    district: TestDistrict, town: Any
) -> None:
    payload = await district.client("district_admin").data(
        MOVE, input={"household": town.household, "dwelling": town.far}
    )
    assert payload["moveHousehold"]["userErrors"] == []
    document = "{ people { totalCount } households { totalCount } }"
    gone = await district.client("grid_worker").data(document)
    assert gone == {"people": {"totalCount": 0}, "households": {"totalCount": 0}}
    come = await district.client("grid_worker_elsewhere").data(document)
    assert come == {"people": {"totalCount": 4}, "households": {"totalCount": 2}}
    async with district.context("grid_worker_elsewhere") as ctx:
        assert len(await ctx.db.scalars(select(base.Guardianship))) == 1


async def test_a_dwelling_is_recorded_once(district: TestDistrict, town: Any) -> None:
    client = district.client("grid_worker")
    grid = (await client.data('{ grid(code: "370703001001001002") { id } }'))["grid"]["id"]
    fresh = {"grid": grid, "unit": "1单元", "room": "301室", "floorArea": "89.50"}
    payload = (await client.data(DWELL, input=fresh))["createDwelling"]
    assert payload["userErrors"] == []
    dwelling = payload["dwelling"]
    assert (dwelling["unit"], dwelling["room"], dwelling["floorArea"]) == ("1", "301", "89.50")
    assert dwelling["address"].endswith("2号楼***")
    again = (await client.data(DWELL, input=fresh))["createDwelling"]
    assert refusals(again) == [("BASE_DWELLING_EXISTS", ["room"])]
    unnamed = (await client.data(DWELL, input={"grid": grid}))["createDwelling"]
    assert refusals(unnamed) == [("BASE_DWELLING_UNNAMED", ["room"])]
    assert await count(district, base.Dwelling) == 4


async def test_a_dwelling_of_a_grid_out_of_scope_is_refused(district: TestDistrict, town: Any) -> None:
    client = district.client("grid_worker")
    grid = (await client.data('{ grid(code: "370703002200001") { id } }'))["grid"]["id"]
    payload = (await client.data(DWELL, input={"grid": grid, "room": "1"}))["createDwelling"]
    assert refusals(payload) == [("OUT_OF_SCOPE", ["grid"])]
    assert await district.client("resident").codes(DWELL, input={"grid": grid, "room": "1"}) == ["FORBIDDEN"]
    assert await count(district, base.Dwelling) == 3


async def test_a_household_is_recorded_once(district: TestDistrict, town: Any) -> None:
    client = district.client("grid_worker")
    payload = (await client.data(HOUSE, input={"dwelling": town.empty, "number": "H-9"}))["createHousehold"]
    assert payload["household"] == {"number": "H-9", "head": None, "members": []}
    taken = (await client.data(HOUSE, input={"dwelling": town.empty, "number": "H-2"}))["createHousehold"]
    assert refusals(taken) == [("BASE_HOUSEHOLD_EXISTS", ["number"])]
    far = (await client.data(HOUSE, input={"dwelling": town.far, "number": "H-10"}))["createHousehold"]
    assert refusals(far) == [("NOT_FOUND", ["dwelling"])]
    assert await district.client("resident").codes(
        HOUSE, input={"dwelling": town.dwelling, "number": "H-11"}
    ) == ["FORBIDDEN"]
    assert await count(district, base.Household) == 3


async def test_guardians_are_of_age_and_recorded_once(district: TestDistrict, town: Any) -> None:
    client = district.client("grid_worker")
    pair = {"ward": town.child, "guardian": town.spouse}
    payload = (await client.data(GUARD, input=pair))["recordGuardianship"]
    assert payload["userErrors"] == []
    assert payload["guardian"] == {"id": town.spouse}
    again = (await client.data(GUARD, input=pair))["recordGuardianship"]
    assert refusals(again) == [("BASE_GUARDIANSHIP_EXISTS", ["guardian"])]
    unfit = {"ward": town.head, "guardian": town.child}
    assert refusals((await client.data(GUARD, input=unfit))["recordGuardianship"]) == [
        ("BASE_GUARDIAN_UNFIT", ["guardian"])
    ]
    far = {"ward": town.child, "guardian": town.stranger}
    assert refusals((await client.data(GUARD, input=far))["recordGuardianship"]) == [
        ("NOT_FOUND", ["guardian"])
    ]
    assert await district.client("resident").codes(GUARD, input=pair) == ["FORBIDDEN"]
    assert await count(district, base.Guardianship) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [("NAME", "张伟"), ("PHONE", "19900000001"), ("DOCUMENT_NUMBER", None), ("ADDRESS", None)],
)
async def test_a_value_is_revealed_on_the_record(
    district: TestDistrict, town: Any, identity_number: Any, field: str, value: str | None
) -> None:
    whole = "寒亭区寒亭街道蝶园社区居委会蝶园小区蝶园小区1号楼1单元101室"
    expected = value or (whole if field == "ADDRESS" else identity_number(date(1980, 5, 17), 11))
    asked = {"person": town.head, "field": field, "purpose": "核对低保申请"}
    payload = await district.client("community_secretary").data(REVEAL, input=asked)
    assert payload["revealPersonalValue"]["value"] == expected
    async with district.context() as ctx:
        found = select(AuditEntry).where(AuditEntry.action == "base.person.revealed")
        [entry] = await ctx.db.scalars(found)
        assert (entry.subject_type, entry.subject_id) == ("Person", town.uuid("head"))
        assert (entry.fields, entry.purpose) == ([field.lower()], "核对低保申请")
        assert expected not in repr(vars(entry))


async def test_revealing_is_refused_without_permission_purpose_or_scope(
    district: TestDistrict, town: Any
) -> None:
    asked = {"person": town.head, "field": "PHONE", "purpose": "核对信息"}
    assert await district.client("grid_worker").codes(REVEAL, input=asked) == ["FORBIDDEN"]
    secretary = district.client("community_secretary")
    for change, refusal in (
        ({"purpose": " "}, ("BASE_PURPOSE_UNSTATED", ["purpose"])),
        ({"person": town.stranger}, ("NOT_FOUND", ["person"])),
        ({"person": town.child}, ("BASE_NOTHING_TO_REVEAL", ["field"])),
    ):
        payload = (await secretary.data(REVEAL, input={**asked, **change}))["revealPersonalValue"]
        assert (payload["value"], refusals(payload)) == (None, [refusal])
    async with district.context() as ctx:
        found = select(func.count(AuditEntry.number)).where(AuditEntry.action == "base.person.revealed")
        assert await ctx.db.scalar(found) == 0


async def test_a_revealed_value_is_not_kept_for_repeats(district: TestDistrict, town: Any) -> None:
    asked = {
        "person": town.head,
        "field": "PHONE",
        "purpose": "核对信息",
        "clientMutationId": "reveal-1",
    }
    client = district.client("community_secretary")
    for _ in range(2):
        assert (await client.data(REVEAL, input=asked))["revealPersonalValue"]["value"] == "19900000001"
    async with district.context() as ctx:
        found = select(func.count(AuditEntry.number)).where(AuditEntry.action == "base.person.revealed")
        assert await ctx.db.scalar(found) == 2
