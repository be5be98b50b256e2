"""Requests under way while a programme is switched or purged are answered, by every server process."""

import asyncio
from collections import Counter

import httpx
import pytest

from wangge._host.app import create_app
from wangge._host.lifecycle import enable, purge, resume, suspend
from wangge._host.lifecycle.purging import words_of
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import World

SLUG = "volunteer_points"

READ = "{ volunteerTeams(first: 5) { totalCount edges { node { name grid { name } } } } }"
SLOW = """{ volunteerTeams { edges { node { name leader { id } } } } district { plugins { slug state } } }"""
BASE = "{ grids(first: 3) { totalCount } }"
READERS = 6


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let requests take long: a busy machine needs it, and nothing here is about time."""
    monkeypatch.setenv("WANGGE_REQUEST_TIMEOUT", "60")


async def test_readers_of_another_process_meet_no_failure_of_the_server(
    district: TestDistrict, live_server: TestDistrict
) -> None:
    """The steps are taken here; the readers' process follows a moment later."""
    met: Counter[tuple[int, str]] = Counter()
    done = asyncio.Event()

    async def read(document: str) -> None:
        client = live_server.client("district_admin")
        while not done.is_set():
            response = await client.post(document)
            codes = [one["extensions"]["code"] for one in response.json().get("errors", [])] or ["ok"]
            met.update((response.status_code, code) for code in codes)

    readers = [asyncio.create_task(read(one)) for one in (READ, SLOW, BASE) for _ in range(READERS // 3)]
    try:
        here = district.server.district(district.code)
        await suspend(here, SLUG)
        await resume(here, SLUG)
        await suspend(here, SLUG)
        await purge(here, SLUG, confirmation=words_of(here, SLUG))
        await enable(here, SLUG)
    finally:
        done.set()
        await asyncio.gather(*readers)

    late = {"PLUGIN_FAILED", "PLUGIN_PAUSED"}  # of a process that has not followed yet, as below
    assert {code for _, code in met} <= {"ok", "PLUGIN_NOT_ENABLED", *late}, met
    assert {status for status, _ in met} <= {200, 400}, met
    assert met[200, "ok"] > 0


async def test_a_process_that_has_not_followed_yet_names_the_programme_and_answers_the_rest(
    world: World, district: TestDistrict
) -> None:
    late = world.server()
    await late.start(watch=False)
    transport = httpx.ASGITransport(create_app(late))
    async with httpx.AsyncClient(transport=transport, base_url="http://wangge.test") as http:
        there = TestDistrict(late, http, district.code).client("district_admin")
        assert (await there.data(READ))["volunteerTeams"]["totalCount"] == 0
        here = district.server.district(district.code)
        await suspend(here, SLUG)
        await purge(here, SLUG, confirmation=words_of(here, SLUG))

        responses = [await there.post(document) for document in (READ, SLOW)]
        await late.reload()
        followed = await there.codes(READ)
    await late.stop()

    assert [one.status_code for one in responses] == [200, 200]
    for answer in (one.json() for one in responses):
        (error,) = answer["errors"]
        assert (error["extensions"]["code"], error["extensions"]["plugin"]) == ("PLUGIN_FAILED", SLUG)
        assert answer["data"]["volunteerTeams"] is None
    assert responses[1].json()["data"]["district"] is not None
    assert followed == ["PLUGIN_NOT_ENABLED"]
