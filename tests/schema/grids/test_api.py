"""Grids over GraphQL: every root field, permitted and not, in scope and out of it."""

from typing import Any

import pytest

from wangge.testing.districts import TestDistrict

COMMUNITY = "370703001001"
ELSEWHERE = "370703002200"
COMPOUND = "370703001001001"

GRID = """
query ($code: String!) {
  grid(code: $code) {
    id code name kind validFrom validTo
    level { key title rank }
    functions { key title }
    parent { code }
    managingParent { code }
    ancestors { code level { key } }
    children(orderBy: [CODE_ASC]) { totalCount edges { node { code parent { code } } } }
    successors { code }
    predecessors { code }
  }
}
"""
GRIDS = """
query ($where: GridFilter, $first: Int, $after: String, $orderBy: [GridOrder!]) {
  grids(where: $where, first: $first, after: $after, orderBy: $orderBy) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { node { id code name } }
  }
}
"""
CREATE = """
mutation ($input: CreateGridInput!) {
  createGrid(input: $input) {
    clientMutationId
    grid { id code name kind level { key } functions { key } parent { code } }
    userErrors { code message path }
  }
}
"""
MOVE = """
mutation ($input: MoveGridInput!) {
  moveGrid(input: $input) { grid { code parent { code } ancestors { code } } userErrors { code path } }
}
"""
SPLIT = """
mutation ($input: SplitGridInput!) {
  splitGrid(input: $input) {
    grid { validTo successors { code } }
    parts { id code name predecessors { code } }
    userErrors { code path }
  }
}
"""
MERGE = """
mutation ($input: MergeGridsInput!) {
  mergeGrids(input: $input) { grid { code predecessors { name } } userErrors { code path } }
}
"""
REDRAW = """
mutation ($input: RedrawGridsInput!) {
  redrawGrids(input: $input) { parts { name predecessors { name } } userErrors { code path } }
}
"""
ANCHOR = """
mutation ($input: CreateQrAnchorInput!) {
  createQrAnchor(input: $input) {
    qrAnchor { id token purpose url image grid { code } }
    userErrors { code path }
  }
}
"""
WHERE_AM_I = "query ($token: String!) { qrAnchor(token: $token) { purpose grid { code name } } }"
LEVELS = "{ district { code levels { key title rank } } }"


async def grid_id(district: TestDistrict, code: str) -> str:
    """Return the GraphQL id of a grid."""
    found = await district.client("district_admin").data(GRID, code=code)
    return str(found["grid"]["id"])


async def created(district: TestDistrict, parent: str, name: str, level: str = "compound") -> dict[str, Any]:
    """Return a new grid below `parent`."""
    given = {"parent": parent, "name": name, "level": level}
    answer = await district.client("district_admin").data(CREATE, input=given)
    grid: dict[str, Any] = answer["createGrid"]["grid"]
    return grid


async def total(district: TestDistrict) -> int:
    """Return how many current grids there are."""
    answer = await district.client("district_admin").data(GRIDS)
    return int(answer["grids"]["totalCount"])


def codes(answer: dict[str, Any]) -> list[str]:
    """Return the codes of a page of grids."""
    return [edge["node"]["code"] for edge in answer["grids"]["edges"]]


async def test_a_grid_is_found_by_its_code_with_its_place_in_the_tree(district: TestDistrict) -> None:
    found = (await district.client("resident").data(GRID, code=COMMUNITY))["grid"]

    assert found["level"]["key"] == "community"
    assert (found["kind"], found["validTo"], found["parent"]) == ("BASIC", None, {"code": "370703001"})
    assert found["ancestors"] == [
        {"code": "370703", "level": {"key": "district"}},
        {"code": "370703001", "level": {"key": "street"}},
    ]
    children = [edge["node"] for edge in found["children"]["edges"]]
    assert {"code": COMPOUND, "parent": {"code": COMMUNITY}} in children
    assert found["children"]["totalCount"] == len(children)
    assert (found["successors"], found["predecessors"]) == ([], [])


async def test_an_unknown_code_is_null(district: TestDistrict) -> None:
    assert (await district.client("resident").data(GRID, code="999"))["grid"] is None


@pytest.mark.parametrize("document", [GRIDS, GRID.replace("$code: String!", '$code: String = "1"')])
async def test_grids_are_for_the_signed_in(district: TestDistrict, document: str) -> None:
    answer = await district.client(None).execute(document)

    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_grids_are_read_district_wide_by_every_role(district: TestDistrict) -> None:
    whole = await total(district)

    for role in ("street_secretary", "grid_worker", "resident", "vendor_service"):
        assert (await district.client(role).data(GRIDS))["grids"]["totalCount"] == whole


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"code": {"eq": COMMUNITY}}, [COMMUNITY]),
        ({"code": {"in": [COMMUNITY, ELSEWHERE]}}, [COMMUNITY, ELSEWHERE]),
        ({"level": {"eq": "district"}}, ["370703"]),
        (
            {
                "code": {"startsWith": "370703"},
                "level": {"in": ["street"]},
                "not": {"code": {"eq": "370703001"}},
            },
            None,
        ),
        ({"kind": {"eq": "MICRO"}, "code": {"eq": COMMUNITY}}, []),
        ({"or": [{"code": {"eq": ELSEWHERE}}, {"code": {"eq": COMMUNITY}}]}, [COMMUNITY, ELSEWHERE]),
    ],
)
async def test_grids_are_filtered(
    district: TestDistrict, where: dict[str, Any], expected: list[str] | None
) -> None:
    found = codes(await district.client("grid_worker").data(GRIDS, where=where, orderBy=["CODE_ASC"]))

    if expected is None:
        assert found
        assert all(len(code) == 9 and code != "370703001" for code in found)
    else:
        assert found == expected


async def test_a_name_is_found_by_any_part_of_it(district: TestDistrict) -> None:
    await created(district, await grid_id(district, COMMUNITY), "东方锦绣花园")

    answer = await district.client("resident").data(GRIDS, where={"name": {"contains": "锦绣花"}})

    assert [edge["node"]["name"] for edge in answer["grids"]["edges"]] == ["东方锦绣花园"]


async def test_within_lists_a_grid_and_all_below_it(district: TestDistrict) -> None:
    where = {"within": await grid_id(district, "370703001")}

    found = codes(await district.client("resident").data(GRIDS, where=where, orderBy=["CODE_ASC"], first=100))

    assert found[0] == "370703001"
    assert COMPOUND in found
    assert ELSEWHERE not in found
    root = {"within": await grid_id(district, "370703")}
    everything = await district.client("resident").data(GRIDS, where=root)
    assert everything["grids"]["totalCount"] == await total(district)


async def test_pages_follow_each_other_in_order(district: TestDistrict) -> None:
    client = district.client("resident")
    whole = codes(await client.data(GRIDS, first=100, orderBy=["CODE_DESC"]))
    seen: list[str] = []
    after = None

    while True:
        page = await client.data(GRIDS, first=2, after=after, orderBy=["CODE_DESC"])
        seen += codes(page)
        after = page["grids"]["pageInfo"]["endCursor"]
        if not page["grids"]["pageInfo"]["hasNextPage"]:
            break

    assert seen == whole == sorted(whole, reverse=True)


async def test_the_districts_levels_come_in_order(district: TestDistrict) -> None:
    answer = await district.client("resident").data(LEVELS)

    levels = answer["district"]["levels"]
    assert [level["rank"] for level in levels] == sorted(level["rank"] for level in levels)
    assert {"key": "community", "title": "社区（村）", "rank": 30} in levels


async def test_a_grid_is_created_with_the_next_code(district: TestDistrict) -> None:
    parent = await grid_id(district, COMMUNITY)
    given = {
        "parent": parent,
        "name": "锦绣小区",
        "level": "compound",
        "kind": "SPECIAL",
        "functions": ["urban_management", "public_order"],
        "clientMutationId": "one",
    }

    first = (await district.client("street_secretary").data(CREATE, input=given))["createGrid"]
    again = (await district.client("street_secretary").data(CREATE, input=given))["createGrid"]

    assert first == again
    assert (first["clientMutationId"], first["userErrors"]) == ("one", [])
    assert first["grid"]["code"].startswith(COMMUNITY)
    assert first["grid"]["kind"] == "SPECIAL"
    assert first["grid"]["functions"] == [{"key": "public_order"}, {"key": "urban_management"}]


async def test_a_broken_rule_is_told_in_the_callers_language_and_changes_nothing(
    district: TestDistrict,
) -> None:
    given = {"parent": await grid_id(district, COMMUNITY), "name": "小区", "level": "village"}
    before = await total(district)

    answer = (await district.client("street_secretary", "zh-CN").data(CREATE, input=given))["createGrid"]

    [error] = answer["userErrors"]
    assert answer["grid"] is None
    assert (error["code"], error["path"]) == ("BASE_GRID_LEVEL_UNKNOWN", ["level"])
    assert error["message"].startswith("本区县没有层级 village")
    assert await total(district) == before


def inputs(own: str, other: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Return each mutation of grids with an input that touches both grids."""
    parts = [{"name": "东"}, {"name": "西"}]
    return [
        ("createGrid", CREATE, {"parent": other, "name": "小区", "level": "compound"}),
        ("moveGrid", MOVE, {"grid": own, "parent": other}),
        ("splitGrid", SPLIT, {"grid": other, "parts": parts}),
        ("mergeGrids", MERGE, {"grids": [other, own], "name": "合"}),
        ("redrawGrids", REDRAW, {"grids": [other], "parts": parts}),
        ("createQrAnchor", ANCHOR, {"grid": other, "purpose": "大门"}),
    ]


@pytest.mark.parametrize("role", ["community_secretary", "grid_worker", "resident", "vendor_service"])
async def test_changing_grids_needs_the_permission(district: TestDistrict, role: str) -> None:
    own, before = await grid_id(district, COMPOUND), await total(district)

    for _, document, given in inputs(own, own):
        answer = await district.client(role).execute(document, input=given)
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"

    assert await total(district) == before


async def test_a_street_secretary_changes_nothing_in_another_street(district: TestDistrict) -> None:
    own, other = await grid_id(district, COMPOUND), await grid_id(district, ELSEWHERE)
    before = await total(district)

    for field, document, given in inputs(own, other):
        answer = (await district.client("street_secretary").data(document, input=given))[field]
        assert [error["code"] for error in answer["userErrors"]] == ["OUT_OF_SCOPE"], field

    assert await total(district) == before


async def test_the_grids_of_another_district_are_unknown_here(
    district: TestDistrict, other_district: TestDistrict
) -> None:
    foreign, own = await grid_id(other_district, "370784"), await grid_id(district, COMPOUND)
    before = await total(district)

    for field, document, given in inputs(own, foreign):
        answer = (await district.client("district_admin").data(document, input=given))[field]
        assert [error["code"] for error in answer["userErrors"]] == ["NOT_FOUND"], field

    assert await total(district) == before
    assert (await district.client("district_admin").data(GRID, code="370784"))["grid"] is None
    page = await district.client("district_admin").data(GRIDS, where={"within": foreign})
    assert page["grids"]["totalCount"] == 0


async def test_a_moved_grid_stands_in_its_new_place(district: TestDistrict) -> None:
    grid = await created(district, await grid_id(district, COMMUNITY), "小区")
    given = {"grid": grid["id"], "parent": await grid_id(district, ELSEWHERE)}

    answer = (await district.client("district_admin").data(MOVE, input=given))["moveGrid"]

    assert answer["userErrors"] == []
    assert (answer["grid"]["code"], answer["grid"]["parent"]) == (grid["code"], {"code": ELSEWHERE})
    assert [above["code"] for above in answer["grid"]["ancestors"]] == ["370703", "370703002", ELSEWHERE]


async def test_a_split_grid_leaves_the_lists_and_names_its_successors(district: TestDistrict) -> None:
    old = await created(district, await grid_id(district, COMMUNITY), "小区")
    building = await created(district, old["id"], "1号楼", "building")
    parts = [{"name": "东区", "grids": [building["id"]]}, {"name": "西区"}]

    answer = await district.client("street_secretary").data(SPLIT, input={"grid": old["id"], "parts": parts})

    split = answer["splitGrid"]
    assert split["userErrors"] == []
    new = [part["code"] for part in split["parts"]]
    assert split["grid"]["validTo"] is not None
    assert split["grid"]["successors"] == [{"code": code} for code in sorted(new)]
    assert [part["predecessors"] for part in split["parts"]] == [[{"code": old["code"]}]] * 2
    listed = await district.client("resident").data(GRIDS, where={"code": {"in": [old["code"], *new]}})
    assert sorted(codes(listed)) == sorted(new)
    history = (await district.client("resident").data(GRID, code=old["code"]))["grid"]
    assert history["successors"] == [{"code": code} for code in sorted(new)]


async def test_merged_and_redrawn_grids_name_their_predecessors(district: TestDistrict) -> None:
    parent = await grid_id(district, COMMUNITY)
    one, two = await created(district, parent, "甲"), await created(district, parent, "乙")
    client = district.client("street_secretary")

    redrawn = await client.data(
        REDRAW, input={"grids": [one["id"], two["id"]], "parts": [{"name": "北"}, {"name": "南"}]}
    )
    where = {"within": parent, "name": {"in": ["北", "南"]}}
    current = await client.data(GRIDS, where=where, orderBy=["NAME_ASC"])
    ids = [edge["node"]["id"] for edge in current["grids"]["edges"]]
    merged = await client.data(MERGE, input={"grids": ids, "name": "合"})

    assert redrawn["redrawGrids"]["userErrors"] == merged["mergeGrids"]["userErrors"] == []
    assert [part["predecessors"] for part in redrawn["redrawGrids"]["parts"]] == [
        [{"name": "甲"}, {"name": "乙"}]
    ] * 2
    assert sorted(one["name"] for one in merged["mergeGrids"]["grid"]["predecessors"]) == ["北", "南"]


async def test_whoever_scans_a_building_learns_where_it_is(district: TestDistrict) -> None:
    given = {"grid": await grid_id(district, COMPOUND), "purpose": "1号楼"}

    answer = (await district.client("street_secretary").data(ANCHOR, input=given))["createQrAnchor"]
    found = await district.client(None).data(WHERE_AM_I, token=answer["qrAnchor"]["token"])

    anchor = answer["qrAnchor"]
    assert anchor["url"].endswith(f"/370703/qr/{anchor['token']}")
    assert anchor["image"].startswith("<svg")
    assert found["qrAnchor"]["purpose"] == "1号楼"
    assert found["qrAnchor"]["grid"]["code"] == COMPOUND


async def test_whoever_scans_a_building_sees_nobody_who_lives_there(district: TestDistrict) -> None:
    given = {"grid": await grid_id(district, COMPOUND), "purpose": "1号楼"}
    answer = (await district.client("street_secretary").data(ANCHOR, input=given))["createQrAnchor"]

    for inside in ("people { totalCount }", "households { totalCount }", "counts { people }"):
        document = f"query ($token: String!) {{ qrAnchor(token: $token) {{ grid {{ {inside} }} }} }}"
        refused = await district.client(None).execute(document, token=answer["qrAnchor"]["token"])
        assert refused["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED", inside


async def test_an_unknown_token_leads_nowhere(district: TestDistrict) -> None:
    assert (await district.client(None).data(WHERE_AM_I, token="nothing"))["qrAnchor"] is None
