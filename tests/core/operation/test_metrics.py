"""Prometheus' page: what it counts, who may read it, and that nothing a caller wrote becomes a label."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import httpx
import pytest
from pydantic import SecretStr

from wangge._host.app import create_app
from wangge._host.runtime import Server
from wangge.background.models import Delivery
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import World

Page = Callable[[], Awaitable[dict[str, float]]]
READ = "{ district { code } }"
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def page(http: httpx.AsyncClient) -> Page:
    """Read the figures as a mapping from a series to its value."""

    async def read() -> dict[str, float]:
        answer = await http.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=")
        rows = re.findall(r"^(wangge\S+(?: \S+=\S+)*) (\S+)$", answer.text, re.MULTILINE)
        return {name: float(value) for name, value in rows}

    return read


async def test_requests_are_counted_by_district_tier_and_status(district: TestDistrict, page: Page) -> None:
    await district.client("district_admin").data("{ grids(first: 1) { totalCount } }")
    await district.client(None).post("{ nothing }")

    found = await page()

    assert found['wangge_requests_total{district="370703",status="200",tier="sql"}'] == 1
    assert found['wangge_requests_total{district="370703",status="400",tier=""}'] == 1
    assert found['wangge_request_seconds_count{district="370703",tier="sql"}'] == 1
    assert found['wangge_errors_total{code="GRAPHQL_VALIDATION_FAILED",district="370703"}'] == 1
    assert found["wangge_requests_open"] == 0
    assert found["wangge_districts"] == 2


async def test_what_callers_write_is_no_label(
    district: TestDistrict, http: httpx.AsyncClient, page: Page
) -> None:
    phone = "13800138000"

    await http.post(f"/{phone}/graphql", json={"query": READ})
    await http.post("/370703/graphql", json={"query": f'{{ person(id: "{phone}") {{ id }} }}'})

    assert not [series for series in await page() if phone in series]


async def test_the_queue_of_a_district_is_told_where_programmes_have_handlers(
    district: TestDistrict, page: Page
) -> None:
    async with district.committed() as ctx:
        for _ in range(2):
            ctx.emit("base.person.died")
        ctx.db.add(failed(dead=True))

    found = await page()

    assert found['wangge_queue_events{district="370703"}'] == 2
    assert found['wangge_queue_dead{district="370703"}'] == 1
    assert found['wangge_queue_seconds{district="370703"}'] >= 0
    assert 'wangge_queue_events{district="370784"}' not in found


async def test_a_queue_that_cannot_be_read_keeps_nobody_from_the_other_figures(
    district: TestDistrict, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_district: object) -> None:
        raise OSError("away")

    monkeypatch.setattr("wangge._host.background.figures.figures", fail)

    found = await page()

    assert found["wangge_districts"] == 2
    assert 'wangge_queue_events{district="370703"}' not in found


def failed(*, dead: bool) -> Delivery:
    """Return an event on which the programme's handler has failed."""
    now = datetime.now(UTC)
    return Delivery(
        plugin="volunteer_points",
        handler="settle_deaths",
        event_number=7,
        event_type="base.person.died",
        attempts=10,
        due_at=now,
        dead=dead,
        error="ValueError",
        reference="0123456789ab",
        set_aside_at=now,
        failed_at=now,
    )


async def test_a_token_may_be_asked_for(world: World) -> None:
    settings = world.settings.model_copy(update={"metrics_token": SecretStr("read-me")})
    server = Server(settings, plugins=world.plugins, schemas=world.schemas)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(server)), base_url="http://wangge.test"
    ) as client:
        refused = await client.get("/metrics")
        wrong = await client.get("/metrics", headers={"authorization": "Bearer read"})
        right = await client.get("/metrics", headers={"authorization": "Bearer read-me"})

    assert [refused.status_code, wrong.status_code, right.status_code] == [401, 401, 200]
    assert "wangge_requests" not in refused.text


async def test_the_page_can_be_switched_off(world: World) -> None:
    settings = world.settings.model_copy(update={"metrics": False})
    server = Server(settings, plugins=world.plugins, schemas=world.schemas)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(server)), base_url="http://wangge.test"
    ) as client:
        assert (await client.get("/metrics")).status_code == 404
