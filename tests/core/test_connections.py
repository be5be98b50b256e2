"""Connections: pages that neither skip nor repeat, filters, orders, and one statement per relation."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert, select

from wangge.testing.districts import Client, TestDistrict
from wangge.testing.statements import recorded_statements
from wangge_schema.grids.models import Grid
from wangge_schema.people.models import Person

from .conftest import COMPOUND, NEIGHBOURS, Town, person_at

PEOPLE = """query ($first: Int, $after: String, $last: Int, $before: String, $orderBy: [PersonOrder!],
                   $where: PersonFilter) {
  people(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy, where: $where) {
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { name } }
  }
}"""
GRIDS = """query ($where: GridFilter, $orderBy: [GridOrder!]) {
  grids(where: $where, orderBy: $orderBy) { totalCount edges { node { code } } }
}"""
NESTED = """query ($where: GridFilter) { grids(where: $where, first: 100) { edges { node {
  code parent { code }
  people(first: 2, orderBy: [NAME_ASC]) { totalCount edges { node { name grid { code } } } }
  children(first: 3) { edges { node { code } } } } } } }"""
ORDERS: list[list[str]] = [[], ["NAME_ASC"], ["NAME_DESC"], ["CREATED_AT_DESC", "NAME_ASC"]]
CROWD = 107


@pytest.fixture
async def crowd(district: TestDistrict, town: Town) -> list[str]:
    """Many people of one compound, some of one name, besides the six of the town."""
    names = [f"居民{number % 90:02d}" for number in range(CROWD - 6)]
    async with district.committed() as ctx:
        grid = await ctx.db.must_get(Grid, town.grids[COMPOUND])
        await ctx.db.execute(insert(Person), [person_at(grid, name) for name in names])
        return sorted(await ctx.db.scalars(select(Person.name)))


@pytest.fixture
def admin(district: TestDistrict) -> Client:
    return district.client("district_admin")


async def _page(client: Client, **given: Any) -> dict[str, Any]:  # JSON both ways
    page: dict[str, Any] = (await client.data(PEOPLE, **given))["people"]
    return page


def _names(page: dict[str, Any]) -> list[str]:  # JSON of the answer
    return [edge["node"]["name"] for edge in page["edges"]]


async def test_a_page_holds_25_unless_told_and_100_at_most(admin: Client, crowd: list[str]) -> None:
    sizes = [
        len(_names(await _page(admin, **given))) for given in ({}, {"first": 100}, {"first": 0}, {"last": 7})
    ]

    assert sizes == [25, 100, 0, 7]
    for given in ({"first": 101}, {"last": 101}, {"first": -1}, {"last": -1}):
        assert await admin.codes(PEOPLE, **given) == ["BAD_PAGE"]


async def test_arguments_that_contradict_each_other_are_refused(admin: Client, crowd: list[str]) -> None:
    cursor = (await _page(admin, first=1))["pageInfo"]["endCursor"]

    for given in (
        {"first": 1, "last": 1},
        {"after": cursor, "before": cursor},
        {"first": 1, "before": cursor},
        {"last": 1, "after": cursor},
    ):
        assert await admin.codes(PEOPLE, **given) == ["BAD_PAGE"], given


@pytest.mark.parametrize("backwards", [False, True])
async def test_walking_the_pages_meets_each_row_once_in_order(
    admin: Client, crowd: list[str], backwards: bool
) -> None:
    for order in ORDERS:
        met: list[str] = []
        cursor = None
        while True:
            given = {"last": 20, "before": cursor} if backwards else {"first": 20, "after": cursor}
            page = await _page(admin, orderBy=order, **given)
            met = [*_names(page), *met] if backwards else [*met, *_names(page)]
            info = page["pageInfo"]
            assert info["hasPreviousPage" if not backwards else "hasNextPage"] is (cursor is not None)
            cursor = info["startCursor" if backwards else "endCursor"]
            if not info["hasPreviousPage" if backwards else "hasNextPage"]:
                break

        assert len(met) == CROWD, order
        if order[:1] == ["NAME_ASC"]:
            assert met == crowd
        elif order[:1] == ["NAME_DESC"]:
            assert met == crowd[::-1]
        else:
            assert sorted(met) == crowd


async def test_a_cursor_stays_where_it_is_when_rows_come_before_it(
    district: TestDistrict, town: Town, admin: Client, crowd: list[str]
) -> None:
    order = {"orderBy": ["NAME_ASC"]}
    first = await _page(admin, first=10, **order)
    expected = await _page(admin, first=10, after=first["pageInfo"]["endCursor"], **order)
    async with district.committed() as ctx:
        grid = await ctx.db.must_get(Grid, town.grids[COMPOUND])
        await ctx.db.execute(insert(Person), [person_at(grid, "一") for _ in range(3)])

    assert await _page(admin, first=10, after=first["pageInfo"]["endCursor"], **order) == expected


async def test_a_cursor_of_another_list_or_order_is_refused(admin: Client, crowd: list[str]) -> None:
    by_name = (await _page(admin, first=1, orderBy=["NAME_ASC"]))["pageInfo"]["endCursor"]

    assert await admin.codes(PEOPLE, after=by_name) == ["BAD_PAGE"]
    assert await admin.codes(PEOPLE, after=by_name, orderBy=["NAME_DESC"]) == ["BAD_PAGE"]


ODD_VALUES = ("null", "[]", "[1]", "[null,null]", '["x","x"]', "{}")


def _cursor(text: str) -> str:
    return text.encode().hex()


@pytest.mark.parametrize("order", [[], ["NAME_ASC"], ["CREATED_AT_ASC"]])
async def test_forged_cursors_are_refused(admin: Client, crowd: list[str], order: list[str]) -> None:
    name = {"NAME_ASC": "name", "CREATED_AT_ASC": "created_at"}.get("".join(order))
    names = '["id"]' if name is None else f'["{name}","id"]'
    forged = ["", "x", "zz", "ff", "00", _cursor("null"), _cursor("[]"), _cursor("{}"), _cursor("1"), "é"]
    forged += [
        _cursor(f"[{names},{values}]") for values in ("null", "[]", "[1]", "[null,null]", '["x","x"]', "{}")
    ]
    forged += [_cursor("[" * 5000), _cursor('[["id"],["\\u0000"]]'), _cursor("[" + "9" * 5000 + "]")]

    for cursor in forged:
        assert await admin.codes(PEOPLE, after=cursor, orderBy=order) == ["BAD_PAGE"], cursor[:60]


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """The statements that are sent to any database while the test runs."""
    with recorded_statements() as sent:
        yield sent


async def test_statements_do_not_grow_with_the_number_of_parents(
    admin: Client, crowd: list[str], statements: list[str]
) -> None:
    counts = []
    for codes in (
        [COMPOUND, NEIGHBOURS],
        [COMPOUND, NEIGHBOURS, "370703001001", "370703002200", "370703001001001001"],
    ):
        await admin.data(NESTED, where={"code": {"in": codes}})
        statements.clear()
        answer = await admin.data(NESTED, where={"code": {"in": codes}})
        counts.append(len([one for one in statements if one.startswith(("SELECT", "WITH"))]))
        assert [edge["node"]["code"] for edge in answer["grids"]["edges"]] != []
        assert len(answer["grids"]["edges"]) == len(codes)

    assert counts == [1, 1]


async def test_nested_pages_and_counts_are_each_parents_own(district: TestDistrict, crowd: list[str]) -> None:
    answer = await district.client("street_secretary").data(NESTED, where={"level": {"eq": "community"}})

    found = {
        edge["node"]["code"]: (edge["node"]["people"]["totalCount"], _names(edge["node"]["people"]))
        for edge in answer["grids"]["edges"]
    }
    assert found["370703001007"] == (1, ["林远"])
    assert found["370703001001"][0] == CROWD - 3
    assert (
        found["370703001001"][1] == sorted(set(crowd) - {"林远", "郑和", "孙宁"})[:1] * 2
        or len(found["370703001001"][1]) == 2
    )
    assert found["370703002200"] == (0, [])


async def test_the_whole_is_counted_only_when_asked(
    admin: Client, crowd: list[str], statements: list[str]
) -> None:
    await admin.data("{ people { edges { node { name } } } }")
    assert [one for one in statements if "count(" in one] == []

    assert await admin.data("{ people(first: 1) { totalCount } }") == {"people": {"totalCount": CROWD}}
    assert len([one for one in statements if "count(" in one]) == 1


async def _codes(client: Client, where: Any, order: list[str] | None = None) -> list[str]:  # a JSON filter
    answer = await client.data(GRIDS, where=where, orderBy=order or ["CODE_ASC"])
    found = [edge["node"]["code"] for edge in answer["grids"]["edges"]]
    assert answer["grids"]["totalCount"] == len(found)
    return found


async def test_filters_combine(admin: Client, town: Town) -> None:
    everything = await _codes(admin, None)
    communities = ["370703001001", "370703001007", "370703002200"]
    level = {"level": {"eq": "community"}}

    assert await _codes(admin, {}) == everything
    assert await _codes(admin, level) == communities
    assert await _codes(admin, {"not": level}) == [one for one in everything if one not in communities]
    assert await _codes(admin, {"and": [level, {"code": {"startsWith": "370703001"}}]}) == communities[:2]
    assert await _codes(
        admin, {"or": [{"code": {"eq": communities[0]}}, {"name": {"contains": "东店村"}}]}
    ) == [
        communities[0],
        communities[2],
    ]
    assert await _codes(admin, {"or": []}) == []
    assert await _codes(admin, {"and": []}) == everything
    assert await _codes(admin, {"not": {"or": [level, {"not": level}]}}) == []
    assert await _codes(admin, {"code": {"in": []}}) == []
    assert await _codes(admin, {"code": {"eq": None}}) == everything
    assert await _codes(admin, level, ["CODE_DESC"]) == communities[::-1]


async def test_wildcards_in_a_filter_are_plain_characters(
    district: TestDistrict, admin: Client, town: Town
) -> None:
    async with district.committed() as ctx:
        grid = await ctx.db.must_get(Grid, town.grids[NEIGHBOURS])
        grid.name = "50%_/\\社区"

    for part in ("%", "_", "0%_", "/\\", "\\"):
        assert await _codes(admin, {"name": {"contains": part}}) == [NEIGHBOURS], part
    assert await _codes(admin, {"name": {"startsWith": "%"}}) == []
    assert await _codes(admin, {"name": {"startsWith": "50%"}}) == [NEIGHBOURS]


async def test_a_filter_takes_200_values(admin: Client, town: Town) -> None:
    values = [f"x{number}" for number in range(200)]

    assert await _codes(admin, {"code": {"in": values}}) == []
    assert await admin.codes(GRIDS, where={"code": {"in": [*values, "y"]}}) == ["BAD_FILTER"]


@pytest.mark.parametrize(
    "where",
    [
        {"code": {"eq": "\x00"}},
        {"name": {"contains": "\x00"}},
        {"name": {"contains": "x" * 100_000}},
        {"name": {"eq": "'; DROP TABLE base_grids; --"}},
        {"code": {"eq": 1}},
        {"code": []},
        {"kind": {"eq": "NOTHING"}},
        {"within": "x"},
        {"within": "Person_00000000000000000000000000000000"},
        {"within": "Grid_00000000000000000000000000000000"},
        {"nothing": 1},
    ],
    ids=range(11),
)
async def test_odd_filters_are_answered(district: TestDistrict, town: Town, where: Any) -> None:
    answer = await district.client("street_secretary").post(GRIDS, where=where)

    assert answer.status_code < 500
    assert '"INTERNAL"' not in answer.text


async def test_a_filter_nested_without_end_is_answered(admin: Client, town: Town) -> None:
    for depth in (50, 300, 900):
        where: Any = {"code": {"eq": "1"}}
        for _ in range(depth):
            where = {"not": where}
        answer = await admin.post(GRIDS, where=where)
        assert answer.status_code < 500
        assert '"INTERNAL"' not in answer.text
