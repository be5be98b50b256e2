"""What two requests share of a plan, and what they must not."""

import sys
from typing import Any

import pytest

from wangge._host.plans import statements
from wangge.testing.statements import recorded_statements
from wangge_schema.people.models import Person

from .conftest import Crowd

SWITCHED = """query One($a: Boolean!, $b: Boolean = true) {
  people(first: 2) { totalCount @skip(if: $a)
    edges { node { name @include(if: $a) ...Rest @skip(if: $b) id } } } }
fragment Rest on Person { sex household { number @include(if: $a) } }
query Two { grids(first: 1) { edges { node { code } } } }
query Three($a: Boolean!) { grids(first: 1) { totalCount @include(if: $a) edges { node { name } } } }"""
FILTERED = """query ($where: GridFilter, $first: Int, $order: [GridOrder!], $after: String) {
  grids(where: $where, first: $first, orderBy: $order, after: $after) {
    totalCount pageInfo { hasNextPage hasPreviousPage } edges { cursor node { code } } } }"""
ARGUMENTS: tuple[dict[str, Any], ...] = (  # JSON
    *({}, {"where": None}, {"where": {}}, {"first": None}, {"first": 0}, {"first": 1}, {"order": None}),
    *({"where": {"code": {"eq": "370703"}}}, {"where": {"code": {"eq": None}}}, {"where": {"code": None}}),
    *({"where": {"code": {"in": []}}}, {"where": {"code": {"in": ["370703"]}}}),
    {"where": {"code": {"in": ["370703", "370703001", "none"]}}},
    {"where": {"code": {"in": ["370703001", "370703002"]}}},
    {"where": {"code": {"in": [f"x{number}" for number in range(200)]}}},
    {"where": {"code": {"startsWith": "370703001"}, "name": {"contains": "%"}}},
    {"where": {"name": {"contains": "街道"}}, "order": ["NAME_DESC", "CODE_ASC"]},
    {"where": {"level": {"in": ["street", "community"]}}, "order": ["CODE_DESC"], "first": 4},
    {"where": {"or": [{"code": {"eq": "370703"}}, {"code": {"eq": "370703001"}}]}},
    {"where": {"and": [{"code": {"eq": "370703"}}, {"code": {"eq": "370703001"}}]}},
)


@pytest.mark.parametrize("name", ["One", "Two", "Three"])
def test_switches_and_names_choose_their_own_plan(crowd: Crowd, name: str) -> None:
    given: list[dict[str, Any]] = [  # JSON
        {"a": a, **more} for a in (True, False) for more in ({}, {"b": True}, {"b": False})
    ]
    for variables in [*given, *given]:
        answer = crowd.both("grid_worker", SWITCHED, variables, name).agreed
        assert (answer.tier, answer.codes) == (1, [])


def test_a_switch_that_is_missing_or_no_boolean_is_told(crowd: Crowd) -> None:
    for variables in ({}, {"a": None}, {"a": 1}, {"a": "true"}, {"a": True, "b": None}):
        assert crowd.both("grid_worker", SWITCHED, variables, "One").agreed.codes != []


def test_arguments_of_any_shape_come_in_any_order(crowd: Crowd) -> None:
    for variables in (*ARGUMENTS, *reversed(ARGUMENTS)):
        answer = crowd.both("community_secretary", FILTERED, variables).agreed
        assert (answer.tier, answer.codes) == (1, []), variables


def test_lists_of_one_length_share_a_text_and_of_another_do_not(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    plain = statements.Statement.__init__

    def noted(self: statements.Statement, *args: Any, **options: Any) -> None:  # as the class takes them
        made.append(self)
        plain(self, *args, **options)

    monkeypatch.setattr(statements.Statement, "__init__", noted)
    counts = []
    for codes in (["370703"], ["370703001"], ["370703", "x"], ["y", "z"], []):
        crowd.runner.run(
            crowd.tiers.ask("grid_worker", FILTERED + " #lists", {"where": {"code": {"in": codes}}})
        )
        counts.append(len(made))

    assert counts == [1, 1, 2, 2, 3]


@pytest.mark.parametrize(
    "document",
    [
        'query ($id: ID = "x") { person(id: $id) { name } }',
        'query ($id: ID = "x") { node(id: $id) { id } }',
        'query ($code: String = "x") { grid(code: $code) { name } }',
    ],
)
def test_null_for_an_argument_that_must_not_be_is_told(crowd: Crowd, document: str) -> None:
    name = "code" if "code" in document else "id"

    assert crowd.both("grid_worker", document, {name: None}).agreed.codes == ["GRAPHQL_VALIDATION_FAILED"]
    assert crowd.both("grid_worker", document, {name: "y"}).agreed.codes != ["GRAPHQL_VALIDATION_FAILED"]


@pytest.mark.parametrize("first", [{"first": 0}, {"last": 0}, {"first": 1}, {"last": 1}, {"first": 400}])
@pytest.mark.parametrize(
    "shown",
    [
        "pageInfo { hasPreviousPage }",
        "pageInfo { hasNextPage }",
        "pageInfo { __typename }",
        "pageInfo { startCursor endCursor }",
        "totalCount",
        "edges { __typename }",
        "edges { cursor }",
        "a: edges { node { code } } b: edges { node { name } } pageInfo { hasNextPage }",
    ],
)
def test_each_part_of_a_page_stands_alone(crowd: Crowd, first: dict[str, int], shown: str) -> None:
    document = f"""query ($first: Int, $last: Int) {{
        all: grids(first: $first, last: $last) {{ {shown} }}
        none: grids(first: $first, last: $last, where: {{code: {{eq: "none"}}}}) {{ {shown} }}
        grid(code: "370703") {{ children(first: $first, last: $last) {{ {shown} }} }} }}"""

    assert crowd.both("grid_worker", document, first).agreed.tier == 1


@pytest.mark.parametrize("depth", [2, 4, 6, 9, 14, 18])
def test_depth_costs_the_plan_at_most(crowd: Crowd, depth: int) -> None:
    document = (
        "{ grids(first: 2) { edges { node { " + "parent { " * depth + "code" + " }" * depth + " } } } }"
    )
    if depth == 18:
        document = document.replace("edges { node { parent { ", "edges { node { ", 1).replace(
            "} } } }", "} } }", 1
        )

    answer = crowd.both("grid_worker", document).agreed

    assert answer.status in {200, 400}
    assert crowd.backend == "sqlite" or answer.tier in {0, 1}


def test_a_list_costs_one_statement_and_no_python_per_row(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    monkeypatch.setattr(Person, "__init__", lambda self, **_: made.append(1))
    document = """{ people(first: 1000) { edges { cursor node { id name sex birthDate phone documentNumber
        household { number members { id } } grid { code parent { code } } residences { since }
        volunteer { id } } } } }"""
    crowd.runner.run(crowd.tiers.ask("district_admin", document))
    calls: list[object] = []
    with recorded_statements() as sent:
        sys.setprofile(lambda frame, event, _: calls.append(frame.f_code) if event == "call" else None)
        try:
            answer = crowd.runner.run(crowd.tiers.ask("district_admin", document))
        finally:
            sys.setprofile(None)

    assert answer.tier == 1, answer.why
    assert len(answer.data["people"]["edges"]) == 300
    assert len([one for one in sent if "base_people" in one]) == 1
    inside = [one for one in calls if "wangge" in str(getattr(one, "co_filename", ""))]
    assert len(inside) < 300, len(inside)
    assert made == []
