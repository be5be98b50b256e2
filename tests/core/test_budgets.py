"""Each caller has a budget of nodes per minute; when it is spent, the answer says when to come back."""

from typing import Any

import httpx
import pytest

from wangge._host.app import create_app
from wangge._host.http.budgets import Budgets, RateLimited
from wangge._host.runtime import Server
from wangge.testing.districts import Client, TestDistrict

NAME = "{ district { name } }"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def spend(budgets: Budgets, caller: str, nodes: int) -> int:
    """Spend nodes and return 0, or the seconds to wait where they are not there."""
    budget = budgets.of(caller)
    assert budget is not None
    try:
        budget.check(nodes)
    except RateLimited as limited:
        return limited.retry_after or 0
    budget.charge(nodes)
    return 0


def test_a_budget_fills_within_a_minute(clock: Clock) -> None:
    budgets = Budgets(600, clock)

    assert [spend(budgets, "a", 400), spend(budgets, "a", 200), spend(budgets, "a", 1)] == [0, 0, 1]
    assert spend(budgets, "a", 100) == 10
    clock.now += 9
    assert spend(budgets, "a", 100) == 1
    clock.now += 1
    assert spend(budgets, "a", 100) == 0
    clock.now += 3600
    assert [spend(budgets, "a", 600), spend(budgets, "a", 1)] == [0, 1]


def test_callers_do_not_spend_each_others(clock: Clock) -> None:
    budgets = Budgets(100, clock)

    assert [spend(budgets, "a", 100), spend(budgets, "b", 100), spend(budgets, "a", 1)] == [0, 0, 1]


def test_what_costs_more_than_a_budget_needs_all_of_it(clock: Clock) -> None:
    budgets = Budgets(60, clock)

    assert spend(budgets, "a", 90) == 0
    assert spend(budgets, "a", 1) == 31
    clock.now += 60
    assert spend(budgets, "a", 90) == 30


def test_no_budget_bounds_nothing() -> None:
    assert Budgets(0).of("a") is None


def test_only_so_many_callers_are_remembered(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wangge._host.http.budgets._CALLERS", 2)
    budgets = Budgets(100, clock)
    for caller in ("a", "b", "a", "c"):
        spend(budgets, caller, 50)

    assert [spend(budgets, caller, 100) > 0 for caller in ("a", "b")] == [True, False]


def _serving(server: Server, **settings: Any) -> httpx.AsyncClient:
    server.settings = server.settings.model_copy(update=settings)
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_app(server)), base_url="http://wangge.test")


async def _ask(client: Client, times: int) -> list[int]:
    return [(await client.post(NAME)).status_code for _ in range(times)]


async def test_who_has_spent_the_budget_is_told_when_to_come_back(
    server: Server, district: TestDistrict
) -> None:
    async with _serving(server, rate_budget=3, rate_budget_anonymous=2) as http:
        served = TestDistrict(server, http, district.code)
        admin, worker, stranger = (served.client(one) for one in ("district_admin", "grid_worker", None))

        assert await _ask(admin, 4) == [200, 200, 200, 429]
        assert await _ask(worker, 4) == [200, 200, 200, 429]
        assert await _ask(stranger, 3) == [200, 200, 429]
        refused = await admin.post(NAME)

    assert int(refused.headers["retry-after"]) in range(1, 21)
    assert "data" not in refused.json()
    assert [error["extensions"]["code"] for error in refused.json()["errors"]] == ["RATE_LIMITED"]


async def test_a_mutation_beyond_the_budget_changes_nothing(server: Server, district: TestDistrict) -> None:
    suspend = 'mutation { suspendPlugin(input: { slug: "volunteer_points" }) { userErrors { code } } }'
    states = "{ district { plugins { slug state } } }"
    before = await district.client("district_admin").data(states)

    async with _serving(server, rate_budget=10) as http:
        client = TestDistrict(server, http, district.code).client("district_admin")
        await client.codes("{ nothing }")
        refused = await client.post(suspend)

    assert refused.status_code == 429
    assert await district.client("grid_worker").data(states) == before


async def test_refused_documents_are_paid_for(server: Server, district: TestDistrict) -> None:
    async with _serving(server, rate_budget=150) as http:
        client = TestDistrict(server, http, district.code).client("district_admin")
        codes = [await client.codes("{ nothing }") for _ in range(3)]

    assert codes == [["GRAPHQL_VALIDATION_FAILED"]] * 2 + [["RATE_LIMITED"]]
