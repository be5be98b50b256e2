"""Fields and rows that go wrong are told by graphql-core alone; all others agree in every tier."""

import pytest

from .conftest import Crowd

ROLES = ("district_admin", "community_secretary", "grid_worker", "grid_worker_elsewhere", "resident", None)
PAGE = "{{ faultyThings(first: 100) {{ totalCount edges {{ cursor node {{ id {} }} }} }} }}"
NEAR = "{{ faultyThings(first: 9, where: {{size: {{gt: 900}}}}) {{ edges {{ node {{ {} }} }} }} }}"
"""Whole rows near the grid worker, in which nothing is hidden."""

WRITTEN = (
    *("name", "note", "size", "price", "open", "mood", "day", "veiled", "near", "told", "chosen"),
    *("parts { label }", "part { label }", "partPages { totalCount edges { cursor node { label } } }"),
    *("owner { name }", "shown { name phone sex birthDate grid { code } }", "firstPart { label }"),
    "owner { faultyThings { totalCount edges { node { name } } } }",
)
"""Selections that are SQL alone, whoever asks."""

PYTHON = ("words", "batched", "mine", "row")
"""Fields that Python resolves without a fault."""

FAULTY = (
    *("noteNeeded", "wide", "at", "keeper { name }", "ownerNear { name }", "risky", "riskyNeeded", "missing"),
    *("letters", "owed", "huge", "sizeAsText", "moodAsText", "parts { ratio }", "peopleBeside"),
    *("shown { faultyThings { edges { node { peopleBeside } } } }", "parts { thing { keeper { name } } }"),
)
"""Selections with which something goes wrong for some rows, or that SQL cannot write."""


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("selection", [*WRITTEN, *PYTHON, *FAULTY])
def test_each_field_agrees_in_all_rows(faulty: Crowd, role: str | None, selection: str) -> None:
    faulty.both(role, PAGE.format(selection)).agreed  # noqa: B018  # asserts by itself


@pytest.mark.parametrize("selection", WRITTEN)
def test_what_sql_can_write_is_written_by_sql(faulty: Crowd, selection: str) -> None:
    for role in ("district_admin", "grid_worker"):
        answer = faulty.both(role, PAGE.format(selection)).agreed

        assert (answer.tier, answer.codes) == (1, []), answer.why
        assert len(answer.data["faultyThings"]["edges"]) > 20


@pytest.mark.parametrize("selection", PYTHON)
def test_a_field_in_python_leaves_the_rest_to_sql(faulty: Crowd, selection: str) -> None:
    for role in ("district_admin", "grid_worker"):
        answer = faulty.both(role, PAGE.format(f"name {selection} price")).agreed

        assert (answer.tier, answer.codes) == (2, []), answer.why


def test_whole_rows_are_served_by_sql_though_their_fields_may_fail(faulty: Crowd) -> None:
    for selection in ("at", "wide", "keeper { name }"):
        assert faulty.both("grid_worker", NEAR.format(selection)).agreed.tier == 1, selection
    for selection in ("risky", "riskyNeeded", "missing"):
        assert faulty.both("grid_worker", NEAR.format(selection)).agreed.tier == 2, selection


FILTERS = (
    '{owned: "里0"}',
    '{owned: "远0"}',
    '{kept: "里0"}',
    '{kept: "远0"}',
    '{not: {kept: "远0"}}',
    '{not: {owned: "远1"}}',
    '{or: [{kept: "远0"}, {mood: {eq: SAD}}]}',
    "{mood: {in: [SAD, GLAD]}, size: {lt: 900, gte: 3}}",
    '{name: {contains: "\\\\"}}',
    '{name: {in: ["😀", "x"]}}',
)
"""Among them such as tell of people who are hidden from the caller, if a plan forgot them."""


@pytest.mark.parametrize("where", FILTERS)
def test_a_filter_over_other_tables_tells_nothing_of_hidden_rows(faulty: Crowd, where: str) -> None:
    document = f"{{ faultyThings(first: 50, where: {where}) {{ totalCount edges {{ node {{ name }} }} }} }}"

    for role in ROLES:
        faulty.both(role, document).agreed  # noqa: B018  # asserts by itself
    if "kept" in where or "owned" in where:
        assert faulty.both("grid_worker", document).planned.tier == 3


def test_a_hidden_keeper_is_found_by_nobody_who_may_not_see_them(faulty: Crowd) -> None:
    document = '{ faultyThings(where: {kept: "远0"}) { totalCount } }'
    counts = [
        faulty.both(role, document).agreed.data["faultyThings"]["totalCount"]
        for role in ("district_admin", "grid_worker")
    ]

    assert counts[0] > 0
    assert counts[1] == 0


def test_a_long_response_key_is_no_identifier(faulty: Crowd) -> None:
    key = "k" * 200
    both = faulty.both("grid_worker", f"{{ {key}: faultyThings {{ edges {{ node {{ {key}: name }} }} }} }}")

    assert both.agreed.tier == 1
    assert key in both.agreed.data
