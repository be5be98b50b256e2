"""Organisations over GraphQL: works, not permitted, out of scope, other district."""

from typing import Any

from wangge.testing.districts import TestDistrict

from .conftest import COMMUNITY, VILLAGE, Town

CODE = "91350100M000100Y43"
CREATE = """
mutation ($input: CreateOrganizationInput!) {
  createOrganization(input: $input) {
    organization { id name kind creditCode grid { code } }
    userErrors { code message path }
  }
}
"""
BEGIN = """
mutation ($input: BeginMembershipInput!) {
  beginMembership(input: $input) { membership { id title since until } userErrors { code path } }
}
"""
END = """
mutation ($input: EndMembershipInput!) {
  endMembership(input: $input) { membership { until } userErrors { code path } }
}
"""
MEMBERS = """
query ($person: ID!) {
  organizations { edges { node { members { totalCount edges { node { id } } } } } }
  person(id: $person) { organizations { title until organization { name } person { id } } }
}
"""
LIST = """
query ($where: OrganizationFilter) {
  organizations(where: $where, orderBy: [NAME_ASC]) { edges { node { name parent { name } } } }
}
"""
COUNT = "{ organizations { totalCount } }"
BY_CODE = "query ($code: String!) { organization(creditCode: $code) { id name } }"


async def create(district: TestDistrict, role: str, **given: Any) -> dict[str, Any]:
    answer = await district.client(role).data(CREATE, input=given)
    made: dict[str, Any] = answer["createOrganization"]
    return made


async def test_a_secretary_creates_an_organisation_that_everyone_signed_in_finds(
    district: TestDistrict, town: Town
) -> None:
    made = await create(
        district,
        "community_secretary",
        name="社区党委",
        kind="PARTY_ORGANIZATION",
        creditCode=CODE.lower(),
        grid=town.grid(COMMUNITY),
    )
    assert made["userErrors"] == []
    party = made["organization"]
    assert {key: value for key, value in party.items() if key != "id"} == {
        "name": "社区党委",
        "kind": "PARTY_ORGANIZATION",
        "creditCode": CODE,
        "grid": {"code": COMMUNITY},
    }
    for role in ("grid_worker_elsewhere", "resident"):
        found = await district.client(role).data(BY_CODE, code=f" {CODE} ")
        assert found == {"organization": {"id": party["id"], "name": "社区党委"}}


async def test_organisations_are_filtered_and_ordered(district: TestDistrict, town: Town) -> None:
    parent = await create(district, "district_admin", name="甲局", kind="DEPARTMENT")
    await create(
        district,
        "district_admin",
        name="乙公司",
        kind="COMPANY",
        grid=town.grid(VILLAGE),
        parent=parent["organization"]["id"],
    )
    await create(district, "district_admin", name="丙公司", kind="COMPANY", grid=town.grid(COMMUNITY))
    client = district.client("grid_worker")

    async def names(where: dict[str, Any]) -> set[str]:
        answer = await client.data(LIST, where=where)
        return {edge["node"]["name"] for edge in answer["organizations"]["edges"]}

    assert await names({}) == {"甲局", "乙公司", "丙公司"}
    assert await names({"kind": {"eq": "COMPANY"}}) == {"乙公司", "丙公司"}
    assert await names({"name": {"startsWith": "丙"}}) == {"丙公司"}
    assert await names({"within": town.grid("370703001")}) == {"丙公司"}
    assert await names({"within": town.grid("370703")}) == {"甲局", "乙公司", "丙公司"}
    assert await names({"grid": {"eq": town.grid("370703")}}) == {"甲局"}
    assert await names({"parent": {"eq": parent["organization"]["id"]}}) == {"乙公司"}
    assert await names({"not": {"kind": {"in": ["COMPANY"]}}}) == {"甲局"}


async def test_without_the_permission_nothing_is_created(district: TestDistrict, town: Town) -> None:
    given = {"name": "社区党委", "kind": "PARTY_ORGANIZATION", "grid": town.grid(COMMUNITY)}
    assert await district.client("resident").codes(CREATE, input=given) == ["FORBIDDEN"]
    assert await district.client(None).codes(CREATE, input=given) == ["UNAUTHENTICATED"]
    assert await district.client("district_admin").data(COUNT) == {"organizations": {"totalCount": 0}}


async def test_the_anonymous_read_no_organisations(district: TestDistrict) -> None:
    assert await district.client(None).codes(COUNT) == ["UNAUTHENTICATED"]
    assert await district.client(None).codes(BY_CODE, code=CODE) == ["UNAUTHENTICATED"]


async def test_outside_the_own_grids_nothing_is_created(district: TestDistrict, town: Town) -> None:
    for place in ({"grid": town.grid(VILLAGE)}, {}):
        made = await create(
            district, "community_secretary", name="村党支部", kind="PARTY_ORGANIZATION", **place
        )
        assert made["organization"] is None
        assert [error["code"] for error in made["userErrors"]] == ["OUT_OF_SCOPE"]
    assert await district.client("district_admin").data(COUNT) == {"organizations": {"totalCount": 0}}


async def test_a_mistyped_code_is_told_in_chinese_with_its_place(district: TestDistrict, town: Town) -> None:
    given = {"name": "公司", "kind": "COMPANY", "creditCode": CODE[:-1] + "4"}
    answer = await district.client("district_admin", "zh-CN").data(CREATE, input=given)
    assert answer["createOrganization"] == {
        "organization": None,
        "userErrors": [
            {
                "code": "BASE_CREDIT_CODE_CHECK_WRONG",
                "message": "统一社会信用代码末位校验码不符：请核对是否有误。",
                "path": ["creditCode"],
            }
        ],
    }
    assert await district.client("district_admin").data(COUNT) == {"organizations": {"totalCount": 0}}


async def test_a_credit_code_is_not_given_twice(district: TestDistrict, town: Town) -> None:
    await create(district, "district_admin", name="公司", kind="COMPANY", creditCode=CODE)
    again = await create(district, "district_admin", name="别的公司", kind="COMPANY", creditCode=CODE)
    assert [(error["code"], error["path"]) for error in again["userErrors"]] == [
        ("BASE_CREDIT_CODE_TAKEN", ["creditCode"])
    ]
    assert await district.client("district_admin").data(COUNT) == {"organizations": {"totalCount": 1}}


async def test_members_are_seen_only_by_those_who_see_the_person(district: TestDistrict, town: Town) -> None:
    party = await create(
        district, "community_secretary", name="党支部", kind="PARTY_ORGANIZATION", grid=town.grid(COMMUNITY)
    )
    organization = party["organization"]["id"]
    secretary = district.client("community_secretary")
    given = {
        "person": town.person("陈安"),
        "organization": organization,
        "title": "书记",
        "since": "2026-01-01",
    }
    begun = (await secretary.data(BEGIN, input=given))["beginMembership"]
    assert (begun["membership"]["title"], begun["userErrors"]) == ("书记", [])

    seen = await secretary.data(MEMBERS, person=town.person("陈安"))
    assert seen["organizations"]["edges"] == [
        {"node": {"members": {"totalCount": 1, "edges": [{"node": {"id": town.person("陈安")}}]}}}
    ]
    assert seen["person"]["organizations"] == [
        {
            "title": "书记",
            "until": None,
            "organization": {"name": "党支部"},
            "person": {"id": town.person("陈安")},
        }
    ]
    elsewhere = await district.client("grid_worker_elsewhere").data(MEMBERS, person=town.person("陈安"))
    assert elsewhere["organizations"]["edges"] == [{"node": {"members": {"totalCount": 0, "edges": []}}}]
    assert elsewhere["person"] is None


async def test_a_membership_outside_the_own_grids_is_neither_begun_nor_ended(
    district: TestDistrict, town: Town
) -> None:
    party = await create(district, "district_admin", name="党支部", kind="PARTY_ORGANIZATION")
    organization = party["organization"]["id"]
    secretary = district.client("community_secretary")
    given = {"person": town.person("林远"), "organization": organization, "since": "2026-01-01"}
    refused = (await secretary.data(BEGIN, input=given))["beginMembership"]
    assert refused == {"membership": None, "userErrors": [{"code": "NOT_FOUND", "path": ["person"]}]}

    begun = (await district.client("district_admin").data(BEGIN, input=given))["beginMembership"]
    end = {"membership": begun["membership"]["id"], "until": "2026-12-31"}
    not_ended = (await secretary.data(END, input=end))["endMembership"]
    assert not_ended == {"membership": None, "userErrors": [{"code": "NOT_FOUND", "path": ["membership"]}]}
    assert await district.client("resident").codes(END, input=end) == ["FORBIDDEN"]

    ended = (await district.client("district_admin").data(END, input=end))["endMembership"]
    assert ended == {"membership": {"until": "2026-12-31"}, "userErrors": []}


async def test_a_repeated_call_creates_one_organisation(district: TestDistrict, town: Town) -> None:
    given = {"clientMutationId": "once", "name": "民政局", "kind": "DEPARTMENT"}
    first = await create(district, "district_admin", **given)
    again = await create(district, "district_admin", **given)
    assert again == first
    assert await district.client("district_admin").data(COUNT) == {"organizations": {"totalCount": 1}}


async def test_another_district_has_organisations_of_its_own(
    district: TestDistrict, other_district: TestDistrict, town: Town
) -> None:
    await create(district, "district_admin", name="公司", kind="COMPANY", creditCode=CODE)
    admin = other_district.client("district_admin")
    assert await admin.data(COUNT) == {"organizations": {"totalCount": 0}}
    assert await admin.data(BY_CODE, code=CODE) == {"organization": None}
