"""Real clients work unchanged: what they ask the demo district, what they get, and what they make of it."""

import asyncio
import json
import re
import select
import shutil
import socket
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport, HTTPXTransport
from gql.transport.websockets import WebsocketsTransport
from graphql import GraphQLError, GraphQLSyntaxError, print_schema

from .conftest import HERE, PEOPLE, ROOT, Demo, Node, run

RESPONSE = "application/graphql-response+json; charset=utf-8"
COMMUNITIES = 373
"""Communities and villages of 寒亭区 in the public table of divisions."""


def test_every_audit_of_graphql_http_passes(node: Node) -> None:
    found = node.run("audits.mjs")

    assert found == {"levels": {"MUST": 13, "SHOULD": 23, "MAY": 25}, "failed": []}


def test_a_client_whose_headers_never_end_is_cut_off(demo: Demo) -> None:
    address = urlsplit(demo.url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as wire:
        wire.sendall(b"GET /health/live HTTP/1.1\r\nhost: wangge.test\r\nx-endless: ")
        sent = 0
        while not select.select([wire], [], [], 0.01)[0]:
            sent += wire.send(b"x" * 4096)
            assert sent < 1024 * 1024
        answer = wire.recv(4096)

    assert answer.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")


def test_apollo_client(node: Node) -> None:
    assert node.run("apollo.mjs") == {
        "pages": {
            "edges": 30,
            "different": 30,
            "inOrder": True,
            "totalCount": COMMUNITIES,
            "hasNextPage": True,
        },
        "cache": {"key": "Grid:Grid_…", "name": "蝶园社区居委会", "asked": 0},
        "changes": {
            "name": "阿波罗片",
            "parent": True,
            "same": True,
            "errors": 0,
            "refused": [None, [{"code": "BASE_GRID_LEVEL_ORDER", "path": ["parent"]}]],
        },
        "get": "寒亭街道",
        "refusals": {
            "misspelt": ["GRAPHQL_VALIDATION_FAILED"],
            "forbidden": ["FORBIDDEN"],
            "stranger": ["UNAUTHENTICATED"],
            "forged": ["UNAUTHENTICATED"],
        },
        "methods": ["GET", "POST"],
        "statuses": [200, 400, 401],
        "types": [RESPONSE],
    }


def test_urql_with_graphcache(node: Node) -> None:
    assert node.run("urql.mjs") == {
        "introspected": [["GET", 200]],
        "edges": 20,
        "different": 20,
        "totalCount": COMMUNITIES,
        "node": {"name": "蝶园社区居委会", "asked": 0},
        "created": {"name": "乌尔克片", "userErrors": []},
        "misspelt": ["GRAPHQL_VALIDATION_FAILED"],
        "strangerByGet": ["CROSS_SITE_REQUEST"],
        "preflight": "寒亭区",
        "methods": ["GET", "POST"],
        "namesEventStreams": True,
        "types": [RESPONSE],
    }


def test_relay(node: Node) -> None:
    assert node.run("relay/run.mjs") == {
        "artifacts": 10,
        "edges": 20,
        "different": 20,
        "totalCount": COMMUNITIES,
        "ancestors": ["寒亭区", "寒亭街道"],
        "known": "蝶园社区居委会",
        "created": {"name": "接力片"},
        "userErrors": [],
        "nodes": ["Grid", "Grid"],
    }


def test_graphql_ws(node: Node) -> None:
    assert node.run("ws.mjs") == {
        "asked": "370703",
        "first": {
            "cursor": "string",
            "type": "base.grid.created",
            "name": "网页套接字片一",
            "parent": "蝶园社区居委会",
            "subject": "Grid",
        },
        "second": "网页套接字片二",
        "misspelt": ["GRAPHQL_VALIDATION_FAILED"],
        "stranger": 4403,
        "large": [4400, 1009],
        "forged": 4403,
    }


def test_graphql_sse_and_subscriptions_of_urql(node: Node) -> None:
    assert node.run("sse.mjs") == {
        "first": "事件流片一",
        "second": "事件流片二",
        "third": "事件流片三",
        "asked": "370703",
        "types": ["text/event-stream; charset=utf-8"],
        "misspelt": ["GRAPHQL_VALIDATION_FAILED"],
        "stranger": ["UNAUTHENTICATED"],
    }


def test_persisted_queries_of_apollo_client_and_urql(node: Node) -> None:
    asked = {
        "name": "蝶园社区居委会",
        "noted": [["GET", "hash", 400], ["POST", "text", 200], ["GET", "hash", 200]],
    }
    by_get = {**asked, "noted": [["GET", "hash", 400], ["GET", "text", 200], ["GET", "hash", 200]]}

    assert node.run("persisted.mjs") == {"apollo": asked, "apolloInChinese": asked, "urql": by_get}


def test_graphql_codegen_and_typescript(node: Node) -> None:
    assert node.run("codegen/run.mjs") == {
        "documents": ["GridNameFragmentDoc", "CommunitiesDocument", "CreateGridDocument"],
        "preset": ["PeopleDocument"],
    }


def _blocks(language: str) -> list[str]:
    """Return the code of a language under "Clients" in the documentation."""
    page = (ROOT / "core" / "docs" / "api.md").read_text(encoding="utf-8")
    section = page.partition("\n## Clients\n")[2].partition("\n## ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```$", section, re.M | re.S)


def test_what_the_documentation_shows_runs(node: Node, demo: Demo) -> None:
    given = {"url": demo.url, "token": demo.tokens["district_admin"]}
    shown = _blocks("js")
    for block in shown:
        node.check(block, given)
    for block in _blocks("python"):
        exec(compile(block, "api.md", "exec"), dict(given))
    assert len(shown) == 5


@pytest.fixture
def ariadne(tmp_path: Path) -> list[str]:
    """Python with what ariadne-codegen made, in an environment of its own: it needs an older graphql-core."""
    if shutil.which("uv") is None:
        pytest.skip("uv is not installed")
    python = str(tmp_path / "venv" / "bin" / "python")
    run(["uv", "venv", "--quiet", "--python", sys.executable, "venv"], tmp_path)
    run(["uv", "pip", "install", "--quiet", "--python", python, "ariadne-codegen==0.19.0"], tmp_path)
    for source in ("ariadne/pyproject.toml", "codegen/src/documents.graphql"):
        shutil.copy(HERE / source, tmp_path)
    shutil.copy(ROOT / "schema" / "schema.graphql", tmp_path)
    run([str(tmp_path / "venv" / "bin" / "ariadne-codegen")], tmp_path)
    return [python, str(HERE / "ariadne" / "run.py")]


def test_ariadne_codegen(ariadne: list[str], tmp_path: Path, demo: Demo) -> None:
    assert json.loads(run(ariadne, tmp_path, demo.environment)) == {
        "names": ["蝶园社区居委会"],
        "edges": 5,
        "totalCount": COMMUNITIES,
        "validFrom": "date",
        "created": "阿里片",
        "refused": ["BAD_ID"],
    }


PEOPLE_PAGE = """
query People($first: Int!, $after: String) {
  people(first: $first, after: $after) { totalCount edges { node { id name } } pageInfo { endCursor } }
}
"""


def test_python_gql_reads_the_schema_and_checks_against_it(demo: Demo) -> None:
    transport = HTTPXTransport(url=demo.url, headers=demo.headers("district_admin"))
    with Client(transport=transport, fetch_schema_from_transport=True) as session:
        first = session.execute(GraphQLRequest(PEOPLE_PAGE, variable_values={"first": 50}))
        schema = session.client.schema
        after = first["people"]["pageInfo"]["endCursor"]
        second = session.execute(GraphQLRequest(PEOPLE_PAGE, variable_values={"first": 50, "after": after}))
        with pytest.raises(GraphQLError, match="Cannot query field 'nam' on type 'District'"):
            session.execute(gql("{ district { nam } }"))

    assert schema is not None
    assert "interface Node" in print_schema(schema)
    assert first["people"]["totalCount"] == PEOPLE
    pages: list[dict[str, Any]] = [*first["people"]["edges"], *second["people"]["edges"]]
    assert len({edge["node"]["id"] for edge in pages}) == 100


async def test_python_gql_without_waiting(demo: Demo) -> None:
    transport = HTTPXAsyncTransport(url=demo.url, headers=demo.headers("resident"))
    async with Client(transport=transport) as session:
        own = await session.execute(gql("{ people { totalCount } me { account } }"))
        with pytest.raises(TransportQueryError) as refused:
            await session.execute(gql("{ person(id: 1) { id } }"))

    assert own == {"people": {"totalCount": 3}, "me": {"account": "demo-resident"}}
    assert refused.value.errors is not None
    assert refused.value.errors[0]["extensions"]["code"] == "BAD_ID"


async def test_python_gql_is_told_what_it_may_not(demo: Demo) -> None:
    async with Client(transport=HTTPXAsyncTransport(url=demo.url)) as session:
        assert await session.execute(gql("{ district { code } }")) == {"district": {"code": "370703"}}
        with pytest.raises(TransportQueryError) as refused:
            await session.execute(gql("{ __schema { queryType { name } } }"))
        with pytest.raises(GraphQLSyntaxError):
            gql("{ district {")

    assert refused.value.errors is not None
    assert refused.value.errors[0]["extensions"]["code"] == "UNAUTHENTICATED"


EVENTS = "subscription { events { type grid { name } } }"
CREATE = """
mutation Create($parent: ID!) {
  createGrid(input: { parent: $parent, name: "蟒片", level: "section" }) { userErrors { code } }
}
"""


async def test_python_gql_subscribes(demo: Demo) -> None:
    signed = {"Authorization": demo.headers("district_admin")["authorization"]}
    transport = WebsocketsTransport(url=demo.url.replace("http:", "ws:"), init_payload=signed)
    async with Client(transport=transport) as session:
        grid = await session.execute(gql('{ grid(code: "370703001001") { id } }'))
        events = session.subscribe(gql(EVENTS))
        coming = asyncio.ensure_future(anext(events))
        await session.execute(gql("{ district { code } }"))  # sent after it, and messages are taken in order
        create = GraphQLRequest(CREATE, variable_values={"parent": grid["grid"]["id"]})
        changed = await session.execute(create)
        event = await coming
        await events.aclose()

    assert changed == {"createGrid": {"userErrors": []}}
    assert event == {"events": {"type": "base.grid.created", "grid": {"name": "蟒片"}}}
