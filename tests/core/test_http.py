"""GraphQL over HTTP: whatever is sent, the answer is a coded refusal or data, never a failure."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from wangge._host.databases import Engines
from wangge.testing.districts import TestDistrict

ME = "{ me { account } }"
NAME = "{ district { name } }"
JSON = "application/json"


@pytest.fixture
def path(district: TestDistrict) -> str:
    return f"/{district.code}/graphql"


@pytest.fixture
def headers(district: TestDistrict) -> dict[str, str]:
    return {**district.client("district_admin").headers, "content-type": JSON}


def _code(answer: httpx.Response) -> str:
    code: str = answer.json()["errors"][0]["extensions"]["code"]
    return code


ODD_BODIES: dict[str, bytes] = {
    "empty": b"",
    "null": b"null",
    "number": b"1",
    "list": b"[]",
    "batch": b'[{"query": "{ district { name } }"}]',
    "string": b'"x"',
    "no query": b"{}",
    "query null": b'{"query": null}',
    "query number": b'{"query": 1}',
    "query empty": b'{"query": ""}',
    "query list": b'{"query": ["{ district { name } }"]}',
    "variables list": b'{"query": "{ district { name } }", "variables": []}',
    "variables text": b'{"query": "{ district { name } }", "variables": "{}"}',
    "operationName number": b'{"query": "{ district { name } }", "operationName": 1}',
    "operationName unknown": b'{"query": "{ district { name } }", "operationName": "x"}',
    "extensions list": b'{"query": "{ district { name } }", "extensions": []}',
    "cut off": b'{"query": "{ district',
    "trailing": b'{"query": "{ district { name } }"} x',
    "NaN": b'{"query": "{ district { name } }", "variables": {"x": NaN}}',
    "not UTF-8": b'{"query": "\xff\xfe"}',
    "UTF-16": '{"query": "{ district { name } }"}'.encode("utf-16"),
    "raw null": b'{"query": "{ district \x00 { name } }"}',
    "null in document": b'{"query": "{ grid(code: \\"\\u0000\\") { id } \\u0000 }"}',
    "null spelled shortly": b'{"query": "{ grid(code: \\"\\\\u{0}\\") { id } }"}',
    "null in variables": b'{"query": "{ district { name } }", "variables": {"x": "\\u0000"}}',
    "lone surrogate": b'{"query": "{ grid(code: \\"\\ud800\\") { id } }"}',
    "100,000 levels": b"[" * 100_000,
    "100,000 closed levels": b"[" * 100_000 + b"]" * 100_000,
    "levels in variables": b'{"query": "{ district { name } }", "variables": {"x": '
    + b"[" * 100_000
    + b"]" * 100_000
    + b"}}",
    "5,000 digits": b'{"query": ' + b"9" * 5_000 + b"}",
}


async def test_odd_bodies_are_refused_with_a_code(
    district: TestDistrict, path: str, headers: dict[str, str]
) -> None:
    for name, body in ODD_BODIES.items():
        answer = await district.http.post(path, content=body, headers=headers)
        assert answer.status_code == 400, (name, answer.text)
        assert "data" not in answer.json(), name
        assert _code(answer) in {"BAD_REQUEST", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}, name


ODD_VALUES: dict[str, Any] = {
    "null character": "\x00",
    "4,000 digits": 10**3_999,
    "float": 1.5,
    "object": {"x": 1},
    "list": [[[]]],
    "absent": None,
    "long": "x" * 500_000,
    "emoji": "👨‍👩‍👧‍👦",
    "controls": "\x01\x7f\u202e\ufeff",
    "64 bits": 2**63,
    "32 bits": 2**31,
    "tiny float": 1e-320,
    "deep": {"a": {"b": {"c": [{"d": [[]]}]}}},
    "many": [{"eq": str(n)} for n in range(2_000)],
    "too many": [[n] for n in range(10_000)],
}


async def test_odd_variables_are_answered(district: TestDistrict, path: str, headers: dict[str, str]) -> None:
    document = "query ($code: String!) { grid(code: $code) { id } }"
    paged = "query ($code: Int) { grids(first: $code) { totalCount } }"
    named = "query ($code: ID!) { node(id: $code) { id } }"
    several = "query ($code: [ID!]!) { nodes(ids: $code) { id } }"
    filtered = "query ($code: GridFilter) { grids(where: $code, first: 1) { totalCount } }"
    ordered = "query ($code: [GridOrder!]) { grids(orderBy: $code, first: 1) { totalCount } }"
    switched = "query ($code: Boolean!) { grids(first: 1) { totalCount @include(if: $code) } }"
    dated = "query ($code: Date!) { calendarDays(from: $code, to: $code) { working } }"
    changed = "mutation ($code: CreateGridInput!) { createGrid(input: $code) { userErrors { code } } }"
    documents = (document, paged, named, several, filtered, ordered, switched, dated, changed)
    for name, value, plans in ((*one, plans) for one in ODD_VALUES.items() for plans in (True, False)):
        district.server.settings = district.server.settings.model_copy(update={"sql_plans": plans})
        for query in documents:
            body = json.dumps({"query": query, "variables": {"code": value}}).encode()
            answer = await district.http.post(path, content=body, headers=headers)
            assert answer.status_code < 500, (name, answer.text)
            assert '"INTERNAL"' not in answer.text, (name, query, answer.text)


async def test_media_types(district: TestDistrict, path: str, headers: dict[str, str]) -> None:
    body = json.dumps({"query": NAME}).encode()

    async def status(**changes: str) -> tuple[int, str]:
        given = {name.replace("_", "-"): value for name, value in changes.items()}
        answer = await district.http.post(path, content=body, headers={**headers, **given})
        return answer.status_code, answer.headers["content-type"].partition(";")[0]

    response = "application/graphql-response+json"
    assert await status() == (200, response)
    assert await status(accept="application/json") == (200, JSON)
    assert await status(accept="*/*") == (200, JSON)
    assert await status(accept=f"{response}, application/json, text/event-stream") == (200, response)
    assert (await status(accept="text/html"))[0] == 406
    assert await status(content_type="application/json; charset=utf-8") == (200, response)
    for media in ("text/plain; application/json", "application/json-foo", ""):
        assert (await status(content_type=media))[0] == 415, media
    twice = [*headers.items(), ("content-type", "text/plain")]
    assert (await district.http.post(path, content=body, headers=twice)).status_code == 415
    assert (await status(content_encoding="gzip"))[0] == 415


async def test_methods(district: TestDistrict, path: str, headers: dict[str, str]) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        answer = await district.http.request(method, path, headers=headers)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    create = 'mutation { enablePlugin(input: { slug: "x" }) { userErrors { code } } }'
    answer = await district.http.get(path, params={"query": create}, headers=headers)
    assert (answer.status_code, _code(answer)) == (405, "METHOD_NOT_ALLOWED")


async def test_queries_by_get(district: TestDistrict, path: str, headers: dict[str, str]) -> None:
    get = district.http.get
    accept = {"accept": "application/graphql-response+json"}
    document = "query ($c: String!) { grid(code: $c) { code } }"
    good = {"query": document, "variables": '{"c": "370703001"}'}

    assert (await get(path, params=good, headers=headers)).json()["data"] == {"grid": {"code": "370703001"}}
    assert (await get(path, params={"query": NAME}, headers=accept)).status_code == 403
    preflight = {**accept, "x-wangge-preflight": "1"}
    assert (await get(path, params={"query": NAME}, headers=preflight)).status_code == 200
    assert (await get(path, headers=headers)).status_code == 400
    for variables in ("x", "[]", "1", "null", '{"c": NaN}', "[" * 2000):
        answer = await get(path, params={**good, "variables": variables}, headers=headers)
        assert answer.status_code == 400, variables[:9]
    assert (await get(f"{path}?query=%ff", headers=headers)).status_code == 400
    for method in ("GET", "POST"):
        longest = await district.http.request(method, f"{path}?{'x' * 8192}", headers=headers)
        longer = await district.http.request(method, f"{path}?{'x' * 8193}", headers=headers)
        assert longest.status_code == 400
        assert (longer.status_code, _code(longer)) == (414, "QUERY_STRING_TOO_LONG")


async def test_bodies_over_the_limit_are_refused(
    district: TestDistrict, path: str, headers: dict[str, str]
) -> None:
    limit = district.server.settings.body_limit

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(limit // 65536 + 2):
            yield b" " * 65536

    whole = await district.http.post(path, content=b" " * (limit + 1), headers=headers)
    chunked = await district.http.post(path, content=chunks(), headers=headers)

    assert (whole.status_code, _code(whole)) == (413, "BODY_TOO_LARGE")
    assert (chunked.status_code, _code(chunked)) == (413, "BODY_TOO_LARGE")


def _fragments(levels: int) -> str:
    parts = [f"fragment F{n} on District {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels)]
    return " ".join(["{ district { ...F0 } }", *parts, f"fragment F{levels} on District {{ name }}"])


def _documents() -> Iterator[tuple[str, str]]:
    yield "tokens", "{ district { " + "name " * 1001 + "} }"
    yield "depth", "{ grids { edges { node { " + "parent { " * 30 + "id" + " }" * 30 + " } } } }"
    yield (
        "aliases",
        "{ "
        + " ".join(f"a{n}: district {{ name }}" for n in range(19))
        + " district { "
        + " ".join(f"b{n}: name" for n in range(20))
        + " } }",
    )
    yield "directives", "{ district { name " + "@skip(if: false) " * 51 + "} }"
    yield "root fields", "{ " + "district { name } " * 21 + "}"
    yield "operations", " ".join(f"query Q{n} {{ district {{ name }} }}" for n in range(11))
    yield "variables", "query (" + " ".join(f"$v{n}: Int" for n in range(101)) + ") { district { name } }"
    yield "bytes", "{ district { name } } #" + "x" * 70_000
    yield "nested values", "{ grids(where: " + "{ not: " * 300 + "{}" + " }" * 300 + ") { totalCount } }"
    yield "nested lists", "{ nodes(ids: " + "[" * 450 + "]" * 450 + ") { id } }"


async def test_documents_over_a_limit_are_refused(
    district: TestDistrict, path: str, headers: dict[str, str]
) -> None:
    for name, document in _documents():
        answer = await district.http.post(path, json={"query": document}, headers=headers)
        assert answer.status_code == 400, (name, answer.text[:300])
        assert _code(answer) in {
            "DOCUMENT_TOO_LARGE",
            "GRAPHQL_PARSE_FAILED",
            "BAD_REQUEST",
            "GRAPHQL_VALIDATION_FAILED",
        }, name


async def test_fragments_that_grow_exponentially_cost_nothing(
    district: TestDistrict, path: str, headers: dict[str, str]
) -> None:
    for levels in (22, 60):  # exponential work would outlast the test run
        answer = await district.http.post(path, json={"query": _fragments(levels)}, headers=headers)
        assert answer.status_code in {200, 400}


async def test_a_cycle_of_fragments_is_refused(
    district: TestDistrict, path: str, headers: dict[str, str]
) -> None:
    document = "{ district { ...A } } fragment A on District { ...B } fragment B on District { ...A }"

    answer = await district.http.post(path, json={"query": document}, headers=headers)

    assert (answer.status_code, _code(answer)) == (400, "GRAPHQL_VALIDATION_FAILED")


async def test_request_ids_go_in_and_out(district: TestDistrict, path: str, headers: dict[str, str]) -> None:
    async def back(given: str | None) -> str:
        sent = headers if given is None else {**headers, "x-request-id": given}
        return (await district.http.post(path, json={"query": ME}, headers=sent)).headers["x-request-id"]

    assert await back("abc-1_2.3") == "abc-1_2.3"
    for odd in (None, "", "x" * 65, "a b", "<script>"):
        made = await back(odd)
        assert made != odd
        assert len(made) == 16


async def test_the_schema_file_is_for_the_signed_in(district: TestDistrict, headers: dict[str, str]) -> None:
    address = f"/{district.code}/schema.graphql"

    shown = await district.http.get(address, headers=headers)
    hidden = await district.http.get(address)

    assert shown.status_code == 200
    assert shown.headers["content-type"] == "text/plain; charset=utf-8"
    assert "type Query {" in shown.text
    assert (hidden.status_code, _code(hidden)) == (401, "UNAUTHENTICATED")


async def test_strangers_may_not_introspect(district: TestDistrict, path: str) -> None:
    document = {"query": "{ __schema { queryType { name } } }"}

    answer = await district.http.post(path, json=document)

    assert (answer.status_code, _code(answer)) == (401, "UNAUTHENTICATED")


MISSPELT: dict[str, tuple[str, dict[str, Any] | None]] = {
    "field": ("{ district { nam } }", None),
    "argument": ("{ grids(frist: 1) { totalCount } }", None),
    "type": ("{ node(id: 1) { ... on Persn { id } } }", None),
    "enum": ("{ grids(orderBy: [NAME_AS]) { totalCount } }", None),
    "input": ('{ grids(where: { nam: { eq: "x" } }) { totalCount } }', None),
    "enum in variables": (
        "query ($o: [GridOrder!]) { grids(orderBy: $o) { totalCount } }",
        {"o": ["NAME_AS"]},
    ),
    "input in variables": ("query ($w: GridFilter) { grids(where: $w) { totalCount } }", {"w": {"nam": {}}}),
}


async def test_names_are_suggested_to_the_signed_in_alone(
    district: TestDistrict, path: str, headers: dict[str, str]
) -> None:
    for name, (query, variables) in MISSPELT.items():
        asked = {"query": query, "variables": variables}
        known = await district.http.post(path, json=asked, headers=headers)
        unknown = await district.http.post(path, json=asked)
        assert "Did you mean" in known.text, name
        assert unknown.json()["errors"], name
        assert "Did you mean" not in unknown.text, (name, unknown.text)


async def test_errors_are_at_most_ten_and_16_kib(
    district: TestDistrict, path: str, headers: dict[str, str]
) -> None:
    long = "x" * 6_000
    documents = [
        "{ " + " ".join(f"{long}{n}" for n in range(10)) + " }",
        "{ " + " ".join(f"{'a' * 6_000}{n}: qrAnchor(token: 1)" for n in range(10)) + " }",
        "query A { district { name } } " * 10,
        '{ district { name } } "' + "\u0001" * 10_000,
    ]
    for document in documents:
        answer = await district.http.post(path, json={"query": document}, headers=headers)
        errors = answer.json()["errors"]
        assert answer.status_code == 400
        assert 1 <= len(errors) <= 10
        assert len(answer.content) <= 16 * 1024, document[:80]
        assert all(error["message"] and error["extensions"]["code"] for error in errors)


async def test_an_unknown_district_is_not_found(district: TestDistrict) -> None:
    for code in ("999999", "x" * 200, "%00", "..", "370703'"):
        answer = await district.http.post(f"/{code}/graphql", json={"query": NAME})
        assert answer.status_code in {404, 405}, code


async def test_without_a_district_the_path_needs_one(district: TestDistrict) -> None:
    answer = await district.http.post("/graphql", json={"query": NAME})

    assert (answer.status_code, _code(answer)) == (404, "DISTRICT_UNKNOWN")


async def test_health(district: TestDistrict) -> None:
    live = await district.http.get("/health/live")
    ready = await district.http.get("/health/ready")

    assert (live.status_code, live.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()["districts"]) == (200, 2)


async def test_what_fails_on_the_server_leaves_it_as_a_reference_alone(
    district: TestDistrict, path: str, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_connection(*_args: Any, **_options: Any) -> Any:
        raise ConnectionRefusedError("the database at 10.0.0.7 takes no more")

    monkeypatch.setattr(Engines, "fetch", no_connection)

    answer = await district.http.post(path, headers=headers, json={"query": "{ grids { totalCount } }"})

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (500, "INTERNAL")
    assert error["message"].endswith(error["extensions"]["reference"])
    assert "10.0.0.7" not in answer.text
    assert "data" not in answer.json()


REFUSALS = {
    "{ district { " + "name " * 600 + "} }": (
        "DOCUMENT_TOO_LARGE",
        "The document has 601 fields; at most 500 are served.",
        "该 GraphQL 文档有 601",
    ),
    "{ volunteers { totalCount } }": (
        "PLUGIN_NOT_ENABLED",
        "The field Query.volunteers belongs to the programme volunteer_points, "
        "which this district has not enabled.",
        "字段 Query.volunteers 属于项目 volunteer_points，本区尚未启用该项目。",
    ),
}


async def test_refusals_speak_both_languages(other_district: TestDistrict) -> None:
    for document, (code, english, chinese) in REFUSALS.items():
        for language, message in (("en", english), ("zh-CN", chinese)):
            client = other_district.client("district_admin", language=language)
            answer = await client.post(document)
            (error,) = answer.json()["errors"]
            assert (answer.status_code, error["extensions"]["code"]) == (400, code)
            assert error["message"].startswith(message)
