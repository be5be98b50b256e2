"""Reading people over HTTP: what is shown, masked, found and hidden."""

from datetime import date
from typing import Any

import pytest

from wangge.testing.districts import TestDistrict
from wangge.testing.statements import recorded_statements

PERSON = """query ($id: ID!) { person(id: $id) {
  name sex birthDate documentType documentNumber phone relation diedOn
  household { number head { name } dwelling { address unit room } members { name } grid { code } }
  grid { code }
  residences { kind since until dwelling { address } }
} }"""
NAMES = """query ($where: PersonFilter, $orderBy: [PersonOrder!]) {
  people(where: $where, orderBy: $orderBy) { totalCount edges { node { name } } } }"""


def names(data: dict[str, Any]) -> list[str]:
    """Return the names on a page."""
    return [edge["node"]["name"] for edge in data["people"]["edges"]]


async def test_staff_read_a_person_of_their_grid_with_masked_values(
    district: TestDistrict, town: Any
) -> None:
    data = await district.client("grid_worker").data(PERSON, id=town.head)
    person = data["person"]
    assert (person["name"], person["sex"], person["birthDate"]) == ("张伟", "MALE", "1980-05-17")
    assert person["documentType"] == "IDENTITY_CARD"
    assert person["documentNumber"][:3] == "379"
    assert person["documentNumber"][3:14] == "*" * 11
    assert person["phone"] == "199****0001"
    assert person["grid"] == {"code": "370703001001001001"}
    household = person["household"]
    assert household["number"] == "H-1"
    assert household["head"] == {"name": "张伟"}
    assert household["dwelling"] == {
        "address": "寒亭区寒亭街道蝶园社区居委会蝶园小区蝶园小区1号楼***",
        "unit": "1",
        "room": "101",
    }
    assert [member["name"] for member in household["members"]] == ["张伟", "李秀英", "张小明"]
    assert [(one["kind"], one["until"]) for one in person["residences"]] == [("CURRENT", None)]


async def test_a_person_elsewhere_is_not_found(district: TestDistrict, town: Any) -> None:
    assert (await district.client("grid_worker").data(PERSON, id=town.stranger))["person"] is None
    assert (await district.client("grid_worker_elsewhere").data(PERSON, id=town.head))["person"] is None


async def test_a_person_is_not_found_in_another_district(
    district: TestDistrict, other_district: TestDistrict, town: Any
) -> None:
    assert (await other_district.client("district_admin").data(PERSON, id=town.head))["person"] is None


@pytest.mark.parametrize(
    "document", ["{ people { totalCount } }", "{ households { totalCount } }", "{ dwellings { totalCount } }"]
)
async def test_the_anonymous_read_nobody(district: TestDistrict, town: Any, document: str) -> None:
    assert await district.client(None).codes(document) == ["UNAUTHENTICATED"]


@pytest.mark.parametrize(
    ("role", "people", "households", "dwellings"),
    [
        ("district_admin", 4, 2, 3),
        ("street_secretary", 3, 1, 2),
        ("grid_worker", 3, 1, 2),
        ("grid_worker_elsewhere", 1, 1, 1),
        ("resident", 3, 1, 1),
        ("vendor_service", 0, 0, 0),
    ],
)
async def test_lists_hold_what_lies_in_scope(
    district: TestDistrict, town: Any, role: str, people: int, households: int, dwellings: int
) -> None:
    document = "{ people { totalCount } households { totalCount } dwellings { totalCount } }"
    assert await district.client(role).data(document) == {
        "people": {"totalCount": people},
        "households": {"totalCount": households},
        "dwellings": {"totalCount": dwellings},
    }


async def test_residents_see_their_own_name_and_others_masked(district: TestDistrict, town: Any) -> None:
    document = "{ people { edges { node { name birthDate documentNumber phone } } } }"
    edges = (await district.client("resident").data(document))["people"]["edges"]
    own, spouse, child = (edge["node"] for edge in edges)
    assert (own["name"], own["birthDate"], own["phone"]) == ("张伟", "1980-05-17", "199****0001")
    assert own["documentNumber"].startswith("379****")
    assert (spouse["name"], spouse["birthDate"], spouse["documentNumber"]) == ("李*", None, "***")
    assert child["name"] == "张*"


async def test_residents_reach_their_household_and_dwelling(district: TestDistrict, town: Any) -> None:
    document = """query ($id: ID!, $far: ID!) {
      household(id: $id) { number dwelling { room } members { id } } far: household(id: $far) { number } }"""
    data = await district.client("resident").data(document, id=town.household, far=town.far_household)
    assert data["household"]["dwelling"] == {"room": "101"}
    assert {one["id"] for one in data["household"]["members"]} == {town.head, town.spouse, town.child}
    assert data["far"] is None


async def test_people_are_found_by_the_beginning_of_the_name(district: TestDistrict, town: Any) -> None:
    client = district.client("district_admin")
    data = await client.data(NAMES, where={"name": {"startsWith": "张"}}, orderBy=["NAME_DESC"])
    assert names(data) == ["张小明", "张伟"]
    assert names(await client.data(NAMES, where={"name": {"eq": "王强"}})) == ["王强"]


async def test_searching_and_ordering_by_name_need_the_permission(district: TestDistrict, town: Any) -> None:
    resident = district.client("resident")
    assert await resident.codes(NAMES, where={"name": {"startsWith": "李"}}) == ["FORBIDDEN"]
    assert await resident.codes(NAMES, where={"not": {"name": {"eq": "李秀英"}}}) == ["FORBIDDEN"]
    assert await resident.codes(NAMES, orderBy=["NAME_ASC"]) == ["FORBIDDEN"]


async def test_names_cannot_be_searched_by_a_part(district: TestDistrict, town: Any) -> None:
    answer = await district.client("district_admin").execute(NAMES, where={"name": {"contains": "小"}})
    assert "data" not in answer


async def test_people_are_found_by_exact_phone_and_document(
    district: TestDistrict, town: Any, identity_number: Any
) -> None:
    client = district.client("grid_worker")
    assert names(await client.data(NAMES, where={"phone": {"eq": "199-0000-0002"}})) == ["李秀英"]
    number = identity_number(date(1980, 5, 17), 11)
    assert names(await client.data(NAMES, where={"documentNumber": {"in": [number.lower(), "x"]}})) == [
        "张伟"
    ]
    assert names(await client.data(NAMES, where={"phone": {"eq": "1990000000"}})) == []
    assert names(await client.data(NAMES, where={"phone": {"eq": "19900000003"}})) == []


@pytest.mark.parametrize("field", ["phone", "documentNumber"])
async def test_exact_search_needs_the_permission(district: TestDistrict, town: Any, field: str) -> None:
    where = {field: {"eq": "19900000001"}}
    assert await district.client("resident").codes(NAMES, where=where) == ["FORBIDDEN"]


async def test_birth_dates_are_searched_with_permission_only(district: TestDistrict, town: Any) -> None:
    where = {"birthDate": {"lt": "1981-01-01"}}
    assert names(await district.client("grid_worker").data(NAMES, where=where)) == ["张伟"]
    assert await district.client("resident").codes(NAMES, where=where) == ["FORBIDDEN"]


async def test_people_are_listed_within_a_grid(district: TestDistrict, town: Any) -> None:
    client = district.client("district_admin")
    grids = await client.data('{ street: grid(code: "370703001") { id } root: grid(code: "370703") { id } }')
    for grid, found in ((grids["street"]["id"], 3), (grids["root"]["id"], 4)):
        data = await client.data(NAMES, where={"within": grid, "sex": {"in": ["MALE", "FEMALE"]}})
        assert data["people"]["totalCount"] == found


async def test_grids_count_their_whole_subtree_within_the_scope(district: TestDistrict, town: Any) -> None:
    document = """{ grids(orderBy: [CODE_ASC]) { edges { node { code
      counts { grids dwellings households people }
      people { totalCount edges { node { id } } } households { totalCount } } } } }"""
    data = await district.client("district_admin").data(document)
    nodes = {edge["node"]["code"]: edge["node"] for edge in data["grids"]["edges"]}
    assert nodes["370703"]["counts"] == {"grids": 10, "dwellings": 3, "households": 2, "people": 4}
    assert nodes["370703001"]["counts"] == {"grids": 6, "dwellings": 2, "households": 1, "people": 3}
    assert nodes["370703001001001002"]["counts"] == {"grids": 1, "dwellings": 1, "households": 0, "people": 0}
    assert nodes["370703"]["people"]["totalCount"] == 4
    assert len(nodes["370703001"]["people"]["edges"]) == 3
    assert nodes["370703002"]["households"] == {"totalCount": 1}
    worker = await district.client("grid_worker").data(document)
    counts = {edge["node"]["code"]: edge["node"]["counts"] for edge in worker["grids"]["edges"]}
    assert counts["370703"] == {"grids": 10, "dwellings": 2, "households": 1, "people": 3}
    assert counts["370703002"] == {"grids": 3, "dwellings": 0, "households": 0, "people": 0}


async def test_counting_grids_of_a_level_reads_each_table_once(district: TestDistrict, town: Any) -> None:
    client = district.client("district_admin")
    with recorded_statements() as statements:
        data = await client.data(
            '{ grids(where: { level: { eq: "community" } }) { edges { node { counts { people } } } } }'
        )
    assert [edge["node"]["counts"]["people"] for edge in data["grids"]["edges"]] == [3, 0, 1]
    assert len([text for text in statements if "FROM" in text and "base_people" in text]) == 1


async def test_node_finds_people_within_the_scope_alone(district: TestDistrict, town: Any) -> None:
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    data = await district.client("grid_worker").data(document, ids=[town.head, town.stranger, town.dwelling])
    assert [one and one["__typename"] for one in data["nodes"]] == ["Person", None, "Dwelling"]


async def test_dwellings_are_found_by_exact_address(district: TestDistrict, town: Any) -> None:
    document = "query ($where: DwellingFilter) { dwellings(where: $where) { edges { node { id } } } }"
    client = district.client("district_admin")
    data = await client.data(document, where={"address": {"eq": "东店村12号"}})
    assert [edge["node"]["id"] for edge in data["dwellings"]["edges"]] == [town.far]
    assert await district.client("resident").codes(document, where={"address": {"eq": "x"}}) == ["FORBIDDEN"]
