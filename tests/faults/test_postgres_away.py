"""PostgreSQL goes away and comes back, and the server with it: coded answers meanwhile, nothing hangs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import pytest

from wangge.testing.districts import TestDistrict

from .conftest import Behind
from .proxy import Proxy
from .tally import Tally
from .work import CODED, calls, check_whole, send_all

BY_PLAN = '{ grids(where: { code: { eq: "370703001001" } }) { edges { node { id code name } } } }'
BY_RANGE = '{ grids(where: { name: { contains: "蝶园" } }) { edges { node { code } } } }'
BY_GRAPHQL = '{ grid(code: "370703001001") { counts { people } } indicators { key value } }'
READS = [BY_PLAN, BY_RANGE, BY_GRAPHQL]
WITHIN = 20.0
"""Seconds in which everything asked must be answered, else something hangs."""


@asynccontextmanager
async def closed(proxy: Proxy) -> AsyncIterator[None]:
    """No server listens at the address."""
    await proxy.close()
    yield
    await proxy.open()


@asynccontextmanager
async def stalled(proxy: Proxy) -> AsyncIterator[None]:
    """Packets vanish: connections stand and nothing comes back."""
    proxy.stall()
    yield
    proxy.flow()


@asynccontextmanager
async def crowded(proxy: Proxy) -> AsyncIterator[None]:
    """The server has no connection left to give."""
    await proxy.cut()
    proxy.refuse("53300", "sorry, too many clients already")
    yield
    proxy.admit()


@asynccontextmanager
async def starting(proxy: Proxy) -> AsyncIterator[None]:
    """The server restarts."""
    await proxy.cut()
    proxy.refuse("57P03", "the database system is starting up")
    yield
    proxy.admit()


AWAY = {"closed": closed, "stalled": stalled, "too many clients": crowded, "starting up": starting}
Fault = Callable[[Proxy], AbstractAsyncContextManager[None]]


async def codes_of(response: httpx.Response) -> set[str]:
    """Return the codes of an answer."""
    return {error["extensions"]["code"] for error in response.json().get("errors", ())}


async def ask_everything(district: TestDistrict) -> list[httpx.Response]:
    """Ask at once for what every kind of connection gives, several times over, and return all answers."""
    client = district.client("district_admin")
    stranger = district.client("street_secretary")
    asked: list[Any] = [client.post(document) for document in READS * 4]
    asked += [stranger.post(document) for document in READS]
    headers = {"authorization": f"Bearer {district.token('vendor_service')}"}
    asked.append(district.http.get(f"/{district.code}/schema.graphql", headers=headers))
    async with asyncio.timeout(WITHIN):
        return list(await asyncio.gather(*asked))


async def until_answered(district: TestDistrict) -> None:
    """Ask until all is well again."""
    async with asyncio.timeout(WITHIN):
        while {answer.status_code for answer in await ask_everything(district)} != {200}:  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # a real server comes back at its own pace


@pytest.mark.parametrize("fault", AWAY.values(), ids=AWAY)
async def test_while_postgresql_is_away_requests_are_refused_and_afterwards_answered(
    behind: Behind, fault: Fault, tally: Tally, request: pytest.FixtureRequest
) -> None:
    name = f"PostgreSQL {request.node.callspec.id}"
    runtime = behind.server.district(behind.district.code)
    first = calls(behind.setting, 12)
    await until_answered(behind.district)
    assert await send_all(behind.district, first[:4]) == 4
    tally.tried(name)

    async with fault(behind.proxy):
        runtime.forget_principals()  # so that those who would be remembered for seconds are looked up
        answers = await ask_everything(behind.district)
        async with asyncio.timeout(WITHIN):
            done = await send_all(behind.district, first[4:])
            ready = await behind.district.http.get("/health/ready")

    assert {answer.status_code for answer in answers} == {503}
    assert set().union(*[await codes_of(answer) for answer in answers]) <= CODED
    for answer in answers:
        assert ("retry-after" in answer.headers) == (await codes_of(answer) != {"REQUEST_TIMEOUT"})
    assert (done, ready.status_code) == (0, 503)
    await until_answered(behind.district)
    await check_whole(behind.district, first)
    assert await send_all(behind.district, first) == 12
    assert await check_whole(behind.district, first) == 12
    assert (await behind.district.http.get("/health/ready")).status_code == 200
    tally.survived(name, refused=len(answers) + 8)


async def test_a_change_of_the_catalog_brings_no_connection_for_each_request(behind: Behind) -> None:
    client = behind.district.client("district_admin")
    await until_answered(behind.district)
    before = behind.proxy.connections
    await behind.server.reload()

    answers = await asyncio.gather(*(client.post(BY_PLAN) for _ in range(40)))

    assert {answer.status_code for answer in answers} == {200}
    assert (
        behind.proxy.connections - before <= 10
    )  # one to look at the revisions, the rest of two small pools
