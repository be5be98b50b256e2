"""Headers: too many are refused before anything else, traces are followed, no origin is let in unasked."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import structlog
from pydantic import ValidationError
from starlette.types import Message

from wangge._host.app import create_app
from wangge._host.http import endpoint
from wangge._host.http.heads import MAX_HEADERS, trace_of
from wangge._host.runtime import Server
from wangge._host.settings import Settings
from wangge.testing.districts import TestDistrict

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

NAME = {"query": "{ district { name } }"}
TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"
APP, OTHER_APP = "https://app.example", "http://localhost:5173"
ASKING = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type",
}


async def test_headers_above_16_kib_are_refused(district: TestDistrict) -> None:
    async def status(path: str, size: int) -> httpx.Response:
        request = district.http.build_request("GET", path, headers={"x-filling": ""})
        request.headers["x-filling"] = "x" * (size - sum(len(a) + len(b) for a, b in request.headers.raw))
        return await district.http.send(request)

    for path in (f"/{district.code}/graphql", f"/{district.code}/schema.graphql", "/health/live", "/nothing"):
        taken, refused = await status(path, MAX_HEADERS), await status(path, MAX_HEADERS + 1)
        assert taken.status_code != 431
        assert (refused.status_code, refused.headers["connection"]) == (431, "close")
        assert list(refused.json()) == ["errors"]
        assert refused.json()["errors"][0]["extensions"]["code"] == "HEADERS_TOO_LARGE"


@pytest.mark.parametrize(
    ("extensions", "said"),
    [
        ({"websocket.http.response": {}}, {"type": "websocket.http.response.start", "status": 431}),
        ({}, {"type": "websocket.close", "code": 1009, "reason": "HEADERS_TOO_LARGE"}),
    ],
)
async def test_a_socket_with_large_headers_is_refused_before_it_opens(
    server: Server, extensions: dict[str, Any], said: dict[str, Any]
) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(dict(message))

    headers = [(b"x-filling", b"x" * MAX_HEADERS)]
    scope = {"type": "websocket", "path": "/370703/graphql", "headers": headers, "extensions": extensions}
    await create_app(server)(scope, receive, send)

    assert {name: sent[0].get(name) for name in said} == said


async def test_refusals_speak_the_language_of_the_caller(district: TestDistrict) -> None:
    headers = {"x-filling": "x" * MAX_HEADERS}
    english = await district.http.get("/health/live", headers={**headers, "accept-language": "en"})
    chinese = await district.http.get("/health/live", headers=headers)

    assert english.json()["errors"][0]["message"].startswith("The headers are larger than 16384 bytes")
    assert chinese.json()["errors"][0]["message"].startswith("请求头合计超过 16384 字节")


@pytest.mark.parametrize(
    ("traceparent", "trace"),
    [
        (PARENT, TRACE),
        (f"01-{TRACE}-b7ad6b7169203331-00-more", TRACE),
        (f"00-{TRACE}-b7ad6b7169203331-01-more", None),
        (f"ff-{TRACE}-b7ad6b7169203331-01", None),
        (f"00-{'0' * 32}-b7ad6b7169203331-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (PARENT.upper(), None),
        (PARENT[:-1], None),
        (f"{PARENT}\n", None),
        ("", None),
    ],
)
def test_traces_are_followed_in_their_valid_form_alone(
    backend: str, traceparent: str, trace: str | None
) -> None:
    assert trace_of(traceparent.encode()) == trace


async def test_lines_of_a_request_carry_its_trace(
    district: TestDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[dict[str, Any]] = []

    def note(_event: str, **_facts: Any) -> None:
        found.append(structlog.contextvars.get_contextvars())

    monkeypatch.setattr(endpoint.log, "info", note, raising=False)
    for parent in (PARENT, "00-x-y-01"):
        await district.http.post(f"/{district.code}/graphql", json={}, headers={"traceparent": parent})

    assert found == [{"trace_id": TRACE}, {}]
    assert structlog.contextvars.get_contextvars() == {}


@pytest.fixture
async def let_in(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server that lets two origins in."""
    server.settings = server.settings.model_copy(update={"cors_origins": f"{APP}, {OTHER_APP}"})
    transport = httpx.ASGITransport(create_app(server))
    async with httpx.AsyncClient(transport=transport, base_url="http://wangge.test") as client:
        yield client


def _said(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


async def test_no_answer_says_a_word_of_cors_unless_it_is_set_up(district: TestDistrict) -> None:
    path = f"/{district.code}/graphql"
    for origin in (APP, "null", "http://wangge.test"):
        asked = await district.http.options(path, headers={**ASKING, "origin": origin})
        sent = await district.http.post(path, json=NAME, headers={"origin": origin})
        assert (asked.status_code, sent.status_code) == (405, 200)
        assert (_said(asked), _said(sent)) == ({}, {})


async def test_origins_that_are_set_are_let_in(district: TestDistrict, let_in: httpx.AsyncClient) -> None:
    path = f"/{district.code}/graphql"
    for origin in (APP, OTHER_APP):
        asked = await let_in.options(path, headers={**ASKING, "origin": origin})
        sent = await let_in.post(path, json=NAME, headers={"origin": origin})
        assert asked.status_code == 200
        assert asked.headers["access-control-allow-origin"] == origin
        assert "authorization" in asked.headers["access-control-allow-headers"]
        assert sent.json()["data"] == {"district": {"name": "寒亭区"}}
        assert _said(sent) == {
            "access-control-allow-origin": origin,
            "access-control-expose-headers": "retry-after, server-timing, x-request-id",
        }
        assert "Origin" in sent.headers["vary"]


@pytest.mark.parametrize(
    "origin", ["https://app.example.evil", "http://app.example", "https://app.example:444", "null", "*"]
)
async def test_no_other_origin_is_let_in(
    district: TestDistrict, let_in: httpx.AsyncClient, origin: str
) -> None:
    path = f"/{district.code}/graphql"
    asked = await let_in.options(path, headers={**ASKING, "origin": origin})
    sent = await let_in.post(path, json=NAME, headers={"origin": origin})

    assert asked.status_code == 400
    assert "access-control-allow-origin" not in {**_said(asked), **_said(sent)}


@pytest.mark.parametrize(
    "origins", ["*", "app.example", "https://*.example", "https://app.example/", "https://app.example,null"]
)
def test_origins_are_set_whole_or_not_at_all(backend: str, origins: str) -> None:
    with pytest.raises(ValidationError, match="is no origin"):
        Settings(cors_origins=origins)
