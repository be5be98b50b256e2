"""Posts and pairings over GraphQL: works, not permitted, out of scope, other district."""

from typing import Any

from wangge import encode_id
from wangge.testing.districts import TestDistrict

from .conftest import COMMUNITY, COMPOUND, STREET, VILLAGE, Town

ASSIGN = """
mutation ($input: AssignPostInput!) {
  assignPost(input: $input) {
    post { id role { key title fullTime } person { id name } grid { code } since until dutyName dutyPhone }
    userErrors { code message path }
  }
}
"""
END = """
mutation ($input: EndPostInput!) {
  endPost(input: $input) { post { until } userErrors { code path } }
}
"""
PAIR = """
mutation ($input: PairOfficialInput!) {
  pairOfficial(input: $input) {
    pairing {
      id official { id } buildingHead { id } since until
      households { totalCount edges { node { number } } }
    }
    warnings { code message path }
    userErrors { code path }
  }
}
"""
END_PAIRING = """
mutation ($input: EndPairingInput!) {
  endPairing(input: $input) { pairing { until } userErrors { code path } }
}
"""
ADD_ROLE = """
mutation ($input: CreatePostRoleInput!) {
  createPostRole(input: $input) { role { key title fullTime } userErrors { code path } }
}
"""
POSTS = """
query ($where: PostFilter) {
  posts(where: $where, orderBy: [ROLE_ASC, SINCE_ASC]) {
    totalCount
    edges { node { role { key } grid { code } person { id name phone grid { code } } } }
  }
}
"""
COUNT = "{ posts { totalCount } pairings { totalCount } }"
ROLES = "{ postRoles { key title fullTime } }"


async def assign(district: TestDistrict, actor: str, **given: Any) -> dict[str, Any]:
    answer = await district.client(actor).data(ASSIGN, input=given)
    made: dict[str, Any] = answer["assignPost"]
    return made


async def head_building(district: TestDistrict, town: Town) -> None:
    building = encode_id("Grid", town.building)
    made = await assign(
        district, "community_secretary", role="building_head", person=town.person("陈安"), grid=building
    )
    assert made["userErrors"] == []


async def test_a_secretary_assigns_a_post_with_a_published_contact(
    district: TestDistrict, town: Town
) -> None:
    made = await assign(
        district,
        "community_secretary",
        role="grid_worker_full_time",
        person=town.person("周平"),
        grid=town.grid(COMPOUND),
        since="2026-01-01",
        until="2026-12-31",
        dutyName="周网格员",
        dutyPhone="0536-7251234",
    )
    assert made["userErrors"] == []
    post = made["post"]
    assert post["role"] == {"key": "grid_worker_full_time", "title": "专职网格员", "fullTime": True}
    assert post["person"]["id"] == town.person("周平")
    assert post["grid"] == {"code": COMPOUND}
    assert (post["since"], post["until"]) == ("2026-01-01", "2026-12-31")
    assert (post["dutyName"], post["dutyPhone"]) == ("周网格员", "0536-7251234")


async def test_posts_are_readable_everywhere_but_their_holders_stay_masked(
    district: TestDistrict, town: Town
) -> None:
    await assign(
        district,
        "community_secretary",
        role="grid_head",
        person=town.person("周平"),
        grid=town.grid(COMPOUND),
    )
    answer = await district.client("grid_worker_elsewhere").data(POSTS)
    assert answer["posts"] == {
        "totalCount": 1,
        "edges": [
            {
                "node": {
                    "role": {"key": "grid_head"},
                    "grid": {"code": COMPOUND},
                    "person": {"id": town.person("周平"), "name": "周*", "phone": None, "grid": None},
                }
            }
        ],
    }
    hidden = "query ($id: ID!) { person(id: $id) { id } }"
    assert await district.client("grid_worker_elsewhere").data(hidden, id=town.person("周平")) == {
        "person": None
    }


async def test_posts_are_filtered_by_role_place_person_and_day(district: TestDistrict, town: Town) -> None:
    admin = "district_admin"
    worker, head = "grid_worker_part_time", "grid_head"
    await assign(district, admin, role=head, person=town.person("周平"), grid=town.grid(COMPOUND))
    await assign(
        district,
        admin,
        role=worker,
        person=town.person("周平"),
        grid=town.grid(COMMUNITY),
        since="2020-01-01",
        until="2020-12-31",
    )
    await assign(district, admin, role=head, person=town.person("林远"), grid=town.grid(VILLAGE))
    client = district.client("resident")

    async def found(where: dict[str, Any]) -> list[tuple[str, str]]:
        edges = (await client.data(POSTS, where=where))["posts"]["edges"]
        return [(edge["node"]["role"]["key"], edge["node"]["grid"]["code"]) for edge in edges]

    here, past, there = (head, COMPOUND), (worker, COMMUNITY), (head, VILLAGE)
    assert sorted(await found({})) == sorted([here, past, there])
    assert await found({"role": {"eq": worker}}) == [past]
    assert sorted(await found({"role": {"in": [head]}})) == sorted([here, there])
    assert await found({"grid": {"eq": town.grid(COMMUNITY)}}) == [past]
    assert sorted(await found({"within": town.grid(STREET)})) == sorted([here, past])
    assert sorted(await found({"within": town.grid("370703")})) == sorted([here, past, there])
    assert await found({"person": {"in": [town.person("林远")]}}) == [there]
    assert sorted(await found({"current": {"eq": True}})) == sorted([here, there])
    assert await found({"current": {"eq": False}}) == [past]
    assert await found({"current": {"eq": True}, "within": town.grid(VILLAGE)}) == [there]


async def test_grids_and_people_show_their_posts(district: TestDistrict, town: Town) -> None:
    await assign(
        district,
        "community_secretary",
        role="grid_head",
        person=town.person("周平"),
        grid=town.grid(COMPOUND),
    )
    shown = """
    query ($code: String!, $person: ID!) {
      grid(code: $code) {
        posts(where: { current: { eq: true } }) { totalCount edges { node { role { key } } } }
      }
      person(id: $person) { posts { totalCount edges { node { grid { code } } } } }
    }
    """
    answer = await district.client("community_secretary").data(
        shown, code=COMPOUND, person=town.person("周平")
    )
    assert answer["grid"]["posts"] == {"totalCount": 1, "edges": [{"node": {"role": {"key": "grid_head"}}}]}
    assert answer["person"]["posts"] == {"totalCount": 1, "edges": [{"node": {"grid": {"code": COMPOUND}}}]}


async def test_the_same_post_twice_is_refused_in_chinese_and_not_written(
    district: TestDistrict, town: Town
) -> None:
    given = {"role": "grid_head", "person": town.person("周平"), "grid": town.grid(COMPOUND)}
    await assign(district, "community_secretary", **given)
    again = await district.client("community_secretary", "zh-CN").data(ASSIGN, input=given)
    assert again["assignPost"] == {
        "post": None,
        "userErrors": [
            {
                "code": "BASE_POST_OVERLAPS",
                "message": "此人在该时段内已在该网格担任同一岗位：请先结束原任职，或另选日期。",
                "path": ["person"],
            }
        ],
    }
    assert (await district.client("district_admin").data(COUNT))["posts"] == {"totalCount": 1}


async def test_without_the_permission_no_post_is_written(district: TestDistrict, town: Town) -> None:
    given = {"role": "grid_head", "person": town.person("周平"), "grid": town.grid(COMPOUND)}
    assert await district.client("resident").codes(ASSIGN, input=given) == ["FORBIDDEN"]
    assert await district.client(None).codes(ASSIGN, input=given) == ["UNAUTHENTICATED"]
    assert (await district.client("district_admin").data(COUNT))["posts"] == {"totalCount": 0}


async def test_the_anonymous_read_no_posts(district: TestDistrict) -> None:
    for document in (POSTS, ROLES, "{ pairings { totalCount } }"):
        assert await district.client(None).codes(document) == ["UNAUTHENTICATED"]


async def test_outside_the_own_grids_no_post_is_written_or_ended(district: TestDistrict, town: Town) -> None:
    given = {"role": "grid_head", "person": town.person("周平"), "grid": town.grid(VILLAGE)}
    refused = await assign(district, "community_secretary", **given)
    assert (refused["post"], [error["code"] for error in refused["userErrors"]]) == (None, ["OUT_OF_SCOPE"])
    assert (await district.client("district_admin").data(COUNT))["posts"] == {"totalCount": 0}

    made = await assign(district, "district_admin", **given)
    end = {"post": made["post"]["id"]}
    not_ended = (await district.client("community_secretary").data(END, input=end))["endPost"]
    assert (not_ended["post"], [error["code"] for error in not_ended["userErrors"]]) == (
        None,
        ["OUT_OF_SCOPE"],
    )
    assert await district.client("resident").codes(END, input=end) == ["FORBIDDEN"]
    current = await district.client("district_admin").data(POSTS, where={"current": {"eq": True}})
    assert current["posts"]["totalCount"] == 1


async def test_a_post_is_ended_and_stays_as_history(district: TestDistrict, town: Town) -> None:
    made = await assign(
        district,
        "community_secretary",
        role="grid_head",
        person=town.person("周平"),
        grid=town.grid(COMPOUND),
        since="2020-01-01",
    )
    client = district.client("community_secretary")
    end = {"post": made["post"]["id"], "until": "2020-12-31"}
    assert (await client.data(END, input=end))["endPost"] == {
        "post": {"until": "2020-12-31"},
        "userErrors": [],
    }
    again = (await client.data(END, input=end))["endPost"]
    assert again == {"post": None, "userErrors": [{"code": "BASE_POST_ENDED", "path": ["post"]}]}
    assert (await client.data(POSTS, where={"current": {"eq": False}}))["posts"]["totalCount"] == 1
    assert (await client.data(POSTS, where={"current": {"eq": True}}))["posts"]["totalCount"] == 0


async def test_roles_are_listed_and_the_district_adds_its_own(district: TestDistrict, town: Town) -> None:
    roles = (await district.client("resident").data(ROLES))["postRoles"]
    assert [role["key"] for role in roles] == [
        "building_head",
        "grid_head",
        "grid_worker_full_time",
        "grid_worker_part_time",
        "lane_steward",
        "red_grid_captain",
    ]
    own = {"key": "river_head", "title": "河长", "fullTime": False}
    refused = (await district.client("street_secretary").data(ADD_ROLE, input=own))["createPostRole"]
    assert [error["code"] for error in refused["userErrors"]] == ["OUT_OF_SCOPE"]
    assert await district.client("resident").codes(ADD_ROLE, input=own) == ["FORBIDDEN"]
    made = (await district.client("district_admin").data(ADD_ROLE, input=own))["createPostRole"]
    assert made == {"role": own, "userErrors": []}
    assert len((await district.client("resident").data(ROLES))["postRoles"]) == 7


async def test_an_official_is_paired_with_a_building_head(district: TestDistrict, town: Town) -> None:
    await head_building(district, town)
    given = {
        "official": town.person("吴清"),
        "buildingHead": town.person("陈安"),
        "households": town.homes(),
        "since": "2026-01-01",
    }
    early = (await district.client("community_secretary").data(PAIR, input=given))["pairOfficial"]
    assert early["userErrors"] == [{"code": "BASE_PAIRING_NEEDS_BUILDING_HEAD", "path": ["buildingHead"]}]
    del given["since"]
    client = district.client("community_secretary", "zh-CN")
    made = (await client.data(PAIR, input=given))["pairOfficial"]
    assert made["userErrors"] == []
    assert made["warnings"] == [
        {
            "code": "BASE_PAIRING_SIZE_UNUSUAL",
            "message": "该结对覆盖 3 户；本区要求为 40 至 60 户。",
            "path": ["households"],
        }
    ]
    pairing = made["pairing"]
    assert pairing["official"] == {"id": town.person("吴清")}
    assert pairing["buildingHead"] == {"id": town.person("陈安")}
    assert pairing["households"]["totalCount"] == 3
    numbers = [edge["node"]["number"] for edge in pairing["households"]["edges"]]
    assert sorted(numbers) == ["T0001", "T0002", "T0003"]


async def test_pairings_are_seen_and_ended_only_by_those_responsible(
    district: TestDistrict, town: Town
) -> None:
    await head_building(district, town)
    given = {"official": town.person("吴清"), "buildingHead": town.person("陈安"), "households": town.homes()}
    made = (await district.client("community_secretary").data(PAIR, input=given))["pairOfficial"]
    listing = "query ($where: PairingFilter) { pairings(where: $where) { totalCount edges { node { id } } } }"
    secretary = district.client("community_secretary")
    one = {"totalCount": 1, "edges": [{"node": {"id": made["pairing"]["id"]}}]}
    none: dict[str, Any] = {"totalCount": 0, "edges": []}
    for where, expected in (
        ({}, one),
        ({"official": {"eq": town.person("吴清")}}, one),
        ({"official": {"eq": town.person("陈安")}}, none),
        ({"buildingHead": {"eq": town.person("陈安")}}, one),
        ({"within": town.grid(STREET)}, one),
        ({"within": town.grid(VILLAGE)}, none),
        ({"current": {"eq": True}}, one),
        ({"current": {"eq": False}}, none),
    ):
        assert (await secretary.data(listing, where=where))["pairings"] == expected
    for role in ("grid_worker_elsewhere", "resident"):
        assert (await district.client(role).data(listing))["pairings"] == none

    end = {"pairing": made["pairing"]["id"]}
    assert await district.client("resident").codes(END_PAIRING, input=end) == ["FORBIDDEN"]
    ended = (await secretary.data(END_PAIRING, input=end))["endPairing"]
    assert ended["userErrors"] == []
    again = (await secretary.data(END_PAIRING, input=end))["endPairing"]
    assert again["userErrors"] == [{"code": "BASE_PAIRING_ENDED", "path": ["pairing"]}]


async def test_without_permission_or_scope_nobody_is_paired(district: TestDistrict, town: Town) -> None:
    await head_building(district, town)
    given = {"official": town.person("吴清"), "buildingHead": town.person("陈安"), "households": town.homes()}
    assert await district.client("resident").codes(PAIR, input=given) == ["FORBIDDEN"]
    given["official"] = town.person("林远")
    refused = (await district.client("community_secretary").data(PAIR, input=given))["pairOfficial"]
    assert refused["userErrors"] == [{"code": "NOT_FOUND", "path": ["official"]}]
    assert (await district.client("district_admin").data(COUNT))["pairings"] == {"totalCount": 0}


async def test_a_qr_code_tells_anyone_whom_to_call(district: TestDistrict, town: Town) -> None:
    create = (
        "mutation ($input: CreateQrAnchorInput!) { createQrAnchor(input: $input) { qrAnchor { token } } }"
    )
    anchor = {"grid": town.grid(COMPOUND), "purpose": "楼道"}
    made = await district.client("street_secretary").data(create, input=anchor)
    await assign(
        district,
        "community_secretary",
        role="grid_head",
        person=town.person("周平"),
        grid=town.grid(COMMUNITY),
        dutyName="社区网格长",
        dutyPhone="0536-7251234",
    )
    scan = """
    query ($token: String!) {
      qrAnchor(token: $token) { grid { code } dutyContacts { title name phone } }
    }
    """
    seen = await district.client(None).data(scan, token=made["createQrAnchor"]["qrAnchor"]["token"])
    assert seen["qrAnchor"] == {
        "grid": {"code": COMPOUND},
        "dutyContacts": [{"title": "网格长", "name": "社区网格长", "phone": "0536-7251234"}],
    }


async def test_another_district_has_posts_of_its_own(
    district: TestDistrict, other_district: TestDistrict, town: Town
) -> None:
    given = {"role": "grid_head", "person": town.person("周平"), "grid": town.grid(COMPOUND)}
    made = await assign(district, "district_admin", **given)
    admin = other_district.client("district_admin")
    assert await admin.data(COUNT) == {"posts": {"totalCount": 0}, "pairings": {"totalCount": 0}}
    node = "query ($id: ID!) { node(id: $id) { id } }"
    assert await admin.data(node, id=made["post"]["id"]) == {"node": None}
    refused = (await admin.data(ASSIGN, input=given))["assignPost"]
    assert [(error["code"], error["path"]) for error in refused["userErrors"]] == [("NOT_FOUND", ["person"])]
