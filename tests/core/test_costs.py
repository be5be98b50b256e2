"""What an operation costs is known before it runs, stands in every answer, and is bounded."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from wangge import encode_id
from wangge._host.app import create_app
from wangge._host.compose import ComposedSchema, compose
from wangge._host.compose.names import owners_of
from wangge._host.http.costs import Cost, CostTooHigh, formula_for
from wangge._host.http.documents import Documents, Prepared
from wangge._host.http.limits import Limits
from wangge._host.runtime import Server, load_plugins
from wangge._host.settings import Settings
from wangge.testing.districts import TestDistrict
from wangge_schema.models import Grid

SETTINGS = Settings(page_default=25, page_max=100, cost_list=10)


@pytest.fixture(scope="module")
def composed() -> ComposedSchema:
    return compose(load_plugins().select(["volunteer_points"]))


@pytest.fixture(scope="module")
def documents() -> Documents:
    return Documents(100, Limits(), *owners_of(load_plugins()))


def cost(composed: ComposedSchema, documents: Documents, text: str, **variables: Any) -> int | None:
    """Return the estimate of a document's only operation."""
    prepared = documents.prepare(composed, text)
    assert isinstance(prepared, Prepared), prepared
    formula = formula_for(SETTINGS, composed, prepared, None, variables)
    return None if formula is None else Cost.of(formula, variables, 1).estimated


ESTIMATES = {
    "{ __typename }": 1,
    "{ district { name kind } }": 1,
    "{ district { name } again: district { name } }": 2,
    "{ district { plugins { slug } } }": 1 + 10,
    "{ me { roles { role grid { code } } person { name } } }": 1 + 10 * 2 + 1,
    "{ grids { totalCount } }": 1,
    "{ grids { totalCount pageInfo { hasNextPage } } }": 1,
    "{ grids { edges { cursor } } }": 1 + 25,
    "{ grids { edges { node { id } } } }": 1 + 25,
    "{ grids(first: 7) { edges { node { id } } } }": 1 + 7,
    "{ grids(last: 7) { edges { node { id } } } }": 1 + 7,
    "{ __typename again: __typename }": 1,
    "{ grids(first: 0) { edges { node { id } } } }": 1,
    "{ grids(first: -3) { edges { node { id } } } }": 1,
    "{ grids(first: null) { edges { node { id } } } }": 1 + 25,
    "{ grids(first: 2000000000) { edges { node { id } } } }": 1 + 100,
    "{ grids(first: 10) { edges { node { parent { id } } } } }": 1 + 10 * 2,
    "{ grids(first: 10) { edges { node { children(first: 5) { edges { node { id } } } } } } }": 1
    + 10 * (1 + 6),
    "{ grids(first: 10) { edges { node { ancestors { id } } } } }": 1 + 10 * (1 + 10),
    "{ grids(first: 10) { ...F ...G } } fragment F on GridConnection { edges { node { parent { id } } } } "
    "fragment G on GridConnection { edges { node { parent { name } } } }": 1 + 10 * 2,
    '{ nodes(ids: ["a", "b", "c"]) { id } }': 3,
    '{ node(id: "a") { ... on Grid { parent { id } } ... on Person { household { dwelling { id } } } } }': 3,
    '{ __type(name: "Grid") { fields { name } } }': 500,
    "{ __schema { types { name } } }": 2000,
    'mutation { suspendPlugin(input: { slug: "x" }) { userErrors { code } } }': 10 + 1 + 10,
}


@pytest.mark.parametrize("text", ESTIMATES)
def test_nodes_are_counted(text: str, composed: ComposedSchema, documents: Documents) -> None:
    assert cost(composed, documents, text) == ESTIMATES[text]


def test_variables_decide_as_the_literals_do(composed: ComposedSchema, documents: Documents) -> None:
    paged = "query ($n: Int) { grids(first: $n) { edges { node { parent { id } } } } }"
    usual = "query ($n: Int = 3) { grids(first: $n) { edges { node { id } } } }"
    named = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    assert [cost(composed, documents, paged, n=n) for n in (0, 10, 1000, None, "x", True)] == [
        1,
        21,
        201,
        51,
        51,
        51,
    ]
    assert cost(composed, documents, paged) == 51
    assert cost(composed, documents, usual) == 4
    assert cost(composed, documents, usual, n=5) == 6
    assert cost(composed, documents, named, ids=["a"] * 40) == 40
    assert cost(composed, documents, named, ids="a") == 1


def test_what_is_left_out_costs_nothing(composed: ComposedSchema, documents: Documents) -> None:
    text = (
        "query ($on: Boolean!) { district { name } grids(first: 9) @include(if: $on) { edges { cursor } } }"
    )

    assert cost(composed, documents, text, on=True) == 11
    assert cost(composed, documents, text, on=False) == 1
    assert cost(composed, documents, text, on="x") is None


def test_a_formula_is_found_once(
    composed: ComposedSchema, documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "query ($n: Int) { grids(first: $n) { edges { node { name } } } }"
    first = cost(composed, documents, text, n=1)

    def never(*_args: Any) -> Any:
        raise AssertionError("this is done once for a document")

    monkeypatch.setattr("wangge._host.http.costs.Reader", never)

    assert (first, cost(composed, documents, text, n=2)) == (2, 3)


def test_an_estimate_is_bounded() -> None:
    Cost(10, 10).check()
    with pytest.raises(CostTooHigh):
        Cost(11, 10).check()


DEAR = """query ($n: Int!) {
  grids(first: $n) { edges { node { children(first: $n) { edges { node { id } } } } } }
}"""


async def test_every_answer_says_what_it_cost(district: TestDistrict) -> None:
    client = district.client("district_admin")
    async with district.context() as ctx:
        grid = encode_id("Grid", (await ctx.db.scalars(select(Grid.id).limit(1)))[0])
    by_plan = await client.execute("query ($id: ID!) { node(id: $id) { id } }", id=grid)
    by_core = await client.execute("{ me { account roles { role } } }")
    partly = await client.execute('{ district { name } node(id: "x") { id } }')
    strange = await district.client(None).execute("{ district { name } }")
    change = 'mutation { suspendPlugin(input: { slug: "none" }) { userErrors { code } } }'

    assert by_plan["extensions"] == {"cost": {"estimated": 1, "limit": 10_000}}
    assert by_core["extensions"] == {"cost": {"estimated": 11, "limit": 10_000}}
    assert [error["extensions"]["code"] for error in partly["errors"]] == ["BAD_ID"]
    assert partly["extensions"] == {"cost": {"estimated": 2, "limit": 10_000}}
    assert strange["extensions"] == {"cost": {"estimated": 1, "limit": 10_000}}
    assert (await client.execute(change))["extensions"] == {"cost": {"estimated": 21, "limit": 10_000}}


async def test_what_costs_too_much_is_refused_with_the_estimate(district: TestDistrict) -> None:
    client = district.client("district_admin")

    refused = await client.post(DEAR, n=100)
    served = await client.post(DEAR, n=99)

    answer = refused.json()
    assert refused.status_code == 400
    assert "data" not in answer
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["COST_TOO_HIGH"]
    assert answer["extensions"] == {"cost": {"estimated": 1 + 100 * 102, "limit": 10_000}}
    assert served.status_code == 200
    assert served.json()["extensions"] == {"cost": {"estimated": 1 + 99 * 101, "limit": 10_000}}


async def test_the_refusal_speaks_the_callers_language(district: TestDistrict) -> None:
    answer = await district.client("district_admin", language="zh-CN").execute(DEAR, n=100)

    assert (
        answer["errors"][0]["message"] == "该操作预计需要 10201 个节点；最多允许 10000 个：请减少查询内容。"
    )


async def test_the_schema_is_asked_for_alone(district: TestDistrict) -> None:
    client = district.client("district_admin")

    alone = await client.execute("{ __schema { queryType { name } } __typename }")

    assert alone["data"] == {"__schema": {"queryType": {"name": "Query"}}, "__typename": "Query"}
    assert await client.codes("{ __schema { queryType { name } } me { account } }") == ["BAD_REQUEST"]


def _serving(server: Server, **settings: Any) -> httpx.AsyncClient:
    """Return a client of an application with other settings over the same districts."""
    server.settings = server.settings.model_copy(update=settings)
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_app(server)), base_url="http://wangge.test")


async def test_the_limit_is_a_setting(server: Server, district: TestDistrict) -> None:
    async with _serving(server, limit_cost=5, cost_list=3, page_default=4) as http:
        client = TestDistrict(server, http, district.code).client("district_admin")

        assert await client.codes("{ grids(first: 5) { edges { cursor } } }") == ["COST_TOO_HIGH"]
        assert (await client.execute("{ me { roles { role } } }"))["extensions"]["cost"] == {
            "estimated": 4,
            "limit": 5,
        }
        assert (await client.execute("{ grids { edges { cursor } } }"))["extensions"]["cost"][
            "estimated"
        ] == 5
