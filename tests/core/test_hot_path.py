"""What a repeated point read leaves out: it is not parsed, validated, planned or mapped again."""

from threading import current_thread, main_thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from wangge import encode_id
from wangge._host.http import documents
from wangge._host.plans import plan, planner, statements
from wangge._host.plans.outline import Outline
from wangge.testing.districts import TestDistrict
from wangge.testing.statements import recorded_statements
from wangge_schema.models import Grid

DOCUMENT = "query ($id: ID!) { node(id: $id) { id ... on Grid { name parent { name } } } }"


async def _ids(district: TestDistrict) -> list[UUID]:
    async with district.context() as ctx:
        found: list[UUID] = await ctx.db.scalars(select(Grid.id).order_by(Grid.code).limit(2))
    return found


async def test_a_repeated_point_read_is_one_statement_and_nothing_besides(
    district: TestDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await _ids(district)
    client = district.client("grid_worker")
    await client.data(DOCUMENT, id=encode_id("Grid", first))

    def never(*_args: Any, **_options: Any) -> Any:
        raise AssertionError("this is done once for a document")

    for place, name in (
        (documents, "parse"),
        (documents, "validate"),
        (planner, "Outline"),
        (plan, "compiled"),
    ):
        monkeypatch.setattr(place, name, never)
    monkeypatch.setattr(AsyncSession, "execute", never)
    with recorded_statements() as recorded:
        answer = await client.data(DOCUMENT, id=encode_id("Grid", second))

    assert answer["node"]["id"] == encode_id("Grid", second)
    assert len(recorded) == 1


async def test_a_large_document_is_planned_beside_the_event_loop(
    district: TestDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = district.client("district_admin")
    threads: list[bool] = []
    build, compiled = Outline, statements.compiled

    def outlined(*args: Any) -> Any:
        threads.append(current_thread() is main_thread())
        return build(*args)

    def compiling(*args: Any, **options: Any) -> Any:
        threads.append(current_thread() is main_thread())
        return compiled(*args, **options)

    monkeypatch.setattr(planner, "Outline", outlined)
    monkeypatch.setattr(plan, "compiled", compiling)
    large = " ".join(f"a{n}: parent {{ id code name }}" for n in range(25))

    await client.data('{ grid(code: "370703001") { id } grids(first: 1) { edges { node { id } } } }')
    small, threads[:] = list(threads), []
    await client.data(f"{{ grids(first: 1) {{ edges {{ node {{ {large} }} }} }} }}")

    assert set(small) == {True}
    assert threads == [False, False]
