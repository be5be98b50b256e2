"""Traces: what a request's spans tell, how they join the caller's trace, and that no value gets into them."""

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from wangge._host import runtime
from wangge._host.tracing import Tracing
from wangge.testing.districts import TestDistrict

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class _Kept(Tracing):
    """Tracing that outlives the server which builds the test's database."""

    def close(self) -> None:
        """Leave the spans to the test."""


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Spans of the servers that are made from now on."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(runtime, "tracing_to", lambda _endpoint: _Kept(provider))
    return kept


@pytest.fixture
def traced(spans: InMemorySpanExporter, district: TestDistrict) -> TestDistrict:
    """A district on a server that traces."""
    spans.clear()
    return district


def told(spans: InMemorySpanExporter) -> list[ReadableSpan]:
    """Return the spans so far, in the order they began."""
    return sorted(spans.get_finished_spans(), key=lambda one: one.start_time or 0)


async def test_a_request_joins_the_trace_of_its_caller(
    traced: TestDistrict, spans: InMemorySpanExporter
) -> None:
    client = traced.client("district_admin")
    client.headers["traceparent"] = PARENT

    await client.data("{ grids(first: 1) { totalCount } }")

    request = next(one for one in told(spans) if one.name == "graphql")
    assert f"{request.context.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"
    assert request.parent is not None
    assert f"{request.parent.span_id:016x}" == "b7ad6b7169203331"
    assert dict(request.attributes or {}) == {
        "wangge.district": "370703",
        "wangge.tier": "sql",
        "http.response.status_code": 200,
    }


async def test_steps_and_statements_stand_beneath_the_request(
    traced: TestDistrict, spans: InMemorySpanExporter, backend: str
) -> None:
    made = await traced.client("district_admin").data(
        """mutation { createOrganization(input: {name: "蝶园志愿队", kind: COMMITTEE}) {
             organization { id } userErrors { code } } }"""
    )

    assert made["createOrganization"]["userErrors"] == []
    found = told(spans)
    names = [one.name for one in found]
    assert names[0] == "graphql"
    assert "plan" in names
    trace = found[0].context.trace_id
    inserts = [one for one in found if (one.attributes or {}).get("db.operation.name") == "INSERT"]
    assert inserts
    assert {(one.attributes or {})["db.system.name"] for one in inserts} == {backend}
    assert {one.context.trace_id for one in inserts} == {trace}


async def test_no_value_of_a_request_is_in_a_span(
    traced: TestDistrict, spans: InMemorySpanExporter, http: httpx.AsyncClient
) -> None:
    client = traced.client("district_admin")
    grid = (await client.data('{ grid(code: "370703001001") { id } }'))["grid"]["id"]

    await client.post(
        """mutation ($name: String!, $grid: ID!) { createOrganization(
             input: {name: $name, kind: COMMITTEE, grid: $grid}) { organization { id } } }""",
        name="13800138000",
        grid=grid,
    )
    await client.post('{ person(id: "13800138000") { id } }')
    await http.post("/13800138000/graphql", json={"query": "{ me { account } }"})

    whole = " ".join(one.to_json() for one in told(spans))
    assert "13800138000" not in whole
    assert "蝶园" not in whole
