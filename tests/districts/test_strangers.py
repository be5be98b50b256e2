"""No field of any programme shows a person to a stranger, and no stranger changes anything.

The documents are made from the district's own schema file, so that whatever a programme adds is asked too.
"""

from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema
from sqlalchemy import Table, select
from sqlalchemy.pool import QueuePool

from wangge import Model
from wangge.testing.districts import Client, TestDistrict

from .asking import is_public, mutation_documents, permission_of, query_documents
from .conftest import Planted

SHOWN_TO_STAFF = {
    "node",
    "nodes",
    "person",
    "people",
    "household",
    "households",
    "dwellings",
    "grid",
    "grids",
    "organizations",
    "organization",
    "pairings",
    "volunteer",
    "volunteers",
    "volunteerTeam",
    "volunteerTeams",
}
"""Root fields under which the district's administrator meets the planted person."""


@pytest.fixture
async def schema(district: TestDistrict) -> GraphQLSchema:
    """The district's schema as frontends have it."""
    answer = await district.http.get(
        f"/{district.code}/schema.graphql", headers=district.client("district_admin").headers
    )
    assert answer.status_code == 200
    return build_schema(answer.text)


async def _ask(client: Client, documents: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return root field → the text of each answer."""
    found: dict[str, list[str]] = {}
    for name, asked in documents.items():
        for document in asked:
            answer = await client.post(document)
            assert answer.status_code < 500, (document, answer.text)
            assert "GRAPHQL_VALIDATION_FAILED" not in answer.text, (document, answer.text)
            assert '"INTERNAL"' not in answer.text, (document, answer.text)
            found.setdefault(name, []).append(answer.text)
    return found


def _given_away(answers: dict[str, list[str]], planted: Planted) -> list[tuple[str, str]]:
    return [
        (name, mark)
        for name, texts in answers.items()
        for mark in planted.marks
        if any(mark in one for one in texts)
    ]


async def test_staff_meet_the_person_under_each_field_that_leads_there(
    district: TestDistrict, planted: Planted, schema: GraphQLSchema
) -> None:
    answers = await _ask(district.client("district_admin"), query_documents(schema, planted.known))

    assert schema.query_type is not None
    assert set(answers) == set(schema.query_type.fields)
    unanswered = [name for name, texts in answers.items() if not any(f'"{name}":' in one for one in texts)]
    assert unanswered == []
    assert {name for name, _ in _given_away(answers, planted)} >= SHOWN_TO_STAFF


async def test_no_field_shows_the_person_to_a_stranger(
    district: TestDistrict, other_district: TestDistrict, planted: Planted, schema: GraphQLSchema
) -> None:
    documents = query_documents(schema, planted.known)

    for role in ("resident", "grid_worker_elsewhere", "vendor_service"):
        answers = await _ask(district.client(role), documents)
        assert _given_away(answers, planted) == [], role

    first = {name: asked[:1] for name, asked in documents.items()}
    answers = await _ask(district.client(None), documents)
    assert _given_away(answers, planted) == []
    assert schema.query_type is not None
    closed = [name for name, field in schema.query_type.fields.items() if not is_public(field)]
    assert [name for name in closed if not all("UNAUTHENTICATED" in one for one in answers[name])] == []

    foreign = Client(district.http, district.code, other_district.token("district_admin"))
    answers = await _ask(foreign, first)
    assert [name for name in answers if not all("UNAUTHENTICATED" in one for one in answers[name])] == []

    beside = other_district.client("district_admin")
    base = ("node", "nodes", "person", "people", "household", "households", "dwellings")
    own = [document for name in base for document in first[name] if "Volunteer" not in document]
    assert _given_away({"beside": [(await beside.post(document)).text for document in own]}, planted) == []


async def test_a_field_that_is_refused_leaves_no_connection_behind(
    district: TestDistrict, planted: Planted, schema: GraphQLSchema
) -> None:
    documents = query_documents(schema, planted.known)
    chosen = {name: documents[name] for name in ("grid", "organizations", "posts", "volunteerTeams")}

    await _ask(district.client("resident"), chosen)

    pool = district.server.district(district.code).engines.reader.sync_engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedout() == 0


async def _content(district: TestDistrict) -> dict[str, list[Any]]:  # rows of any table
    """Return what stands in each table of the district, the calendar apart."""
    async with district.context() as ctx:
        there = await ctx.db.tables()
        tables: list[Table] = [one for one in Model.metadata.sorted_tables if one.name in there]
        found: dict[str, list[Any]] = {}
        for table in tables:
            if table.name != "base_calendar_days":
                rows = (await ctx.db.session.execute(select(table))).all()
                found[table.name] = sorted(map(repr, rows))
        return found


async def test_mutations_are_refused_to_whom_they_are_not_open(
    district: TestDistrict, planted: Planted, schema: GraphQLSchema
) -> None:
    documents = mutation_documents(schema, planted.known)
    assert schema.mutation_type is not None
    fields = schema.mutation_type.fields
    runtime = district.server.district(district.code)
    before = await _content(district)

    for name, document in documents.items():
        assert await district.client(None).codes(document) == ["UNAUTHENTICATED"], name
        foreign = Client(district.http, district.code, "not.a.token")
        assert await foreign.codes(document) == ["UNAUTHENTICATED"], name
    refused = 0
    for role in ("resident", "vendor_service", "grid_worker"):
        async with runtime.context(await _principal(district, role)) as ctx:
            held = ctx.principal.permissions
        for name, document in documents.items():
            needed = permission_of(fields[name])
            if needed is not None and needed not in held:
                assert await district.client(role).codes(document) == ["FORBIDDEN"], (role, name)
                refused += 1

    assert refused > 60
    assert await _content(district) == before


async def _principal(district: TestDistrict, role: str) -> Any:  # a Principal
    runtime = district.server.district(district.code)
    identity = await district.server.authenticator.identify(district.token(role))
    return await runtime.principal(identity)


async def test_mutations_from_elsewhere_do_not_reach_the_person(
    district: TestDistrict, planted: Planted, schema: GraphQLSchema
) -> None:
    before = await _content(district)
    keys = [id.rpartition("_")[2] for id in planted.ids.values()]

    reached = []
    for role in ("grid_worker_elsewhere", "resident"):
        client = district.client(role)
        for name, document in mutation_documents(schema, planted.known).items():
            answer = await client.post(document)
            assert answer.status_code < 500, (name, answer.text)
            assert '"INTERNAL"' not in answer.text, (name, answer.text)
            if any(mark in answer.text for mark in planted.marks):
                reached.append((role, name))

    assert reached == []
    after = await _content(district)
    for table, rows in before.items():
        about = [row for row in rows if any(key in row.replace("-", "") for key in keys)]
        assert [row for row in about if row not in after[table]] == [], table
