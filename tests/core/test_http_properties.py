"""Whatever bytes, JSON or headers are sent, the answer is a refusal with a code, never a failure."""

import json
from typing import Any
from urllib.parse import quote_from_bytes

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from wangge.testing.districts import TestDistrict

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

RESPONSE = "application/graphql-response+json"
NAME = "{ district { name } }"
hundred = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
HEADERS = [
    *("accept", "accept-language", "authorization", "content-encoding", "content-type"),
    *("origin", "traceparent", "x-request-id", "x-wangge-preflight"),
]

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["\0", "", NAME])
)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
requests = st.fixed_dictionaries(
    {},
    optional={
        "query": documents,
        "operationName": documents,
        "variables": documents,
        "extensions": documents,
        "id": documents,
    },
)
header_values = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=60)


def refused(answer: httpx.Response) -> None:
    """Insist on a refusal: a status of the caller's fault, coded errors and no `data`."""
    told = answer.json()
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text)
    assert list(told) == ["errors"]
    assert all(error["message"] and error["extensions"]["code"] != "INTERNAL" for error in told["errors"])


def _headers(district: TestDistrict) -> dict[str, str]:
    return {
        **district.client("district_admin").headers,
        "content-type": "application/json",
        "accept": RESPONSE,
    }


@hundred
@given(body=st.binary(max_size=400))
@example(body=b'{"query": "{ district { name } }", "variables": {"x": 1e999}}')
@example(body=b"\xef\xbb\xbf{}")
@example(body=b'{"query": ' + b"1" * 5_000 + b"}")
async def test_bytes(district: TestDistrict, body: bytes) -> None:
    path = f"/{district.code}/graphql"

    refused(await district.http.post(path, content=body, headers=_headers(district)))


@hundred
@given(given=documents.filter(lambda one: not isinstance(one, dict)) | requests)
@example(given={"query": NAME, "variables": {"x": {"y": [{}] * 10_000}}, "operationName": "x"})
async def test_json_of_any_shape(district: TestDistrict, given: Any) -> None:  # JSON
    path = f"/{district.code}/graphql"
    body = json.dumps(given).encode()  # with NaN and lone surrogates, which orjson would not write

    answer = await district.http.post(path, content=body, headers=_headers(district))

    if answer.status_code == 200:
        assert given["query"] == NAME
        assert answer.json()["data"] == {"district": {"name": "寒亭区"}}
    else:
        refused(answer)


@hundred
@given(query=st.binary(max_size=200))
@example(query=b'query={district{name}}&variables={"x":' + b"[" * 2000)
@example(query=b"query=%00&extensions=%7b%7d&variables=%7b")
@example(query=b"query=%ff&&==&operationName")
async def test_query_strings(district: TestDistrict, query: bytes) -> None:
    text = quote_from_bytes(query, safe="=&%{}[]")

    refused(await district.http.get(f"/{district.code}/graphql?{text}", headers=_headers(district)))


@hundred
@given(
    sent=st.dictionaries(
        st.sampled_from(HEADERS),
        header_values,
    )
)
@example(sent={"accept-language": "zh-CN;q=nan, en;q=inf, *;q=-1"})
@example(sent={"accept": "*/*;q=nan"})
@example(sent={"authorization": "Bearer a.b.c"})
async def test_headers(district: TestDistrict, sent: dict[str, str]) -> None:
    path = f"/{district.code}/graphql"
    body = orjson.dumps({"query": NAME})
    headers = {**_headers(district), **sent}

    answer = await district.http.post(path, content=body, headers=headers)

    if answer.status_code == 200:
        assert answer.json()["data"] == {"district": {"name": "寒亭区"}}
    else:
        refused(answer)
